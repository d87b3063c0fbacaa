"""What the pages of buses show: who may be put on one, who has a seat, who got on and who did not arrive."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from centre.access import Permission, allows
from centre.models import Site, User
from centre.rows import rows_of
from centre.sight import is_in_the_open, named_for_all
from registrations.models import Absence, Household
from registrations.numbers import write_number
from registrations.today import today_in_sql
from transport.links import DriverLink
from transport.models import Passenger, TransportRun, TransportStop, families_at
from transport.told import reads_all, reads_stop, rides_in_sight

MOST = 100  # families offered at once
NOT_TRAVELLING = (Passenger.End.TAKEN_OFF, Passenger.End.MISSED, Passenger.End.CANCELLED, Passenger.End.MERGED)


@dataclass(frozen=True)
class Party:
    """The people of a family with the same seat and fate: how many, of them on a lap, and where they get off."""

    household: Household
    site: Site
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
    """A run with its counts, its stops, and the families on it whom the user reads; all that a page shows."""

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
GROUP BY household.id, household.number
ORDER BY min(lower(hold.during)), household.number
LIMIT %(most)s
"""


def who_may_be_put_on(run: TransportRun, user: User, at: datetime) -> list[Offered]:
    """Families at the site of the run with places held at its stops and no seat; the earliest promise comes first.

    A family with a seat on a bus that the user may not know of is listed too: if it were missing, that would tell of
    the bus.
    """
    stops = list(TransportStop.objects.kept().filter(run=run).values_list("site", flat=True))
    seated = Passenger.objects.open().filter(run__in=TransportRun.objects.told_to(user))
    theirs = Household.objects.in_hand_of(user).filter(
        memberships__individual__stays__kind="hold",
        memberships__individual__stays__site__in=stops,
        memberships__individual__stays__during__endswith__gt=at,
    )
    waiting = theirs.exclude(pk__in=seated.values("household"))
    seen = list(waiting.distinct().values_list("pk", flat=True))
    if not seen:
        return []
    asked = {"run": run.pk, "site": run.site_id, "stops": stops, "seen": seen, "at": at, "most": MOST}
    return rows_of(Offered, OFFERED, asked)


def read_sheet(run: TransportRun, user: User, at: datetime) -> Sheet:
    """The run, of which the user is told and which was asked for with its counts, as they read it."""
    gone = (Passenger.End.TAKEN_OFF, Passenger.End.MERGED)
    riding = Passenger.objects.filter(rides_in_sight(user), run=run).exclude(ended_as__in=gone)
    seats = list(riding.select_related("site"))
    seen = families_at(run, user).filter(pk__in={one.household_id for one in seats}).in_bulk()
    unheld = Passenger.objects.open().without_place(at).filter(run=run).values_list("household", flat=True)
    kept = _kept(run)
    told = {site.pk for site in kept if reads_stop(user, run.site, site)}
    missing, stops = _on_the_way(seats, at), _stops(kept, seats, told)
    parties = _parties(seats, seen)
    return Sheet(run, stops, parties, missing, frozenset(unheld), _hour(run), reads_all(user, run.site))


def open_link(token: str, at: datetime) -> DriverLink | None:
    """The live link that this token opens, while who made it places where the bus leaves, and is told of the bus."""
    link = DriverLink.objects.of_token(token, at).select_related("run__site", "act__by").first()
    if link is None or not link.act.by.is_active or not allows(link.act.by, Permission.PLACE, link.run.site):
        return None
    return link if TransportRun.objects.told_to(link.act.by).filter(pk=link.run_id).exists() else None


@dataclass(frozen=True)
class DriverStop:
    """A stop for who has no account: its name, and where it lies, where anybody may know of it; and all its people."""

    site: Site
    name: str
    open: bool
    people: int
    on_laps: int

    @property
    def seats(self) -> int:
        """Seats that these take."""
        return self.people - self.on_laps


@dataclass(frozen=True)
class DriverSheet:
    """What the driver of a run reads: the stops, and the families whose way begins and ends at sites open to all.

    People who go to a confidential site, or leave one, are counted and have no family number here.
    """

    start: str
    stops: list[DriverStop]
    parties: list[Party]
    hour: datetime | None


def read_driver_sheet(run: TransportRun) -> DriverSheet:
    """The run as anybody may read it who has its link."""
    travelling = Passenger.objects.filter(run=run).exclude(ended_as__in=NOT_TRAVELLING)
    seats = list(travelling.select_related("site"))
    in_the_open = [one for one in seats if is_in_the_open(one.site) and is_in_the_open(run.site)]
    families = Household.objects.in_bulk({one.household_id for one in in_the_open})
    kept = _kept(run)
    stops = [
        DriverStop(one.site, named_for_all(one.site), is_in_the_open(one.site), one.people, one.on_laps)
        for one in _stops(kept, seats, {site.pk for site in kept})
    ]
    return DriverSheet(named_for_all(run.site), stops, _parties(in_the_open, families), _hour(run))


def _kept(run: TransportRun) -> list[Site]:
    """The sites at which it still stops, in order."""
    return [stop.site for stop in TransportStop.objects.kept().filter(run=run).select_related("site")]


def _hour(run: TransportRun) -> datetime | None:
    """When it should come to its last stop; nobody said so of a stop that it makes instead of that one."""
    ways = list(run.stops.order_by("position").values_list("position", "given_up_in"))
    last = max(position for position, _given_up in ways)
    return None if any(position == last and given_up for position, given_up in ways) else run.arrives_at


def _parties(seats: Iterable[Passenger], seen: dict[uuid.UUID, Household]) -> list[Party]:
    groups: dict[tuple[uuid.UUID, Site, datetime | None, str], list[Passenger]] = defaultdict(list)
    for one in seats:
        if one.household_id in seen:
            groups[one.household_id, one.site, one.boarded_at, one.ended_as].append(one)
    found = [
        Party(seen[family], site, len(people), sum(one.on_lap for one in people), boarded_at, ended_as)
        for (family, site, boarded_at, ended_as), people in groups.items()
    ]
    return sorted(found, key=lambda party: (party.ended_as, party.household.number))


def _stops(kept: Sequence[Site], seats: Sequence[Passenger], told: Collection[uuid.UUID]) -> list[StopRow]:
    """These stops, each with all who get off there; of no single family is anything said."""
    gone = (Passenger.End.MISSED, Passenger.End.CANCELLED, Passenger.End.MERGED)
    rows = []
    for site in kept:
        there = [one for one in seats if one.site_id == site.pk and one.ended_as not in gone]
        families = len({one.household_id for one in there})
        on_laps = sum(one.on_lap for one in there)
        rows.append(StopRow(site, families, len(there), on_laps, is_last=site == kept[-1], told=site.pk in told))
    return rows


def _on_the_way(seats: Iterable[Passenger], at: datetime) -> frozenset[uuid.UUID]:
    """The households of which somebody is away still by what was told as they got on."""
    families = {one.departure_id: one.household_id for one in seats if one.departure_id}
    away = Absence.objects.filter(movement__in=families, during__contains=at).values_list("movement", flat=True)
    return frozenset(families[key] for key in away)
