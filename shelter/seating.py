"""Who of a family sleeps in which of several rooms: as suggested, as chosen by hand, and what is wrong with that."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from centre.clock import local_day
from registrations.together import LookedAfter, children_of
from shelter.beside import assign, is_each_beside
from shelter.fitting import Fit
from shelter.models import Room, Stay
from shelter.selectors import rooms_now
from shelter.women import men_among

FIELD = "seat-"  # and the person: the name of the field that says the room


@dataclass(frozen=True)
class Seat:
    """A person and the room where they would sleep, with what is wrong with it in words."""

    person: uuid.UUID
    name: str
    room: uuid.UUID
    error: str = ""


def suggest_seats(fit: Fit, people: Mapping[uuid.UUID, str], babies: Collection[uuid.UUID], at: datetime) -> list[Seat]:
    """The rooms of these people, of whom the first babies share a bed if there are too few, as the act would seat them.

    `people` are their names, in the order of the family.
    """
    children = children_of(people.keys(), local_day(at))
    carers = {one.child: one.carers for one in children}
    sharing = [person for person in people if person in babies][: fit.sharing]
    needing = [person for person in people if person not in sharing]
    left, seats = len(needing), {}
    for room in fit.rooms:
        seats[room.id] = min(room.free, left)
        left -= seats[room.id]
    in_order = [room for room, count in seats.items() for _place in range(count)]
    room_of = dict(zip(needing, in_order, strict=False))
    if not is_each_beside(room_of, carers):
        room_of = assign(needing, seats, carers)
    for baby in sharing:
        beside = [room_of[who] for who in carers.get(baby, ()) if who in room_of]
        room_of[baby] = beside[0] if beside else fit.rooms[0].id
    return [Seat(person, name, room_of.get(person, fit.rooms[-1].id)) for person, name in people.items()]


def wrong_seats(seats: Mapping[uuid.UUID, Room], at: datetime) -> dict[uuid.UUID, str]:
    """What is wrong with these seats, by person: too few places, a man in a room for women, a child among strangers."""
    rooms = {room.pk: room for room in seats.values()}
    wrong = _among_strangers(seats, children_of(seats.keys(), local_day(at)), at)
    only_women = [person for person, room in seats.items() if room.women_only]
    for person in men_among(only_women, at) if only_women else ():
        wrong[person] = _("Room %(room)s is for women only.") % {"room": seats[person].name}
    free = {room.id: room.free for room in rooms_now({room.site_id for room in rooms.values()}, at)}
    wanted = Counter(room.pk for room in seats.values())
    taken: Counter[uuid.UUID] = Counter()
    for person, room in seats.items():
        taken[room.pk] += 1
        if taken[room.pk] > free.get(room.pk, 0):
            wrong[person] = _too_few(room, free.get(room.pk, 0), wanted[room.pk])
    return wrong


def _too_few(room: Room, free: int, people: int) -> str:
    places = ngettext("%(count)d free place", "%(count)d free places", free) % {"count": free}
    told = {"room": room, "places": places, "count": people}
    return (
        ngettext(
            "Room %(room)s has %(places)s, and %(count)d person is to sleep there.",
            "Room %(room)s has %(places)s, and %(count)d people are to sleep there.",
            people,
        )
        % told
    )


def _among_strangers(
    seats: Mapping[uuid.UUID, Room], children: Iterable[LookedAfter], at: datetime
) -> dict[uuid.UUID, str]:
    asleep: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    beds = Stay.objects.filter(room__in={room.pk for room in seats.values()}).from_(at).with_person()
    for room, person in beds.values_list("room", "person"):
        asleep[room].add(person)
    found = {}
    for one in children:
        if one.child not in seats:
            continue
        chosen = seats[one.child]
        people = asleep[chosen.pk] | {person for person, theirs in seats.items() if theirs.pk == chosen.pk}
        if people - one.family and not people & one.carers:
            told = _("A child would sleep among strangers in room %(room)s, without anybody who looks after it.")
            found[one.child] = told % {"room": chosen.name}
    return found


def as_chosen(fit: Fit, seats: Sequence[Seat], typed: Mapping[str, str], wrong: Mapping[str, str]) -> list[Seat]:
    """These seats as somebody chose them in a form that was refused, with what is wrong."""
    rooms = {str(room.id): room.id for room in fit.rooms}
    return [
        Seat(
            seat.person,
            seat.name,
            rooms.get(typed.get(f"{FIELD}{seat.person}", ""), seat.room),
            wrong.get(f"{FIELD}{seat.person}", ""),
        )
        for seat in seats
    ]
