"""A house has one open difference: a later number takes the place of the one before, and nothing is lost."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from centre.refusals import NotThen
from houses.errors import AlreadySettled, VeryMany
from houses.evening import read_evenings
from houses.models import Difference, ReportedHeadcount
from houses.telephone import HALL, report_headcount, settle_difference, take_difference, void_headcount
from tests.api.conftest import Machine
from tests.build import make_room

HOUR = timedelta(hours=1)
PAGE = "/houses/sites/goris/"


def report(site, by, persons, **facts):
    said = report_headcount(site, persons=persons, said_by="Aram", by=by, **facts)
    told = ReportedHeadcount.objects.get(pk=said.headcount)
    return told, Difference.objects.filter(headcount=told).first()


def open_one():
    return Difference.objects.open().get().headcount.persons


def test_a_later_difference_takes_the_place_of_the_one_before_with_who_looks_into_it(goris, coordinator):
    _told, first = report(goris, coordinator, 5)
    take_difference(first, by=coordinator)
    told, second = report(goris, coordinator, 6)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (open_one(), first.overtaken_by, second.taken_by) == (6, told, coordinator)
    (evening,) = read_evenings([goris.pk], timezone.now())
    assert evening.tasks == 1
    with pytest.raises(AlreadySettled):
        settle_difference(first, words="x", by=coordinator)
    settle_difference(second, words="two came from the shop", by=coordinator)
    first.refresh_from_db()
    assert (first.words, first.settled_by) == ("two came from the shop", coordinator)
    assert not Difference.objects.unsettled().exists()


def test_a_number_of_an_earlier_hour_does_not_take_the_place_of_a_later_one(goris, coordinator):
    report(goris, coordinator, 5)
    _told, earlier = report(goris, coordinator, 7, hour=timezone.now() - 3 * HOUR)
    assert open_one() == 5
    assert earlier.overtaken_by.persons == 5


def test_a_number_that_is_taken_back_gives_the_place_back(goris, coordinator):
    report(goris, coordinator, 5)
    wrong, _difference = report(goris, coordinator, 31)
    again, _difference = report(goris, coordinator, 32, corrects=wrong)
    assert open_one() == 32
    void_headcount(again, by=coordinator)
    assert open_one() == 5
    assert Difference.objects.count() == 3


def test_what_was_settled_does_not_come_back_when_a_later_number_is_taken_back(goris, coordinator):
    _told, first = report(goris, coordinator, 5)
    settle_difference(first, words="a slip", by=coordinator)
    wrong, _difference = report(goris, coordinator, 31)
    void_headcount(wrong, by=coordinator)
    assert not Difference.objects.open().exists()


def test_the_database_keeps_one_open_difference_a_house(goris, coordinator):
    _told, first = report(goris, coordinator, 5)
    _told, second = report(goris, coordinator, 6)
    with pytest.raises(IntegrityError, match="difference_open_once_a_house"), transaction.atomic():
        Difference.objects.filter(pk=first.pk).update(overtaken_by=None)
    assert Difference.objects.open().get() == second


def test_earlier_differences_are_folded_on_the_page(client, goris, coordinator):
    for persons in (5, 6, 7):
        report(goris, coordinator, persons)
    client.force_login(coordinator)
    page = client.get(PAGE).content.decode()
    assert page.count("Settle the difference") == 1
    assert "2 earlier differences" in page
    assert "5 ≠ 0" in page


def test_far_more_people_than_places_are_asked_once(goris, coordinator):
    make_room(goris, 10)
    report(goris, coordinator, 20 + HALL)
    with pytest.raises(VeryMany):
        report(goris, coordinator, 21 + HALL)
    assert ReportedHeadcount.objects.count() == 1
    assert report(goris, coordinator, 21 + HALL, so_many=True)[0].persons == 21 + HALL


def test_the_page_asks_once_and_so_it_is(client, goris, coordinator):
    client.force_login(coordinator)
    said = {"id": "0e2d5f3e-45a1-4b7e-9a52-0c9e6d4d4f10", "persons": "99999", "said_by": "Aram"}
    assert "so_many" not in client.get(PAGE).content.decode()
    asked = client.post(PAGE + "headcount/", said)
    assert asked.status_code == 422
    told = asked.content.decode()
    assert "99999 people are far more" in told
    assert 'name="so_many"' in told
    again = said | {"id": "0e2d5f3e-45a1-4b7e-9a52-0c9e6d4d4f11", "so_many": "on"}
    assert client.post(PAGE + "headcount/", again).status_code == 303
    assert ReportedHeadcount.objects.get().persons == 99999


def test_machines_are_asked_the_same(goris, coordinator):
    machine = Machine(coordinator)
    said = {"site": "goris", "persons": 99999, "said_by": "Aram"}
    refused = machine.post("headcounts/", **said)
    assert (refused.status_code, refused.json()["code"]) == (409, "very_many")
    assert machine.post("headcounts/", so_many=True, **said).status_code == 201
    ahead = machine.post("headcounts/", hour=(timezone.now() + HOUR).isoformat(), **said | {"persons": 3})
    assert (ahead.status_code, ahead.json()["code"]) == (409, "hour_ahead")
    old = {"hour": (timezone.now() - timedelta(days=8)).isoformat(), **said, "persons": 3}
    assert machine.post("headcounts/", **old).json()["code"] == "not_then"
    assert machine.post("headcounts/", written_by="Nune", **old).status_code == 201


def test_an_hour_of_more_than_seven_days_ago_needs_whose_note_it_was(client, goris, coordinator):
    old = timezone.now() - timedelta(days=8)
    with pytest.raises(NotThen, match="name of who wrote the paper"):
        report(goris, coordinator, 3, hour=old)
    with pytest.raises(NotThen):
        report(goris, coordinator, 3, hour=timezone.now() - timedelta(days=365), written_by="Nune")
    assert report(goris, coordinator, 3, hour=old, written_by="Nune")[0].act.written_by == "Nune"
    client.force_login(coordinator)
    said = {"persons": "4", "said_by": "Aram", "hour": f"{timezone.localtime(old):%Y-%m-%dT%H:%M}"}
    said["id"] = "0e2d5f3e-45a1-4b7e-9a52-0c9e6d4d4f12"
    assert "name of who wrote the paper" in client.post(PAGE + "headcount/", said).content.decode()
    said |= {"id": "0e2d5f3e-45a1-4b7e-9a52-0c9e6d4d4f13", "written_by": "Nune"}
    assert client.post(PAGE + "headcount/", said).status_code == 303
