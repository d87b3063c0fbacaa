"""A store is counted by one person, and a second one confirms: until then no sum changes."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from aid.counts import StockCount
from aid.errors import AlreadyCounted, CountConfirmed, CountedByYou, CountWithdrawn
from aid.models import StockMovement
from aid.selectors import stock_at
from aid.storing import confirm_count, count_stock, receive_stock, void_stock, withdraw_count, write_off
from centre.access import NotAllowed, Role
from tests.aid.conftest import make_item
from tests.api.conftest import Machine
from tests.build import make_site, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(goris):
    """Who else keeps the store."""
    return make_user(site=goris, username="nune")


@pytest.fixture
def noon():
    return timezone.now() - timedelta(hours=5)


@pytest.fixture
def stored(goris, planner, parcel, noon):
    """Forty pieces in store at noon, and five lost two hours later."""
    receive_stock(goris, item=parcel, quantity=40, by=planner, at=noon - timedelta(hours=1))
    write_off(goris, item=parcel, quantity=5, note="wet", by=planner, at=noon + timedelta(hours=2))


@pytest.fixture
def counted(goris, planner, parcel, noon, stored):
    return count(goris, parcel, 37, planner, at=noon)


def count(site, item, quantity, by, **when):
    answer = count_stock(site, item=item, quantity=quantity, by=by, **when)
    return StockCount.objects.get(pk=answer.count)


def in_store(site, at=None):
    return [stock.quantity for stock in stock_at(site, at)]


def text(answer):
    return answer.content.decode()


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def test_a_count_changes_no_sum_until_a_second_person_confirms(goris, second, counted, noon):
    assert (in_store(goris, noon), in_store(goris)) == ([40], [35])
    confirm_count(counted, by=second)
    assert (in_store(goris, noon - timedelta(minutes=1)), in_store(goris, noon), in_store(goris)) == ([40], [37], [32])


@pytest.mark.parametrize(
    ("quantity", "entry"), [(37, ("count_less", 3)), (43, ("count_more", 3)), (0, ("count_less", 40)), (40, None)]
)
def test_a_confirmed_count_is_an_entry_of_the_difference(goris, planner, second, parcel, stored, noon, quantity, entry):
    row = count(goris, parcel, quantity, planner, at=noon)
    confirm_count(row, by=second)
    corrections = StockMovement.objects.filter(count=row).values_list("kind", "quantity")
    assert (list(corrections), in_store(goris, noon)) == ([entry] if entry else [], [quantity])


def test_a_count_of_what_the_records_do_not_know_is_an_entry_of_all(goris, planner, second, soap):
    confirm_count(count(goris, soap, 6, planner), by=second)
    assert in_store(goris) == [6]


def test_what_a_count_corrected_is_taken_back_as_it_is(goris, planner, second, counted, noon):
    confirm_count(counted, by=second)
    void_stock(StockMovement.objects.get(count=counted), reason="a shelf was forgotten", by=planner)
    assert (in_store(goris, noon), in_store(goris)) == ([40], [35])
    again = count(goris, counted.item, 39, planner, at=noon)
    confirm_count(again, by=second)
    assert in_store(goris, noon) == [39]


def test_the_books_of_a_count_are_the_stock_of_its_hour_without_it(goris, planner, second, counted):
    def books():
        return StockCount.objects.with_books().get().books

    assert books() == 40
    confirm_count(counted, by=second)
    assert books() == 40
    void_stock(StockMovement.objects.get(count=counted), reason="a shelf was forgotten", by=planner)
    assert books() == 40


def test_who_counted_does_not_confirm(counted, planner):
    with pytest.raises(CountedByYou):
        confirm_count(counted, by=planner)
    assert StockCount.objects.open().get() == counted


def test_an_item_is_counted_anew_once_the_count_is_closed(goris, sisian, planner, second, counted, parcel, soap):
    with pytest.raises(AlreadyCounted):
        count(goris, parcel, 36, second)
    count(goris, soap, 2, second)
    count(sisian, parcel, 1, make_user(site=sisian))
    withdraw_count(counted, reason="a shelf was forgotten", by=planner)
    confirm_count(count(goris, parcel, 36, second), by=planner)
    count(goris, parcel, 36, second)


def test_the_second_who_closes_a_count_reads_who_did(goris, planner, second, counted, parcel):
    confirm_count(counted, by=second)
    for act in (confirm_count, lambda row, by: withdraw_count(row, reason="wrong", by=by)):
        with pytest.raises(CountConfirmed, match=rf"{second} already confirmed this count on .* at"):
            act(counted, by=make_user(site=goris))
    withdrawn = count(goris, parcel, 36, planner)
    withdraw_count(withdrawn, reason="a shelf was forgotten", by=second)
    for act in (confirm_count, lambda row, by: withdraw_count(row, reason="wrong", by=by)):
        with pytest.raises(CountWithdrawn, match=rf"{second} already withdrew this count on .* at"):
            act(withdrawn, by=make_user(site=goris))
    assert StockMovement.objects.filter(count__isnull=False).count() == 1


def test_who_keeps_another_store_neither_counts_nor_closes(goris, sisian, counted, soap):
    for by in (make_user(site=sisian), make_user(Role.AID_VOLUNTEER, goris)):
        for act in (
            lambda by=by: count(goris, soap, 1, by),
            lambda by=by: confirm_count(counted, by=by),
            lambda by=by: withdraw_count(counted, reason="wrong", by=by),
        ):
            with pytest.raises(NotAllowed):
                act()


def test_the_store_page_counts_with_one_and_confirms_with_another(goris, planner, second, stored, parcel):
    here, mine, theirs = "/aid/stock/goris/", browser(planner), browser(second)
    assert "/aid/stock/goris/count/" in text(mine.get(here))
    answer = mine.post("/aid/stock/goris/count/", {"id": uuid.uuid4(), "item": parcel.pk, "quantity": 33})
    assert (answer.status_code, answer["Location"]) == (303, here)
    counted = StockCount.objects.get()
    confirming, withdrawing = (
        reverse(f"aid:{name}", args=[counted.pk]) for name in ("confirm_count", "withdraw_count")
    )
    own, other = text(mine.get(here)), text(theirs.get(here))
    assert confirming not in own
    assert "A second person must confirm what you counted" in own
    assert confirming in other
    assert withdrawing in own
    assert withdrawing in other
    assert mine.post(confirming, {"id": uuid.uuid4()}).status_code == 409
    assert theirs.post(confirming, {"id": uuid.uuid4()}).status_code == 303
    assert in_store(goris) == [33]
    assert confirming not in text(theirs.get(here))


def test_a_count_is_withdrawn_on_its_page(planner, second, counted):
    withdrawing = reverse("aid:withdraw_count", args=[counted.pk])
    stranger = browser(make_user(site=make_site()))
    assert stranger.get(withdrawing).status_code == 404
    assert browser(second).post(withdrawing, {"id": uuid.uuid4(), "reason": ""}).status_code == 422
    assert browser(second).post(withdrawing, {"id": uuid.uuid4(), "reason": "a shelf was forgotten"}).status_code == 303
    assert not StockCount.objects.open().exists()
    page = browser(planner).post(withdrawing, {"id": uuid.uuid4(), "reason": "again"})
    assert page.status_code == 422
    assert "already withdrew" in text(page)


def test_the_store_page_asks_as_often_for_three_counts_as_for_one(goris, planner, second, counted):
    costs = []
    for turn in range(2):
        with CaptureQueriesContext(connection) as queries:
            browser(second).get("/aid/stock/goris/")
        costs.append(len(queries))
        for number in range(2):
            count(goris, make_item(f"Tent {turn} {number}", planner), 3, make_user(site=goris))
    assert costs[0] == costs[1]


def test_the_api_counts_and_confirms_by_two(goris, planner, second, stored, parcel):
    mine, theirs = Machine(planner), Machine(second)
    key = mine.post("stock-counts/", site="goris", item=parcel.code, quantity=33).json()["count"]
    twice = theirs.post("stock-counts/", site="goris", item=parcel.code, quantity=34)
    assert (twice.status_code, twice.json()["code"]) == (409, "already_counted")
    (row,) = theirs.get("stock-counts/", open="true", site="goris", item=parcel.code).json()["results"]
    assert (row["id"], row["quantity"], row["books"], row["confirmed_at"]) == (key, 33, 35, None)
    refused = mine.post(f"stock-counts/{key}/confirm/")
    assert (refused.status_code, refused.json()["code"]) == (409, "counted_by_you")
    assert theirs.post(f"stock-counts/{key}/confirm/").status_code == 201
    assert theirs.get("stock-counts/", open="true").json()["results"] == []
    assert mine.get("stock-counts/", open="false", since="2021-01-01T00:00:00Z").json()["results"][0]["id"] == key
    (entry,) = mine.get("stock-movements/", kind="count_less").json()["results"]
    assert (entry["count"], entry["quantity"], entry["from_site"]) == (key, 2, "goris")
    closed = mine.post(f"stock-counts/{key}/withdraw/", reason="wrong")
    assert (closed.status_code, closed.json()["code"]) == (409, "count_confirmed")
    assert mine.post("stock-counts/", site="goris", item="no-such", quantity=3).status_code == 400
