"""Handing out: a household receives its share of a distribution once, and the store gives it."""

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aid.actions import Rule, end_distribution, hand_out, reverse_handout
from aid.errors import AlreadyHandedOut, NobodyLeft, NotRunning, ReceivedLately
from aid.models import Distribution, Handout, StockMovement
from aid.selectors import count_household, entitlement, stock_at
from centre.access import NotAllowed, Role
from centre.models import Act
from desk.actions import pre_register, record_death
from registrations.facts import Group, HouseholdFacts
from registrations.living import known_deaths
from registrations.models import Household, Individual, Membership
from tests.aid.conftest import make_distribution, make_family
from tests.build import make_site, make_user

pytestmark = pytest.mark.django_db


def given(handout_id):
    moved = StockMovement.objects.filter(handout=handout_id, kind="handed_out")
    return {movement.item.code: movement.quantity for movement in moved.select_related("item")}


def due_in(distribution, household):
    return entitlement(distribution, household, make_user(), timezone.now())


def in_store(site):
    return {stock.item.code: stock.quantity for stock in stock_at(site)}


@pytest.mark.parametrize("size", range(1, 10))
def test_entitlement_counts_people_for_what_is_given_per_person(goris, round_one, size):
    due = due_in(round_one, make_family(goris, size))
    assert {line.item.code: line.quantity for line in due.lines} == {"food-parcel": size, "soap-set": 2}
    assert (due.people, due.refusal) == (size, None)


def test_entitlement_counts_people_without_a_name(goris, round_one):
    answer = pre_register(
        goris, groups=[Group(1, "F", "18-59"), Group(3, None, "0-4")], facts=HouseholdFacts("shelter"), by=make_user()
    )
    assert due_in(round_one, Household.objects.get(pk=answer.household)).people == 4


def test_entitlement_counts_only_people_of_today(round_one, family):
    Membership.objects.filter(household=family, position=2).update(left_at=timezone.now())
    assert due_in(round_one, family).people == 2


def test_hand_out_writes_the_handout_and_takes_from_the_store(goris, round_one, family, volunteer):
    answer = hand_out(round_one, family, by=volunteer)
    handout = Handout.objects.get()
    assert (str(handout.pk), answer.number, answer.people) == (answer.handout, str(family), 3)
    assert (handout.household, handout.counted_as, handout.by) == (family, family, volunteer)
    assert given(handout) == {"food-parcel": 3, "soap-set": 2}
    assert in_store(goris) == {"food-parcel": 97, "soap-set": 98}


def test_hand_out_asks_as_often_for_nine_people_as_for_one(goris, round_one, volunteer):
    assert round_one.site == goris  # read before, as a page does
    counts = []
    for size in (1, 9):
        family = make_family(goris, size)
        with CaptureQueriesContext(connection) as asked:
            hand_out(round_one, family, by=volunteer)
        counts.append(len(asked))
        volunteer.__dict__.pop("all_assignments")  # read once a request
    assert counts[0] == counts[1] <= 17


def test_hand_out_twice_is_refused_with_when_where_and_who(goris, round_one, family, volunteer):
    first = hand_out(round_one, family, by=volunteer)
    hour = timezone.localtime(Handout.objects.get().happened_at).strftime("%H:%M")
    with pytest.raises(AlreadyHandedOut, match=f"already used at {hour} at Goris, by aram"):
        hand_out(round_one, family, by=make_user())
    assert [str(handout.pk) for handout in Handout.objects.all()] == [first.handout]
    assert in_store(goris) == {"food-parcel": 97, "soap-set": 98}


def test_hand_out_of_yesterday_is_told_with_its_day(goris, planner, parcel, volunteer):
    yesterday = timezone.now() - timedelta(days=1)
    round_long = make_distribution(goris, planner, Rule(parcel, "person", 1), starts=-48)
    family = make_family(goris, 2, at=yesterday - timedelta(hours=1))
    hand_out(round_long, family, by=volunteer, at=yesterday)
    with pytest.raises(AlreadyHandedOut, match=timezone.localtime(yesterday).strftime(r"on %d\.%m\.%Y at %H:%M")):
        hand_out(round_long, family, by=volunteer)


def test_hand_out_sent_again_with_its_id_is_one_handout_and_one_answer(goris, round_one, family, volunteer):
    act = uuid.uuid4()
    first = hand_out(round_one, family, by=volunteer, id=act)
    assert hand_out(round_one, family, by=volunteer, id=act) == first
    assert Handout.objects.count() == 1
    assert in_store(goris) == {"food-parcel": 97, "soap-set": 98}


