"""Which rooms suit a family best, and why; rules that need no database."""

import math
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shelter.selectors import RoomNow, as_counted

NEAR = 30  # km: what is nearer to a family by less than this is no nearer
SUGGESTED = 3  # ways to sleep shown for one site, and sites shown


@dataclass(frozen=True)
class Fit:
    """One way to sleep: the rooms, filled in this order, and the reasons for and against it in words."""

    rooms: tuple[RoomNow, ...]
    here: bool
    short: int  # people for whom there is no place
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]
    sharing: int = 0  # babies who sleep there without a place of their own: there are too few

    @property
    def site_id(self) -> uuid.UUID:
        """The site of the rooms."""
        return self.rooms[0].site_id

    @property
    def names(self) -> str:
        """The names of the rooms, as they are read out."""
        return " + ".join(room.name for room in self.rooms)


def best_fits(
    rooms: Iterable[RoomNow],
    people: int,
    *,
    step_free: bool,
    here: uuid.UUID | None,
    babies: int = 0,
    km: Mapping[uuid.UUID, float] = MappingProxyType({}),
) -> list[Fit]:
    """Where these people would sleep best: together first, in the smallest room that has a place for each.

    As many of them as are babies need no place of their own: that comes before parting them, and after a place each.

    Rooms at the site where they are come before others, then those in steps of 30 km, as far as it is known how many
    `km` a site is from there; and step-free rooms before others when needed. Where no room of a site takes all of them,
    the fewest rooms that do, of one floor if possible.
    """
    by_site: dict[uuid.UUID, list[RoomNow]] = {}
    for room in rooms:
        if room.free:
            by_site.setdefault(room.site_id, []).append(room)
    found: list[Fit] = []
    for site_id in sorted(by_site, key=lambda site: site != here):
        ways = _ways(by_site[site_id], people, babies, step_free)
        found += [judge(way, people, step_free=step_free, here=here, babies=babies) for way in ways[:SUGGESTED]]
    return _few_of_each_site(sorted(found, key=lambda fit: _rank(fit, km)))


def judge(rooms: Sequence[RoomNow], people: int, *, step_free: bool, here: uuid.UUID | None, babies: int = 0) -> Fit:
    """What speaks for and against these rooms for so many people, of whom some are babies."""
    free = sum(room.free for room in rooms)
    sharing = min(max(0, people - free), babies) if babies < people else 0
    people -= sharing
    others = sum(room.others for room in rooms)
    doubts: list[str] = []
    reasons: list[str] = []
    if free < people:
        doubts.append(
            ngettext("%(count)d person without a place", "%(count)d people without a place", people - free)
            % {"count": people - free}
        )
    if step_free:
        lacking = not all(room.step_free for room in rooms)
        (doubts if lacking else reasons).append(_("not step-free") if lacking else _("step-free"))
    if len(rooms) > 1:
        one_floor = len({room.floor for room in rooms}) == 1 and rooms[0].floor is not None
        text = _("in %(count)d rooms of one floor") if one_floor else _("in %(count)d rooms")
        reasons.append(text % {"count": len(rooms)})
    elif people + sharing > 1 and free >= people:
        reasons.append(_("all together"))
    reasons.append(
        ngettext("shared with %(count)d other", "shared with %(count)d others", others) % {"count": others}
        if others
        else ngettext("a room of their own", "rooms of their own", len(rooms))
    )
    if sharing:
        text = ngettext(
            "the baby sleeps without a place of its own",
            "%(count)d babies sleep without places of their own",
            sharing,
        )
        reasons.append(text % {"count": sharing} if "%" in text else text)
    over = free - people
    if over >= 0:
        reasons.append(
            ngettext("%(count)d place left over", "%(count)d places left over", over) % {"count": over}
            if over
            else _("no place left over")
        )
    return Fit(tuple(rooms), rooms[0].site_id == here, max(0, people - free), tuple(reasons), tuple(doubts), sharing)


def _ways(rooms: Sequence[RoomNow], people: int, babies: int, step_free: bool) -> list[list[RoomNow]]:
    """Rooms for all together, if need be with babies who share; else apart, the same way."""
    least = people - babies if babies < people else people
    for needed in range(people, least - 1, -1):
        if ways := _together(rooms, needed, step_free):
            return ways
    return next((ways for needed in range(people, least - 1, -1) if (ways := _apart(rooms, needed))), [])


def _together(rooms: Sequence[RoomNow], people: int, step_free: bool) -> list[list[RoomNow]]:
    fitting = [room for room in rooms if room.free >= people]
    fitting.sort(key=lambda room: (step_free and not room.step_free, room.free, room.others, as_counted(room.name)))
    return [[room] for room in fitting]


def _apart(rooms: Sequence[RoomNow], people: int) -> list[list[RoomNow]]:
    """The fewest rooms with a place for each, those of one floor before those of several."""
    by_floor = sorted((room for room in rooms if room.floor is not None), key=lambda room: room.floor or 0)
    groups = [list(group) for _, group in groupby(by_floor, key=lambda room: room.floor)]
    ways = [way for group in groups if (way := _fewest(group, people))]
    ways.sort(key=len)
    anywhere = _fewest(rooms, people)
    if anywhere and (not ways or len(anywhere) < len(ways[0])):
        ways.append(anywhere)
    return ways[:1]


def _fewest(rooms: Sequence[RoomNow], people: int) -> list[RoomNow]:
    """Largest rooms first; for the last of them the smallest room that takes those who are left. Empty if too few."""
    left, chosen = people, []
    pool = sorted(rooms, key=lambda room: (-room.free, room.others, as_counted(room.name)))
    while left > 0 and pool:
        enough = [room for room in pool if room.free >= left]
        room = min(enough, key=lambda room: room.free) if enough else pool[0]
        pool.remove(room)
        chosen.append(room)
        left -= room.free
    return chosen if left <= 0 else []


def _rank(fit: Fit, km: Mapping[uuid.UUID, float]) -> tuple[bool, bool, float, int, int, int]:
    steps = 0 if fit.here else km.get(fit.site_id, math.inf) // NEAR
    return bool(fit.doubts), not fit.here, steps, len(fit.rooms), fit.sharing, sum(room.free for room in fit.rooms)


def _few_of_each_site(fits: Sequence[Fit]) -> list[Fit]:
    """At most three of the site where they are, and the best of three others."""
    here = [fit for fit in fits if fit.here][:SUGGESTED]
    elsewhere: dict[uuid.UUID, Fit] = {}
    for fit in fits:
        if not fit.here:
            elsewhere.setdefault(fit.site_id, fit)
    return here + list(elsewhere.values())[:SUGGESTED]
