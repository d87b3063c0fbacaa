"""What those who would sleep in a room need of it: of a family that waits, or of one that moves."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from centre.access import Permission, allows
from centre.clock import local_day
from centre.models import Site, User
from registrations.facts import years_before
from registrations.models import Household, Individual, SpecificNeed
from shelter.waiting import ELDER, INFANT, URGENT


@dataclass(frozen=True)
class Asleep:
    """What bears on a room of those who have a bed already: as for one who waits."""

    needs: tuple[str, ...]
    infants: int
    elders: int


def needs_of(
    household: Household, people: Collection[uuid.UUID], sites: Iterable[Site], user: User, at: datetime
) -> Asleep:
    """What these people of the household, who sleep at these sites, need of a room, by their ages and their needs.

    Needs are shown as on the waiting list: to a user who may see needs at all of these sites, or who holds elsewhere.
    """
    day, told = local_day(at), tuple[str, ...]()
    ages = list(Individual.objects.filter(pk__in=people).values_list("birth_date", "age_group"))
    holds = allows(user, Permission.HOLD_ELSEWHERE, None, at)
    if holds or all(allows(user, Permission.SEE_NEEDS, site, at) for site in sites):
        theirs = SpecificNeed.objects.filter(individual__in=people, ended_at=None, code__in=URGENT)
        codes = {*theirs.values_list("code", flat=True), household.urgent_need_id}
        told = tuple(code for code in URGENT if code in codes)
    return Asleep(
        told,
        sum(bool(born and born > years_before(day, INFANT)) for born, _group in ages),
        sum(bool(born and born <= years_before(day, ELDER)) or group == "60+" for born, group in ages),
    )
