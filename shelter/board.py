"""What the shelter board shows: who waits, holds, houses with their rooms, and the family that was chosen."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from centre.access import Permission, allows
from centre.models import Site, User
from centre.sight import Sight, named_for, sight_of
from registrations.models import Household, Individual, Presence
from shelter.fitting import Fit, best_fits, judge
from shelter.models import Stay, WaitingFact
from shelter.selectors import (
    HoldRow,
    PlacesNow,
    RoomNow,
    holds_now,
    places_by_site,
    rooms_now,
)
from shelter.sight import Reach, reach_of, sites_that_wait
from shelter.waiting import Waiting, waiting_facts, who_waits

SHOWN = 40  # families, and rooms of a house, listed at first
NEEDS_IN_WORDS = {
    "DS": gettext_lazy("disability"),
    "ER": gettext_lazy("older person at risk"),
    "SM-CC": gettext_lazy("critical illness or injury"),
    "SM-DP": gettext_lazy("pregnant, complications"),
    "CR-TP": gettext_lazy("pregnant, under age"),
}


@dataclass(frozen=True)
class WaitingRow:
    """A family that waits, with its site and its reasons in words."""

    family: Waiting
    site: Site
    reasons: list[str]
    hours: int
    declined: list[tuple[str, str]]  # which site they were offered, as far as the reader may know, and why not


@dataclass(frozen=True)
class House:
    """A site with its places; its rooms when it is opened."""

    site: Site
    places: PlacesNow
    rooms: list[RoomNow] | None
    more: int  # rooms that are not shown: the full ones, and those beyond the first
    left: int | None = None  # places of a site of others that may still be held; None of one's own


@dataclass(frozen=True)
class Person:
    """A member of the chosen family: where they are, where they sleep, what is held for them."""

    id: uuid.UUID
    name: str
    initials: str
    site_id: uuid.UUID | None
    stay: Stay | None
    hold: Stay | None
    secret: bool  # sleeps somewhere the reader may not know of

    @property
    def bedless(self) -> bool:
        """Whether they have neither a bed nor a hold."""
        return not (self.stay or self.hold or self.secret)


@dataclass(frozen=True)
class Beds:
    """The beds of a family, those held for it, and whether the reader may change them."""

    asleep: list[tuple[Person, Stay]]
    awaited: list[tuple[Person, Stay]]
    secret: list[Person]
    asleep_mine: bool
    awaited_mine: bool
    awaited_ours: bool  # held elsewhere, for people who are here: they are given back, and not checked in


@dataclass(frozen=True)
class Chosen:
    """The family that was chosen on the board, and the rooms that suit those of it who need a place."""

    household: Household
    bedless: list[Person]  # those who have neither a bed nor a hold
    beds: Beds
    waiting: WaitingRow | None
    fits: list[tuple[Fit, Site]]  # the first is the best
    seen: bool  # whether the reader sees the family, or only that it waits
    facts: list[WaitingFact]  # that it was moved up, or declined, since it waits

    @property
    def moving(self) -> bool:
        """Whether all of it have a bed, and the rooms are those they could move to."""
        return bool(self.fits) and not self.bedless


@dataclass(frozen=True)
class Board:
    """The whole board at the instant."""

    at: datetime
    waiting: list[WaitingRow]
    more: int  # families that wait and are not listed
    people_waiting: int
    holds: list[tuple[HoldRow, Site]]
    houses: list[House]
    chosen: Chosen | None
    untils: list[datetime]
    own: frozenset[uuid.UUID]  # the sites where the reader places

    @property
    def households(self) -> list[uuid.UUID]:
        """The families that the board shows."""
        chosen = [self.chosen.household.pk] if self.chosen else []
        waiting = [row.family.household_id for row in self.waiting]
        return chosen + waiting + [row.household_id for row, _site in self.holds]

    @property
    def act(self) -> uuid.UUID:
        """The id of the act that one form of this drawing does: another for each form."""
        return uuid.uuid4()

    @property
    def mark(self) -> str:
        """The same for as long as everybody who waits, every hold and every place is the same."""
        told = repr([self.waiting, self.more, self.holds, self.houses])
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def read_board(
    user: User, at: datetime, asked: Mapping[str, str], household: Household | None, here: Site | None = None
) -> Board:
    """The board as asked for: `site` opens a house, `rooms` tries one, `full` shows all rooms, `all` everybody.

    The house of the one who looks, `here`, comes first, then those of its province.
    """
    reach = reach_of(user, at)
    known = {site.pk: site for site in sites_that_wait(user, at)}
    families, number = who_waits(user, known.values(), at, limit=1000 if "all" in asked else SHOWN)
    rooms = rooms_now(reach.sites, at)
    opened = asked.get("site") or (next(iter(reach.own.values())).code if len(reach.own) == 1 else "")
    return Board(
        at=at,
        waiting=[_waiting_row(family, known, user, at) for family in families],
        more=number - len(families),
        people_waiting=sum(len(family.members) for family in families),
        holds=[(row, known[row.site_id]) for row in holds_now(reach.own, at, known)],
        houses=_houses(reach, rooms, opened, here, full="full" in asked),
        chosen=_choose(household, user, reach, known, rooms, at, asked.get("room")) if household else None,
        untils=hold_times(at),
        own=frozenset(reach.own),
    )


def hold_times(at: datetime) -> list[datetime]:
    """When a hold may end, to choose from: full quarters of an hour from two hours to three days ahead."""
    quarter = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    return [quarter + timedelta(hours=hours) for hours in (4, 2, 8, 12, 24, 72)]


def read_people(household: Household, at: datetime, user: User) -> list[Person]:
    """The members of the family of today, with where they are and sleep, as far as the user may know.

    A bed at a confidential site is shown to those assigned there only.
    """
    individuals = list(Individual.objects.members_of(household).distinct())
    presences = Presence.objects.filter(individual__in=individuals, during__contains=at)
    here = dict(presences.values_list("individual", "site"))
    found = Stay.objects.filter(individual__in=individuals).at(at).select_related("room__site", "place")
    stays = {(stay.individual_id, stay.kind): stay for stay in found}
    sight = sight_of(user, at)
    return [_person(one, here.get(one.pk), stays, sight) for one in individuals]


def _person(
    one: Individual, site_id: uuid.UUID | None, stays: Mapping[tuple[uuid.UUID, str], Stay], sight: Sight
) -> Person:
    stay, hold = stays.get((one.pk, Stay.Kind.STAY)), stays.get((one.pk, Stay.Kind.HOLD))
    hidden = {kept for kept in (stay, hold) if kept and not sight.is_told(kept.site)}
    return Person(
        one.pk,
        one.full_name or str(one),
        one.initials or "–",
        site_id,
        stay if stay not in hidden else None,
        hold if hold not in hidden else None,
        bool(hidden),
    )


def beds_of(people: Iterable[Person], user: User, at: datetime) -> Beds:
    """The family's beds, for one who may change those at the sites where they place."""
    people = list(people)
    asleep = [(person, person.stay) for person in people if person.stay]
    awaited = [(person, person.hold) for person in people if person.hold]

    def mine(rows: list[tuple[Person, Stay]]) -> bool:
        return bool(rows) and all(allows(user, Permission.PLACE, stay.room.site, at) for _, stay in rows)

    secret = [person for person in people if person.secret]
    held = Stay.objects.filter(pk__in=[stay.pk for _, stay in awaited]).visible_to(user, at)
    ours = bool(awaited) and held.count() == len(awaited)
    return Beds(asleep, awaited, secret, mine(asleep), mine(awaited), ours)


