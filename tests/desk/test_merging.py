"""Merging two records of one person and undoing it: nothing is lost, and each keeps what was told of it."""

from datetime import datetime, timedelta
from functools import cache

import pytest
from django.db import transaction
from django.utils import timezone

from casework.actions import close_case
from casework.errors import ChildAlone
from casework.models import Case
from centre.access import NotAllowed, Role
from desk.actions import arrive, depart, record_death
from desk.merging import merge_individuals, merge_pairs, unmerge
from desk.selectors import read_file
from registrations.errors import AlreadyMerged, LivedOn, NotMerged, NotTold
from registrations.facts import Birth
from registrations.living import known_deaths
from registrations.models import Household, Individual, Membership, Merge, Movement, Presence
from shelter.actions import place_household
from shelter.models import Bedding, Stay
from tests.api.conftest import Machine
from tests.build import make_room, make_user, person, register_family

pytestmark = pytest.mark.django_db


@cache
def start() -> datetime:
    return timezone.now() - timedelta(hours=48)


def hours(count):
    return start() + timedelta(hours=count)


@pytest.fixture
def staff():
    return make_user()


def only(household):
    return Individual.objects.get(memberships__household=household)


def presences():
    return sorted(Presence.objects.values_list("individual", "site", "during", "ended_by"), key=str)


def stays():
    return sorted(Stay.objects.values_list("individual", "room", "place", "during"), key=str)


def journal():
    return sorted(Movement.objects.values_list("id", "individual", "counted_as"), key=str)


@pytest.fixture
def twice(goris, sisian, staff):
    """One person registered at two sites, the second time without an end of the first."""
    return (
        only(register_family(goris, staff, at=hours(0))),
        only(register_family(sisian, staff, at=hours(3))),
    )


def test_merge_counts_both_records_facts_as_one_person(twice, sisian, staff):
    kept, double = twice
    merge_individuals(double, into=kept, reason="same passport", by=staff)
    assert set(Movement.objects.values_list("counted_as", flat=True)) == {kept.pk}
    assert set(Membership.objects.values_list("counted_as", flat=True)) == {kept.pk}
    assert [(p.individual_id, p.site) for p in Presence.objects.filter(during__upper_inf=True)] == [(kept.pk, sisian)]


def test_merged_records_sizes_count_the_person_once_in_each_household(twice, staff):
    kept, double = twice
    merge_individuals(double, into=kept, reason="same passport", by=staff)
    assert [h.size for h in Household.objects.with_size(known_deaths(make_user()))] == [1, 1]


def test_unmerge_at_once_gives_back_exactly_what_was(twice, goris, staff):
    kept, double = twice
    place_household(kept.memberships.get().household, rooms=[make_room(goris)], by=staff, at=hours(1))
    before = presences(), stays(), journal()
    answer = merge_individuals(double, into=kept, reason="same passport", by=staff)
    assert presences() != before[0]
    unmerge(Merge.objects.get(pk=answer.merge), by=staff)
    assert (presences(), stays(), journal()) == before


def test_a_days_work_on_a_merge_stays_with_the_family_it_was_told_of(twice, goris, sisian, staff):
    kept, double = twice
    first, second = (p.memberships.get().household for p in twice)
    merge = merge_individuals(double, into=kept, reason="same passport", by=staff, at=hours(4))
    depart(second, site=sisian, destination="unknown", by=staff, at=hours(6))
    arrive(first, site=goris, by=staff, at=hours(8))
    place_household(first, rooms=[make_room(goris)], by=staff, at=hours(9))
    assert set(Movement.objects.values_list("counted_as", flat=True)) == {kept.pk}
    facts = Movement.objects.count(), Bedding.objects.count()
    unmerge(Merge.objects.get(pk=merge.merge), by=staff)
    assert (Movement.objects.count(), Bedding.objects.count()) == facts
    told = [(m.individual_id, m.site) for m in Movement.objects.filter(happened_at__gte=hours(5))]
    assert told == [(double.pk, sisian), (kept.pk, goris)]
    now = timezone.now()
    assert [p.individual_id for p in Presence.objects.filter(during__contains=now)] == [kept.pk]
    assert [s.individual_id for s in Stay.objects.at(now)] == [kept.pk]
    gone = Presence.objects.get(individual=double)
    assert (gone.during.lower, gone.during.upper) == (hours(3), hours(6))


