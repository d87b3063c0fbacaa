"""Where somebody is at an instant, as the intervals read today: at a site, presumed to have left it, away, or dead.

The journal, asked as known at any instant (registrations.journal), the census, which asks the intervals of everybody
(census.counting), and this, which asks them of a few, say the same: property tests hold them together.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from centre.models import Site
from centre.presumed import is_presumed_left
from registrations.models import Absence, Movement, Presence

SITE, PRESUMED_LEFT, ON_THE_WAY, DIED = "site", "presumed_left", "on_the_way", "died"
AT_A_SITE = frozenset({SITE, PRESUMED_LEFT})


@dataclass(frozen=True)
class Whereabouts:
    """Where a person is since when: one of the above, or a destination; with the site they are or go to."""

    place: str
    since: datetime
    site: Site | None
    movement: Movement


def find_people(people: Collection[uuid.UUID], at: datetime) -> dict[uuid.UUID, Whereabouts]:
    """Where each of these persons is at the instant; a person whom no fact puts at a place is left out."""
    found = Presence.objects.filter(individual__in=people, during__contains=at).select_related("site", "movement")
    present = {one.individual_id: _present(one, at) for one in found}
    missing = set(people) - present.keys()
    away = Absence.objects.filter(individual__in=missing, during__contains=at) if missing else Absence.objects.none()
    return present | {one.individual_id: _away(one) for one in away.select_related("movement__destination_site")}


def _present(presence: Presence, at: datetime) -> Whereabouts:
    since = presence.during.lower
    place = PRESUMED_LEFT if is_presumed_left(presence.site, since, at) else SITE
    return Whereabouts(place, since, presence.site, presence.movement)


def _away(absence: Absence) -> Whereabouts:
    movement = absence.movement
    if movement.kind == Movement.Kind.DIED:
        place = DIED
    else:
        place = ON_THE_WAY if movement.destination == Movement.Destination.SITE else movement.destination
    return Whereabouts(place, absence.during.lower, movement.destination_site, movement)
