"""Families kept apart, and rooms for women: heeded by every bed that is given by hand."""

import uuid
from datetime import timedelta

import pytest

from centre.access import Role
from centre.models import LogLine
from registrations.models import Individual
from shelter.actions import check_in, hold_places, move, place_household
from shelter.apart import end_apart, houses_barred_to, keep_apart
from shelter.board import read_board
from shelter.errors import CallWhoPlaces, NotInThisHouse, WomenOnly
from shelter.models import ApartPair, Bedding, Room, Stay
from tests.api.conftest import Machine
from tests.build import make_room, make_user, person, register_family
from tests.shelter.conftest import make_family

HOUR = timedelta(hours=1)


@pytest.fixture
def other(goris, coordinator, now, family):
    """A family that is kept apart from the first, and has beds at Goris."""
    other = make_family(goris, coordinator, now - HOUR, 1)
    place_household(other, rooms=[make_room(goris, 1)], by=coordinator, at=now)
    keep_apart(family, other=other, reason="a feud", by=coordinator, at=now)
    return other


def members(household):
    return list(Individual.objects.members_of(household).values_list("pk", flat=True))


def test_nothing_is_held_and_nobody_is_placed_where_the_other_sleeps(goris, sisian, coordinator, now, family, other):
    rooms, until = [make_room(goris, 3)], now + 20 * HOUR
    with pytest.raises(NotInThisHouse) as refused:
        hold_places(family, rooms=rooms, until=until, by=coordinator, at=now)
    assert str(other) not in str(refused.value)
    with pytest.raises(NotInThisHouse):
        place_household(family, rooms=rooms, by=coordinator, at=now)
    assert Stay.objects.count() == 1
    hold_places(family, rooms=[make_room(sisian, 3)], until=until, by=coordinator, at=now)
    assert houses_barred_to(other, now) == {sisian.pk}


def test_who_sleeps_there_already_is_recorded_with_the_reason(goris, coordinator, now, family, other):
    how = {"rooms": [make_room(goris, 3)], "happened_anyway": "they came by night", "by": coordinator, "at": now}
    place_household(family, **how)
    told = Bedding.objects.filter(counted_as__in=members(family))
    assert set(told.values_list("reason", flat=True)) == {"they came by night"}
    assert not Stay.objects.filter(place=None).exists()


def test_nobody_moves_or_is_checked_in_to_where_the_other_came(goris, sisian, coordinator, now, family):
    held = hold_places(family, rooms=[make_room(goris, 3)], until=now + 20 * HOUR, by=coordinator, at=now)
    other = make_family(sisian, coordinator, now - HOUR, 1)
    place_household(other, rooms=[make_room(sisian, 1)], by=coordinator, at=now)
    pair = keep_apart(family, other=other, reason="a feud", by=coordinator, at=now).pair
    stay = Stay.objects.stays().get()
    with pytest.raises(NotInThisHouse):
        move([stay], rooms=[make_room(goris, 1)], by=coordinator, at=now)
    move([stay], rooms=[make_room(sisian, 1)], by=coordinator, at=now + HOUR)
    end_apart(ApartPair.objects.get(pk=pair), by=coordinator, at=now + HOUR)
    moved = Stay.objects.stays().get(during__contains=now + 2 * HOUR)
    move([moved], rooms=[make_room(goris, 1)], by=coordinator, at=now + 2 * HOUR)
    keep_apart(family, other=other, reason="a feud", by=coordinator, at=now + 2 * HOUR)
    holds = list(Stay.objects.filter(pk__in=held.stays))
    with pytest.raises(NotInThisHouse):
        check_in(holds, by=coordinator, at=now + 3 * HOUR)


def test_the_board_suggests_no_house_where_the_other_sleeps(goris, sisian, coordinator, now, family, other):
    near, far = make_room(goris, 3), make_room(sisian, 3)
    chosen = read_board(coordinator, now, {"room": str(near.pk)}, family).chosen
    tried, best = (fit for fit, _site in chosen.fits)
    assert (tried.barred, tried.doubts) == (True, ("this house is not for them",))
    assert [room.id for room in best.rooms] == [far.pk]
    assert not best.barred


def test_a_room_for_women_is_given_to_no_man(goris, coordinator, now):
    room = make_room(goris, 2)
    Room.objects.filter(pk=room.pk).update(women_only=True)
    room.refresh_from_db()
    man = person("Aram", sex="M", relationship="husband")
    couple = register_family(goris, coordinator, person(), man, at=now - HOUR)
    with pytest.raises(WomenOnly):
        hold_places(couple, rooms=[room], until=now + 20 * HOUR, by=coordinator, at=now)
    with pytest.raises(WomenOnly):
        place_household(couple, rooms=[room], by=coordinator, at=now)
    chosen = read_board(coordinator, now, {"room": str(room.pk)}, couple).chosen
    assert chosen.fits[0][0].doubts == ("for women only",)
    place_household(couple, rooms=[room], happened_anyway="the only heated room", by=coordinator, at=now)
    assert Stay.objects.stays().count() == 2


@pytest.fixture
def held(goris, sisian, coordinator, now, family):
    """Beds held at Goris for a family, and another one that sleeps there; the two were kept apart since."""
    held = hold_places(family, rooms=[make_room(goris, 3)], until=now + 20 * HOUR, by=coordinator, at=now)
    other = make_family(goris, coordinator, now - HOUR, 1)
    place_household(other, rooms=[make_room(goris, 1)], by=coordinator, at=now)
    keep_apart(family, other=other, reason="a feud", by=coordinator, at=now)
    return list(Stay.objects.filter(pk__in=held.stays))


def test_who_only_checks_in_does_not_put_them_into_one_house_whatever_happened(client, goris, held):
    reception = make_user(Role.RECEPTIONIST, goris)
    client.force_login(reception)
    facts = {"id": uuid.uuid4(), "stays": [hold.pk for hold in held], "happened_anyway": "they stand here"}
    answer = client.post(f"/shelter/house/{goris.code}/check-in/", facts)
    assert (answer.status_code, str(CallWhoPlaces.message) in answer.text) == (422, True)
    assert 'name="happened_anyway"' not in answer.text
    sent = Machine(reception).post(f"stays/{held[0].pk}/check-in/", happened_anyway="they stand here")
    assert (sent.status_code, sent.json()["code"]) == (409, "call_who_places")
    assert Stay.objects.stays().count() == 1


def test_who_places_puts_them_into_one_house_and_it_is_said_at_once_until_they_are_parted(
    client, goris, sisian, coordinator, now, family, held
):
    officer = make_user(Role.PROTECTION)
    check_in(held, happened_anyway="the road is closed", by=make_user(site=goris), at=now + HOUR)
    pair = ApartPair.objects.get()
    (line,) = LogLine.objects.filter(verb="put_together")
    assert (line.fields, set(line.keys)) == (["barred"], {pair.first_id, pair.second_id})
    client.force_login(officer)
    said = f"{pair.first} and {pair.second} are kept apart, and both sleep in one house"
    assert all(said in client.get(page).text for page in ("/", "/families/"))
    assert "now in one house: Goris" in client.get("/plans/apart/").text
    assert [row["in_one_house"] for row in Machine(officer).get("kept-apart/").json()["results"]] == [["goris"]]
    client.force_login(make_user(site=sisian))
    assert said not in client.get("/shelter/").text
    client.force_login(officer)
    there = list(Stay.objects.stays().of(members(family)))
    move(there, rooms=[make_room(sisian, 3)], by=coordinator, at=now + 2 * HOUR)
    assert said not in client.get("/").text
