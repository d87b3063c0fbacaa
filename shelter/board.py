"""What the shelter board shows: who waits, holds, houses with their rooms, and the family that was chosen."""

import hashlib
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from centre.clock import local_day
from centre.models import Site, User
from centre.sight import named_for
from registrations.models import Household
from registrations.together import children_of
from shelter.apart import houses_barred_to
from shelter.babies import babies_among
from shelter.changed import LATE, acts_since
from shelter.fitting import Fit, Needed
from shelter.hold_times import HoldTime, hold_times
from shelter.houses_asked import HousesAsked, HousesForm, read_asked
from shelter.houses_shown import House, Province, km_between, read_provinces
from shelter.models import Room, WaitingFact
from shelter.needing import needs_of
from shelter.people import Beds, Person, beds_of, read_people
from shelter.seating import as_chosen, suggest_seats
from shelter.selectors import HoldRow, holds_now, places_by_site, rooms_now
from shelter.sight import Reach, reach_of, sites_that_wait
from shelter.suggesting import Asking, suggest
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
class Chosen:
    """The family that was chosen on the board, and the rooms that suit those of it who need a place."""

    household: Household
    bedless: list[Person]  # those who need a place: neither a bed nor a hold, and not told to be elsewhere
    elsewhere: list[Person]  # of the others without a bed, with where they are: who may be named
    beds: Beds
    waiting: WaitingRow | None
    own: bool  # whether it waits at a site where the reader places, who may then let it go first
    fits: list[tuple[Fit, Site]]  # the first is the best
    seen: bool  # whether the reader sees the family, or only that it waits
    facts: list[WaitingFact]  # that it was moved up, or declined, since it waits
    babies: list[Person]  # of those who need a place, or would move: who could do without one of their own
    officer: str = ""  # that a protection officer must say first that the place is safe, and whom to call
    enough: bool = False  # whether a site has as many places free, though they can have none of them

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
    asking: HousesForm
    measured: bool  # whether it is known how far houses are: from the site of the shift
    chosen: Chosen | None
    untils: list[HoldTime]
    since: datetime  # from when on acts are counted, to see that another one was done
    acts: int
    own: frozenset[uuid.UUID]  # the sites where the reader places
    everywhere: bool | None  # whether those who wait at sites of others are listed; None where there are none
    no_house: bool  # whether a house was asked for that is none of these
    no_room: bool  # whether a room was asked for that is in none of them

    @property
    def households(self) -> list[uuid.UUID]:
        """The families that the board shows."""
        chosen = [self.chosen.household.pk] if self.chosen else []
        waiting = [row.family.household_id for row in self.waiting]
        return chosen + waiting + [row.household_id for row, _site in self.holds]

    @property
    def kept(self) -> list[tuple[HoldRow, Site]]:
        """The holds that have to be shown: all but those of people who were taken off the list."""
        return [(row, site) for row, site in self.holds if not row.taken_off]

    @property
    def taken_off(self) -> list[tuple[HoldRow, Site]]:
        """Those of people who did not come and were taken off the list."""
        return [(row, site) for row, site in self.holds if row.taken_off]

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
    user: User,
    at: datetime,
    asked: Mapping[str, str],
    household: Household | None,
    here: Site | None = None,
    named: Collection[str] = (),
) -> Board:
    """The board as asked for.

    In `asked`, `site` opens a house, `room` tries a room, `full` shows all rooms of the house, `all` everybody who
    waits, `everywhere` those at sites of others too, and `houses` every house. The people `named`, by id, need a place
    wherever they are recorded. The user's own house, `here`, comes first, then those of its province.
    """
    reach, (asking, houses) = reach_of(user, at), read_asked(asked)
    known = {site.pk: site for site in sites_that_wait(user, at)}
    everywhere = "everywhere" in asked or not reach.own
    waited_at = known if everywhere else reach.own
    families, number = who_waits(user, waited_at.values(), at, limit=1000 if "all" in asked else SHOWN)
    since = at - LATE
    acts = acts_since(since, user)  # before anything is read: what is done meanwhile is another act
    tried = _room_asked(asked.get("room", ""), reach)
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
        asking=asking,
        measured=here is not None and here.coordinates is not None,
        chosen=_choose(household, user, reach, known, at, tried, named) if household else None,
        since=since,
        acts=acts,
        untils=hold_times(at),
        own=frozenset(reach.own),
        everywhere=everywhere if len(known) > len(reach.own) else None,
        no_house="site" in asked and asked["site"] not in {"", *(site.code for site in reach.sites.values())},
        no_room=bool(asked.get("room")) and tried is None,
    )


