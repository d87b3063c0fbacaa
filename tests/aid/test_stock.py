"""Stock is the sum of its movements, which are never changed."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from aid.actions import add_item, hand_out
from aid.errors import AlreadyTakenBack, ItemExists, NotTakenBackAlone, SameSite
from aid.models import Item, StockMovement
from aid.selectors import Line, short_of, stock_at
from aid.storing import receive_stock, send_stock, void_stock, write_off
from centre.access import NotAllowed, Role
from centre.models import Act
from tests.build import make_user

pytestmark = pytest.mark.django_db


def in_store(site, at=None):
    return {stock.item.code: stock.quantity for stock in stock_at(site, at)}


def test_stock_is_what_came_less_what_went(goris, sisian, planner, parcel):
    receive_stock(goris, item=parcel, quantity=40, note="Red Cross, waybill 12", by=planner)
    send_stock(goris, to_site=sisian, item=parcel, quantity=15, by=planner)
    write_off(goris, item=parcel, quantity=3, note="wet", by=planner)
    assert in_store(goris) == {"food-parcel": 22}


def test_stock_reads_as_it_was_at_the_instant(goris, planner, parcel):
    noon = timezone.now() - timedelta(hours=5)
    receive_stock(goris, item=parcel, quantity=40, by=planner, at=noon)
    write_off(goris, item=parcel, quantity=3, note="wet", by=planner, at=noon + timedelta(hours=2))
    assert in_store(goris, noon + timedelta(hours=1)) == {"food-parcel": 40}
    assert in_store(goris, noon - timedelta(hours=1)) == {}


def test_sending_more_than_the_books_hold_is_recorded(goris, sisian, planner, parcel):
    send_stock(goris, to_site=sisian, item=parcel, quantity=15, by=planner)
    assert in_store(goris) == {"food-parcel": -15}


def test_short_of_names_what_the_store_lacks(goris, planner, parcel, soap):
    receive_stock(goris, item=parcel, quantity=4, by=planner)
    lacking = short_of(goris, [Line(parcel, 5), Line(soap, 1)])
    assert [(stock.item, stock.quantity) for stock in lacking] == [(parcel, 4), (soap, 0)]
    assert short_of(goris, [Line(parcel, 4)]) == []


def entry(answer):
    return StockMovement.objects.get(pk=answer.movement)


def test_a_receipt_entered_wrongly_is_taken_back_for_every_day(goris, planner, parcel):
    yesterday = timezone.now() - timedelta(days=1)
    receive_stock(goris, item=parcel, quantity=40, by=planner, at=yesterday)
    slip = entry(receive_stock(goris, item=parcel, quantity=10_000, note="Waybill 7", by=planner, at=yesterday))
    void_stock(slip, reason="the waybill says 1000", by=planner)
    assert (in_store(goris), in_store(goris, yesterday)) == ({"food-parcel": 40}, {"food-parcel": 40})
    assert not StockMovement.objects.filter(kind="lost").exists()
    assert slip.voided_by.note == "the waybill says 1000"


def test_a_transfer_and_a_loss_entered_wrongly_are_taken_back(goris, sisian, planner, parcel):
    receive_stock(goris, item=parcel, quantity=40, by=planner)
    sent = send_stock(goris, to_site=sisian, item=parcel, quantity=15, by=planner)
    lost = write_off(goris, item=parcel, quantity=3, note="wet", by=planner)
    for answer in (sent, lost):
        void_stock(entry(answer), reason="not this one", by=planner)
    assert (in_store(goris), in_store(sisian)) == ({"food-parcel": 40}, {})
    assert [moved.kind for moved in StockMovement.objects.standing()] == ["received"]


def test_what_was_given_meanwhile_leaves_the_store_below_zero(goris, planner, parcel):
    slip = entry(receive_stock(goris, item=parcel, quantity=40, by=planner))
    write_off(goris, item=parcel, quantity=3, note="wet", by=planner)
    void_stock(slip, reason="never came", by=planner)
    assert in_store(goris) == {"food-parcel": -3}


def test_an_entry_is_taken_back_once(goris, planner, parcel):
    slip = entry(receive_stock(goris, item=parcel, quantity=40, by=planner))
    void_stock(slip, reason="never came", by=planner)
    with pytest.raises(AlreadyTakenBack):
        void_stock(slip, reason="again", by=planner)
    with pytest.raises(NotTakenBackAlone):
        void_stock(slip.voided_by, reason="it did come", by=planner)
    assert in_store(goris) == {"food-parcel": 0}


def test_goods_of_a_handout_are_not_taken_back_alone(goris, round_one, family, planner):
    hand_out(round_one, family, by=planner)
    with pytest.raises(NotTakenBackAlone):
        void_stock(StockMovement.objects.filter(kind="handed_out").first(), reason="a slip", by=planner)


def test_the_store_that_sent_takes_a_transfer_back(goris, sisian, planner, parcel):
    sent = entry(send_stock(goris, to_site=sisian, item=parcel, quantity=15, by=planner))
    with pytest.raises(NotAllowed):
        void_stock(sent, reason="never came", by=make_user(site=sisian))


def test_sending_to_the_same_site_is_refused(goris, planner, parcel):
    with pytest.raises(SameSite):
        send_stock(goris, to_site=goris, item=parcel, quantity=1, by=planner)


def test_an_item_with_a_code_that_exists_is_refused(planner, parcel):
    with pytest.raises(ItemExists):
        add_item(name_en="Other food", code="food-parcel", by=planner)
    assert list(Item.objects.all()) == [parcel]


@pytest.mark.parametrize(
    "role", [Role.AID_VOLUNTEER, Role.VOLUNTEER, Role.PROTECTION, Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR]
)
def test_stock_is_kept_by_those_who_plan_aid_alone(goris, sisian, parcel, role):
    by = make_user(role, goris)
    with pytest.raises(NotAllowed):
        receive_stock(goris, item=parcel, quantity=1, by=by)
    with pytest.raises(NotAllowed):
        send_stock(goris, to_site=sisian, item=parcel, quantity=1, by=by)
    with pytest.raises(NotAllowed):
        write_off(goris, item=parcel, quantity=1, note="wet", by=by)
    with pytest.raises(NotAllowed):
        add_item(name_en="Blanket", by=by)
    assert not StockMovement.objects.exists()


def test_stock_of_another_site_is_not_allowed(goris, sisian, parcel):
    with pytest.raises(NotAllowed):
        receive_stock(goris, item=parcel, quantity=1, by=make_user(site=sisian))


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"kind": "received"}, "stock_goes_where_its_kind_says"),
        ({"kind": "received", "to_site": "goris", "from_site": "sisian"}, "stock_goes_where_its_kind_says"),
        ({"kind": "sent", "from_site": "goris"}, "stock_goes_where_its_kind_says"),
        ({"kind": "sent", "from_site": "goris", "to_site": "goris"}, "stock_goes_where_its_kind_says"),
        ({"kind": "sent", "from_site": "goris", "bound_for": "goris"}, "stock_goes_where_its_kind_says"),
        ({"kind": "sent", "from_site": "goris", "bound_for": "sisian", "to_site": "sisian"}, "stock_goes_where_its"),
        (
            {"kind": "lost", "from_site": "goris", "note": "wet", "donor": "Red Cross"},
            "a_receipt_alone_names_its_donor",
        ),
        ({"kind": "came", "to_site": "goris"}, "what_came_was_sent"),
        ({"kind": "lost", "to_site": "goris", "note": "wet"}, "stock_goes_where_its_kind_says"),
        ({"kind": "lost", "from_site": "goris"}, "loss_has_a_reason"),
        ({"kind": "handed_out", "from_site": "goris"}, "stock_of_a_handout"),
        ({"kind": "reversed", "to_site": "goris"}, "stock_of_a_handout"),
        ({"kind": "received", "to_site": "goris", "quantity": 0}, "stock_moves_something"),
    ],
)
def test_the_database_keeps_stock_that_cannot_be_out(goris, sisian, planner, parcel, columns, constraint):
    act = Act.objects.create(kind="by hand", at=timezone.now(), by=planner, digest="-")
    sites = {"goris": goris, "sisian": sisian}
    row = {"quantity": 1, "item": parcel, "happened_at": timezone.now(), "act": act}
    row |= {name: sites.get(value, value) for name, value in columns.items()}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        StockMovement.objects.create(**row)


def test_the_database_keeps_stock_movements_as_they_were_written(goris, planner, parcel):
    receive_stock(goris, item=parcel, quantity=4, by=planner)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        StockMovement.objects.update(quantity=400)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        StockMovement.objects.all().delete()
    assert in_store(goris) == {"food-parcel": 4}
