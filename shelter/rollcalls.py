"""Roll call in a house: who sleeps there, who was seen, and who was not and since when."""

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from centre.access import Permission, require
from centre.acts import act
from centre.locks import lock_by_key, lock_open
from centre.models import Act, Site, User
from centre.rows import rows_of
from registrations.models import Membership
from registrations.numbers import write_number
from registrations.today import then_in_sql
from shelter.errors import NotAsleepHere, NotTicked, RollCallKept, RollCallOver
from shelter.models import Stay
from shelter.rolls import RollCall, RollCallSeen, RollCallUnseen, standing_in_sql
from shelter.selectors import as_counted

OPEN_FOR = timedelta(days=1)  # from its beginning: so long a wrong tick of a roll call is taken back


@dataclass(frozen=True)
class Begun:
    """The roll call that began."""

    roll_call: str


@dataclass(frozen=True)
class Ticked:
    """The people whom this act ticked, or whose ticks it took back; who had been ticked before is left out."""

    individuals: list[str]


@act("begin_roll_call", answers=Begun)
def begin_roll_call(site: Site, *, by: User, at: datetime, act: Act) -> Begun:
    """Begin a roll call in the house; it ends the one before. Refuses with SiteClosed."""
    require(by, Permission.CHECK_IN, site, at)
    lock_by_key(Site.objects.filter(pk=site.pk).only("pk"))
    lock_open(site, at)
    return Begun(str(RollCall.objects.create(site=site, happened_at=at, act=act).pk))


@act("see_people", answers=Ticked)
def see_people(
    roll_call: RollCall, *, people: Sequence[uuid.UUID], card_read: bool = False, by: User, at: datetime, act: Act
) -> Ticked:
    """Note that these people, who sleep in the house, were seen in its roll call.

    Refuses with NotAsleepHere when one sleeps there no more, and with RollCallOver when a later one has begun; then
    nobody is ticked.
    """
    site = roll_call.site
    require(by, Permission.CHECK_IN, site, at)
    lock_by_key(Site.objects.filter(pk=site.pk).only("pk"))
    if RollCall.objects.filter(site=site, happened_at__gt=roll_call.happened_at, happened_at__lte=at).exists():
        raise RollCallOver
    asked = set(people)
    asleep = Stay.objects.stays().filter(site=site, individual__in=asked).at(at)
    if asleep.count() != len(asked):
        raise NotAsleepHere
    before = roll_call.seen.standing().filter(individual__in=asked).values_list("individual", flat=True)
    new = sorted(asked - set(before))
    backs = RollCallUnseen.objects.filter(seen__roll_call=roll_call, seen__individual__in=new, seen_anew=None)
    after = dict(backs.values_list("seen__individual", "pk"))
    common: dict[str, Any] = {"roll_call": roll_call, "card_read": card_read, "happened_at": at, "act": act}
    RollCallSeen.objects.bulk_create(
        RollCallSeen(individual_id=person, after_id=after.get(person), **common) for person in new
    )
    return Ticked([str(person) for person in new])


@act("take_back_seen", answers=Ticked)
def take_back_seen(roll_call: RollCall, *, people: Sequence[uuid.UUID], by: User, at: datetime, act: Act) -> Ticked:
    """These people were not seen after all: their ticks in the roll call count nowhere any more.

    Refuses with RollCallKept a day after it began, and with NotTicked when one is not ticked; then nothing is taken
    back.
    """
    require(by, Permission.CHECK_IN, roll_call.site, at)
    lock_by_key(Site.objects.filter(pk=roll_call.site_id).only("pk"))
    if at >= roll_call.happened_at + OPEN_FOR:
        raise RollCallKept
    asked = set(people)
    records = Membership.objects.filter(counted_as__in=asked).values_list("individual", "counted_as")
    counted_as = dict(records)
    ticks = list(roll_call.seen.standing().filter(individual__in=counted_as))
    if {counted_as[tick.individual_id] for tick in ticks} != asked:
        raise NotTicked
    RollCallUnseen.objects.bulk_create(RollCallUnseen(seen=tick, happened_at=at, act=act) for tick in ticks)
    return Ticked(sorted(str(person) for person in asked))