def _choose(
    household: Household,
    user: User,
    reach: Reach,
    known: Mapping[uuid.UUID, Site],
    rooms: list[RoomNow],
    at: datetime,
    tried: str | None,
) -> Chosen:
    rows, _all = who_waits(user, known.values(), at, household=household.pk)
    family = rows[0] if rows else None
    seen = Household.objects.visible_to(user, at).filter(pk=household.pk).exists()
    people = read_people(household, at, user) if seen else _unseen(family)
    beds, bedless = beds_of(people, user, at), [person for person in people if person.bedless]
    needing = bedless or ([person for person, _ in beds.asleep] if beds.asleep_mine else [])
    theirs = set() if bedless else {kept.room_id for _person, kept in beds.asleep}  # nobody moves to their own
    in_reach = [room for room in rooms if reach.takes(room.site_id, len(needing)) and room.id not in theirs]
    if not bedless:
        in_reach = [room for room in in_reach if room.site_id in reach.own]
    here = family.site_id if family else next((p.site_id for p in needing if p.site_id in reach.own), None)
    suit: dict[str, Any] = {"step_free": bool(family and family.step_free), "here": here}
    fits: list[Fit] = []
    if needing:
        tried_room = next((room for room in rooms if str(room.id) == tried), None)
        fits += [judge([tried_room], len(needing), **suit)] if tried_room else []
        fits += best_fits([room for room in in_reach if room is not tried_room], len(needing), **suit)
    row = _waiting_row(family, known, user, at) if family else None
    sites = reach.sites
    facts = waiting_facts(household, family.since, at) if family else []
    return Chosen(household, bedless, beds, row, [(fit, sites[fit.site_id]) for fit in fits], seen, facts)


