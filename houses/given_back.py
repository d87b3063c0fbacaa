"""Places that a house held and that others gave back: where the people are, their hold is released without asking."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from registrations.models import Membership
from registrations.numbers import write_number
from shelter.models import Stay

SAID_FOR = timedelta(hours=12)


@dataclass(frozen=True)
class GivenBack:
    """A family whose places in the house somebody else than who held them gave back, and when."""

    household_id: uuid.UUID
    number: int
    by: str
    at: datetime

    @property
    def code(self) -> str:
        """The number as it is called out."""
        return write_number(self.number)


def given_back_at(houses: Collection[uuid.UUID], at: datetime) -> dict[uuid.UUID, tuple[GivenBack, ...]]:
    """Those of the last twelve hours, by house, the latest first."""
    holds = Stay.objects.holds().filter(site__in=houses, given_up_in__kind="end_stay", given_up_in__at__lte=at)
    lately = holds.filter(given_up_in__at__gt=at - SAID_FOR).exclude(given_up_in__by=F("act__by"))
    rows = list(lately.select_related("given_up_in__by").order_by("-given_up_in__at"))
    members = Membership.objects.today().filter(individual__in={row.individual_id for row in rows}) if rows else ()
    family = {one.individual_id: one.household for one in members and members.select_related("household")}
    found: dict[uuid.UUID, dict[GivenBack, None]] = defaultdict(dict)
    for row in rows:
        if row.given_up_in and (household := family.get(row.individual_id)):
            said = GivenBack(household.pk, household.number, str(row.given_up_in.by), row.given_up_in.at)
            found[row.site_id][said] = None
    return {site: tuple(said) for site, said in found.items()}
