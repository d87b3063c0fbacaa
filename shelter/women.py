"""Rooms for women only: no man, and no boy of twelve or older, is given a bed in one."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from centre.clock import local_day
from registrations.facts import UNDER_TWELVE, years_before
from registrations.models import Individual
from shelter.errors import WomenOnly
from shelter.models import Room
from shelter.parts import Lodging

GROWN = 12  # years from which on a boy sleeps in no room for women


def men_among(people: Collection[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    """Those of these who are a man, a boy of twelve or older, or not known to be neither."""
    grown = Individual.objects.filter(pk__in=people).exclude(sex="F").exclude(age_group__in=UNDER_TWELVE)
    young = grown.exclude(birth_date__gt=years_before(local_day(at), GROWN))
    return set(young.order_by().values_list("pk", flat=True))


def men_among_women(rooms_of: Mapping[uuid.UUID, uuid.UUID], at: datetime) -> dict[uuid.UUID, str]:
    """The men of these persons whose room is for women only, with its name; the rooms are read as they are now."""
    for_women = Room.objects.filter(pk__in=set(rooms_of.values()), women_only=True)
    names = dict(for_women.order_by().values_list("pk", "name"))
    men = men_among([person for person, room in rooms_of.items() if room in names], at) if names else set()
    return {man: names[rooms_of[man]] for man in sorted(men)}


def require_women(lodgings: Iterable[Lodging], at: datetime, *, anyway: str = "") -> bool:
    """Refuse with WomenOnly where a man would get a bed in a room for women only.

    What happened `anyway` is not refused; whether it would have been.
    """
    men = men_among_women({lodging.sleeper.person: lodging.room.pk for lodging in lodgings}, at)
    if men and not anyway:
        raise WomenOnly(next(iter(men.values())))
    return bool(men)