def _unseen(family: Waiting | None) -> list[Person]:
    """The people of a family of whom the reader knows only that it waits: without names."""
    members = family.members if family else ()
    return [Person(key, "", "–", family.site_id if family else None, None, None, False) for key in members]


def read_houses(sites: Iterable[Site], at: datetime) -> list[House]:
    """All rooms of these sites that have any, with their places."""
    known = {site.pk: site for site in sites}
    rooms = rooms_now(known, at)
    return [
        House(known[key], places, [room for room in rooms if room.site_id == key], 0)
        for key, places in places_by_site(rooms).items()
    ]


def _houses(reach: Reach, rooms: list[RoomNow], opened: str, here: Site | None, *, full: bool) -> list[House]:
    """The sites that have rooms, the own and the nearest first, then by free places; the rooms of the opened one.

    Full and blocked rooms stand among the others; only where there are very many are they one step away.
    """
    places, sites = places_by_site(rooms), reach.sites

    def nearest(key: uuid.UUID) -> tuple[bool, bool, int]:
        return sites[key] != here, here is None or sites[key].marz != here.marz, -places[key].free

    houses = []
    for site_id in sorted(places, key=nearest):
        own = [room for room in rooms if room.site_id == site_id] if sites[site_id].code == opened else None
        shown = own
        if own and not full and len(own) > SHOWN:
            shown = [room for room in own if room.free or room.overflow][:SHOWN]
        more = len(own or []) - len(shown or [])
        houses.append(House(sites[site_id], places[site_id], shown, more, reach.left.get(site_id)))
    return houses


def _waiting_row(family: Waiting, sites: Mapping[uuid.UUID, Site], user: User, at: datetime) -> WaitingRow:
    offered = Site.objects.in_bulk(family.declined_sites) if family.declined else {}
    declined = [(named_for(user, offered[site]), why) for site, why in family.declined]
    hours = int((at - family.since).total_seconds() // 3600)
    return WaitingRow(family, sites[family.site_id], reasons_of(family), hours, declined)


def reasons_of(family: Waiting) -> list[str]:
    """Why a family comes where it does in the order, in words; the hours it has waited stand beside."""
    counted = (
        (family.infants, ngettext("infant", "%(count)d infants", family.infants)),
        (family.young, ngettext("child under 5", "%(count)d children under 5", family.young)),
        (family.elders, ngettext("over 60", "%(count)d over 60", family.elders)),
        (
            family.cared_for,
            ngettext("child without a parent", "%(count)d children without a parent", family.cared_for),
        ),
    )
    reasons = [_("moved up: %(why)s") % {"why": family.moved_up}] if family.moved_up else []
    reasons += [text % {"count": count} if "%" in text else text for count, text in counted if count]
    reasons += [str(NEEDS_IN_WORDS[code]) for code in family.needs]
    if family.presumed_left:
        reasons.append(_("may have left"))
    return reasons
