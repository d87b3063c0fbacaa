"""A family whose number was shown elsewhere: who has it reads and answers, and the desk that noted it reads what."""

import uuid

import pytest
from django.test import Client
from django.utils import timezone

from centre.access import Role
from centre.models import LogLine
from desk.actions import arrive, open_in_emergency
from desk.coming import confirm_seen, dismiss_seen, note_seen
from registrations.errors import NotSeenThere
from registrations.models import Presence, Sighting
from tests.api.conftest import Machine
from tests.build import make_site, make_user, person, register_family
from tests.desk.test_cards import text_of

pytestmark = pytest.mark.django_db

LINE = "</b> family was seen at another site without a card"


@pytest.fixture
def kapan():
    return make_site("kapan")


@pytest.fixture
def family(kapan):
    return register_family(kapan, make_user(), person("Anna"), person("Mane", relationship="daughter"))


@pytest.fixture
def stranger(goris):
    return make_user(Role.VOLUNTEER, goris, username="stranger")


@pytest.fixture
def theirs(kapan):
    return make_user(Role.VOLUNTEER, kapan)


@pytest.fixture
def noted(family, goris, stranger):
    note_seen(family, site=goris, by=stranger)
    return family.sightings.get()


def page_of(user, address="/families/seen/"):
    client = Client()
    client.force_login(user)
    return client.get(address)


def press(user, family, act, site, **more):
    client = Client()
    client.force_login(user)
    form = {"id": uuid.uuid4(), "site": site.pk, **more}
    return client.post(f"/families/{str(family).replace(' ', '')}/{act}/", form)


def where():
    return {presence.site.code for presence in Presence.objects.at(timezone.now()).select_related("site")}


def test_who_has_the_family_reads_where_it_is_and_where_it_was_seen(noted, family, theirs):
    page = text_of(page_of(theirs))
    assert all(said in page for said in (str(family), "Kapan", "Goris", "stranger"))
    assert LINE in text_of(page_of(theirs, "/"))
    assert LogLine.objects.filter(by=theirs, verb="opened", subject="household", keys=[family.pk]).count() == 1


@pytest.mark.parametrize(("act", "there"), [("seen", {"goris"}), ("not-seen", {"kapan"})])
def test_an_answer_from_the_list_leads_back_to_it_and_the_line_goes(noted, family, theirs, goris, act, there):
    answer = press(theirs, family, act, goris, listed="yes")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/families/seen/")
    assert where() == there
    assert str(family) not in text_of(page_of(theirs))
    assert LINE not in text_of(page_of(theirs, "/"))
    assert press(theirs, family, act, goris).status_code in (404, 422)


def test_what_was_dismissed_can_be_noted_again(noted, family, theirs, goris, stranger):
    dismiss_seen(family, site=goris, by=theirs)
    assert Sighting.objects.open().count() == 0
    note_seen(family, site=goris, by=stranger)
    assert Sighting.objects.open().count() == 1
    confirm_seen(family, site=goris, by=theirs)
    with pytest.raises(NotSeenThere):
        dismiss_seen(family, site=goris, by=theirs)


def test_the_desk_that_noted_reads_the_answer_and_nothing_of_where_they_are(noted, family, theirs, goris, stranger):
    def read():
        page = text_of(page_of(stranger))
        assert "Kapan" not in page
        assert (str(family) in page, "Anna" in page) == (True, False)
        assert page_of(stranger, family.get_absolute_url()).status_code == 404
        return page

    assert "No answer yet" in read()
    dismiss_seen(family, site=goris, by=theirs)
    assert "It was not them" in read()
    note_seen(family, site=goris, by=stranger)
    confirm_seen(family, site=goris, by=theirs)
    assert "Confirmed: they came here" in text_of(page_of(stranger))


def test_a_third_desk_reads_and_answers_nothing(noted, family, goris):
    third = make_user(Role.VOLUNTEER, make_site("sisian"))
    assert str(family) not in text_of(page_of(third))
    assert press(third, family, "not-seen", goris).status_code == 404
    open_in_emergency(family, reason="a child has a seizure", by=third)
    assert str(family) not in text_of(page_of(third))
    assert press(third, family, "not-seen", goris).status_code == 404
    assert Sighting.objects.open().count() == 1


def test_a_site_of_which_one_may_not_know_stays_unsaid(family, theirs):
    house = make_site("safe", confidential=True)
    note_seen(family, site=house, by=make_user(Role.PROTECTION))
    assert "Safe" not in text_of(page_of(theirs))
    assert LINE not in text_of(page_of(theirs, "/"))
    assert Machine(theirs).get("sightings/").json()["results"] == []


def test_the_api_lists_and_dismisses_what_was_seen(noted, family, theirs, stranger):
    machine = Machine(theirs)
    (row,) = machine.get("sightings/").json()["results"]
    assert row == {
        "id": noted.pk,
        "household": str(family.pk),
        "number": str(family),
        "now_at": ["kapan"],
        "site": "goris",
        "happened_at": row["happened_at"],
        "noted_by": "stranger",
    }
    dismiss = f"households/{family.pk}/dismiss-sighting/"
    assert Machine(stranger).get("sightings/").json()["results"] == []
    assert Machine(stranger).post(dismiss, site="goris").status_code == 404
    assert machine.post(dismiss, site="goris").json() == {"number": str(family)}
    assert machine.post(dismiss, site="goris").json()["code"] == "not_seen_there"
    assert machine.get("sightings/").json()["results"] == []
    assert where() == {"kapan"}


def test_a_confidential_place_is_no_place_in_the_list(noted, family, kapan, theirs):
    house = make_site("safe", confidential=True)
    mother = family.memberships.get(position=0).counted_as_id
    arrive(family, site=house, members=[mother], by=make_user(Role.PROTECTION))
    assert "Safe" not in text_of(page_of(theirs))
    (row,) = Machine(theirs).get("sightings/").json()["results"]
    assert row["now_at"] == ["kapan"]
