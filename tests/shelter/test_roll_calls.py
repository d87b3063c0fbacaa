"""Roll call: who was seen, who was not and since when; and the house at its own door."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from shelter.actions import end_stays, hold_places, place_household
from shelter.errors import NotAsleepHere, RollCallOver
from shelter.models import Stay
from shelter.rollcalls import begin_roll_call, see_people, who_sleeps_in
from shelter.rolls import RollCall, RollCallSeen
from tests.build import make_room, make_site, make_user

HOUR = timedelta(hours=1)


@pytest.fixture
def roll(family, goris, coordinator, now):
    place_household(family, rooms=[make_room(goris, 3, "14")], by=coordinator, at=now)
    return RollCall.objects.get(pk=begin_roll_call(goris, by=coordinator, at=now + HOUR).roll_call)


def test_those_not_seen_are_a_list_with_since_when(roll, goris, coordinator, now):
    first, *others = who_sleeps_in(goris, now + HOUR, roll)
    see_people(roll, people=[first.individual_id], by=coordinator, at=now + 2 * HOUR)
    rows = who_sleeps_in(goris, now + 3 * HOUR, roll)
    assert [(row.seen_at is None, row.last_seen) for row in rows if row.individual_id != first.individual_id] == [
        (True, now)
    ] * len(others)
    assert [row.last_seen for row in rows if row.seen_at] == [now + 2 * HOUR]


def test_seen_twice_is_written_once(roll, goris, coordinator, now):
    people = [row.individual_id for row in who_sleeps_in(goris, now + HOUR, roll)]
    for hours in (2, 3):
        see_people(roll, people=people, by=coordinator, at=now + hours * HOUR)
    assert RollCallSeen.objects.count() == 3


def test_who_left_is_not_ticked(roll, goris, coordinator, now):
    people = [row.individual_id for row in who_sleeps_in(goris, now + HOUR, roll)]
    end_stays(list(Stay.objects.all())[:1], by=coordinator, at=now + 2 * HOUR)
    with pytest.raises(NotAsleepHere):
        see_people(roll, people=people, by=coordinator, at=now + 3 * HOUR)
    assert not RollCallSeen.objects.exists()


def test_a_later_roll_call_ends_the_one_before(roll, goris, coordinator, now):
    begin_roll_call(goris, by=coordinator, at=now + 2 * HOUR)
    with pytest.raises(RollCallOver):
        see_people(roll, people=[Stay.objects.first().individual_id], by=coordinator, at=now + 3 * HOUR)


def test_roll_calls_never_change(roll):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM shelter_rollcall")


def test_a_card_is_checked_in_at_the_house_and_ticked_in_its_roll_call(client, family, goris, coordinator, now):
    hold_places(family, rooms=[make_room(goris, 3, "14")], until=now + 30 * HOUR, by=coordinator, at=now)
    client.force_login(coordinator)
    number = str(family)
    page = client.post("/shelter/house/goris/scan/", {"card": number}).content.decode()
    assert number in page
    stays = list(Stay.objects.holds().values_list("pk", flat=True))
    act = "0199f6f0-0000-7000-8000-000000000001"
    assert client.post("/shelter/house/goris/check-in/", {"stays": stays, "id": act}).status_code == 303
    assert Stay.objects.stays().count() == 3
    assert "14" in client.post("/shelter/house/goris/scan/", {"card": number}).content.decode()
    assert client.get("/shelter/house/goris/sleeping/").status_code == 200
    client.post("/shelter/house/goris/roll-call/begin/", {"id": act.replace("1", "2")})
    shown = client.post("/shelter/house/goris/roll-call/", {"card": number}).content.decode()
    assert shown.count('name="people"') == 6
    people = list(Stay.objects.stays().values_list("individual", flat=True))
    sent = {"people": people, "roll_call": RollCall.objects.get().pk, "id": act.replace("1", "3")}
    assert client.post("/shelter/house/goris/roll-call/", sent).status_code == 303
    assert RollCallSeen.objects.count() == 3
    assert client.get("/shelter/house/goris/").status_code == 200


def test_the_house_of_others_is_not_there(client, goris):
    client.force_login(make_user(site=make_site("sisian")))
    assert client.get("/shelter/house/goris/").status_code == 404
    assert client.get("/shelter/house/goris/roll-call/").status_code == 404
