"""Reversing: a handout no longer stands, its goods are back, and the household may receive again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from aid.actions import UNDO_WITHIN, hand_out, reverse_handout
from aid.errors import AlreadyReversed, TooLateToUndo
from aid.models import Handout, StockMovement
from aid.selectors import stock_at
from centre.access import NotAllowed, Role
from tests.build import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def handout(round_one, family, volunteer):
    return Handout.objects.get(pk=hand_out(round_one, family, by=volunteer).handout)


def in_store(site):
    return {stock.item.code: stock.quantity for stock in stock_at(site)}


def test_reverse_gives_the_goods_back_and_lets_the_family_receive_again(goris, round_one, family, planner, handout):
    reverse_handout(handout, reason="wrong family", by=planner)
    handout.refresh_from_db()
    assert (handout.reversed_by, handout.reversed_reason) == (planner, "wrong family")
    assert in_store(goris) == {"food-parcel": 100, "soap-set": 100}
    again = hand_out(round_one, family, by=planner)
    assert again.flagged == ""
    assert in_store(goris) == {"food-parcel": 97, "soap-set": 98}


def test_reverse_adds_movements_and_changes_none(planner, handout):
    before = list(StockMovement.objects.order_by("pk").values())
    reverse_handout(handout, reason="wrong family", by=planner)
    kept = StockMovement.objects.exclude(kind="reversed")
    assert list(kept.order_by("pk").values()) == before
    assert sorted(StockMovement.objects.filter(kind="reversed").values_list("item__code", "quantity")) == [
        ("food-parcel", 3),
        ("soap-set", 2),
    ]


def test_reverse_twice_is_refused(goris, planner, handout):
    reverse_handout(handout, reason="wrong family", by=planner)
    with pytest.raises(AlreadyReversed):
        reverse_handout(handout, reason="again", by=planner)
    assert in_store(goris) == {"food-parcel": 100, "soap-set": 100}
    assert Handout.objects.get().reversed_reason == "wrong family"


def test_undo_by_who_handed_it_out_within_a_minute(volunteer, handout):
    reverse_handout(handout, reason="undone at once", by=volunteer)
    assert not Handout.objects.standing().exists()


def test_undo_after_the_minute_is_refused(volunteer, handout):
    with pytest.raises(TooLateToUndo):
        reverse_handout(
            handout, reason="undone at once", by=volunteer, at=handout.happened_at + UNDO_WITHIN + timedelta(seconds=1)
        )
    assert Handout.objects.standing().exists()


def test_undo_after_the_minute_is_refused_whatever_time_it_tells(volunteer, handout):
    told = handout.happened_at + timedelta(seconds=5)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else the table waits for its foreign keys' checks
        cursor.execute("ALTER TABLE aid_handout DISABLE TRIGGER handout_is_never_edited")
        Handout.objects.update(recorded_at=timezone.now() - timedelta(hours=1))
        cursor.execute("ALTER TABLE aid_handout ENABLE TRIGGER handout_is_never_edited")
    with pytest.raises(TooLateToUndo):
        reverse_handout(Handout.objects.get(), reason="undone at once", by=volunteer, at=told)


def test_undo_by_another_volunteer_is_not_allowed(goris, handout):
    with pytest.raises(NotAllowed):
        reverse_handout(handout, reason="undone at once", by=make_user(Role.AID_VOLUNTEER, goris))


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.PROTECTION, Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR])
def test_reverse_by_another_role_is_not_allowed(goris, handout, role):
    with pytest.raises(NotAllowed):
        reverse_handout(handout, reason="wrong family", by=make_user(role, goris))


def test_reverse_at_another_site_is_not_allowed(sisian, handout):
    with pytest.raises(NotAllowed):
        reverse_handout(handout, reason="wrong family", by=make_user(site=sisian))