def test_after_unmerge_presences_read_as_if_never_merged(goris, sisian, staff):
    def live(merged):
        first = register_family(goris, staff, person("Ani"), at=hours(0))
        second = register_family(sisian, staff, person("Ani"), at=hours(2))
        if merged:
            answer = merge_individuals(only(second), into=only(first), reason="alike", by=staff, at=hours(3))
        depart(second, site=sisian, destination="abroad", by=staff, at=hours(5))
        arrive(second, site=goris, by=staff, at=hours(7))
        depart(first, site=goris, destination="unknown", by=staff, at=hours(9))
        if merged:
            unmerge(Merge.objects.get(pk=answer.merge), by=staff, at=hours(10))
        spans = Presence.objects.filter(individual__in=[only(first).pk, only(second).pk])
        return [
            (p.individual_id == only(first).pk, p.site, p.during.lower, p.during.upper)
            for p in spans.order_by("during")
        ]

    assert live(merged=True) == live(merged=False)


def test_a_chain_counts_as_its_last_and_comes_apart_link_by_link(goris, staff):
    a, b, c = (only(register_family(goris, staff, at=hours(n))) for n in range(3))
    before = journal()
    first = merge_individuals(a, into=b, reason="alike", by=staff)
    second = merge_individuals(b, into=c, reason="alike", by=staff)
    assert set(Movement.objects.values_list("counted_as", flat=True)) == {c.pk}
    unmerge(Merge.objects.get(pk=second.merge), by=staff)
    assert {m.individual_id: m.counted_as_id for m in Movement.objects.all()} == {a.pk: b.pk, b.pk: b.pk, c.pk: c.pk}
    unmerge(Merge.objects.get(pk=first.merge), by=staff)
    assert journal() == before


def test_the_lower_link_of_a_chain_comes_apart_first_too(goris, staff):
    a, b, c = (only(register_family(goris, staff, at=hours(n))) for n in range(3))
    second = merge_individuals(b, into=c, reason="alike", by=staff)
    first = merge_individuals(a, into=b, reason="alike", by=staff)
    assert second.counted_as == first.counted_as == str(c.pk)
    unmerge(Merge.objects.get(pk=first.merge), by=staff)
    assert {m.individual_id: m.counted_as_id for m in Movement.objects.all()} == {a.pk: a.pk, b.pk: c.pk, c.pk: c.pk}
    assert Presence.objects.filter(individual=a, during__upper_inf=True).exists()


def test_merging_twice_or_in_a_circle_is_refused(twice, staff):
    kept, double = twice
    merge_individuals(double, into=kept, reason="alike", by=staff)
    with pytest.raises(AlreadyMerged):
        merge_individuals(double, into=kept, reason="alike", by=staff)
    with pytest.raises(AlreadyMerged):
        merge_individuals(kept, into=double, reason="alike", by=staff)
    with pytest.raises(AlreadyMerged):
        merge_individuals(kept, into=kept, reason="alike", by=staff)
    assert Merge.objects.count() == 1


def test_undoing_twice_is_refused(twice, staff):
    kept, double = twice
    merge = Merge.objects.get(pk=merge_individuals(double, into=kept, reason="alike", by=staff).merge)
    unmerge(merge, by=staff)
    with pytest.raises(NotMerged):
        unmerge(merge, by=staff)


def test_a_pair_that_is_refused_leaves_none_merged(twice, goris, staff):
    kept, double = twice
    other = only(register_family(goris, staff, person("Mane")))
    merge_individuals(double, into=kept, reason="alike", by=staff)
    with pytest.raises(AlreadyMerged):
        merge_pairs([(other, kept), (double, kept)], reason="alike", by=staff, id=other.pk)
    assert Merge.objects.count() == 1


def test_a_volunteer_may_not_merge(twice, goris):
    kept, double = twice
    with pytest.raises(NotAllowed):
        merge_individuals(double, into=kept, reason="alike", by=make_user(Role.VOLUNTEER, goris))
    assert not Merge.objects.exists()


