"""Rooms for women only: no man, and no boy of twelve or older, is given a bed in one."""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from centre.clock import local_day
from registrations.facts import years_before
from registrations.models import Individual
from shelter.errors import WomenOnly
from shelter.parts import Lodging

GROWN = 12  # years from which on a boy sleeps in no room for women


def men_among(people: Collection[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    """Those of these who are a man, a boy of twelve or older, or not known to be neither."""
    grown = Individual.objects.filter(pk__in=people).exclude(sex="F").exclude(age_group__in=("0-4", "5-11"))
    young = grown.exclude(birth_date__gt=years_before(local_day(at), GROWN))
    return set(young.order_by().values_list("pk", flat=True))


def require_women(lodgings: Iterable[Lodging], at: datetime) -> None:
    """Refuse with WomenOnly where a man would get a bed in a room for women only."""
    kept = {lodging.sleeper.person: lodging.room for lodging in lodgings if lodging.room.women_only}
    men = men_among(kept.keys(), at) if kept else set()
    for person in men:
        raise WomenOnly(kept[person].name)
