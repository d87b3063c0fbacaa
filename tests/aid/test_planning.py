"""Planning a distribution, ending it, and counting whom it reached."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from aid.actions import Rule, end_distribution, hand_out, plan_distribution, reverse_handout
from aid.errors import AlreadyEnded, EndsBeforeStart, ItemTwice, NothingToGive
from aid.models import Distribution, EntitlementRule, Handout
from centre.access import NotAllowed, Permission, Role
from tests.aid.conftest import make_distribution, make_family
from tests.build import make_user

pytestmark = pytest.mark.django_db


def test_plan_writes_the_round_and_its_rules(goris, planner, parcel, soap):
    planned = make_distribution(goris, planner, Rule(parcel, "person", 1, 7), Rule(soap, "household", 2))
    assert (planned.name, planned.site, planned.planned_by) == ("Round one", goris, planner)
    assert list(planned.rules.values_list("item__code", "per", "quantity", "every_days")) == [
        ("food-parcel", "person", 1, 7),
        ("soap-set", "household", 2, None),
    ]


def test_plan_without_a_rule_is_refused(goris, planner):
    with pytest.raises(NothingToGive):
        make_distribution(goris, planner)


def test_plan_with_an_item_twice_is_refused_whole(goris, planner, parcel):
    with pytest.raises(ItemTwice):
        make_distribution(goris, planner, Rule(parcel, "person", 1), Rule(parcel, "household", 1))
    assert not Distribution.objects.exists()


def test_plan_that_ends_before_it_begins_is_refused(goris, planner, parcel):
    with pytest.raises(EndsBeforeStart):
        make_distribution(goris, planner, Rule(parcel, "person", 1), starts=2, ends=1)


@pytest.mark.parametrize(
    "role", [Role.AID_VOLUNTEER, Role.VOLUNTEER, Role.PROTECTION, Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR]
)
def test_plan_by_another_role_is_not_allowed(goris, parcel, round_one, role):
    by = make_user(role, goris)
    with pytest.raises(NotAllowed):
        plan_distribution(goris, name="Mine", starts_at=timezone.now(), rules=[Rule(parcel, "person", 1)], by=by)
    with pytest.raises(NotAllowed):
        end_distribution(round_one, by=by)
    assert list(Distribution.objects.all()) == [round_one]


def test_end_stops_a_running_round_once(round_one, planner):
    now = timezone.now()
    end_distribution(round_one, by=planner, at=now)
    assert not Distribution.objects.running(now).exists()
    with pytest.raises(AlreadyEnded):
        end_distribution(round_one, by=planner)


def test_end_before_the_round_began_is_refused(goris, planner, parcel):
    with pytest.raises(AlreadyEnded):
        end_distribution(make_distribution(goris, planner, Rule(parcel, "person", 1), starts=1), by=planner)


def test_rounds_are_running_planned_or_done(goris, planner, parcel):
    rule = Rule(parcel, "person", 1)
    running = make_distribution(goris, planner, rule)
    endless = make_distribution(goris, planner, rule, ends=None)
    planned = make_distribution(goris, planner, rule, starts=1)
    done = make_distribution(goris, planner, rule, starts=-3, ends=-2)
    now = timezone.now()
    assert set(Distribution.objects.running(now)) == {running, endless}
    assert set(Distribution.objects.planned(now)) == {planned}
    assert set(Distribution.objects.done(now)) == {done}


def test_rounds_of_another_site_are_not_shown(goris, sisian, planner, parcel, round_one):
    there = make_distribution(sisian, make_user(), Rule(parcel, "person", 1))
    assert list(Distribution.objects.where(planner, Permission.PLAN_AID)) == [round_one]
    assert list(Distribution.objects.where(make_user(site=sisian), Permission.PLAN_AID)) == [there]
    assert set(Distribution.objects.where(make_user(), Permission.PLAN_AID)) == {there, round_one}
    assert not Distribution.objects.where(make_user(Role.OFFICIAL), Permission.PLAN_AID).exists()


def test_reached_counts_each_family_once_and_no_reversed_handout(goris, planner, volunteer, round_one):
    families = [make_family(goris, size) for size in (1, 3, 5)]
    for family in families:
        hand_out(round_one, family, by=volunteer)
    hand_out(round_one, families[1], happened_anyway="offline", by=volunteer)
    reverse_handout(Handout.objects.get(household=families[2]), reason="wrong family", by=planner)
    empty = make_distribution(goris, planner, Rule(round_one.rules.first().item, "person", 1), name="Round two")
    reached = Distribution.objects.with_reached()
    assert {d.pk: (d.handed_out, d.people, d.flagged) for d in reached} == {
        round_one.pk: (3, 4, 1),
        empty.pk: (0, 0, 0),
    }


def test_reached_counts_a_flagged_handout_that_is_the_only_one(goris, planner, parcel, volunteer):
    over = make_distribution(goris, planner, Rule(parcel, "person", 1), starts=-3, ends=-1)
    family = make_family(goris, 4)
    for _ in range(2):
        hand_out(over, family, happened_anyway="queue still stood", by=volunteer)
    (reached,) = Distribution.objects.with_reached()
    assert (reached.handed_out, reached.people, reached.flagged) == (2, 4, 2)


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"quantity": 0}, "rule_gives_something"),
        ({"every_days": 0}, "rule_waits_for_days"),
        ({}, "rule_once"),
    ],
)
def test_the_database_keeps_rules_that_make_no_sense_out(round_one, parcel, planner, columns, constraint):
    if columns:
        EntitlementRule.objects.filter(item=parcel).delete()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        EntitlementRule.objects.create(
            **{"distribution": round_one, "item": parcel, "per": "person", "quantity": 1} | columns
        )


def test_the_database_keeps_a_round_from_ending_before_it_begins(round_one):
    with pytest.raises(IntegrityError, match="distribution_ends_after_start"), transaction.atomic():
        Distribution.objects.update(ends_at=round_one.starts_at - timedelta(seconds=1))
