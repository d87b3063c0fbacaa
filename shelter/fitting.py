"""Which rooms suit a family best, and why; rules that need no database."""

import math
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shelter.models import Room
from shelter.selectors import RoomNow, as_counted
from shelter.wants import FAMILY, HAS, LACKS, STEP_FREE, features_of, in_words, met_by

NEAR = 30  # km: what is nearer to a family by less than this is no nearer
AFTER_THE_NEAR = 0.5  # steps: where a house of the same province stands of which nobody wrote down where it lies
SUGGESTED = 3  # ways to sleep shown for one site, and sites shown


@dataclass(frozen=True)
class Needed:
    """What those of a family who would sleep there need of rooms."""

    people: int
    babies: int = 0  # of them: who may do without a place of their own
    wants: frozenset[str] = frozenset()  # of shelter.wants
    size: int = FAMILY  # the whole family, also those who have a bed
    men: bool = False  # whether one of them sleeps in no room for women

    @property
    def least(self) -> int:
        """The places without which they cannot sleep there."""
        return self.people - self.babies if self.babies < self.people else self.people

    def lacking(self, rooms: Sequence[RoomNow]) -> frozenset[str]:
        """What they need and these rooms have not."""
        return self.wants - met_by(self.wants, [features_of(room) for room in rooms])


@dataclass(frozen=True)
class Fit:
    """One way to sleep: the rooms, filled in this order, and the reasons for and against it in words."""

    rooms: tuple[RoomNow, ...]
    here: bool
    short: int  # people for whom there is no place
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]
    sharing: int = 0  # babies who sleep there without a place of their own: there are too few
    barred: bool = False  # they must not come into this house, or into these rooms
    wrong: bool = False  # whether what speaks against it weighs more than that it is near
    lacking: int = 0  # needs that these rooms do not meet
    seats: tuple[Any, ...] = ()  # of shelter.seating: who sleeps in which of several rooms, where names may be read
    typed: bool = False  # whether somebody has changed the seats, and is told why they are refused
    open_until: datetime | None = None  # of a house of others: no hold there lasts longer

    @property
    def site_id(self) -> uuid.UUID:
        """The site of the rooms."""
        return self.rooms[0].site_id

    @property
    def names(self) -> str:
        """The names of the rooms, as they are read out."""
        return " + ".join(room.called for room in self.rooms)


def best_fits(
    rooms: Iterable[RoomNow],
    needed: Needed,
    *,
    here: uuid.UUID | None,
    km: Mapping[uuid.UUID, float] = MappingProxyType({}),
    province: Collection[uuid.UUID] = frozenset(),
) -> list[Fit]:
    """Where these people would sleep best: together first, in the smallest room that has a place for each.

    As many of them as are babies need no place of their own: that comes before parting them, and after a place each.

    Rooms at the site where they are come before others, then those in steps of 30 km, as far as it is known how many
    `km` a site is from there; one of which only that is known that it is in their `province` comes after the first of
    these steps. Step-free rooms come before all of these when needed, and rooms of families only come
    last for one alone; what else they need comes before a room of the right size. Where no room of a site takes all of
    them, the fewest rooms that do, of one floor if possible. No man is suggested a room for women.
    """
    by_site: dict[uuid.UUID, list[RoomNow]] = {}
    for room in rooms:
        if room.free and not (needed.men and room.women_only):
            by_site.setdefault(room.site_id, []).append(room)
    found: list[Fit] = []
    for site_id in sorted(by_site, key=lambda site: site != here):
        ways = _ways(by_site[site_id], needed)
        found += [judge(way, needed, here=here) for way in ways[:SUGGESTED]]
    return _few_of_each_site(sorted(found, key=lambda fit: _rank(fit, km, province)))


