"""Where somebody is at an instant, as the intervals read today: at a site, presumed to have left it, away, or dead.

The journal, asked as known at any instant (registrations.journal), the census, which asks the intervals of everybody
(census.counting), and this, which asks them of a few, say the same: property tests hold them together.
"""

import uuid
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from centre.models import Site, User
from centre.presumed import is_presumed_left
from centre.sight import Sight, sight_of
from registrations.errors import NotTold, ToldElsewhere
from registrations.living import known_deaths
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


def is_kept_from(sight: Sight, where: Whereabouts) -> bool:
    """Whether they are at a site of whose people the reader is told nothing: only who is told takes them from there."""
    return is_at_a_site(where) and not sight.is_told(where.site)


def told_of(people: Collection[uuid.UUID], by: User, at: datetime) -> dict[uuid.UUID, Whereabouts | None]:
    """Where each of these people is, as far as the user may know; None for a person whom no fact puts at a place.

    People at a place that is kept from the user are left out. A death of which the user may not know is such a place.
    """
    found, sight = find_people(people, at), sight_of(by, at)
    dead = [person for person, one in found.items() if one.place == DIED]
    deaths = known_deaths(by, at).filter(individual__in=dead).values_list("individual", flat=True)
    unknown = set(dead) - set(deaths) if dead else set()
    kept = unknown | {person for person, one in found.items() if is_kept_from(sight, one)}
    return {person: found.get(person) for person in people if person not in kept}


def require_told_of(people: Collection[uuid.UUID], by: User, at: datetime) -> None:
    """Refuse with NotTold when the place, or the death, of one of these named people is kept from the user."""
    if len(told_of(people, by, at)) < len(set(people)):
        raise NotTold


def touched_at(told: Mapping[uuid.UUID, Whereabouts | None], site: Site | None) -> set[uuid.UUID]:
    """The people of a family whom an act at the site touches when it names nobody: at the site, or recorded nowhere.

    A family that is all together at one other place goes on together. A person on the way to a hospital comes back
    only when named, whatever is known of the others. Refuses with ToldElsewhere when everybody is recorded elsewhere.
    """
    left = untouched_at(told, site)
    if left and len(left) == len(told):
        raise ToldElsewhere
    return set(told) - left


def untouched_at(told: Mapping[uuid.UUID, Whereabouts | None], site: Site | None) -> set[uuid.UUID]:
    """Those of a family whom an act at the site leaves where they were told to be, unless it names them."""
    elsewhere = {person: one for person, one in told.items() if one and _is_told_elsewhere(one, site)}
    places = {(one.place, one.site) for one in elsewhere.values()}
    together = len(places) == 1 and all(place != ON_THE_WAY for place, _site in places)
    return set() if together and len(elsewhere) == len(told) else set(elsewhere)


def most_at(told: Mapping[uuid.UUID, Whereabouts | None]) -> Site | None:
    """The site at which most of a family are; none where nobody is at one."""
    counted = Counter(one.site for one in told.values() if one and one.place == SITE)
    return counted.most_common(1)[0][0] if counted else None


def _is_told_elsewhere(where: Whereabouts, site: Site | None) -> bool:
    """Presumed to have left, not known, and on the way is nowhere yet, but for the way to a hospital."""
    if where.place == ON_THE_WAY:
        return where.site is not None and where.site.kind == Site.Kind.HOSPITAL and where.site != site
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
