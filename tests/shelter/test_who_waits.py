"""Who waits, in fair order; and what is free where."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from centre.access import Role
from centre.models import Site
from desk.actions import arrive, depart, pre_register, record_death
from registrations.facts import Birth, Group, HouseholdFacts
from registrations.models import Household, Individual
from shelter.actions import hold_places, place_household
from shelter.inventory import block_places
from shelter.selectors import holds_now, places_by_site, rooms_now
from shelter.sight import sites_to_place
from shelter.waiting import who_waits
from shelter.wants import STEP_FREE, wants_of
from tests.build import make_room, make_site, make_user, person, register_family
from tests.shelter.conftest import make_family

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def played(settings):
    """What is told here of hours before counts as if it had been told then."""
    settings.DEMONSTRATION = True


def waiting(user, at):
    return who_waits(user, sites_to_place(user, at), at)


def held(user, at):
    return holds_now([site.pk for site in sites_to_place(user, at)], at)


def numbers(user, at):
    return [row.number for row in waiting(user, at)[0]]


def test_a_registered_family_that_wants_shelter_waits(family, goris, coordinator, now):
    (row,), all_of_them = waiting(coordinator, now)
    assert all_of_them == 1
    assert (row.household_id, row.number, row.site_id) == (family.pk, family.number, goris.pk)
    assert row.members == tuple(person.pk for person in Individual.objects.members_of(family))
    assert (row.size, row.registered, row.initials, row.since) == (3, True, "A. H.", now - HOUR)


def test_a_death_in_one_family_makes_no_other_smaller(family, goris, coordinator, now):
    other = make_family(goris, coordinator, now, 2)
    dead = Individual.objects.members_of(other).first()
    record_death(dead, site=goris, told_of=other, by=coordinator, at=now)
    sizes = {row.number: row.size for row in waiting(coordinator, now)[0]}
    assert sizes == {family.number: 3, other.number: 1}


def test_a_pre_registered_family_waits_too(goris, coordinator, now):
    groups = [Group(2, "F", "18-59"), Group(1, "M", "0-4"), Group(1, None, "60+")]
    pre_register(goris, groups=groups, facts=HouseholdFacts(going="shelter"), by=coordinator, at=now)
    (row,), _ = waiting(coordinator, now)
    assert (row.registered, row.size, row.initials, row.young, row.elders) == (False, 4, "", 1, 1)


@pytest.mark.parametrize("going", ["own_address", "stays"])
def test_who_wants_no_shelter_does_not_wait(goris, coordinator, now, going):
    register_family(goris, coordinator, going=going, at=now)
    assert numbers(coordinator, now) == []


def test_who_has_a_bed_or_a_hold_does_not_wait(family, goris, sisian, coordinator, now):
    other = make_family(goris, coordinator, now, 1)
    place_household(family, rooms=[make_room(goris, 3)], by=coordinator, at=now)
    hold_places(other, rooms=[make_room(sisian, 1)], until=now + HOUR, by=coordinator, at=now)
    assert numbers(coordinator, now) == []
    assert numbers(coordinator, now + HOUR) == [other.number]  # the hold has run out


def test_who_left_does_not_wait(family, goris, coordinator, now):
    depart(family, site=goris, destination="unknown", by=coordinator, at=now)
    assert numbers(coordinator, now) == []


def test_a_family_with_some_in_bed_waits_with_the_others(family, goris, coordinator, now):
    first, second, third = (person.pk for person in Individual.objects.members_of(family))
    place_household(family, rooms=[make_room(goris, 2)], members=[first, second], by=coordinator, at=now)
    (row,), _ = waiting(coordinator, now)
    assert (row.members, row.size, row.since) == ((third,), 3, now - HOUR)


def test_the_fair_order(goris, coordinator, now):
    def family_of(hours, birth=None, **facts):
        members = [person(**facts), *([person("Mane", relationship="daughter", birth=birth)] if birth else [])]
        return register_family(goris, coordinator, *members, at=now - hours * HOUR).number

    healthy = family_of(3)
    infant = family_of(1, Birth((now - timedelta(days=200)).date(), "day"))
    elder = family_of(2, Birth.in_year(1950))
    needs = family_of(4, needs=("DS",))
    long_wait = family_of(13)
    six_hours = family_of(6)
    assert numbers(coordinator, now) == [long_wait, needs, elder, infant, six_hours, healthy]


def test_needs_are_told_where_they_may_be_seen(goris, now):
    coordinator = make_user(site=goris)
    register_family(goris, coordinator, person(needs=("DS", "SV")), at=now)
    (row,), _ = waiting(coordinator, now)
    assert row.needs == ("DS",)  # a survivor is nobody's business at a board
    assert wants_of(row) == {STEP_FREE}


def test_only_families_at_the_coordinators_sites_are_listed(family, goris, sisian, now):
    assert numbers(make_user(site=goris), now) == [family.number]
    assert numbers(make_user(site=sisian), now) == []
    assert numbers(make_user(Role.VOLUNTEER, goris), now) == []


def test_a_confidential_site_is_listed_for_those_assigned_to_it_by_name(db, now):
    hospital = make_site("hospital", Site.Kind.HOSPITAL, confidential=True)
    patient = register_family(hospital, make_user(site=hospital), at=now)
    assert numbers(make_user(site=hospital), now) == [patient.number]
    assert numbers(make_user(), now) == []


def test_presumed_left_keep_their_turn_for_three_days(coordinator, goris, now):
    gate = make_site("gate", Site.Kind.REGISTRATION_POINT, presumed_left_after=12)
    gone = register_family(gate, coordinator, at=now - 20 * HOUR)
    fresh = register_family(goris, coordinator, at=now)
    rows, _ = waiting(coordinator, now)
    assert [(row.number, row.presumed_left) for row in rows] == [(gone.number, True), (fresh.number, False)]
    assert numbers(coordinator, now + timedelta(hours=60)) == [fresh.number]


def test_rooms_now_counts_each_place_once(family, goris, coordinator, now):
    room = make_room(goris, 9, "hall")
    one, two = (make_family(goris, coordinator, now, 2) for _ in range(2))
    block_places(list(room.places.all())[-1:], reason="wet", by=coordinator, at=now)
    place_household(family, rooms=[room], by=coordinator, at=now)
    hold_places(one, rooms=[room], until=now + HOUR, by=coordinator, at=now)
    (found,) = rooms_now([goris.pk], now)
    assert (found.total, found.slept, found.held, found.blocked, found.free) == (9, 3, 2, 1, 3)
    assert found.drawn == "▣▣▣◧◧▨▢▢▢"
    place_household(two, rooms=[make_room(goris, 1, "small")], happened_anyway="No other room.", by=coordinator, at=now)
    small = next(room for room in rooms_now([goris.pk], now) if room.name == "small")
    assert (small.slept, small.overflow, small.free) == (1, 1, 0)
    assert [room.name for room in rooms_now([goris.pk], now, only_free=True)] == ["hall"]
    sums = places_by_site(rooms_now([goris.pk], now))[goris.pk]
    assert (sums.total, sums.free, sums.slept, sums.held, sums.blocked, sums.overflow) == (10, 3, 4, 2, 1, 1)


def test_rooms_come_in_the_order_people_count(goris, now):
    for name in ("10", "2", "2a", "hall"):
        make_room(goris, 1, name)
    assert [room.name for room in rooms_now([goris.pk], now)] == ["2", "2a", "10", "hall"]


def test_a_room_without_places_is_full(goris, now):
    make_room(goris, 0)
    (room,) = rooms_now([goris.pk], now)
    assert (room.total, room.free) == (0, 0)


def test_holds_run_out_soonest_first_and_stay_in_sight_unused(family, goris, coordinator, now):
    other = make_family(goris, coordinator, now, 1)
    hold_places(family, rooms=[make_room(goris, 3, "14")], until=now + 2 * HOUR, by=coordinator, at=now)
    hold_places(other, rooms=[make_room(goris, 1, "15")], until=now + HOUR, reason="bus 7", by=coordinator, at=now)
    first, second = held(coordinator, now + HOUR)
    assert (first.number, first.rooms, first.gone, first.reason) == (other.number, ("15",), True, "bus 7")
    assert (second.number, len(second.holds), second.gone) == (family.number, 3, False)
    place_household(other, rooms=[make_room(goris, 1)], by=coordinator, at=now + HOUR)
    assert [row.number for row in held(coordinator, now + HOUR)] == [family.number]


@pytest.mark.parametrize("families", [1, 3])
def test_the_lists_cost_one_query_each_whatever_their_length(goris, coordinator, now, families):
    for _ in range(families):
        make_family(goris, coordinator, now, 2)
        other = make_family(goris, coordinator, now, 2)
        hold_places(other, rooms=[make_room(goris, 2)], until=now + HOUR, by=coordinator, at=now)
    assert Household.objects.count() == 2 * families
    sites = sites_to_place(coordinator, now)
    with CaptureQueriesContext(connection) as queries:
        rows, _ = who_waits(coordinator, sites, now)
        holds, rooms = holds_now([site.pk for site in sites], now), rooms_now([goris.pk], now)
    assert (len(rows), len(holds), len(rooms)) == (families, families, families)
    assert len(queries) == 4  # with of which deaths the reader may know


def test_a_date_that_is_told_later_moves_nobody_up(family, goris, coordinator, now, settings):
    settings.DEMONSTRATION = False
    late = register_family(goris, coordinator, person("Vera"), at=now - 6 * 24 * HOUR)
    assert numbers(coordinator, timezone.now()) == [family.number, late.number]


def test_a_family_that_comes_back_waits_from_its_return(goris, coordinator, now):
    went = register_family(goris, coordinator, person("Vera"), at=now - 5 * HOUR)
    stayed = register_family(goris, coordinator, person("Gayane"), at=now - 4 * HOUR)
    depart(went, site=goris, destination="own_address", by=coordinator, at=now - 3 * HOUR)
    arrive(went, site=goris, by=coordinator, at=now - HOUR)
    rows = {row.number: row.since for row in waiting(coordinator, now)[0]}
    assert rows == {stayed.number: now - 4 * HOUR, went.number: now - HOUR}


def test_a_family_sent_on_by_bus_waits_as_long_as_before(goris, coordinator, now):
    sent, sisian = register_family(goris, coordinator, at=now - 5 * HOUR), make_site("jermuk")
    depart(sent, site=goris, destination="site", destination_site=sisian, by=coordinator, at=now - 3 * HOUR)
    arrive(sent, site=sisian, by=coordinator, at=now - HOUR)
    assert [row.since for row in waiting(coordinator, now)[0]] == [now - 5 * HOUR]
