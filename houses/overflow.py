"""Two more in the room tonight: who sleeps without a place, in sight until solved."""

from dataclasses import dataclass
from datetime import datetime

from centre.models import User
from registrations.models import Membership
from registrations.numbers import write_number
from shelter.models import Stay, StayQuerySet


@dataclass(frozen=True)
class Beyond:
    """Somebody without a place, and the number of their family; empty where they are of none."""

    stay: Stay
    code: str


def stays_beyond(user: User, at: datetime) -> StayQuerySet:
    """The stays without a place that run at the instant, where the user may place.

    Who is moved to a place has another stay, and who leaves has none: both are solved and gone from here.
    """
    return Stay.objects.in_hand_of(user, at).stays().at(at).beyond()


def beyond_places(user: User, at: datetime) -> list[Beyond]:
    """Those who sleep without a place, who has waited longest first."""
    stays = stays_beyond(user, at).select_related("site", "room", "individual", "happened_anyway_by", "began_by__act")
    rows = sorted(stays, key=lambda stay: (stay.happened_anyway_at, stay.pk))
    families = Membership.objects.today().filter(counted_as__in=[stay.individual_id for stay in rows])
    numbers = dict(families.values_list("counted_as", "household__number"))
    return [
        Beyond(stay, write_number(numbers[stay.individual_id]) if stay.individual_id in numbers else "")
        for stay in rows
    ]