def judge(
    rooms: Sequence[RoomNow],
    needed: Needed,
    *,
    here: uuid.UUID | None,
    barred: Collection[uuid.UUID] = frozenset(),
) -> Fit:
    """What speaks for and against these rooms for these people, who must not come into the houses that are `barred`."""
    free = sum(room.free for room in rooms)
    sharing = min(max(0, needed.people - free), needed.babies) if needed.babies < needed.people else 0
    people = needed.people - sharing
    kept_out = _kept_out(rooms, needed, barred)
    lacking = needed.lacking(rooms)
    too_few = ngettext("%(count)d person without a place", "%(count)d people without a place", people - free)
    alone = needed.size < FAMILY and any(room.families_only for room in rooms)
    doubts = [
        *([too_few % {"count": people - free}] if free < people else []),
        *kept_out,
        *([_("for families only, and this is one person")] if alone else []),
        *in_words(LACKS, lacking),
    ]
    reasons = [*in_words(HAS, needed.wants - lacking), *_of_company(rooms, needed, free >= people)]
    if sharing:
        text = ngettext(
            "the baby sleeps without a place of its own",
            "%(count)d babies sleep without places of their own",
            sharing,
        )
        reasons.append(text % {"count": sharing} if "%" in text else text)
    over = free - people
    if over >= 0 and not _is_to_be_divided(rooms):
        left = ngettext("%(count)d place left over", "%(count)d places left over", over) % {"count": over}
        reasons.append(left if over else _("no place left over"))
    return Fit(
        tuple(rooms),
        rooms[0].site_id == here,
        max(0, people - free),
        tuple(reasons),
        tuple(doubts),
        sharing,
        barred=bool(kept_out),
        wrong=bool(free < people or kept_out or alone or STEP_FREE in lacking),
        lacking=len(lacking),
    )


def _kept_out(rooms: Sequence[RoomNow], needed: Needed, barred: Collection[uuid.UUID]) -> list[str]:
    """Why they must not sleep there, in words that say nothing of others."""
    return [
        *([_("this house is not for them")] if rooms[0].site_id in barred else []),
        *([_("for women only")] if needed.men and any(room.women_only for room in rooms) else []),
    ]


def _of_company(rooms: Sequence[RoomNow], needed: Needed, enough: bool) -> list[str]:
    """Who sleeps with whom, in words; of a house that is to be divided nobody knows it yet."""
    if _is_to_be_divided(rooms):
        return [_("which room, the house says")]
    reasons = []
    if len(rooms) > 1:
        one_floor = len({room.floor for room in rooms}) == 1 and rooms[0].floor is not None
        text = _("in %(count)d rooms of one floor") if one_floor else _("in %(count)d rooms")
        reasons.append(text % {"count": len(rooms)})
    elif needed.people > 1 and enough:
        reasons.append(_("all together"))
    others = sum(room.others for room in rooms)
    shared = ngettext("shared with %(count)d other", "shared with %(count)d others", others) % {"count": others}
    reasons.append(shared if others else ngettext("a room of their own", "rooms of their own", len(rooms)))
    return reasons


def _is_to_be_divided(rooms: Sequence[RoomNow]) -> bool:
    return any(room.kind == Room.Kind.UNDIVIDED for room in rooms)


def _ways(rooms: Sequence[RoomNow], needed: Needed) -> list[list[RoomNow]]:
    """Rooms for all together, if need be with babies who share; else apart, the same way."""
    sizes = range(needed.people, needed.least - 1, -1)
    for people in sizes:
        if ways := _together(rooms, people, needed):
            return ways
    return next((ways for people in sizes if (ways := _apart(rooms, people))), [])


def _together(rooms: Sequence[RoomNow], people: int, needed: Needed) -> list[list[RoomNow]]:
    def order(room: RoomNow) -> tuple[Any, ...]:
        lacking = needed.lacking([room])
        alone = needed.size < FAMILY and room.families_only
        return STEP_FREE in lacking, alone, len(lacking), room.free, room.others, as_counted(room.name)

    return [[room] for room in sorted((room for room in rooms if room.free >= people), key=order)]


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


def _rank(fit: Fit, km: Mapping[uuid.UUID, float], province: Collection[uuid.UUID]) -> tuple[Any, ...]:
    unknown = AFTER_THE_NEAR if fit.site_id in province else math.inf
    steps = 0 if fit.here else km[fit.site_id] // NEAR if fit.site_id in km else unknown
    free = sum(room.free for room in fit.rooms)
    return fit.wrong, not fit.here, steps, len(fit.rooms), fit.sharing, fit.lacking, free


def _few_of_each_site(fits: Sequence[Fit]) -> list[Fit]:
    """At most three of the site where they are, and the best of three others."""
    here = [fit for fit in fits if fit.here][:SUGGESTED]
    elsewhere: dict[uuid.UUID, Fit] = {}
    for fit in fits:
        if not fit.here:
            elsewhere.setdefault(fit.site_id, fit)
    return here + list(elsewhere.values())[:SUGGESTED]
