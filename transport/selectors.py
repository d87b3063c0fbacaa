"""What the pages of buses show: who may be put on one, who has a seat, who got on and who did not arrive."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from centre.models import Site, User
from centre.rows import rows_of
from centre.sight import is_in_the_open, named_for_all, sight_of
from registrations.models import Absence, Household
from registrations.numbers import write_number
from registrations.today import today_in_sql
from transport.models import Passenger, TransportRun, TransportStop, families_at
from transport.told import reads_all, reads_where, rides_in_sight

MOST = 100  # families offered at once
NOT_TRAVELLING = (Passenger.End.TAKEN_OFF, Passenger.End.MISSED, Passenger.End.CANCELLED, Passenger.End.MERGED)


@dataclass(frozen=True)
class Party:
    """The people of a family with the same seat and fate: how many, of them on a lap, and where they get off.

    Without a site for who is not told where.
    """

    household: Household
    site: Site | None
    people: int
    on_laps: int
    boarded_at: datetime | None
    ended_as: str

    @property
    def seats(self) -> int:
        """Seats that they take."""
        return self.people - self.on_laps

    @property
    def aboard(self) -> bool:
        """Whether they got on, and nobody saw them get off."""
        return self.boarded_at is not None and self.ended_as in ("", Passenger.End.NOT_SEEN)

    @property
    def waits(self) -> bool:
        """Whether they have a seat and have not got on."""
        return self.boarded_at is None and not self.ended_as

    @property
    def missed(self) -> bool:
        """Whether the bus left without them."""
        return self.ended_as == Passenger.End.MISSED

    @property
    def fate(self) -> str:
        """What became of the seat, in words."""
        return str(Passenger.End(self.ended_as).label) if self.ended_as else ""


@dataclass(frozen=True)
class StopRow:
    """A stop: how many people get off there, as many as there are families; those on laps among the people."""

    site: Site
    families: int
    people: int
    on_laps: int
    is_last: bool
    told: bool  # whether the reader is told who gets off there


@dataclass(frozen=True)
class Sheet:
    """A run with its counts, and its stops and the families on it of whom the user may know; all that a page shows."""

    run: TransportRun
    stops: list[StopRow]
    parties: list[Party]
    missing: frozenset[uuid.UUID]  # households of which somebody got on and is still on the way
    unheld: frozenset[uuid.UUID]  # households of which somebody has a seat, and no place where they get off
    hour: datetime | None  # at which it should come to its last stop
    whole: bool  # whether all who ride are on it: else those who get off where the reader works

    @property
    def seats_left(self) -> int:
        """Seats that nobody has."""
        return self.run.seats - self.run.taken  # type: ignore[attr-defined]  # annotated

    @property
    def says_where(self) -> bool:
        """Whether it is said of all of them where they get off."""
        return all(one.site for one in self.parties)

    @property
    def waiting(self) -> list[Party]:
        """Families that have not got on."""
        return [one for one in self.parties if one.waits]

    @property
    def aboard(self) -> list[Party]:
        """Families on the bus."""
        return [one for one in self.parties if one.aboard]

    @property
    def bedless(self) -> list[str]:
        """The numbers of the families that travel and have no place where they get off, or not all of them."""
        theirs = {one.household.pk: str(one.household) for one in self.parties if not one.ended_as}
        return [code for key, code in theirs.items() if key in self.unheld]

    def late(self, at: datetime) -> list[Party]:
        """Families that are not where they were going, though the bus should have come, or has."""
        over = self.run.arrived_at is not None or (self.run.went_at is not None and self.run.arrives_at <= at)
        return [one for one in self.aboard if over and one.household.pk in self.missing]


@dataclass(frozen=True)
class Offered:
    """A family at the site with places held at a stop: how many people, and where."""

    household_id: uuid.UUID
    number: int
    people: int
    site_id: uuid.UUID

    @property
    def code(self) -> str:
        """The number as it is called out."""
        return write_number(self.number)


OFFERED = f"""
SELECT household.id AS household_id, household.number, count(DISTINCT membership.counted_as_id) AS people,
       (array_agg(hold.site_id ORDER BY stop.position))[1] AS site_id
FROM transport_transportstop stop
JOIN shelter_stay hold ON hold.site_id = stop.site_id AND hold.kind = 'hold'
     AND hold.during && tstzrange(%(at)s, NULL)
JOIN registrations_membership held ON held.individual_id = hold.individual_id AND {today_in_sql("held")}
JOIN registrations_household household ON household.id = held.household_id
JOIN registrations_membership membership ON membership.household_id = household.id AND {today_in_sql("membership")}
JOIN registrations_presence presence ON presence.individual_id = membership.counted_as_id
     AND presence.site_id = %(site)s AND presence.during @> %(at)s::timestamptz
WHERE stop.run_id = %(run)s AND stop.given_up_in_id IS NULL AND stop.site_id = ANY (%(stops)s)
  AND household.id = ANY (%(seen)s)
  AND NOT EXISTS (SELECT FROM transport_passenger WHERE household_id = household.id AND ended_at IS NULL)
