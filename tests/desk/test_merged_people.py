"""Acts on people who count as one, by either of their numbers, and on rows that were read before the merge."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from casework.actions import close_case
from casework.models import Case
from centre.access import Role
from centre.refusals import Refusal
from desk.actions import arrive, depart, record_death
from desk.merging import merge_individuals, merge_pairs, unmerge
from desk.voiding import void_movement
from registrations.facts import Birth
from registrations.models import Individual, Merge, Movement, Presence
from shelter.actions import check_in, end_stays, hold_places, place_household
from shelter.errors import AlreadyHeld, AlreadyHoused
from shelter.models import Bedding, Stay
from shelter.undoing import void_bedding
from tests.build import make_room, make_user, person, register_family

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


@pytest.fixture
def now():
    return timezone.now() - timedelta(minutes=10)


@pytest.fixture
def desk():
    return make_user()


@pytest.fixture
def first(goris, desk, now):
    return register_family(goris, desk, at=now - 6 * HOUR)


@pytest.fixture
def second(sisian, desk, now):
    return register_family(sisian, desk, at=now - 5 * HOUR)


def only(household) -> Individual:
    """The record written for the family, whomever it counts as."""
    return household.memberships.get().individual


def merge(merged, into, desk) -> Merge:
    answer = merge_individuals(only(merged), into=only(into), reason="alike", by=desk)
    return Merge.objects.get(pk=answer.merge)


def where_now() -> list:
    return [(p.individual, p.site) for p in Presence.objects.filter(during__contains=timezone.now())]


def test_a_fact_read_before_the_merge_is_taken_back_from_whom_it_counts_for_now(first, second, goris, desk):
    stale = Movement.objects.get(site__code="sisian")
    done = merge(second, first, desk)
    void_movement(stale, by=desk)
    assert where_now() == [(only(first), goris)]
    assert Movement.objects.get(kind="voided").counted_as == only(first)
    unmerge(done, by=desk)
    assert where_now() == [(only(first), goris)]


def test_a_bed_read_before_the_merge_is_taken_back_from_whom_it_counts_for_now(first, second, sisian, desk, now):
    place_household(second, rooms=[make_room(sisian)], by=desk, at=now - 2 * HOUR)
    stale = Bedding.objects.get()
    merge(second, first, desk)
    void_bedding([stale], by=desk)
    assert not Stay.objects.exists()


@pytest.mark.parametrize("by_number", ["first", "second"])
def test_a_death_told_by_either_number_ends_presence_stay_and_holds(first, second, goris, sisian, desk, now, by_number):
    hold_places(second, rooms=[make_room(sisian)], until=now + 20 * HOUR, by=desk, at=now - 4 * HOUR)
    merge(second, first, desk)
    place_household(first, rooms=[make_room(goris)], happened_anyway="", by=desk, at=now - 2 * HOUR)
    told_of = {"first": first, "second": second}[by_number]
    record_death(only(told_of), site=goris, by=desk, at=now - HOUR)
    assert where_now() == []
    assert not Stay.objects.from_(now).exists()


def test_a_death_told_of_a_family_stays_with_it_when_the_merge_is_undone(first, second, goris, desk, now):
    done = merge(second, first, desk)
    record_death(only(first), site=goris, told_of=second, by=desk, at=now - HOUR)
    assert where_now() == []
    unmerge(done, by=desk)
    assert where_now() == [(only(first), goris)]


def test_a_hold_is_used_by_whom_its_record_counts_as(first, second, sisian, desk, now):
    room = make_room(sisian, places=1)
    hold_places(second, rooms=[room], until=now + 20 * HOUR, by=desk, at=now - 4 * HOUR)
    merge(second, first, desk)
    with pytest.raises(AlreadyHeld):
        hold_places(first, rooms=[make_room(sisian)], until=now + HOUR, by=desk, at=now - 3 * HOUR)
    place_household(first, rooms=[room], by=desk, at=now - 2 * HOUR)
    assert [(s.kind, s.individual, s.room) for s in Stay.objects.at(now)] == [("stay", only(first), room)]


def test_a_hold_is_not_checked_in_to_when_its_person_sleeps_in_that_room(first, second, sisian, desk, now):
    room = make_room(sisian)
    hold_places(second, rooms=[room], until=now + 20 * HOUR, by=desk, at=now - 2 * HOUR)
    place_household(first, rooms=[room], by=desk, at=now - HOUR)
    merge(second, first, desk)
    with pytest.raises(AlreadyHoused):
        check_in([Stay.objects.holds().get()], by=desk, at=now)


def test_a_stay_read_before_the_merge_ends_for_whom_it_counts_for_now(first, second, sisian, desk, now):
    place_household(second, rooms=[make_room(sisian)], by=desk, at=now - 2 * HOUR)
    stale = Stay.objects.get()
    merge(second, first, desk)
    end_stays([stale], by=desk, at=now - HOUR)
    assert not Stay.objects.at(now).exists()


def test_two_members_who_count_as_one_leave_in_one_case(goris, desk, now):
    child = {"relationship": "niece_nephew", "carer_kind": "nobody", "birth": Birth(now.date(), "day")}
    family = register_family(goris, desk, person(), person("Ani", **child), person("Anni", **child), at=now - HOUR)
    head, one, other = (m.individual for m in family.memberships.order_by("position"))
    for case in Case.objects.all():
        close_case(case, outcome="mistake", by=make_user(Role.PROTECTION))
    merge_individuals(other, into=one, reason="written twice", by=make_user(Role.PROTECTION))
    depart(family, site=goris, destination="unknown", members=[one.pk], happened_anyway="with an aunt", by=desk, at=now)
    assert Case.objects.open().get().individual == one
    assert where_now() == [(head, goris)]


def test_the_dead_neither_arrive_nor_get_a_bed_with_their_family(goris, sisian, desk, now):
    family = register_family(goris, desk, person(), person("Vahan", relationship="parent"), at=now - 5 * HOUR)
    _head, dead = Individual.objects.members_of(family)
    record_death(dead, site=goris, by=desk, at=now - 4 * HOUR)
    arrive(family, site=sisian, by=desk, at=now - 3 * HOUR)
    hold_places(family, rooms=[make_room(goris)], until=now + HOUR, by=desk, at=now - 2 * HOUR)
    place_household(family, rooms=[make_room(goris)], by=desk, at=now - HOUR)
    assert not Movement.objects.filter(individual=dead, happened_at__gt=now - 4 * HOUR).exists()
    assert not Stay.objects.filter(individual=dead).exists()
    assert Stay.objects.stays().count() == 1


def test_two_desks_that_merge_the_same_families_crosswise_do_not_block_each_other(goris, sisian, desk, now):
    """Each pair alone would lock its own two households: the second desk begins where the first ends."""
    for _ in range(5):
        families = [register_family(goris, desk, at=now - HOUR) for _ in range(4)]
        a, b, c, d = map(only, families)
        both = threading.Barrier(2)

        def merge_both(pairs, both=both):
            try:
                both.wait(timeout=20)
                merge_pairs(pairs, reason="alike", by=desk, id=uuid.uuid4())
            except Refusal as refusal:
                return refusal.code
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(merge_both, ([(a, b), (c, d)], [(c, d), (a, b)])))
        assert sorted(map(str, answers)) == ["None", "already_merged"]
