"""Those present and on the way by home, size of household, needs and wish: as known at an instant, for ever."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from census.cuts import Cut, Part, cut
from census.files import census_file
from census.profiles import Profile
from centre.access import Role
from centre.clock import local_day
from desk.actions import complete, pre_register
from desk.belonging import join, never_was
from desk.correcting import Said, correct
from desk.needing import change_needs
from registrations.facts import Group, HouseholdFacts
from registrations.models import Household, Individual, NeedCode
from shelter.actions import place_household
from tests.api.conftest import Machine
from tests.build import make_room, make_site, make_user, person, register_family

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("known_at_once")]

HOUR = timedelta(hours=1)


@pytest.fixture
def family(goris, desk, now):
    """A mother and her daughter, who come from nowhere that was said and wish for shelter."""
    members = person(needs=("SM-CC",)), person("Ani", relationship="daughter")
    return register_family(goris, desk, *members, at=now - 5 * HOUR)


def read(by: Cut, at, known_at=None, site=None) -> dict[str, tuple[int, int]]:
    return {one.value: (one.people, one.households) for one in cut(by, at, known_at or timezone.now(), site)}


def people_of(family: Household) -> list[Individual]:
    return list(Individual.objects.members_of(family))


def test_a_home_that_is_corrected_reads_as_it_was_known_before(family, desk, now):
    before = timezone.now()
    said = {"last_residence_district": "HAD", "last_residence_settlement": "Tumi"}
    correct(family, said=[Said("last_residence", said)], by=desk, at=now)
    assert read(Cut.HOME, now) == {"HAD": (2, 1)}
    assert read(Cut.HOME, now, before) == {"": (2, 1)}


def test_who_joins_later_makes_the_family_larger_from_when_it_was_told(family, goris, desk, now):
    before = timezone.now()
    join(family, site=goris, person=person("Hayk", relationship="cousin"), by=desk, at=now - HOUR)
    assert read(Cut.SIZE, now) == {"3": (3, 1)}
    assert read(Cut.SIZE, now, before) == read(Cut.SIZE, now - 2 * HOUR) == {"2": (2, 1)}


def test_who_never_was_is_of_the_family_as_known_before(family, desk, now):
    before = timezone.now()
    never_was(family, members=[people_of(family)[1].pk], reason="typed twice", by=desk, at=now)
    assert read(Cut.SIZE, now) == {"1": (1, 1)}
    assert read(Cut.SIZE, now, before) == {"2": (2, 1)}


def test_a_need_that_ended_stands_as_it_was_known_and_until_it_ended(family, desk, now):
    before = timezone.now()
    change_needs(people_of(family)[0], end=["SM-CC"], add=["DS"], by=desk, at=now - HOUR)
    assert read(Cut.NEEDS, now) == {"DS": (1, 1)}
    assert read(Cut.NEEDS, now, before) == read(Cut.NEEDS, now - 2 * HOUR) == {"SM-CC": (1, 1)}


def test_who_was_given_a_bed_waited_as_known_before(family, goris, desk, now):
    before = timezone.now()
    place_household(family, rooms=[make_room(goris)], by=desk, at=now - HOUR)
    assert read(Cut.WAITING, now) == {"housed": (2, 1)}
    assert read(Cut.WAITING, now, before) == read(Cut.WAITING, now - 2 * HOUR) == {"shelter": (2, 1)}


def test_what_the_gate_was_told_is_what_was_known_before_the_desk(goris, desk, now):
    pre_register(goris, groups=[Group(1, "F")], facts=HouseholdFacts(going="shelter"), by=desk, at=now - HOUR)
    before = timezone.now()
    facts = HouseholdFacts(going="stays", last_residence_district="MTN")
    complete(Household.objects.get(), site=goris, members=[person()], facts=facts, by=desk, at=now - HOUR / 2)
    assert (read(Cut.WAITING, now), read(Cut.HOME, now)) == ({"stays": (1, 1)}, {"MTN": (1, 1)})
    assert (read(Cut.WAITING, now, before), read(Cut.HOME, now, before)) == ({"shelter": (1, 1)}, {"": (1, 1)})


def test_one_site_is_told_apart_by_itself(family, goris, desk, now):
    register_family(make_site("sisian"), desk, at=now - HOUR)
    assert read(Cut.SIZE, now, site=goris) == {"2": (2, 1)}
    assert read(Cut.SIZE, now) == {"1": (1, 1), "2": (2, 1)}


def test_needs_are_for_who_sees_them_everywhere_and_few_are_not_told(family, desk, goris):
    of_goris = make_user(Role.COORDINATOR, goris)
    for user, site, status in [
        (make_user(Role.OFFICIAL), {}, 403),
        (make_user(Role.AUDITOR), {}, 403),
        (of_goris, {}, 403),
        (of_goris, {"site": "goris"}, 200),
        (desk, {}, 200),
    ]:
        answer = Machine(user).get("census/", by="needs", **site)
        assert answer.status_code == status, (user, site)
        if status == 200:
            assert answer.json()["parts"] == [{"value": "SM-CC", "people": None, "households": None}]
    official = Machine(make_user(Role.OFFICIAL))
    assert official.get("census/", by="size").json()["parts"] == [{"value": "2", "people": 2, "households": 1}]
    assert official.get("census/").json()["parts"] is None
    assert official.get("census/", by="names").status_code == 400


def test_ten_people_with_a_need_are_told(goris, desk, now):
    for _ in range(10):
        register_family(goris, desk, person(needs=("DS",)), at=now - HOUR)
    assert Machine(desk).get("census/", by="needs").json()["parts"] == [{"value": "DS", "people": 10, "households": 10}]
    assert cut(Cut.NEEDS, now, timezone.now()) == [Part("DS", 10, 10)]


def test_the_page_of_the_day_tells_apart_by_what_the_reader_may_read(client, family, desk):
    page = f"/census/{timezone.localdate():%Y-%m-%d}/"
    client.force_login(desk)
    assert "too few to show" in client.get(page, {"by": "needs"}).content.decode()
    assert "Want shelter, no bed yet" in client.get(page, {"by": "waiting"}).content.decode()
    client.force_login(make_user(Role.OFFICIAL))
    shown = client.get(page, {"by": "needs"}).content.decode()
    assert ("by=home#" in shown, "by=needs#" in shown, "too few to show" in shown) == (True, False, False)


def test_an_official_file_has_them_and_the_public_none(family, desk, now):
    facts = {"suffix": "json", "language": "en", "why": "for the ministry"}
    whole = json.loads(census_file(local_day(now), profile=Profile.OFFICIAL, by=desk, **facts).content)
    assert whole["by_size"] == [{"value": "2", "people": 2, "families": 1}]
    assert whole["by_needs"] == [{"value": NeedCode.objects.get(pk="SM-CC").name_en, "people": None, "families": None}]
    theirs = census_file(local_day(now), profile=Profile.OFFICIAL, by=make_user(Role.OFFICIAL), **facts).content
    assert ("by_home" in json.loads(theirs), "by_needs" in json.loads(theirs)) == (True, False)
