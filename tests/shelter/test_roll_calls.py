"""Roll call: who was seen, who was not and since when; and the house at its own door."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from desk.belonging import change_household
from registrations.facts import PersonFacts
from shelter.actions import end_stays, hold_places, place_household
from shelter.errors import NotAsleepHere, RollCallOver
from shelter.models import Stay
from shelter.rollcalls import begin_roll_call, see_people, who_sleeps_in
from shelter.rolls import RollCall, RollCallSeen
from tests.build import make_room, make_site, make_user, person, register_family

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


def test_who_slept_where_is_read_at_an_hour_of_the_past_and_of_one_room(client, roll, family, goris, coordinator, now):
    end_stays(list(Stay.objects.all()), by=coordinator, at=now + 2 * HOUR)
    client.force_login(coordinator)
    page = "/shelter/house/goris/sleeping/"
    then = f"{timezone.localtime(now + HOUR):%d.%m.%Y %H:%M}"
    assert str(family) not in client.get(page).content.decode()
    assert str(family) in client.get(page, {"at": then}).content.decode()
    empty = make_room(goris, 1, "15")
    assert str(family) not in client.get(page, {"at": then, "room": empty.pk}).content.decode()
    assert str(family) in client.get(page, {"at": then, "room": goris.rooms.get(name="14").pk}).content.decode()
    tomorrow = client.get(page, {"at": f"{timezone.localtime() + 24 * HOUR:%d.%m.%Y %H:%M}"})
    assert "This hour is still to come." in tomorrow.content.decode()
    assert "Write the day and the time" in client.get(page, {"at": "yesterday"}).content.decode()


def test_who_changed_family_since_is_shown_with_the_family_of_that_night(roll, family, goris, coordinator, now):
    other = register_family(goris, coordinator, person("Aram"), at=now)
    gone = family.memberships.exclude(relationship="head").first().individual_id
    facts = PersonFacts(id=gone, relationship="son", carer_kind="someone_else")
    change_household(family, to=other, members=[facts], by=coordinator, at=now + 2 * HOUR)
    at_night, later = (
        {row.individual_id: row.household_id for row in who_sleeps_in(goris, now + hours * HOUR)} for hours in (1, 3)
    )
    assert set(at_night.values()) == {family.pk}
    assert [key for key, household in later.items() if household == other.pk] == [gone]