@pytest.mark.parametrize(("starts", "ends", "words"), [(1, 8, "begins on"), (-8, -1, "ended on")])
def test_hand_out_outside_the_hours_is_refused(goris, planner, parcel, family, volunteer, starts, ends, words):
    closed = make_distribution(goris, planner, Rule(parcel, "person", 1), starts=starts, ends=ends)
    with pytest.raises(NotRunning, match=words):
        hand_out(closed, family, by=volunteer)
    assert not Handout.objects.exists()
    assert not Act.objects.filter(kind="hand_out").exists()


def test_hand_out_after_the_round_was_ended_is_refused(round_one, family, planner, volunteer):
    end_distribution(round_one, by=planner)
    with pytest.raises(NotRunning):
        hand_out(Distribution.objects.get(), family, by=volunteer)


def test_hand_out_to_a_card_nobody_belongs_to_is_refused(round_one, family, volunteer):
    Membership.objects.update(left_at=timezone.now())
    with pytest.raises(NobodyLeft):
        hand_out(round_one, family, by=volunteer)


def test_hand_out_that_happened_anyway_is_recorded_and_flagged(goris, round_one, family, volunteer):
    hand_out(round_one, family, by=volunteer)
    answer = hand_out(round_one, family, happened_anyway="the tablet was offline", by=volunteer)
    second = Handout.objects.get(pk=answer.handout)
    assert answer.flagged == "already_handed_out"
    assert (second.happened_anyway_by, second.happened_anyway_reason) == (volunteer, "the tablet was offline")
    assert given(second) == {"food-parcel": 3, "soap-set": 2}
    assert in_store(goris) == {"food-parcel": 94, "soap-set": 96}


def test_hand_out_that_breaks_no_rule_is_not_flagged(round_one, family, volunteer):
    answer = hand_out(round_one, family, happened_anyway="the tablet was offline", by=volunteer)
    assert answer.flagged == ""
    assert not Handout.objects.flagged().exists()
    with pytest.raises(AlreadyHandedOut):
        hand_out(round_one, family, by=volunteer)


def test_hand_out_outside_the_hours_that_happened_anyway_is_flagged(goris, planner, parcel, family, volunteer):
    closed = make_distribution(goris, planner, Rule(parcel, "person", 1), starts=-8, ends=-1)
    assert hand_out(closed, family, happened_anyway="queue still stood", by=volunteer).flagged == "not_running"


def test_hand_out_from_an_empty_store_reads_below_zero(goris, planner, parcel, family, volunteer):
    hand_out(make_distribution(goris, planner, Rule(parcel, "person", 2)), family, by=volunteer)
    assert in_store(goris) == {"food-parcel": -6}


def test_hand_out_again_within_the_days_of_an_item_gives_only_the_rest(goris, sisian, planner, parcel, soap, volunteer):
    earlier = timezone.now() - timedelta(days=3)
    everywhere = make_user()
    family = make_family(goris, 2, at=earlier - timedelta(hours=1))
    weekly = Rule(parcel, "person", 1, every_days=7)
    there = make_distribution(sisian, everywhere, weekly, starts=-100, ends=None)
    here = make_distribution(goris, planner, weekly, Rule(soap, "household", 2))
    hand_out(there, family, by=everywhere, at=earlier)
    due = due_in(here, family)
    assert [line.item for line in due.lines] == [soap]
    held = [(held.item, held.at, (held.next_on - held.received_on).days) for held in due.held_back]
    assert held == [(parcel, str(sisian), 7)]
    assert given(hand_out(here, family, by=volunteer).handout) == {"soap-set": 2}


def test_hand_out_within_the_days_of_every_item_is_refused(goris, planner, parcel, family, volunteer):
    weekly = Rule(parcel, "person", 1, every_days=7)
    hand_out(make_distribution(goris, planner, weekly), family, by=volunteer)
    second = make_distribution(goris, planner, weekly, name="Round two")
    with pytest.raises(ReceivedLately, match="received Food parcel on"):
        hand_out(second, family, by=volunteer)
    anyway = hand_out(second, family, happened_anyway="given at the bus", by=volunteer)
    assert (anyway.flagged, given(anyway.handout)) == ("received_lately", {"food-parcel": 3})


