"""What the shelter board shows: who waits, holds, houses with their rooms, and the family that was chosen."""

import hashlib
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from centre.access import Permission, allows
from centre.clock import local_day
from centre.models import Site, User
from centre.sight import Sight, named_for, sight_of
from registrations.facts import years_before
from registrations.models import Household, Individual, Presence
from shelter.apart import houses_barred_to
from shelter.babies import UNDER, babies_among
from shelter.changed import LATE, acts_since
from shelter.fitting import Fit, Needed, best_fits, judge
from shelter.houses_shown import House, HousesAsked, Province, km_between, read_asked, read_provinces
from shelter.models import Stay, WaitingFact
from shelter.seating import as_chosen, suggest_seats
from shelter.selectors import HoldRow, holds_now, places_by_site, rooms_now
from shelter.sight import Reach, reach_of, sites_that_wait
from shelter.waiting import Waiting, waiting_facts, who_waits
from shelter.wants import wants_of
from shelter.women import men_among

SHOWN = 40  # families listed at first
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
class Person:
    """A member of the chosen family: where they are, where they sleep, what is held for them."""

    id: uuid.UUID
    name: str
    initials: str
    site_id: uuid.UUID | None
    stay: Stay | None
    hold: Stay | None
    secret: bool  # sleeps somewhere the reader may not know of
    baby: bool = False  # under two: may do without a place of its own

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
    babies: list[Person]  # of those who need a place, or would move: who could do without one of their own

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
    provinces: list[Province]
    asked: HousesAsked
    measured: bool  # whether it is known how far houses are: from the site of the shift
    chosen: Chosen | None
    untils: list[datetime]
    since: datetime  # from when on acts are counted, to see that another one was done
    acts: int
    own: frozenset[uuid.UUID]  # the sites where the reader places
    everywhere: bool | None  # whether those who wait at sites of others are listed; None where there are none

    @property
    def households(self) -> list[uuid.UUID]:
        """The families that the board shows."""
        chosen = [self.chosen.household.pk] if self.chosen else []
        waiting = [row.family.household_id for row in self.waiting]
        return chosen + waiting + [row.household_id for row, _site in self.holds]

    @property
    def houses(self) -> list[House]:
        """The houses that are listed."""
        return [house for province in self.provinces for house in province.houses]

    @property
    def act(self) -> uuid.UUID:
        """The id of the act that one form of this drawing does: another for each form."""
        return uuid.uuid4()

    @property
    def mark(self) -> str:
        """The same for as long as everybody who waits, every hold and every place is the same."""
        told = repr([self.waiting, self.more, self.holds, self.provinces])
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def read_board(
    user: User, at: datetime, asked: Mapping[str, str], household: Household | None, here: Site | None = None
) -> Board:
    """The board as asked for: `site` opens a house, `room` tries one, `full` shows all its rooms, `all` everybody,
    `everywhere` those who wait at sites of others too, and `houses` every house.

    The house of the one who looks, `here`, comes first, then those of its province.
    """
    reach, houses = reach_of(user, at), read_asked(asked)
    known = {site.pk: site for site in sites_that_wait(user, at)}
    everywhere = "everywhere" in asked or not reach.own
    waited_at = known if everywhere else reach.own
    families, number = who_waits(user, waited_at.values(), at, limit=1000 if "all" in asked else SHOWN)
    since = at - LATE
    acts = acts_since(since)  # before anything is read: what is done meanwhile is another act
    opened = asked.get("site") or (next(iter(reach.own.values())).code if len(reach.own) == 1 else "")
    return Board(
        at=at,
        waiting=[_waiting_row(family, known, user, at) for family in families],
        more=number - len(families),
        people_waiting=sum(len(family.members) for family in families),
        holds=[(row, known[row.site_id]) for row in holds_now(reach.own, at, known)],
        provinces=read_provinces(
            reach, houses, opened, here, at, full="full" in asked, every="houses" in asked or houses.narrows
        ),
        asked=houses,
        measured=here is not None and here.has_coordinates,
        chosen=_choose(household, user, reach, known, at, asked.get("room")) if household else None,
        since=since,
        acts=acts,
        untils=hold_times(at),
        own=frozenset(reach.own),
        everywhere=everywhere if len(known) > len(reach.own) else None,
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
    born = years_before(local_day(at), UNDER)
    return [
        _person(one, here.get(one.pk), stays, sight, baby=bool(one.birth.on and one.birth.on > born))
        for one in individuals
    ]


def _person(
    one: Individual,
    site_id: uuid.UUID | None,
    stays: Mapping[tuple[uuid.UUID, str], Stay],
    sight: Sight,
    *,
    baby: bool,
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
        baby,
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
    at: datetime,
    tried: str | None,
) -> Chosen:
    rows, _all = who_waits(user, known.values(), at, household=household.pk)
    family = rows[0] if rows else None
    seen = Household.objects.visible_to(user, at).filter(pk=household.pk).exists()
    people = read_people(household, at, user) if seen else _unseen(family, at)
    beds, bedless = beds_of(people, user, at), [person for person in people if person.bedless]
    needing = bedless or ([person for person, _ in beds.asleep] if beds.asleep_mine else [])
    babies = [person for person in needing if person.baby]
    theirs = set() if bedless else {kept.room_id for _person, kept in beds.asleep}  # nobody moves to their own
    barred = houses_barred_to(household, at)
    needed = _needed(needing, babies, family, at)
    may_take = [key for key in (reach.sites if bedless else reach.own) if reach.takes(key, len(needing) - len(babies))]
    in_reach = [room for room in rooms_now(set(may_take) - barred, at, only_free=True) if room.id not in theirs]
    here = family.site_id if family else next((p.site_id for p in needing if p.site_id in reach.own), None)
    fits: list[Fit] = []
    if needing:
        tried_room = (
            next((room for room in rooms_now(reach.sites, at) if str(room.id) == tried), None) if tried else None
        )
        fits += [judge([tried_room], needed, here=here, barred=barred)] if tried_room else []
        others = [room for room in in_reach if str(room.id) != tried]
        fits += best_fits(others, needed, here=here, km=_distances(reach.sites, known.get(here) if here else None))
    if seen and bedless:
        fits = [_seated(fit, bedless, at) for fit in fits]
    row = _waiting_row(family, known, user, at) if family else None
    sites = reach.sites
    facts = waiting_facts(household, family.since, at) if family else []
    return Chosen(household, bedless, beds, row, [(fit, sites[fit.site_id]) for fit in fits], seen, facts, babies)


def _seated(fit: Fit, people: Sequence[Person], at: datetime) -> Fit:
    """The fit with who would sleep in which of its rooms, where there are several."""
    if len(fit.rooms) < 2:
        return fit
    babies = [person.id for person in people if person.baby]
    return replace(fit, seats=tuple(suggest_seats(fit, {one.id: one.name for one in people}, babies, at)))


def as_typed(board: Board, typed: Mapping[str, str], rooms: Collection[str], wrong: Mapping[str, str]) -> Board:
    """The board with who sleeps where as somebody chose it for these rooms in a form that was refused."""
    if board.chosen is None:
        return board
    fits = [
        (replace(fit, seats=tuple(as_chosen(fit, fit.seats, typed, wrong)), typed=True), site)
        if fit.seats and {str(room.id) for room in fit.rooms} == set(rooms)
        else (fit, site)
        for fit, site in board.chosen.fits
    ]
    return replace(board, chosen=replace(board.chosen, fits=fits))


def _needed(needing: Sequence[Person], babies: Sequence[Person], family: Waiting | None, at: datetime) -> Needed:
    """What those who need a bed need of rooms, as far as the reader may know."""
    men = men_among([person.id for person in needing], at)
    if family is None:
        return Needed(len(needing), len(babies), men=bool(men))
    return Needed(len(needing), len(babies), wants_of(family), max(family.size, len(needing)), bool(men))


def _distances(sites: Mapping[uuid.UUID, Site], here: Site | None) -> dict[uuid.UUID, float]:
    """How many km it is to each of these sites, as far as that is known."""
    found = {key: km_between(site, here) for key, site in sites.items()}
    return {key: km for key, km in found.items() if km is not None}


def _unseen(family: Waiting | None, at: datetime) -> list[Person]:
    """The people of a family of whom the reader knows only that it waits: without names."""
    if family is None:
        return []
    babies = babies_among(family.members, at) if family.infants else set()
    return [Person(key, "", "–", family.site_id, None, None, False, key in babies) for key in family.members]


def read_houses(sites: Iterable[Site], at: datetime) -> list[House]:
    """All rooms of these sites that have any, with their places."""
    known = {site.pk: site for site in sites}
    rooms = rooms_now(known, at)
    return [
        House(known[key], places, [room for room in rooms if room.site_id == key], 0)
        for key, places in places_by_site(rooms).items()
    ]


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
