"""What the acts of sleeping share: whose beds, guarded how, and written in which order."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.errors import ChildApart
from casework.guard import children_kept, require_agreed
from centre.models import Act, Site, User
from centre.refusals import Refusal, refused_on
from registrations.models import Presence
from registrations.parts import record_movements
from registrations.presences import lay_out_presences
from registrations.together import LookedAfter, carers_with
from shelter.apart import require_bed_in
from shelter.babies import require_beside
from shelter.beside import lock_beside, parted_by_beds
from shelter.errors import PlaceTaken, SiteDiffers, StayEnded
from shelter.models import PLACE_TAKEN_ONCE, Room, Stay, StayQuerySet
from shelter.nights import lay_out_stays
from shelter.parts import Lodging, Sleeper, record_bedding
from shelter.women import require_women


@dataclass(frozen=True)
class Placed:
    """Who got which place: ids of individuals and of the stays or holds made for them, in the same order."""

    individuals: list[str]
    stays: list[str]


def site_of(rooms: Sequence[Room]) -> Site:
    """The site of all these rooms; refuses with SiteDiffers."""
    if len({room.site_id for room in rooms}) != 1:
        raise SiteDiffers
    return rooms[0].site


def seats_of(
    people: Sequence[Sleeper], members: Sequence[uuid.UUID] | None, seating: Sequence[Room] | None
) -> dict[uuid.UUID, Room]:
    """In which room each of these people sleeps, where it is said for each of the members named; else nothing."""
    if not members or not seating:
        return {}
    said = dict(zip(members, seating, strict=True))
    return {who.person: said[who.person if who.person in said else who.addressed] for who in people}


def as_they_are(rows: StayQuerySet, asked: Sequence[Stay]) -> list[Stay]:
    """Those asked for, in their order, as they are now; refuses with StayEnded when one is not among the rows."""
    found = rows.select_related("room", "place").in_bulk([stay.pk for stay in asked])
    if len(found) != len(asked):
        raise StayEnded
    return [found[stay.pk] for stay in asked]


def children_beside(people: Sequence[Sleeper], at: datetime, rooms: Sequence[Room] = ()) -> list[LookedAfter]:
    """The children of these people's families; the rooms they have beds in, and these, are locked."""
    return lock_beside([who.person for who in people], at, rooms)


def agreed(
    children: Sequence[LookedAfter], people: Sequence[Sleeper], site: Site, *, act: Act, **how: Any
) -> set[uuid.UUID]:
    """No bed without a protection officer for a child whom nobody looks after there; of whom a case opened."""
    coming = {who.person for who in people}
    ours = carers_with([one for one in children if one.child in coming], act.at, site, coming)
    return require_agreed(coming, ours, site=site, act=act, **how)


@contextmanager
def kept_together(
    children: Sequence[LookedAfter],
    site: Site | None,
    rooms: Sequence[Room] = (),
    *,
    together: Sequence[Sleeper] = (),
    act: Act,
    happened_anyway: str = "",
    refusal: type[Refusal] | None = ChildApart,
    **how: Any,
) -> Iterator[None]:
    """No child is placed away from who looks after it, and none comes to sleep among strangers.

    And no baby without a place of its own is left in a room without a carer: refuses with BabyAlone.
    """
    brought = {who.person for who in together}
    guard = parted_by_beds(children, rooms, act.at, together=brought)
    with children_kept(guard, site=site, act=act, happened_anyway=happened_anyway, refusal=refusal, **how):
        yield
        if refusal and not happened_anyway:
            require_beside(children, act.at)


def put_to_bed(
    kind: str,
    lodgings: Sequence[Lodging],
    site: Site,
    rooms: Sequence[Room],
    children: Sequence[LookedAfter],
    *,
    by: User,
    at: datetime,
    act: Act,
    happened_anyway: str = "",
) -> None:
    """Put people where they sleep from now on; places and rooms are locked, and so are the rooms of these children.

    Refuses with WomenOnly, NotInThisHouse, CallWhoPlaces, ChildApart, ChildAmongStrangers, OfficerFirst or BabyAlone,
    the same at every door. What `happened_anyway` is recorded: with the reason for those without a place, and for all
    of them where it was against a rule of the house; of a child a case opens, which alone has the words.
    """
    people = [lodging.sleeper for lodging in lodgings]
    how: dict[str, Any] = {"by": by, "act": act, "happened_anyway": happened_anyway}
    opened = agreed(children, people, site, **how)
    with kept_together(children, site, rooms, together=people, opened=opened, **how):
        reason = "" if opened else happened_anyway
        against = require_women(lodgings, at, anyway=happened_anyway)
        against |= require_bed_in(site, [who.person for who in people], at, by=by, anyway=happened_anyway)
        _lay_down(kind, lodgings, site, at=at, act=act, reason=reason, of_all=against)


def _lay_down(
    kind: str, lodgings: Sequence[Lodging], site: Site, *, at: datetime, act: Act, reason: str, of_all: bool
) -> None:
    people = [lodging.sleeper for lodging in lodgings]
    _arrive_where_absent(people, site, at, act)
    record_bedding(kind, lodgings, at=at, act=act, reason=reason, of_all=of_all)
    free = {lodging.place.pk for lodging in lodgings if lodging.place}
    with refused_on(PLACE_TAKEN_ONCE, PlaceTaken()):
        lay_out_stays([who.person for who in people], act, free)


def _arrive_where_absent(people: Sequence[Sleeper], site: Site, at: datetime, act: Act) -> None:
    keys = [who.person for who in people]
    here = Presence.objects.filter(individual__in=keys, site=site, during__contains=at)
    present = set(here.values_list("individual", flat=True))
    absent = [who for who in people if who.person not in present]
    if absent:
        counted_as = {who.addressed: who.person for who in absent}
        record_movements("arrived", counted_as, counted_as=counted_as, site=site, at=at, act=act)
        lay_out_presences([who.person for who in absent])


def who_holds(holds: Sequence[Stay]) -> Placed:
    """For whom these holds are."""
    return Placed([str(hold.individual_id) for hold in holds], [str(hold.pk) for hold in holds])


def who_sleeps(people: Sequence[Sleeper], act: Act) -> Placed:
    """The stays that this act began, as they were laid out."""
    begun = Stay.objects.filter(individual__in=[who.person for who in people], began_by__act=act)
    stays = dict(begun.values_list("individual", "pk"))
    slept = [who.person for who in people if who.person in stays]
    return Placed([str(key) for key in slept], [str(stays[key]) for key in slept])
