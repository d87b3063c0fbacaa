"""Roll call: who was seen, who was not and since when; and the house at its own door."""

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cards.actions import print_card
from centre.models import LogLine, Operation
from desk.belonging import change_household
from registrations.card_texts import secrets_of, write_qr
from registrations.facts import PersonFacts
from registrations.models import Individual, Membership
from shelter.actions import end_stays, hold_places, place_household
from shelter.errors import NotAsleepHere, NotTicked, RollCallKept, RollCallOver
from shelter.models import Stay
from shelter.rollcalls import begin_roll_call, see_people, take_back_seen, who_sleeps_in
from shelter.rolls import RollCall, RollCallSeen, RollCallUnseen
from shelter.selectors import said_as_rooms
from tests.api.conftest import Machine
from tests.build import child, make_room, make_site, make_user, person, register_family

HOUR = timedelta(hours=1)


def card_of(family, by):
    """What the scanner reads of the card that the family carries."""
    printed = print_card(family, site=family.site, language="hy", by=by)
    return write_qr(secrets_of(uuid.UUID(printed.act), family.number, "GORI"))


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


def test_a_wrong_tick_is_taken_back_and_made_anew(roll, goris, coordinator, now):
    first = who_sleeps_in(goris, now + HOUR, roll)[0].individual_id

    def seen(hours):
        rows = who_sleeps_in(goris, now + hours * HOUR, roll)
        return [(row.seen_at, row.last_seen) for row in rows if row.individual_id == first]

    for hours in (2, 4):
        see_people(roll, people=[first], by=coordinator, at=now + hours * HOUR)
        assert seen(hours) == [(now + hours * HOUR, now + hours * HOUR)]
        take_back_seen(roll, people=[first], by=coordinator, at=now + (hours + 1) * HOUR)
        assert seen(hours + 1) == [(None, now)]
        with pytest.raises(NotTicked):
            take_back_seen(roll, people=[first], by=coordinator, at=now + (hours + 1) * HOUR)
    assert (RollCallSeen.objects.count(), RollCallUnseen.objects.count()) == (2, 2)


def test_the_ticks_of_a_roll_call_of_the_day_before_stand(family, goris, coordinator, now):
    place_household(family, rooms=[make_room(goris, 3, "14")], by=coordinator, at=now - 26 * HOUR)
    begun = begin_roll_call(goris, by=coordinator, at=now - 25 * HOUR)
    roll = RollCall.objects.get(pk=begun.roll_call)
    first = who_sleeps_in(goris, now, roll)[0].individual_id
    see_people(roll, people=[first], by=coordinator, at=now - 24 * HOUR)
    with pytest.raises(RollCallKept):
        take_back_seen(roll, people=[first], by=coordinator, at=now)
    assert not RollCallUnseen.objects.exists()


def test_the_tick_of_a_record_that_was_merged_is_taken_back_of_the_person(roll, goris, coordinator, now):
    kept, merged = (row.individual_id for row in who_sleeps_in(goris, now + HOUR, roll)[1:3])
    see_people(roll, people=[merged], by=coordinator, at=now + 2 * HOUR)
    Membership.objects.filter(individual=merged).update(counted_as=kept)
    take_back_seen(roll, people=[kept], by=coordinator, at=now + 3 * HOUR)
    assert RollCallUnseen.objects.get().seen.individual_id == merged


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
    assert "room 14" in page
    assert client.post("/shelter/house/goris/check-in/", {"stays": stays, "id": act}).status_code == 303
    told = client.get("/shelter/house/goris/").content.decode()
    assert f"{number} is checked in: room 14, 3 people." in told
    assert Stay.objects.stays().count() == 3
    assert "14" in client.post("/shelter/house/goris/scan/", {"card": number}).content.decode()
    assert client.get("/shelter/house/goris/sleeping/").status_code == 200
    client.post("/shelter/house/goris/roll-call/begin/", {"id": act.replace("1", "2")})
    shown = client.post("/shelter/house/goris/roll-call/", {"card": number}).content.decode()
    assert (shown.count('name="family"'), shown.count('name="people"')) == (3, 3)
    assert not RollCallSeen.objects.exists()  # a number typed by hand ticks nobody
    people = list(Stay.objects.stays().values_list("individual", flat=True))
    sent = {
        "people": people,
        "roll_call": RollCall.objects.get().pk,
        "id": act.replace("1", "3"),
        "tick": "",
        "card": "",
    }
    assert client.post("/shelter/house/goris/roll-call/", sent).status_code == 303
    assert RollCallSeen.objects.count() == 3
    assert f"{number} seen: 3 people." in client.get("/shelter/house/goris/").text
    undone = {"undo": people[0], "roll_call": sent["roll_call"], "id": act.replace("1", "4")}
    assert f"{number} not seen after all: one person." in client.post("/shelter/house/goris/roll-call/", undone).text