def _room_asked(key: str, reach: Reach) -> Room | None:
    """The room of this key in a house where the user finds places; None where it is no such room."""
    try:
        return Room.objects.filter(pk=uuid.UUID(key), site__in=reach.sites).first()
    except ValueError:
        return None


def _choose(
    household: Household,
    user: User,
    reach: Reach,
    known: Mapping[uuid.UUID, Site],
    at: datetime,
    tried: Room | None,
    named: Collection[str],
) -> Chosen:
    rows, _all = who_waits(user, known.values(), at, household=household.pk)
    family = rows[0] if rows else None
    seen = Household.objects.visible_to(user, at).filter(pk=household.pk).exists()
    waits_at = known[family.site_id] if family else None
    people = read_people(household, at, user, waits_at) if seen else _unseen(family, at)
    people = [replace(person, elsewhere=False) if str(person.id) in named else person for person in people]
    elsewhere = [person for person in people if person.elsewhere and person.may_be_named]
    beds, bedless = beds_of(people, user, at), [person for person in people if person.bedless]
    needing = bedless or ([person for person, _ in beds.asleep] if beds.asleep_mine else [])
    babies = [person for person in needing if person.baby]
    theirs = set() if bedless else {kept.room_id for _person, kept in beds.asleep}  # nobody moves to their own
    barred = houses_barred_to(household, at) & set(reach.own)  # who else is in a house of others, nobody reads here
    children = children_of([person.id for person in needing], local_day(at))
    needed = _needed(household, people, needing, babies, family, user, at)
    may_take = [key for key in (reach.sites if bedless else reach.own) if reach.takes(key, len(needing) - len(babies))]
    free = rooms_now(reach.sites, at, only_free=True) if needing else []
    open_to_them = set(may_take) - barred
    in_reach = [room for room in free if room.site_id in open_to_them and room.id not in theirs]
    enough = any(places.free >= len(needing) for places in places_by_site(free).values())
    here = family.site_id if family else next((p.site_id for p in needing if p.site_id in reach.own), None)
    asking = Asking([one.id for one in needing], children, needed, here, barred, bool(bedless), user, at)
    there = known.get(here) if here else None
    km = _distances(reach.sites, there)
    province = {key for key, site in reach.sites.items() if there and site.marz == there.marz}
    tried_room = next((room for room in rooms_now([tried.site_id], at) if room.id == tried.pk), None) if tried else None
    fits, officer = suggest(asking, in_reach, tried_room, reach.sites, km, province) if needing else ([], "")
    fits = [replace(fit, open_until=reach.ends.get(fit.site_id)) for fit in fits]
    if seen:
        fits = [_seated(fit, needing, at) for fit in fits]
    row = _waiting_row(family, known, user, at) if family else None
    shown = [(fit, reach.sites[fit.site_id]) for fit in fits]
    own = family is not None and family.site_id in reach.own
    facts = waiting_facts(household, family.since, at) if family and own else []
    return Chosen(household, bedless, elsewhere, beds, row, own, shown, seen, facts, babies, officer, enough)


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


def _needed(
    household: Household,
    people: Sequence[Person],
    needing: Sequence[Person],
    babies: Sequence[Person],
    family: Waiting | None,
    user: User,
    at: datetime,
) -> Needed:
    """What those who need a bed, or would move, need of rooms, as far as the reader may know."""
    keys = [person.id for person in needing]
    men = bool(men_among(keys, at))
    if family is None:
        where = [person.stay.room.site for person in needing if person.stay]
        theirs = needs_of(household, keys, where, user, at)
        return Needed(len(needing), len(babies), wants_of(theirs), len(people), men)
    return Needed(len(needing), len(babies), wants_of(family), max(family.size, len(needing)), men)


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
    reasons = []
    if family.moved_up is not None:
        reasons.append(_("moved up: %(why)s") % {"why": family.moved_up} if family.moved_up else _("moved up"))
    reasons += [text % {"count": count} if "%" in text else text for count, text in counted if count]
    reasons += [str(NEEDS_IN_WORDS[code]) for code in family.needs]
    if family.presumed_left:
        reasons.append(_("may have left"))
    return reasons
