"""Who of a family is there to receive aid, and why nobody is."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from aid.errors import NobodyLeft, NobodyThere
from centre.models import Site
from centre.refusals import Refusal
from registrations.models import Individual
from registrations.whereabouts import DIED, ON_THE_WAY, SITE, Whereabouts, find_people, is_at_a_site


@dataclass(frozen=True)
class There:
    """Who is there, and whether any of them is at the site itself; where nobody is there, why."""

    people: frozenset[uuid.UUID]
    at_site: bool
    nobody: Refusal | None


def find_there(
    living: frozenset[uuid.UUID], dead: frozenset[uuid.UUID], site: Site, at: datetime, *, said: bool
) -> There | None:
    """Which of these persons are at any site, or on the way to this one, at the instant; None for no persons at all.

    A person with no fact at the instant counts as there: nothing says that they left. A person whose every arrival was
    taken back does not. `living` includes people whose death the user may not know: they count until the family is
    told. `said` is whether the answer may say that people died.
    """
    if not living and not dead:
        return None
    if not living:
        return There(frozenset(), at_site=False, nobody=NobodyThere(died=True) if said else NobodyLeft())
    known = find_people(living, at)
    away = {person: where for person, where in known.items() if not _is_there(where, site)}
    people = living - away.keys() - _never_arrived(living - known.keys())
    at_site = any(where.place == SITE and where.site == site for where in known.values())
    return There(people, at_site, None if people else NobodyThere(list(away.values())))


def _is_there(where: Whereabouts, site: Site) -> bool:
    return is_at_a_site(where) or where.place == DIED or (where.place == ON_THE_WAY and where.site == site)


def _never_arrived(people: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of them who have facts, all of which were taken back."""
    if not people:
        return set()
    told = Individual.objects.filter(pk__in=people, counted_movements__isnull=False).order_by()
    return set(told.filter(presences=None, absences=None).values_list("pk", flat=True))