GROUP BY household.id, household.number
ORDER BY min(lower(hold.during)), household.number
LIMIT %(most)s
"""


def who_may_be_put_on(run: TransportRun, user: User, at: datetime) -> list[Offered]:
    """Families at the site of the run with places held at its stops and no seat, who were promised first first."""
    told = sight_of(user).told("site")
    stops = list(TransportStop.objects.kept().filter(told, run=run).values_list("site", flat=True))
    theirs = Household.objects.in_hand_of(user).filter(
        memberships__individual__stays__kind="hold",
        memberships__individual__stays__site__in=stops,
        memberships__individual__stays__during__endswith__gt=at,
    )
    seen = list(theirs.distinct().values_list("pk", flat=True))
    if not seen:
        return []
    asked = {"run": run.pk, "site": run.site_id, "stops": stops, "seen": seen, "at": at, "most": MOST}
    return rows_of(Offered, OFFERED, asked)


def read_sheet(run: TransportRun, user: User, at: datetime) -> Sheet:
    """The run, which was asked for with its counts, as the user may read it."""
    gone = (Passenger.End.TAKEN_OFF, Passenger.End.MERGED)
    riding = Passenger.objects.filter(rides_in_sight(user), run=run).exclude(ended_as__in=gone)
    seats = list(riding.select_related("site"))
    seen = families_at(run, user).filter(pk__in={one.household_id for one in seats}).in_bulk()
    unheld = Passenger.objects.open().without_place(at, user).filter(run=run).values_list("household", flat=True)
    kept = TransportStop.objects.kept().filter(sight_of(user).told("site"), run=run).select_related("site")
    stops = _stops([one.site for one in kept], seats, lambda site: reads_where(user, run.site, site))
    parties = _parties(seats, seen, lambda site: reads_where(user, run.site, site))
    return Sheet(run, stops, parties, _on_the_way(seats, at), frozenset(unheld), _hour(run), reads_all(user, run.site))


@dataclass(frozen=True)
class DriverStop:
    """A stop for who has no account: its name, and where it lies, where anybody may know of it.

    And all its people, where it is said who gets off there.
    """

    site: Site
    name: str
    open: bool
    told: bool
    people: int
    on_laps: int

    @property
    def seats(self) -> int:
        """Seats that these take."""
        return self.people - self.on_laps


@dataclass(frozen=True)
class DriverSheet:
    """What the driver of a run reads: stops, and the families who travel from and to places that anybody may know of.

    Of whoever goes to a confidential site, or leaves one, there are heads and no number, where the stop is said.
    """

    start: str
    stops: list[DriverStop]
    parties: list[Party]
    hour: datetime | None
    people: int  # of whom it is not said where they get off
    seats: int  # that these take


def read_driver_sheet(run: TransportRun, maker: User) -> DriverSheet:
    """The run as anybody may read it who has its link: stops and who gets off there as far as its maker is told.

    Who makes the link opens it too: a stop that they may not know is none, and of who gets off where is said no more
    than on their own page, or a gap among the heads would tell of it.
    """

    def told(site: Site) -> bool:
        return reads_where(maker, run.site, site)

    travelling = Passenger.objects.filter(run=run).exclude(ended_as__in=NOT_TRAVELLING)
    seats = list(travelling.select_related("site"))
    listed = [one for one in seats if is_in_the_open(run.site) and (is_in_the_open(one.site) or not told(one.site))]
    families = Household.objects.in_bulk({one.household_id for one in listed})
    kept = TransportStop.objects.kept().filter(sight_of(maker).told("site"), run=run).select_related("site")
    stops = [
        DriverStop(one.site, named_for_all(one.site), is_in_the_open(one.site), one.told, one.people, one.on_laps)
        for one in _stops([stop.site for stop in kept], seats, told)
    ]
    parties, anywhere = _parties(listed, families, told), [one for one in seats if not told(one.site)]
    taken = sum(not one.on_lap for one in anywhere)
    return DriverSheet(named_for_all(run.site), stops, parties, _hour(run), len(anywhere), taken)


def _hour(run: TransportRun) -> datetime | None:
    """When it should come to its last stop; nobody said so of a stop that it makes instead of that one."""
    ways = list(run.stops.order_by("position").values_list("position", "given_up_in"))
    last = max(position for position, _given_up in ways)
    return None if any(position == last and given_up for position, given_up in ways) else run.arrives_at


def _all(_site: Site) -> bool:
    return True


def _parties(
    seats: Iterable[Passenger], seen: dict[uuid.UUID, Household], told: Callable[[Site], bool] = _all
) -> list[Party]:
    groups: dict[tuple[uuid.UUID, Site | None, datetime | None, str], list[Passenger]] = defaultdict(list)
    for one in seats:
        if one.household_id in seen:
            site = one.site if told(one.site) else None
            groups[one.household_id, site, one.boarded_at, one.ended_as].append(one)
    found = [
        Party(seen[family], site, len(people), sum(one.on_lap for one in people), boarded_at, ended_as)
        for (family, site, boarded_at, ended_as), people in groups.items()
    ]
    return sorted(found, key=lambda party: (party.ended_as, party.household.number))


def _stops(kept: Sequence[Site], seats: Sequence[Passenger], told: Callable[[Site], bool] = _all) -> list[StopRow]:
    """These stops, each with all who get off there; of no single family is anything said."""
    gone = (Passenger.End.MISSED, Passenger.End.CANCELLED, Passenger.End.MERGED)
    rows = []
    for site in kept:
        there = [one for one in seats if one.site_id == site.pk and one.ended_as not in gone]
        families = len({one.household_id for one in there})
        on_laps = sum(one.on_lap for one in there)
        rows.append(StopRow(site, families, len(there), on_laps, is_last=site == kept[-1], told=told(site)))
    return rows


def _on_the_way(seats: Iterable[Passenger], at: datetime) -> frozenset[uuid.UUID]:
    """The households of which somebody is away still by what was told as they got on."""
    families = {one.departure_id: one.household_id for one in seats if one.departure_id}
    away = Absence.objects.filter(movement__in=families, during__contains=at).values_list("movement", flat=True)
    return frozenset(families[key] for key in away)
