"""An entry of the journal is taken back, and what took it back is taken back in turn."""

import re
import uuid

import pytest

from desk.voiding import void_movement
from registrations.errors import AlreadyVoided
from registrations.models import Individual, Movement, Presence
from shelter.actions import place_household
from shelter.models import Stay
from tests.api.conftest import Machine
from tests.build import make_room, make_site, make_user, person, register_family
from tests.desk.test_cards import text_of

pytestmark = pytest.mark.django_db

VALUE = re.compile(r'name="movements" value="([^"]+)"')


@pytest.fixture
def by():
    return make_user()


@pytest.fixture
def family(by):
    return register_family(make_site("goris"), by, person("Anna"), person("Mane", relationship="daughter"))


def arrival_of(family):
    return Movement.objects.get(kind="arrived", individual__memberships__household=family)


def present():
    return Presence.objects.filter(during__upper_inf=True).count()


def test_undoing_again_and_again_on_the_page_turns_the_entry_each_time(client, family, by):
    client.force_login(by)
    address = family.get_absolute_url()
    for there, said in ((2, "Arrived · Goris<"), (0, "Arrived · Goris · voided<")) * 2:
        whole = text_of(client.get(address))
        page = whole.split("</table>")[1]
        assert (present(), page.count("Arrived · Goris"), said in page) == (there, 1, True)
        form = {"id": uuid.uuid4(), "movements": VALUE.findall(whole)}
        assert len(form["movements"]) == 2
        assert client.post(f"{address}void/", form).status_code == 303
        assert client.post(f"{address}void/", form | {"id": uuid.uuid4()}).status_code == 422
    assert present() == 2


def test_a_void_is_voided_through_the_api_and_the_fact_stands_again(by):
    family = register_family(make_site("goris"), by)
    machine, arrival = Machine(by), arrival_of(family)

    def void(key):
        answer = machine.post(f"movements/{key}/void/")
        return answer.json()["movements"][0] if answer.status_code == 201 else answer.json()["code"]

    first = void(arrival.pk)
    assert (void(arrival.pk), present()) == ("already_voided", 0)
    second = void(first)
    assert (void(first), present()) == ("already_voided", 1)
    third = void(arrival.pk)  # it stands again, so it can be taken back again
    assert Movement.objects.get(pk=third).voids_id == uuid.UUID(second)
    assert (void(arrival.pk), void(second), present()) == ("already_voided", "already_voided", 0)


def test_a_fact_and_what_lets_it_stand_are_taken_back_once(client, family, by):
    arrival = Movement.objects.filter(kind="arrived").first()
    for _ in range(2):
        last = Movement.objects.latest("recorded_at", "id")
        void_movement(last if last.kind == "voided" else arrival, by=by)
    client.force_login(by)
    form = {"id": uuid.uuid4(), "movements": [arrival.pk, Movement.objects.latest("recorded_at", "id").pk]}
    assert client.post(f"{family.get_absolute_url()}void/", form).status_code == 303
    assert (present(), Movement.objects.filter(kind="voided").count()) == (1, 3)


def test_a_bed_given_away_meanwhile_stays_with_who_has_it(by):
    site = make_site("goris")
    room = make_room(site, 1)
    one, other = (register_family(site, by, person(name)) for name in ("Anna", "Sona"))
    place_household(one, rooms=[room], by=by)
    arrival = arrival_of(one)
    void = void_movement(arrival, by=by).movements[0]
    place_household(other, rooms=[room], by=by)
    void_movement(Movement.objects.get(pk=void), by=by)
    with pytest.raises(AlreadyVoided):
        void_movement(Movement.objects.get(pk=void), by=by)
    (taken,) = Stay.objects.filter(during__upper_inf=True, place__isnull=False)
    assert taken.individual == Individual.objects.members_of(other).get()
    assert present() == 2
