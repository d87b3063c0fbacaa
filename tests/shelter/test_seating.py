"""Who sleeps where inside several rooms, changed by hand before it is confirmed."""

from datetime import timedelta

import pytest
from django.urls import reverse

from registrations.models import Individual
from shelter.actions import place_household
from shelter.models import Room, Stay
from tests.api.conftest import Machine
from tests.build import child, make_room, person, register_family
from tests.shelter.conftest import make_family

HOUR = timedelta(hours=1)


@pytest.fixture
def couple(goris, coordinator, now):
    """A couple with two children."""
    father = person("Aram", sex="M", relationship="husband")
    children = child("Davit"), child("Mane")
    return register_family(goris, coordinator, person("Vera"), father, *children, at=now - HOUR)


@pytest.fixture
def rooms(goris):
    return [make_room(goris, 3, "101"), make_room(goris, 2, "102")]


@pytest.fixture
def desk(client, coordinator):
    client.force_login(coordinator)
    return client


def by_name(household):
    return {one.given_name: one.pk for one in Individual.objects.members_of(household)}


def number(household):
    return str(household).replace(" ", "")


def sent(household, rooms, seats, **more):
    people = by_name(household)
    return {
        "id": "7d8be0a4-7a64-4e0a-9a44-7d5c6f1f0a11",
        "rooms": [str(room.pk) for room in rooms],
        "members": [str(person) for person in people.values()],
        **{f"seat-{people[name]}": str(room.pk) for name, room in seats.items()},
        **more,
    }


def place(desk, household, data):
    return desk.post(f"{reverse('shelter:place', args=[number(household)])}?family={number(household)}", data)


def asleep(household):
    names = {key: name for name, key in by_name(household).items()}
    return {names[stay.individual_id]: stay.room.name for stay in Stay.objects.select_related("room")}


def test_they_are_suggested_beside_who_looks_after_them_and_sleep_as_chosen(desk, couple, rooms):
    page = desk.get(reverse("shelter:board"), {"family": number(couple)})
    (fit, _site), *_ = page.context["board"].chosen.fits
    assert {seat.name.split()[-1]: seat.room for seat in fit.seats}.keys() == {"Vera", "Aram", "Davit", "Mane"}
    one, two = rooms
    seats = {"Vera": two, "Mane": two, "Aram": one, "Davit": one}
    assert place(desk, couple, sent(couple, rooms, seats)).status_code == 303
    assert asleep(couple) == {name: room.name for name, room in seats.items()}


def test_places_are_held_as_chosen(desk, couple, rooms, now):
    one, two = rooms
    seats = {"Vera": two, "Mane": two, "Aram": one, "Davit": one}
    data = sent(couple, rooms, seats, until=(now + 40 * HOUR).isoformat())
    assert desk.post(f"{reverse('shelter:hold', args=[number(couple)])}", data).status_code == 303
    assert asleep(couple) == {name: room.name for name, room in seats.items()}


def refused(desk, household, rooms, seats, **more):
    page = place(desk, household, sent(household, rooms, seats, **more))
    assert page.status_code == 422
    assert not Stay.objects.filter(individual__in=by_name(household).values()).exists()
    shown = next(fit for fit, _site in page.context["board"].chosen.fits if fit.typed)
    names = {key: name for name, key in by_name(household).items()}
    assert {names[seat.person]: seat.room for seat in shown.seats} == {name: room.pk for name, room in seats.items()}
    return {names[seat.person]: seat.error for seat in shown.seats if seat.error}


def test_more_people_than_places_is_said_beside_who_has_none(desk, couple, rooms):
    one, two = rooms
    wrong = refused(desk, couple, rooms, {"Vera": two, "Mane": two, "Aram": two, "Davit": one})
    assert list(wrong.values()) == ["Room 102 has 2 free places, and 3 people are to sleep there."]


def test_a_child_beside_strangers_is_said_beside_the_child(desk, couple, goris, coordinator, now):
    rooms = [make_room(goris, 3, "101"), make_room(goris, 2, "102")]
    from_elsewhere = make_family(goris, coordinator, now - HOUR, 1)
    stranger = {"rooms": [rooms[1]], "by": coordinator, "at": now}
    place_household(from_elsewhere, **stranger)
    one, two = rooms
    wrong = refused(desk, couple, rooms, {"Vera": one, "Mane": two, "Aram": one, "Davit": one})
    assert wrong == {"Mane": "A child would sleep among strangers in room 102, without anybody who looks after it."}


