"""Two families swap their beds in one act, in a full house too."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from centre.access import Permission, require
from centre.acts import act
from centre.locks import lock_by_key
from centre.models import Act, User
from registrations.together import LookedAfter
from shelter.babies import babies_among, lodge_on
from shelter.beside import Spot
from shelter.errors import SwapDoesNotFit, SwapWithThemselves
from shelter.locks import lock_people
from shelter.lodging import (
    Placed,
    as_they_are,
    children_beside,
    put_to_bed,
    site_of,
    who_sleeps,
)
from shelter.models import Bedding, Place, Room, Stay
from shelter.parts import Lodging, Sleeper

Asleep = Sequence[tuple[Sleeper, Stay]]


@act("swap", answers=Placed)
def swap(
    stays: Sequence[Stay],
    *,
    others: Sequence[Stay],
    happened_anyway: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Placed:
    """Let the people of these stays and of the others have each other's places, at one site.

    Whoever is more gets what else is free in those rooms; babies who share a bed share one again. Refuses with
    SwapWithThemselves, SwapDoesNotFit, BabyAlone, SiteDiffers, RecordClosed or StayEnded, and with WomenOnly,
    ChildApart, ChildAmongStrangers or OfficerFirst as a move does; then nobody moves.
    """
    both = [*stays, *others]
    site = site_of([stay.room for stay in both])
    require(by, Permission.PLACE, site, at)
    running = Stay.objects.stays().at(at).filter(during__upper_inf=True)
    people = lock_people(both, running, at, by)
    if len({who.person for who in people}) != len(both):
        raise SwapWithThemselves
    asleep = as_they_are(running, both)
    rooms = list({stay.room_id: stay.room for stay in asleep}.values())
    children = children_beside(people, at, rooms)
    pairs = list(zip(people, asleep, strict=True))
    lodgings = _exchange(pairs[: len(stays)], pairs[len(stays) :], at, children)
    how: dict[str, Any] = {"by": by, "at": at, "act": act, "happened_anyway": happened_anyway}
    put_to_bed(Bedding.Kind.MOVED, lodgings, site, rooms, children, **how)
    return who_sleeps(people, act)


def _exchange(ones: Asleep, others: Asleep, at: datetime, children: Sequence[LookedAfter]) -> list[Lodging]:
    """Where each of them sleeps afterwards; the places of all their rooms are locked."""
    rooms = {stay.room_id for _who, stay in (*ones, *others)}
    locked = lock_by_key(Place.objects.filter(room__in=rooms).only("pk"))
    free = list(Place.objects.filter(pk__in=[place.pk for place in locked]).free(at).order_by("room", "number"))
    babies = babies_among([who.person for who, stay in (*ones, *others) if stay.shares], at)
    lodgings: list[Lodging] = []
    for come, go in ((ones, others), (others, ones)):
        people = [who for who, _stay in come]
        into = list({stay.room_id: stay.room for _who, stay in go}.values())
        needed = sum(who.person not in babies for who in people)
        spots = _spots(go, into, free, needed)
        free = [place for place in free if place not in [spot[1] for spot in spots]]
        lodgings += lodge_on(spots, people, into, at, children, sharing=babies)
    return lodgings


def _spots(go: Asleep, rooms: Sequence[Room], free: Sequence[Place], needed: int) -> list[Spot]:
    """The places that these leave, and then the free ones of their rooms; refuses with SwapDoesNotFit."""
    left: list[Spot] = [(stay.room, stay.place) for _who, stay in go if stay.place]
    more: list[Spot] = [(room, place) for room in rooms for place in free if place.room_id == room.pk]
    if len(left) + len(more) < needed:
        raise SwapDoesNotFit(len(left) + len(more), needed)
    return [*left, *more][:needed]
