"""Tonight: for whom places are kept in which house, whether the house was told, who is on the way, and who is in."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from centre.clock import LATEST
from centre.models import Site, User
from centre.rows import rows_of
from houses.evening import night_ends
from houses.given_back import GivenBack, given_back_at
from registrations.numbers import write_number
from registrations.today import today_in_sql
from shelter.models import Stay
from shelter.selectors import KEPT_WHILE_AWAY, HoldRow, holds_now, places_now
from shelter.sight import sites_that_wait, sites_to_place

PROMISED = f"""
SELECT hold.site_id, household.id AS household_id, household.number, count(*)::int AS people,
       array_agg(DISTINCT room.name ORDER BY room.name) AS rooms, max(upper(hold.during)) AS until,
       (SELECT min(call.happened_at) FROM houses_call call
        WHERE call.site_id = hold.site_id AND call.outcome = 'spoke' AND call.happened_at >= max(made.at)
            AND call.happened_at <= %(at)s) AS told_at,
       count(*) FILTER (WHERE away.individual_id IS NOT NULL)::int AS coming
FROM shelter_stay hold
JOIN shelter_room room ON room.id = hold.room_id
JOIN centre_act made ON made.id = hold.act_id
JOIN registrations_membership member ON member.individual_id = hold.individual_id AND {today_in_sql("member")}
JOIN registrations_household household ON household.id = member.household_id
LEFT JOIN LATERAL (
    SELECT absence.individual_id FROM registrations_absence absence
    JOIN registrations_movement gone ON gone.id = absence.movement_id
    WHERE absence.individual_id = member.counted_as_id AND absence.during @> %(at)s
        AND gone.destination_site_id = hold.site_id
) away ON true
WHERE hold.id = ANY (%(holds)s) AND NOT ({KEPT_WHILE_AWAY})
GROUP BY hold.site_id, household.id
ORDER BY until, household.number
"""


@dataclass(frozen=True)
class Promised:
    """A family for whom places are kept in a house tonight, and which is not in yet."""

    site_id: uuid.UUID
    household_id: uuid.UUID
    number: int
    people: int
    rooms: tuple[str, ...]
    until: datetime
    told_at: datetime | None  # the first time somebody of the house was spoken to since the places were held
    coming: int  # of them, those who are on the way there

    @property
    def code(self) -> str:
        """The number as it is called out."""
        return write_number(self.number)


@dataclass(frozen=True)
class House:
    """A house tonight."""

    site: Site
    own: bool  # whether the user places there, or only holds places there
    free: int  # places; 0 where it is not their own
    inside: int  # people who sleep there now, with a place or without; 0 where it is not their own
    families: tuple[Promised, ...]
    no_shows: tuple[HoldRow, ...]  # for whom places were held until an hour of the last twelve, and who did not come
    given_back: tuple[GivenBack, ...]  # whose places others gave back in those hours

    @property
    def expects(self) -> bool:
        """Whether there is anybody to look out for: places are kept or were given back, or somebody did not come."""
        return bool(self.families or self.no_shows or self.given_back)

    @property
    def missing(self) -> int:
        """People who did not come."""
        return sum(len(row.holds) for row in self.no_shows)

    @property
    def promised(self) -> int:
        """People for whom places are kept."""
        return sum(family.people for family in self.families)

    @property
    def untold(self) -> int:
        """Of these, people of whom the house has not been told."""
        return sum(family.people for family in self.families if family.told_at is None)

    @property
    def told_at(self) -> datetime | None:
        """When the house was told of the last of them; None while it was not told of all."""
        told = [family.told_at for family in self.families if family.told_at]
        return max(told) if told and not self.untold else None

    @property
    def coming(self) -> int:
        """People on the way there for whom places are kept."""
        return sum(family.coming for family in self.families)


@dataclass(frozen=True)
class Sums:
    """The night in numbers of people."""

    promised: int
    untold: int
    coming: int
    inside: int
    missing: int


def houses_tonight(user: User, at: datetime) -> list[House]:
    """The houses that expect people, have people, or where somebody did not come.

    They are those where the user places, or where places are held for people of the user's sites. First come houses
    that were not told yet of everybody they expect, in the order in which the holds end; then the others that expect
    somebody; then houses where everybody is in.
    """
    own = {site.pk: site for site in sites_to_place(user, at)}
    tonight = DateTimeTZRange(at, night_ends(at))
    holds = Stay.objects.in_hand_of(user, at).holds().filter(given_up_in=None, during__overlap=tonight)
    families = rows_of(Promised, PROMISED, {"holds": list(holds.values_list("pk", flat=True)), "at": at})
    by_site: dict[uuid.UUID, list[Promised]] = defaultdict(list)
    for family in families:
        by_site[family.site_id].append(family)
    missed: dict[uuid.UUID, list[HoldRow]] = defaultdict(list)
    for row in holds_now(own, at, [site.pk for site in sites_that_wait(user, at)]):
        if row.no_show and not row.taken_off:
            missed[row.site_id].append(row)
    sites = own | Site.objects.open(at).in_bulk((by_site.keys() | missed.keys()) - own.keys())
    places = places_now(own, at)
    asleep = Counter(Stay.objects.stays().filter(site__in=own).at(at).values_list("site", flat=True))
    given_back = given_back_at(own, at)
    houses = [
        House(
            site,
            key in own,
            places[key].free if key in places else 0,
            asleep[key],
            tuple(by_site[key]),
            tuple(missed[key]),
            given_back.get(key, ()),
        )
        for key, site in sites.items()
    ]
    return sorted((house for house in houses if house.expects or house.inside), key=_turn)


def sum_up(houses: Iterable[House]) -> Sums:
    """All of them together."""
    lines = list(houses)
    return Sums(*(sum(getattr(house, field.name) for house in lines) for field in fields(Sums)))


def _turn(house: House) -> tuple[bool, bool, datetime, str]:
    until = min((family.until for family in house.families), default=LATEST)
    return not house.untold, not house.expects, until, house.site.name.casefold()
