"""Who sleeps in a house is not taken out of its bed by one press at another desk: it is asked first."""

import re
import uuid

import pytest
from django.utils import timezone

from centre.access import Role
from desk.actions import complete, depart, pre_register
from desk.coming import confirm_seen, note_seen
from registrations.facts import Group, HouseholdFacts
from registrations.models import Household, Presence
from shelter.actions import place_household
from shelter.models import Stay
from tests.api.conftest import Machine, member
from tests.api.conftest import intake as body
from tests.build import make_room, make_site, make_user, person, register_family
from tests.desk.test_intake_page import intake, row

pytestmark = pytest.mark.django_db

FREE = "They sleep in Hotel, and their beds there would become free. Nothing was saved: is it so?"

ANNA = {"given_name": "Anna", "family_name": "Hakobyan", "birth_year": 1989}


@pytest.fixture
def family(goris, volunteer):
    """Registered at Goris, asleep in a hotel."""
    family = register_family(goris, volunteer)
    place_household(family, rooms=[make_room(make_site("hotel"))], by=make_user())
    return family


@pytest.fixture
def desk(client, volunteer):
    client.force_login(volunteer)
    return client


def asleep():
    return Stay.objects.stays().at(timezone.now()).count()


def here(goris):
    return Presence.objects.filter(site=goris).at(timezone.now()).count()


def test_the_file_offers_it_quietly_and_the_page_asks(desk, family, goris):
    file = f"/families/{str(family).replace(' ', '')}/"
    page = desk.get(file).text
    assert f'<a class="quiet" href="{file}arrive/">Record arrival</a>' in page
    assert '<button class="main">Record arrival' not in page
    asked = desk.post(f"{file}arrive/", {"id": uuid.uuid4()})  # from a page of before
    assert (asked.status_code, FREE in asked.text, asleep(), here(goris)) == (422, True, 1, 0)
    chosen = {"choosing": "1", "members": [Stay.objects.get().individual_id]}
    again = desk.post(f"{file}arrive/", {"id": uuid.uuid4()} | chosen)
    assert (again.status_code, FREE in again.text, 'name="beds_become_free"' in again.text) == (422, True, True)
    assert desk.post(f"{file}arrive/", {"id": uuid.uuid4(), "beds_become_free": "on"} | chosen).status_code == 303
    assert (asleep(), here(goris)) == (0, 1)


def test_a_card_at_another_desk_leads_to_the_question(desk, family, goris):
    answer = desk.post("/intake/arrive/", intake({}, card=str(family)), follow=True)
    assert FREE in answer.text
    assert 'name="beds_become_free"' in answer.text
    assert (asleep(), here(goris)) == (1, 0)


def test_machines_are_asked_where_they_say_so(family, goris, volunteer):
    machine = Machine(volunteer)
    for address, facts in (
        (f"households/{family.pk}/arrive/", {}),
        ("arrivals/", {"card": str(family), "at": timezone.now().isoformat()} | ANNA),
    ):
        answer = machine.post(address, site="goris", beds_become_free=False, **facts)
        assert (answer.status_code, answer.json()["code"]) == (409, "beds_become_free")
        assert answer.json()["detail"] == FREE
    assert machine.post(f"households/{family.pk}/arrive/", site="goris").status_code == 201
    assert (asleep(), here(goris)) == (0, 1)


def test_who_has_no_bed_arrives_by_one_press(desk, volunteer, goris):
    family = register_family(goris, volunteer)
    depart(family, site=goris, destination="unknown", by=volunteer)
    file = f"/families/{str(family).replace(' ', '')}/"
    assert '<button class="main">Record arrival' in desk.get(file).text
    assert desk.post(f"{file}arrive/", {"id": uuid.uuid4()}).status_code == 303
    assert here(goris) == 1


# Whoever was seen elsewhere, or has no name yet


@pytest.fixture
def coordinator(goris):
    return make_user()


def test_who_was_seen_at_another_site_leaves_a_bed_only_when_asked(client, family, goris, coordinator):
    seen_at = make_site("sisian")
    note_seen(family, site=seen_at, by=coordinator)
    client.force_login(coordinator)
    address = f"/families/{str(family).replace(' ', '')}/seen/"
    sent = {"id": uuid.uuid4(), "site": seen_at.pk}
    asked = client.post(address, sent)
    assert (asked.status_code, FREE in asked.text, asleep()) == (422, True, 1)
    again = re.findall(r'name="(id|site|beds_become_free)" value="([^"]+)"', asked.text.split("So it is")[0])
    assert client.post(address, dict(again)).status_code == 303
    assert (asleep(), here(seen_at)) == (0, 1)


def test_who_was_placed_after_they_were_seen_keeps_the_bed_unasked(goris, coordinator):
    family, seen_at = register_family(goris, coordinator), make_site("sisian")
    note_seen(family, site=seen_at, by=coordinator)
    place_household(family, rooms=[make_room(make_site("hotel"))], by=coordinator)
    confirm_seen(family, site=seen_at, by=coordinator)
    assert asleep() == 1


@pytest.fixture
def counted(goris, volunteer):
    """Counted at Goris and asleep in a hotel, without a name."""
    done = pre_register(goris, groups=[Group(1, "F", "18-59")], facts=HouseholdFacts(going="shelter"), by=volunteer)
    family = Household.objects.get(pk=done.household)
    place_household(family, rooms=[make_room(make_site("inn", name_en="Hotel"))], by=make_user())
    return family


def test_who_gets_a_name_at_another_desk_leaves_a_bed_only_when_asked(desk, counted, goris):
    typed = intake(row(birth="34"), card=str(counted))
    asked = desk.post("/intake/", typed)
    assert (asked.status_code, FREE in asked.text, 'name="beds_become_free"' in asked.text) == (422, True, True)
    assert 'value="Anna"' in asked.text
    counted.refresh_from_db()
    assert (counted.registered_at, asleep(), here(goris)) == (None, 1, 0)
    assert desk.post("/intake/", typed | {"id": uuid.uuid4(), "beds_become_free": "on"}).status_code == 303
    assert (asleep(), here(goris)) == (0, 1)


def test_machines_that_name_or_confirm_are_asked_where_they_say_so(counted, family, goris, coordinator):
    note_seen(family, site=goris, by=coordinator)
    machine = Machine(coordinator)
    names = body(member("Anna"), site="goris")
    asked = {"beds_become_free": False}
    for address, facts in (
        (f"households/{counted.pk}/complete/", names),
        (f"households/{family.pk}/confirm-arrival/", {"site": "goris"}),
    ):
        answer = machine.post(address, **facts | asked)
        assert (answer.status_code, answer.json()["code"]) == (409, "beds_become_free"), answer.json()
        assert machine.post(address, **facts).status_code == 201
    assert (asleep(), here(goris)) == (0, 2)


def test_who_is_hidden_stays_there_and_no_name_of_the_house_is_read(goris, volunteer, coordinator):
    done = pre_register(goris, groups=[Group(1, "F", "18-59")], facts=HouseholdFacts(going="shelter"), by=volunteer)
    family = Household.objects.get(pk=done.household)
    hidden = make_site("hidden", confidential=True)
    officer = make_user(Role.COORDINATOR, hidden)
    place_household(family, rooms=[make_room(hidden)], by=officer)
    facts = HouseholdFacts(going="shelter")
    complete(family, site=goris, members=[person("Anna")], facts=facts, by=volunteer)
    assert (asleep(), here(goris), here(hidden)) == (1, 0, 1)
