"""Where somebody is at an instant, as the intervals read today: at a site, presumed to have left it, away, or dead.

The journal, asked as known at any instant (registrations.journal), the census, which asks the intervals of everybody
(census.counting), and this, which asks them of a few, say the same: property tests hold them together.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from centre.models import Site, User
from centre.presumed import is_presumed_left
from centre.sight import sight_of
from registrations.errors import ToldElsewhere
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


def is_at_a_site(where: Whereabouts) -> bool:
    """Whether they are at a site, presumed to have left it or not."""
    return where.place in AT_A_SITE


def told_of(people: Collection[uuid.UUID], by: User, at: datetime) -> dict[uuid.UUID, Whereabouts | None]:
    """Those of whom the user may know where they are, and where that is; the others stay in their confidential place.

    None of a person whom no fact puts at a place.
    """
    found, sight = find_people(people, at), sight_of(by, at)
    where = {person: found.get(person) for person in people}
    return {person: one for person, one in where.items() if not one or not is_at_a_site(one) or sight.is_told(one.site)}


def touched_at(told: Mapping[uuid.UUID, Whereabouts | None], site: Site) -> set[uuid.UUID]:
    """Whom of a family an act at the site touches that names nobody: who is at the site, or nowhere that was told.

    A family that is all together at one other place goes on together. Refuses with ToldElsewhere when everybody was
    told to be elsewhere.
    """
    elsewhere = {person: one for person, one in told.items() if one and _is_told_elsewhere(one, site)}
    touched = told.keys() - elsewhere.keys()
    places = {(one.place, one.site) for one in elsewhere.values()}
    if touched or not places:
        return touched
    if len(places) > 1:
        raise ToldElsewhere
    return set(told)


def _is_told_elsewhere(where: Whereabouts, site: Site) -> bool:
    """Presumed to have left, not known, and on the way is nowhere yet."""
    at_another_site = where.place == SITE and where.site != site
    return at_another_site or where.place in (Movement.Destination.OWN_ADDRESS, Movement.Destination.ABROAD)


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
