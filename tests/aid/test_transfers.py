"""What is sent is on the way until the other store says what came; a difference stands until somebody closes it."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from aid.errors import (
    AlreadyConfirmed,
    AlreadySettled,
    AlreadyTakenBack,
    AnsweredSince,
    NoDifference,
    NotOnTheWay,
)
from aid.models import CAME_MORE, CAME_SHORT, StockMovement
from aid.selectors import stock_of
from aid.storing import confirm_stock, receive_stock, send_stock, settle_stock, void_stock
from centre.access import NotAllowed, Role
from tests.api.conftest import Machine
from tests.build import make_site, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(sisian):
    """Who keeps the store that things are sent to."""
    return make_user(site=sisian, username="nune")


@pytest.fixture
def sent(goris, sisian, planner, parcel):
    receive_stock(goris, item=parcel, quantity=40, by=planner)
    return read(send_stock(goris, to_site=sisian, item=parcel, quantity=15, note="lorry 7", by=planner))


@pytest.fixture
def office(client, planner):
    client.force_login(planner)
    return client


@pytest.fixture
def other_office(keeper):
    client = Client()
    client.force_login(keeper)
    return client


def read(answer):
    return StockMovement.objects.with_answers().get(pk=answer.movement)


def figures(*sites, at=None):
    """In store, on the way there, and on the way from there."""
    stock = {one.site: one for one in stock_of(sites, at)}
    return [(one.quantity, one.coming, one.leaving) if (one := stock.get(site)) else None for site in sites]


def text(answer):
    return answer.content.decode()


def test_what_is_sent_is_on_the_way_until_it_is_confirmed(goris, sisian, sent, keeper):
    assert figures(goris, sisian) == [(25, 0, 15), (0, 15, 0)]
    confirm_stock(sent, quantity=15, by=keeper)
    assert figures(goris, sisian) == [(25, 0, 0), (15, 0, 0)]


def test_on_the_way_reads_as_it_was_at_the_instant(goris, sisian, planner, keeper, parcel):
    noon = timezone.now() - timedelta(hours=5)
    sent = read(send_stock(goris, to_site=sisian, item=parcel, quantity=15, by=planner, at=noon))
    confirm_stock(sent, quantity=15, by=keeper, at=noon + timedelta(hours=2))
    assert figures(goris, sisian, at=noon + timedelta(hours=1)) == [(-15, 0, 15), (0, 15, 0)]
    assert figures(goris, sisian, at=noon + timedelta(hours=3)) == [(-15, 0, 0), (15, 0, 0)]


@pytest.mark.parametrize(
    ("came", "became", "stores"),
    [
        (12, "way_lost", [25, 12]),
        (12, "never_sent", [28, 12]),
        (12, "found", [25, 15]),
        (0, "way_lost", [25, 0]),
        (18, "sent_more", [22, 18]),
        (18, "found_more", [25, 18]),
    ],
)
def test_a_difference_stands_until_it_is_closed(goris, sisian, sent, planner, keeper, came, became, stores):
    confirm_stock(sent, quantity=came, note="two boxes are open", by=keeper)
    before = [(25, 0, 0), (came, 0, 0)]
    assert figures(goris, sisian) == before
    closed = settle_stock(sent, became=became, reason="the driver told", by=planner)
    assert figures(goris, sisian) == [(store, 0, 0) for store in stores]
    void_stock(read(closed), reason="the other lorry", by=keeper)
    assert figures(goris, sisian) == before
    settle_stock(sent, became=became, reason="once more", by=keeper)
    assert figures(goris, sisian) == [(store, 0, 0) for store in stores]


def test_a_transfer_is_taken_back_from_its_last_entry_on(goris, sisian, sent, planner, keeper):
    came = read(confirm_stock(sent, quantity=12, by=keeper))
    closed = read(settle_stock(sent, became="found", reason="behind the door", by=keeper))
    for entry, by in ((sent, planner), (came, keeper)):
        with pytest.raises(AnsweredSince):
            void_stock(entry, reason="wrong", by=by)
    assert figures(goris, sisian) == [(25, 0, 0), (15, 0, 0)]
    void_stock(closed, reason="wrong", by=planner)
    void_stock(came, reason="wrong", by=keeper)
    assert figures(goris, sisian) == [(25, 0, 15), (0, 15, 0)]
    confirm_stock(sent, quantity=14, by=keeper)
    assert figures(goris, sisian) == [(25, 0, 0), (14, 0, 0)]
    void_stock(StockMovement.objects.standing().get(kind="came"), reason="wrong", by=keeper)
    void_stock(sent, reason="wrong", by=planner)
    assert figures(goris, sisian) == [(40, 0, 0), (0, 0, 0)]


def test_what_was_taken_back_is_not_confirmed(sent, planner, keeper):
    void_stock(sent, reason="the lorry broke down", by=planner)
    with pytest.raises(AlreadyTakenBack):
        confirm_stock(sent, quantity=15, by=keeper)
    assert not StockMovement.objects.filter(kind="came").exists()


def test_what_came_is_confirmed_once_and_the_second_reads_who_did(sent, keeper):
    confirm_stock(sent, quantity=12, by=keeper)
    with pytest.raises(AlreadyConfirmed, match=rf"{keeper} already confirmed it on .*: 12 came"):
        confirm_stock(sent, quantity=15, by=keeper)
    settle_stock(sent, became="way_lost", reason="a flood", by=keeper)
    with pytest.raises(AlreadySettled, match=rf"{keeper} already closed .*: lost on the way"):
        settle_stock(sent, became="found", reason="behind the door", by=keeper)


@pytest.mark.parametrize(
    ("came", "wrong"), [(None, CAME_SHORT + CAME_MORE), (15, CAME_SHORT + CAME_MORE), (12, CAME_MORE), (18, CAME_SHORT)]
)
def test_closing_a_difference_that_is_none_is_refused(sent, keeper, came, wrong):
    if came is not None:
        confirm_stock(sent, quantity=came, by=keeper)
    for became in wrong:
        with pytest.raises(NoDifference):
            settle_stock(sent, became=became, reason="so it was", by=keeper)


def test_what_was_not_sent_is_not_confirmed(goris, planner, parcel):
    received = read(receive_stock(goris, item=parcel, quantity=5, by=planner))
    with pytest.raises(NotOnTheWay):
        confirm_stock(received, quantity=5, by=planner)
    with pytest.raises(NoDifference):
        settle_stock(received, became="found", reason="so it was", by=planner)


def test_the_store_that_it_is_bound_for_alone_confirms(goris, sisian, sent, planner, keeper):
    for by in (planner, make_user(Role.AID_VOLUNTEER, sisian)):
        with pytest.raises(NotAllowed):
            confirm_stock(sent, quantity=15, by=by)
    confirm_stock(sent, quantity=12, by=keeper)
    for by in (make_user(site=make_site()), make_user(Role.AID_VOLUNTEER, goris)):
        with pytest.raises(NotAllowed):
            settle_stock(sent, became="found", reason="so it was", by=by)


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("came", {"to_site": "goris"}),
        ("came", {"item": "soap"}),
        ("found", {"quantity": 2}),
        ("never_sent", {"to_site": "sisian"}),
        ("found", {"to_site": "goris"}),
        ("found_more", {"to_site": None}),
        ("sent_more", {"to_site": None, "from_site": "goris", "quantity": 3}),
    ],
)
def test_the_database_keeps_answers_that_cannot_be_out(goris, sisian, sent, keeper, soap, kind, wrong):
    names = {"goris": goris, "sisian": sisian, "soap": soap}
    if kind != "came":
        confirm_stock(sent, quantity=12, by=keeper)
    row = {"item": sent.item, "quantity": 3, "to_site": sisian, "note": "so it was", "act": sent.act}
    row |= {name: names.get(value, value) for name, value in wrong.items()}
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        StockMovement.objects.create(kind=kind, answers=sent, happened_at=timezone.now(), **row)


def test_the_database_keeps_one_arrival_and_what_it_rests_on(sisian, sent, keeper):
    came = read(confirm_stock(sent, quantity=12, by=keeper))
    facts = {"item": sent.item, "happened_at": sent.happened_at, "note": "again", "act": sent.act}
    for row in (
        {"kind": "came", "quantity": 3, "to_site": sisian, "answers": sent},
        {"kind": "voided", "quantity": 15, "to_site": sent.from_site, "voids": sent},
    ):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            StockMovement.objects.create(**facts, **row)
    void_stock(came, reason="wrong", by=keeper)
    void_stock(sent, reason="wrong", by=make_user())
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        StockMovement.objects.create(kind="came", quantity=3, to_site=sisian, answers=sent, **facts)


def test_what_was_sent_before_the_upgrade_has_landed(goris, sisian, planner, keeper, sent):
    act = sent.act
    landed = StockMovement.objects.create(
        kind="sent", item=sent.item, quantity=5, from_site=goris, to_site=sisian, happened_at=timezone.now(), act=act
    )
    assert figures(goris, sisian) == [(20, 0, 15), (5, 15, 0)]
    with pytest.raises(NotOnTheWay):
        confirm_stock(landed, quantity=5, by=keeper)
    void_stock(landed, reason="never went", by=planner)
    assert figures(goris, sisian) == [(25, 0, 15), (0, 15, 0)]


def test_the_page_of_either_store_tells_of_the_way_and_of_the_difference(office, other_office, sent, keeper):
    confirming, closing = (reverse(f"aid:{name}", args=[sent.pk]) for name in ("confirm", "settle"))
    here, there = "/aid/stock/goris/", "/aid/stock/sisian/"
    assert confirming in text(other_office.get(there))
    assert "on the way" in text(office.get(here))
    assert confirming not in text(office.get(here))
    assert office.get(confirming).status_code == 404
    assert 'value="15"' in text(other_office.get(confirming))
    answer = other_office.post(confirming, {"id": uuid.uuid4(), "quantity": 12, "note": "two boxes are open"})
    assert answer.status_code == 303
    for client, page in ((office, here), (other_office, there)):
        shown = text(client.get(page))
        assert "3 did not come" in shown
        assert "two boxes are open" in shown
        assert closing in shown
    assert 'value="sent_more"' not in text(office.get(closing))
    assert office.post(closing, {"id": uuid.uuid4(), "became": "sent_more", "reason": "so"}).status_code == 422
    answer = office.post(closing, {"id": uuid.uuid4(), "became": "never_sent", "reason": "still on the shelf"})
    assert (answer.status_code, answer["Location"]) == (303, here)
    for client, page in ((office, here), (other_office, there)):
        assert "still on the shelf" in text(client.get(page))
    taking_back = reverse("aid:void", args=[StockMovement.objects.get(kind="never_sent").pk])
    answer = other_office.post(taking_back, {"id": uuid.uuid4(), "reason": "it was gone"})
    assert (answer.status_code, answer["Location"]) == (303, there)


def test_the_second_who_confirms_on_the_page_reads_who_did(other_office, sent, keeper):
    confirming = reverse("aid:confirm", args=[sent.pk])
    confirm_stock(sent, quantity=12, by=keeper)
    page = other_office.post(confirming, {"id": uuid.uuid4(), "quantity": 15})
    assert page.status_code == 422
    assert "already confirmed it on" in text(page)


def test_the_store_page_asks_as_often_for_three_transfers_as_for_one(other_office, goris, sisian, sent, planner):
    costs = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            other_office.get("/aid/stock/sisian/")
        costs.append(len(queries))
        for _ in range(2):
            send_stock(goris, to_site=sisian, item=sent.item, quantity=2, by=planner)
    assert costs[0] == costs[1]


def test_the_api_tells_both_stores_of_the_way_and_takes_the_answers(sent, planner, keeper):
    here, there = Machine(planner), Machine(keeper)
    for machine in (here, there):
        (row,) = machine.get("stock-movements/", on_the_way="true").json()["results"]
        assert (row["kind"], row["bound_for"], row["on_the_way"], row["difference"]) == ("sent", "sisian", 15, 0)
    address = f"stock-movements/{sent.pk}"
    assert here.post(f"{address}/confirm/", quantity=15).status_code == 403
    assert there.post(f"{address}/confirm/", quantity=12, note="wet").status_code == 201
    second = there.post(f"{address}/confirm/", quantity=15)
    assert (second.status_code, second.json()["code"]) == (409, "already_confirmed")
    for machine in (here, there):
        assert machine.get("stock-movements/", on_the_way="true").json()["results"] == []
        row = machine.get(f"{address}/").json()
        assert (row["on_the_way"], row["difference"]) == (0, -3)
    assert here.post(f"{address}/settle/", became="way_lost", reason="a flood").status_code == 201
    closed = there.get("stock-movements/", kind="way_lost").json()["results"]
    assert [(row["answers"], row["note"]) for row in closed] == [(str(sent.pk), "a flood")]
    assert Machine(make_user(site=make_site())).get(f"{address}/").status_code == 404