def test_a_man_in_a_room_for_women_is_said_beside_the_man(desk, goris, coordinator, now):
    man = person("Aram", sex="M", relationship="husband")
    pair = register_family(goris, coordinator, person("Vera"), man, at=now - HOUR)
    rooms = [make_room(goris, 1, "101"), make_room(goris, 1, "102")]
    Room.objects.filter(pk=rooms[1].pk).update(women_only=True)
    one, two = rooms
    page = place(desk, pair, sent(pair, rooms, {"Vera": one, "Aram": two}))
    assert page.status_code == 422
    assert "Room 102 is for women only." in page.content.decode()
    assert place(desk, pair, sent(pair, rooms, {"Vera": two, "Aram": one})).status_code == 303


def test_a_room_that_was_not_chosen_is_none(desk, couple, rooms, goris):
    one, two = rooms
    other = make_room(goris, 9)
    page = place(desk, couple, sent(couple, rooms, {"Vera": two, "Mane": two, "Aram": one, "Davit": other}))
    assert page.status_code == 422
    assert "Choose one of these rooms." in page.content.decode()
    assert not Stay.objects.exists()


def test_the_api_seats_by_hand(couple, rooms, coordinator, now):
    machine = Machine(coordinator)
    one, two = rooms
    people = by_name(couple)
    seats = {"Vera": two, "Mane": two, "Aram": one, "Davit": one}
    facts = {
        "rooms": [str(room.pk) for room in rooms],
        "members": [str(people[name]) for name in seats],
        "seating": [str(room.pk) for room in seats.values()],
    }
    short = machine.post(f"households/{couple.pk}/place/", **facts | {"seating": facts["seating"][:2]})
    assert short.status_code == 400
    assert short.json()["seating"]
    assert machine.post(f"households/{couple.pk}/place/", **facts).status_code == 201
    assert asleep(couple) == {name: room.name for name, room in seats.items()}


def test_the_api_moves_them_as_chosen_by_hand(couple, rooms, coordinator, goris, now):
    machine = Machine(coordinator)
    place_household(couple, rooms=[make_room(goris, 4, "hall")], by=coordinator, at=now)
    one, two = rooms
    seats = {"Vera": two, "Mane": two, "Aram": one, "Davit": one}
    stays = {stay.individual.given_name: str(stay.pk) for stay in Stay.objects.select_related("individual")}
    first, *others = (stays[name] for name in seats)
    seating = [str(room.pk) for room in seats.values()]
    facts = {"rooms": [str(room.pk) for room in rooms], "also": others}
    for wrong in (seating[:2], [*seating[:3], str(make_room(goris, 1).pk)]):
        answer = machine.post(f"stays/{first}/move/", **facts, seating=wrong)
        assert (answer.status_code, list(answer.json())) == (400, ["seating"])
    assert machine.post(f"stays/{first}/move/", **facts, seating=seating).status_code == 201
    names = {key: name for name, key in by_name(couple).items()}
    slept = Stay.objects.filter(during__upper_inf=True).select_related("room")
    assert {names[stay.individual_id]: stay.room.name for stay in slept} == {k: r.name for k, r in seats.items()}


def moving(couple, rooms, seats):
    """What the page sends to move all of them: the seats of these rooms, and of others that were not chosen."""
    people, stays = by_name(couple), Stay.objects.filter(individual__in=by_name(couple).values())
    one, two = rooms
    return {
        "id": "7d8be0a4-7a64-4e0a-9a44-7d5c6f1f0a12",
        "stays": [str(stay.pk) for stay in stays.order_by("pk")],
        "rooms": f"{one.pk},{two.pk}",
        **{f"seat-{one.pk}-{people[name]}": str(room.pk) for name, room in seats.items()},
        **{f"seat-{two.pk}-{person}": str(one.pk) for person in people.values()},
    }


def test_the_page_moves_them_as_chosen_by_hand(desk, couple, rooms, coordinator, goris, now):
    place_household(couple, rooms=[make_room(goris, 4, "hall")], by=coordinator, at=now)
    page = desk.get(reverse("shelter:board"), {"family": number(couple)})
    fit = next(fit for fit, _site in page.context["board"].chosen.fits if len(fit.rooms) > 1)
    assert f'name="seat-{fit.rooms[0].id}-{by_name(couple)["Vera"]}"' in page.content.decode()
    one, two = rooms
    address = f"{reverse('shelter:move')}?family={number(couple)}"
    crowded = desk.post(address, moving(couple, rooms, {"Vera": two, "Mane": two, "Aram": two, "Davit": one}))
    assert crowded.status_code == 422
    assert "Room 102 has 2 free places, and 3 people are to sleep there." in crowded.content.decode()
    assert set(asleep(couple).values()) == {"hall"}
    seats = {"Vera": two, "Mane": two, "Aram": one, "Davit": one}
    assert desk.post(address, moving(couple, rooms, seats)).status_code == 303
    names = {key: name for name, key in by_name(couple).items()}
    slept = Stay.objects.filter(during__upper_inf=True).select_related("room")
    assert {names[stay.individual_id]: stay.room.name for stay in slept} == {k: r.name for k, r in seats.items()}