def test_what_was_received_at_a_confidential_site_is_held_back_without_its_name(goris, planner, parcel, volunteer):
    hidden = make_site("haven", confidential=True)
    warden = make_user(site=hidden)
    family = make_family(goris, 2, at=timezone.now() - timedelta(hours=30))
    weekly = Rule(parcel, "person", 1, every_days=7)
    hand_out(make_distribution(hidden, warden, weekly), family, by=warden)
    with pytest.raises(ReceivedLately, match="at another site") as refused:
        hand_out(make_distribution(goris, planner, weekly), family, by=volunteer)
    assert str(hidden) not in str(refused.value)


def test_hand_out_on_the_day_it_is_due_again_gives(goris, planner, parcel, volunteer):
    daily = Rule(parcel, "person", 1, every_days=1)
    yesterday = timezone.now() - timedelta(days=1)
    family = make_family(goris, 2, at=yesterday - timedelta(hours=1))
    hand_out(make_distribution(goris, planner, daily, starts=-48), family, by=volunteer, at=yesterday)
    today = make_distribution(goris, planner, daily, name="Round two")
    assert given(hand_out(today, family, by=volunteer).handout) == {"food-parcel": 2}


def test_hand_out_after_the_earlier_one_was_reversed_is_not_held_back(goris, planner, parcel, family, volunteer):
    weekly = Rule(parcel, "person", 1, every_days=7)
    first = hand_out(make_distribution(goris, planner, weekly), family, by=volunteer)
    reverse_handout(Handout.objects.get(pk=first.handout), reason="wrong family", by=planner)
    second = make_distribution(goris, planner, weekly, name="Round two")
    assert hand_out(second, family, by=volunteer).flagged == ""


def test_a_grandmother_on_two_cards_counts_where_she_belongs(goris, round_one, family):
    alone = make_family(goris, 1)
    grandmother = Membership.objects.get(household=alone).individual
    Membership.objects.filter(household=family, position=2).update(counted_as=grandmother)
    assert (due_in(round_one, family).people, due_in(round_one, alone).people) == (2, 1)


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.PROTECTION, Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR])
def test_hand_out_by_another_role_is_not_allowed(goris, round_one, family, role):
    with pytest.raises(NotAllowed):
        hand_out(round_one, family, by=make_user(role, goris))
    assert not Handout.objects.exists()


def test_hand_out_at_another_site_is_not_allowed(sisian, round_one, family):
    with pytest.raises(NotAllowed):
        hand_out(round_one, family, by=make_user(Role.AID_VOLUNTEER, sisian))


def test_the_database_keeps_a_second_handout_out(round_one, family, volunteer):
    hand_out(round_one, family, by=volunteer)
    first = Handout.objects.get()
    act = Act.objects.create(kind="by hand", at=timezone.now(), by=volunteer, digest="-")
    with pytest.raises(IntegrityError, match="handout_once"), transaction.atomic():
        Handout.objects.create(
            distribution=round_one,
            household=family,
            counted_as=family,
            people=3,
            happened_at=timezone.now(),
            act=act,
            by=volunteer,
        )
    assert list(Handout.objects.all()) == [first]


@pytest.mark.parametrize("column", ["people", "happened_at", "by"])
def test_the_database_keeps_a_handout_from_being_edited(round_one, family, volunteer, column):
    hand_out(round_one, family, by=volunteer)
    value = {"people": 9, "happened_at": timezone.now(), "by": make_user()}[column]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Handout.objects.update(**{column: value})
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Handout.objects.filter(pk__isnull=False)._raw_delete("default")


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"reversed_at": F("happened_at")}, "handout_reversed_"),
        ({"reversed_reason": "no instant"}, "handout_reversed_for_a_reason"),
        ({"happened_anyway_at": F("happened_at")}, "handout_anyway_"),
        ({"happened_anyway_reason": "no instant"}, "handout_anyway_for_a_reason"),
    ],
)
def test_the_database_wants_instant_author_and_reason_together(round_one, family, volunteer, columns, constraint):
    hand_out(round_one, family, by=volunteer)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Handout.objects.update(**columns)


def test_the_dead_receive_nothing(goris, family):
    dead = Individual.objects.members_of(family)[1]
    recorder = make_user()
    record_death(dead, site=goris, by=recorder)
    assert count_household(family).people == count_household(family, recorder).people == 2
    assert Household.objects.with_size(known_deaths(recorder)).get(pk=family.pk).size == 2
