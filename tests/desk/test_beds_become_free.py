"""Who sleeps in a house is not taken out of its bed by one press at another desk: it is asked first."""

import uuid

import pytest
from django.utils import timezone

from centre.access import Role
from desk.actions import depart
from registrations.models import Presence
from shelter.actions import place_household
from shelter.models import Stay
from tests.api.conftest import Machine
from tests.build import make_room, make_site, make_user, register_family
from tests.desk.test_intake_page import intake

pytestmark = pytest.mark.django_db

FREE = "They sleep in Hotel, and their beds there would become free. Nothing was saved: is it so?"

ANNA = {"given_name": "Anna", "family_name": "Hakobyan", "birth_year": 1989}


@pytest.fixture
def goris():
    return make_site("goris")


@pytest.fixture
def volunteer(goris):
    return make_user(Role.VOLUNTEER, goris)


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