def test_a_scanned_card_ticks_its_family_and_the_next_one_too(client, goris, coordinator, now):
    facts = {"name": "Goris", "code": "GORI", "purpose": "practice", "complaints_to": "0-800-01-234"}
    Operation.objects.create(**facts, opened_at=now, opened_by=coordinator)
    families = [register_family(goris, coordinator) for _ in range(3)]
    for number, family in enumerate(families):
        place_household(family, rooms=[make_room(goris, 3, f"2{number}")], by=coordinator)
    roll = RollCall.objects.get(pk=begin_roll_call(goris, by=coordinator).roll_call)
    client.force_login(coordinator)
    page = "/shelter/house/goris/roll-call/"
    ticked = str(families[2].memberships.first().individual_id)
    for family in families[:2]:
        sent = {"card": card_of(family, coordinator), "people": [ticked], "roll_call": roll.pk, "id": uuid.uuid4()}
        answer = client.post(page, sent)
        assert answer.status_code == 200
        assert f'value="{ticked}" checked' in answer.content.decode()  # a tick on the list outlives the next card
        client.post(page, sent)  # loaded again
    seen = RollCallSeen.objects.values_list("individual__memberships__household", "card_read", "act")
    assert {row[:2] for row in seen} == {(family.pk, True) for family in families[:2]}
    assert len({row[2] for row in seen}) == 2
    first = families[0].memberships.first().individual_id
    sent = {"undo": first, "people": [ticked], "roll_call": roll.pk, "id": uuid.uuid4()}
    answer = client.post(page, sent)
    assert f'value="{ticked}" checked' in answer.content.decode()
    assert RollCallUnseen.objects.get().seen.individual_id == first
    again = client.post(page, sent | {"id": uuid.uuid4()})
    assert (again.status_code, str(NotTicked.message) in again.content.decode()) == (422, True)


def test_a_family_that_was_looked_up_and_not_confirmed_is_not_seen(client, goris, coordinator):
    looked_up, confirmed, by_hand = (register_family(goris, coordinator) for _ in range(3))
    for number, family in enumerate((looked_up, confirmed, by_hand)):
        place_household(family, rooms=[make_room(goris, 3, f"2{number}")], by=coordinator)
    roll = RollCall.objects.get(pk=begin_roll_call(goris, by=coordinator).roll_call)
    client.force_login(coordinator)
    page, common = "/shelter/house/goris/roll-call/", {"roll_call": roll.pk, "card": ""}
    first, second, ticked = (
        [str(one) for one in family.memberships.values_list("individual", flat=True)]
        for family in (looked_up, confirmed, by_hand)
    )
    # What the browser sends with the next card: the boxes of the family before it, and what was ticked on the list
    standing = common | {"family": first, "people": ticked}
    shown = client.post(page, standing | {"card": str(confirmed), "id": uuid.uuid4()}).content.decode()
    boxes = [f'value="{one}" checked' in shown for one in (*first, *second, *ticked)]
    assert boxes == [False, True, True]
    done = client.post(page, common | {"family": second, "people": ticked, "here": "", "id": uuid.uuid4()})
    assert f'value="{ticked[0]}" checked' in done.content.decode()
    seen = RollCallSeen.objects.values_list("individual__memberships__household", flat=True)
    assert set(seen) == {confirmed.pk}


def test_a_roll_call_at_the_api(goris, coordinator, family):
    place_household(family, rooms=[make_room(goris, 3, "14")], by=coordinator)
    machine, stranger = Machine(coordinator), Machine(make_user(site=make_site("sisian")))
    roll = machine.post("roll-calls/", site="goris").json()["roll_call"]
    assert [row["site"] for row in machine.get("roll-calls/").json()["results"]] == ["goris"]
    first, *others = machine.get(f"roll-calls/{roll}/").json()["people"]
    assert (first["number"], first["seen_at"], len(others)) == (str(family), None, 2)
    machine.post(f"roll-calls/{roll}/see/", people=[first["individual"]])
    seen = [row["seen_at"] is not None for row in machine.get(f"roll-calls/{roll}/").json()["people"]]
    assert seen == [True, False, False]
    machine.post(f"roll-calls/{roll}/take-back/", people=[first["individual"]])
    assert not any(row["seen_at"] for row in machine.get(f"roll-calls/{roll}/").json()["people"])
    assert stranger.get(f"roll-calls/{roll}/").status_code == 404
    line = LogLine.objects.filter(subject="house", subject_id="goris").latest("at")
    assert (line.by, line.fields, line.keys) == (coordinator, ["roll call"], [family.pk])


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


def test_a_roll_call_is_walked_by_room_and_tells_namesakes_apart(client, goris, coordinator, now):
    far, near = (register_family(goris, coordinator, person("Anna"), child("Ani")) for _ in range(2))
    place_household(far, rooms=[make_room(goris, 2, "10")], by=coordinator, at=now)
    place_household(near, rooms=[make_room(goris, 2, "2")], by=coordinator, at=now + HOUR)
    begin_roll_call(goris, by=coordinator, at=now + 2 * HOUR)
    client.force_login(coordinator)
    rows = client.get("/shelter/house/goris/roll-call/").context["unseen"]
    assert [row.room for row in rows] == ["2", "2", "10", "10"]
    born = [Individual.objects.get(pk=row.individual_id).birth_date.year for row in rows[:2]]
    assert [row.who for row in rows[:2]] == [f"A. H. {year}" for year in born]


def test_a_number_is_said_to_be_a_room_and_a_hall_is_called_what_it_is():
    assert said_as_rooms(["5"]) == "room 5"
    assert said_as_rooms(["12b", "5"]) == "rooms 5 + 12b"
    assert said_as_rooms(["to be divided"]) == "to be divided"
