"""A child under two may sleep beside who looks after it, in the room and without a place of its own."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from centre.clock import local_day
from centre.models import Act
from registrations.facts import years_before
from registrations.models import Individual
from registrations.together import LookedAfter
from shelter.beside import Spot, seat
from shelter.errors import BabyAlone, NoBaby
from shelter.locks import lock_free_places, lock_seats
from shelter.models import Bedding, Room, Stay
from shelter.nights import lay_out_stays
from shelter.parts import Lodging, Sleeper, record_bedding

UNDER = 2  # years


def babies_among(people: Collection[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    """Those of these persons who are under two on the local day, by a date or a year of birth that was said."""
    born = years_before(local_day(at), UNDER)
    return set(Individual.objects.filter(pk__in=people, birth_date__gt=born).order_by().values_list("pk", flat=True))


def sharing_of(people: Sequence[Sleeper], sharing: Collection[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    """Those of these people who are to share a bed, as was said; refuses with NoBaby when one is two or older."""
    asked = {who.person for who in people} & set(sharing)
    if asked and asked != babies_among(asked, at):
        raise NoBaby
    return asked


def lodge(
    people: Sequence[Sleeper],
    rooms: Sequence[Room],
    at: datetime,
    children: Sequence[LookedAfter],
    *,
    sharing: Collection[uuid.UUID] = frozenset(),
    seating: Mapping[uuid.UUID, Room] | None = None,
    short: bool = False,
) -> list[Lodging]:
    """Choose a room and a place for each of these people, and lock the free places of the rooms.

    People in `sharing` get no place: they sleep in the room of a carer. `seating` is the room that was chosen by hand
    for each person. Refuses with NotEnoughPlaces; with `short`, people for whom no place is left sleep in the last
    room without one. Refuses with BabyAlone when nobody who looks after a baby in `sharing` sleeps in these rooms.
    """
    needing = [who.person for who in people if who.person not in sharing]
    if seating:
        spots = lock_seats(rooms, [seating[person] for person in needing], at, short=short)
    else:
        spots = lock_free_places(rooms, len(needing), at, short=short)
        spots += [(rooms[-1], None)] * (len(needing) - len(spots))
    return lodge_on(spots, people, rooms, at, children, sharing=sharing, by_hand=bool(seating), short=short)


def lodge_on(
    spots: Sequence[Spot],
    people: Sequence[Sleeper],
    rooms: Sequence[Room],
    at: datetime,
    children: Sequence[LookedAfter],
    *,
    sharing: Collection[uuid.UUID] = frozenset(),
    by_hand: bool = False,
    short: bool = False,
) -> list[Lodging]:
    """The same on these places of the rooms, one for each who needs one; `by_hand` in the order in which they stand."""
    needing = [who for who in people if who.person not in sharing]
    seated = list(zip(needing, spots, strict=True)) if by_hand else seat(needing, spots, children)
    found = {who: Lodging(who, *spot) for who, spot in seated}
    if len(needing) == len(people):
        return list(found.values())
    beside = _rooms_of_carers(found.values(), rooms, at, children)
    for who in people:
        if who.person not in sharing:
            continue
        room = beside.get(who.person)
        if room is None and not short:
            raise BabyAlone
        found[who] = Lodging(who, room or rooms[-1], None, shares=room is not None)
    return [found[who] for who in people]


def _rooms_of_carers(
    lodgings: Collection[Lodging], rooms: Sequence[Room], at: datetime, children: Sequence[LookedAfter]
) -> dict[uuid.UUID, Room]:
    """The room of these in which somebody who looks after the child gets a bed, or has one; by child."""
    ours = {room.pk: room for room in rooms}
    room_of = {lodging.sleeper.person: lodging.room for lodging in lodgings}
    carers = {carer for one in children for carer in one.carers}
    beds = Stay.objects.of(carers).filter(room__in=ours).from_(at).with_person()
    asleep = {person: ours[room] for person, room in beds.values_list("person", "room")}
    found = {}
    for one in children:
        with_them = [*(who for who in room_of if who in one.carers), *(who for who in asleep if who in one.carers)]
        if with_them:
            found[one.child] = room_of.get(with_them[0]) or asleep[with_them[0]]
    return found


def require_beside(children: Sequence[LookedAfter], at: datetime) -> None:
    """Refuse with BabyAlone when one of these shares a bed in a room where none of its carers has one.

    Beside a baby who sleeps there, a carer has to sleep; where the bed is only held, a bed held for a carer is enough.
    """
    if not children:
        return
    if not Stay.objects.of([one.child for one in children]).filter(shares=True).from_(at).exists():
        return
    beds = Stay.objects.of({person for one in children for person in (one.child, *one.carers)}).from_(at)
    rooms: dict[uuid.UUID, set[tuple[uuid.UUID, str]]] = defaultdict(set)
    rows = list(beds.values_list("individual__memberships__counted_as", "room", "kind", "shares"))
    for person, room, kind, shares in rows:
        if not shares:
            rooms[room].add((person, kind))
    carers = {one.child: one.carers for one in children}
    for person, room, kind, shares in rows:
        if not shares or person not in carers:
            continue
        with_it = {(carer, bed) for carer, bed in rooms[room] if carer in carers[person]}
        if not any(bed == Stay.Kind.STAY or kind == Stay.Kind.HOLD for _carer, bed in with_it):
            raise BabyAlone


def follow(babies: Sequence[tuple[Sleeper, Stay]], children: Sequence[LookedAfter], made: Room, act: Act) -> None:
    """Let those who share a bed, and are locked, go along where who looks after them has moved with the place."""
    carers = {one.child: one.carers for one in children}
    moved = set(Stay.objects.filter(room=made).from_(act.at).values_list("individual", flat=True))
    ours = [(who, stay) for who, stay in babies if carers.get(who.person, frozenset()) & moved]
    held = [stay.pk for _who, stay in ours if stay.kind == Stay.Kind.HOLD]
    Stay.objects.filter(pk__in=held).update(room=made)
    slept = [Lodging(who, made, None, shares=True) for who, stay in ours if stay.kind == Stay.Kind.STAY]
    if slept:
        record_bedding(Bedding.Kind.MOVED, slept, at=act.at, act=act)
        lay_out_stays([lodging.sleeper.person for lodging in slept], act)