def test_who_merges_elsewhere_merges_nobody_whom_they_see_as_a_volunteer(client, goris, sisian, staff):
    """A right at one site is none over the families of another: on the page, and for machines."""
    one, other, third = (register_family(goris, staff, person("Anna")) for _ in range(3))
    keys = [str(family.memberships.get().individual_id) for family in (one, other, third)]
    merge_individuals(Individual.objects.get(pk=keys[1]), into=Individual.objects.get(pk=keys[0]), reason="x", by=staff)
    merge = Merge.objects.get()
    both = make_user(Role.VOLUNTEER, goris)
    both.assignments.create(site=sisian, role=Role.COORDINATOR, starts_at=goris.opened_at)
    here = make_user(Role.COORDINATOR, goris)
    numbers = {"one": str(one).replace(" ", ""), "other": str(third).replace(" ", "")}
    told = {}
    for user in (both, here):
        client.force_login(user)
        page = client.get("/duplicates/", numbers).content.decode()
        machine = Machine(user)
        with transaction.atomic():
            told[user] = (
                str(merge.pk) in page,
                "No family that you may see has this number." not in page,
                machine.post("merges/", merged=keys[2], into=keys[0], reason="same").status_code,
                machine.post(f"merges/{merge.pk}/undo/").status_code,
                client.get(f"/families/{numbers['one']}/log/").status_code,
            )
            transaction.set_rollback(True)
    assert told == {both: (False, False, 400, 404, 404), here: (True, True, 201, 201, 200)}


def test_needs_and_cases_of_a_merged_record_stand_in_the_file_of_the_person(client, goris, sisian, staff):
    child = Birth(timezone.localdate() - timedelta(days=9 * 365), "day")
    told = register_family(goris, staff, person("Mane", birth=child, carer_kind="nobody", needs=("SM-CI",)))
    again = register_family(goris, staff, person("Mane", birth=child, carer_kind="nobody", needs=("SM-CI",)))
    close_case(Case.objects.get(individual=only(again)), outcome="mistake", by=make_user(Role.PROTECTION))
    officer = make_user(Role.PROTECTION, goris)
    elsewhere = make_user(Role.COORDINATOR, goris)
    elsewhere.assignments.create(site=sisian, role=Role.PROTECTION, starts_at=goris.opened_at)
    for user in (staff, elsewhere):
        with pytest.raises(ChildAlone):
            merge_individuals(only(told), into=only(again), reason="one girl, by her card", by=user)
    merge_individuals(only(told), into=only(again), reason="one girl, by her card", by=officer)
    client.force_login(officer)
    address = str(again).replace(" ", "")
    assert client.get(f"/cases/family/{address}/").content.count(b"Child without a parent here") == 1
    (member,) = read_file(again, staff, timezone.now()).members
    assert len(member.needs) == 1


def test_an_age_lies_side_by_side_as_an_age(client, goris):
    coordinator = make_user(Role.COORDINATOR, goris)
    born = Birth.of_age(33, timezone.localdate())
    one, other = (register_family(goris, coordinator, person(birth=born)) for _family in range(2))
    client.force_login(coordinator)
    page = client.get("/duplicates/", {"one": str(one), "other": str(other)}).content.decode()
    assert "<td>≈ 33 years</td>" in page
    assert f"{born.on:%d.%m.%Y}" not in page


def test_who_died_and_who_came_later_are_not_merged_and_it_says_so(goris, sisian, staff):
    dead = register_family(goris, staff, person("Suren"), at=hours(1))
    record_death(only(dead), site=goris, by=staff, at=hours(2))
    later = register_family(sisian, staff, person("Souren"), at=hours(3))
    other, before = make_user(), (presences(), journal())
    with pytest.raises(LivedOn, match="the person died"):
        merge_individuals(only(dead), into=only(later), reason="one man", by=staff)
    with pytest.raises(NotTold):  # as of one in a hidden house: the family was not told
        merge_individuals(only(later), into=only(dead), reason="one man", by=other)
    assert (presences(), journal()) == before
    assert not Merge.objects.exists()