@dataclass(frozen=True)
class Sleeping:
    """Somebody who sleeps in a house, for its list: number and initials, the room, and when they were seen last."""

    individual_id: uuid.UUID
    household_id: uuid.UUID | None
    number: int | None
    initials: str
    room_id: uuid.UUID
    room: str
    undivided: bool  # whether the room is to be divided: which room it is, is not known yet
    stay_id: uuid.UUID
    shares: bool
    has_place: bool
    since: datetime  # when this stay began
    seen_at: datetime | None  # in the roll call that was asked for
    last_seen: datetime  # at a roll call, at check-in or when they moved within the house
    born: int | None  # the year
    alike: bool  # whether another one of the family who sleeps here has the same initials

    @property
    def who(self) -> str:
        """The initials; with the year of birth, where it is known, if these alone do not say who it is."""
        return f"{self.initials} {self.born}" if self.alike and self.born else self.initials

    @property
    def code(self) -> str:
        """The family's number as it is called out; empty for who is of none."""
        return write_number(self.number) if self.number else ""


SLEEPING = f"""
SELECT stay.individual_id, household.id AS household_id, household.number,
       concat_ws(' ', nullif(left(person.given_name, 1), '') || '.', nullif(left(person.family_name, 1), '') || '.')
           AS initials,
       room.id AS room_id, room.name AS room,
       room.kind = 'undivided' AS undivided, stay.id AS stay_id, stay.shares, stay.place_id IS NOT NULL AS has_place,
       lower(stay.during) AS since,
       (SELECT max(seen.happened_at) FROM shelter_rollcallseen seen
        JOIN registrations_membership record ON record.individual_id = seen.individual_id
        WHERE record.counted_as_id = stay.individual_id AND seen.roll_call_id = %(roll_call)s
            AND {standing_in_sql("seen")}) AS seen_at,
       greatest(lower(stay.during), (
           SELECT max(seen.happened_at) FROM shelter_rollcallseen seen
           JOIN registrations_membership record ON record.individual_id = seen.individual_id
           WHERE record.counted_as_id = stay.individual_id AND seen.happened_at <= %(at)s
               AND {standing_in_sql("seen")})) AS last_seen,
       extract(year FROM person.birth_date)::int AS born, FALSE AS alike
FROM shelter_stay stay
JOIN shelter_room room ON room.id = stay.room_id
JOIN registrations_individual person ON person.id = stay.individual_id
LEFT JOIN registrations_membership membership
    ON membership.counted_as_id = stay.individual_id AND {then_in_sql("membership", "%(at)s")}
LEFT JOIN registrations_household household ON household.id = membership.household_id
WHERE stay.site_id = %(site)s AND stay.kind = 'stay' AND stay.during @> %(at)s
ORDER BY household.number, membership.position
"""


def who_sleeps_in(site: Site, at: datetime, roll_call: RollCall | None = None) -> list[Sleeping]:
    """Everybody who sleeps in the house at the instant, by room as people count, then by their family of that hour."""
    parameters: dict[str, Any] = {"site": site.pk, "at": at, "roll_call": roll_call and roll_call.pk}
    once: dict[uuid.UUID, Sleeping] = {}
    for row in rows_of(Sleeping, SLEEPING, parameters):
        once.setdefault(row.individual_id, row)
    shown = Counter((row.household_id, row.initials) for row in once.values())
    rows = [replace(row, alike=shown[row.household_id, row.initials] > 1) for row in once.values()]
    return sorted(rows, key=lambda row: as_counted(row.room))


def last_roll_call(site: Site, at: datetime) -> RollCall | None:
    """The roll call that was begun last by the instant."""
    begun = RollCall.objects.filter(site=site, happened_at__lte=at).select_related("act__by", "site")
    return begun.order_by("-happened_at", "-recorded_at").first()


def ended_at(roll_call: RollCall) -> datetime | None:
    """When the next roll call of the house began; None while this one runs."""
    later = RollCall.objects.filter(site=roll_call.site_id, happened_at__gt=roll_call.happened_at)
    return later.order_by("happened_at").values_list("happened_at", flat=True).first()


def households_of(rows: Collection[Sleeping]) -> list[uuid.UUID]:
    """The families of these, each once."""
    return list(dict.fromkeys(row.household_id for row in rows if row.household_id))
