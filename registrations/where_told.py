"""Where somebody is, in the words of who reads it: of a confidential site and of a death no more than they may know."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from centre.models import User
from centre.sight import Sight, sight_of
from registrations.errors import NotTold
from registrations.living import death_told_to, which_deaths
from registrations.models import Movement
from registrations.whereabouts import DIED, ON_THE_WAY, PRESUMED_LEFT, Whereabouts, find_people


@dataclass(frozen=True)
class Where:
    """Where a person is now, in words; `site` when they are, or are presumed to have been, at one."""

    words: str
    tone: str = ""
    site: uuid.UUID | None = None
    since: datetime | None = None
    dead: bool = False
    untold: bool = False  # it is not said: at a confidential site, or a death that is kept from the reader


@dataclass(frozen=True)
class Eyes:
    """What a reader is told of: who is at which site, and deaths."""

    sight: Sight
    deaths: bool
    apart: frozenset[uuid.UUID]  # of whose death it is otherwise

    @classmethod
    def of(cls, user: User, at: datetime, people: Collection[uuid.UUID] | None = None) -> "Eyes":
        return cls(sight_of(user, at), *which_deaths(user, at, people))

    def knows_death(self, person: uuid.UUID) -> bool:
        """Whether they may know that the person died."""
        return (person in self.apart) != self.deaths

    def shows(self, movement: Movement) -> bool:
        """Whether they may know of this fact of the journal."""
        told = movement.kind != Movement.Kind.DIED or self.knows_death(movement.counted_as_id)
        return told and self.sight.is_told(movement.site)


def where_in_words(found: Whereabouts | None, eyes: Eyes) -> Where:
    """In words, as far as the reader is told."""
    if found is None:
        return Where(_("not known"))
    site, since = found.site, found.since
    if found.place == DIED:
        return _dead(found, eyes)
    if not eyes.sight.is_told(site):
        since_then = since if found.place == ON_THE_WAY else None
        return Where(str(NotTold.phrase), since=since_then, untold=True)
    if site is None:
        return Where(destination_in_words(found.movement), since=since)
    if found.place == ON_THE_WAY:
        return Where(_("on the way to %(site)s") % {"site": site}, "warn", since=since)
    if found.place == PRESUMED_LEFT:
        return Where(_("probably no longer at %(site)s") % {"site": site}, "warn", site.pk, since)
    return Where(_("at %(site)s") % {"site": site}, "good", site.pk, since)


def facts_told_to(user: User, at: datetime) -> "QuerySet[Movement]":
    """The facts of the journal of which the user may know: what Eyes.shows of each, asked of all."""
    at_told_sites = sight_of(user, at).told("site")  # Q() is everywhere, and would fall out of an OR
    told = Movement.objects.filter(at_told_sites and (at_told_sites | Q(site=None)))
    return told.filter(~Q(kind=Movement.Kind.DIED) | death_told_to(user, at))


def require_facts_told(movements: Collection[Movement], by: User, at: datetime) -> None:
    """Refuse with NotTold when one of these facts is kept from the user."""
    keys = {movement.pk for movement in movements}
    if facts_told_to(by, at).filter(pk__in=keys).count() < len(keys):
        raise NotTold


def require_told(people: Collection[uuid.UUID], by: User, at: datetime) -> None:
    """Refuse with NotTold when one of these is where the user may not know, or died and the user may not know it."""
    eyes, found = Eyes.of(by, at, people), find_people(people, at)
    if any(where_in_words(found.get(person), eyes).untold for person in people):
        raise NotTold


def _dead(found: Whereabouts, eyes: Eyes) -> Where:
    """Of who died: said to those who are told; the others read what they do of whoever is at a confidential site."""
    if eyes.knows_death(found.movement.counted_as_id):
        return Where(_("died"), since=found.since, dead=True)
    return Where(str(NotTold.phrase), untold=True)


def destination_in_words(movement: Movement) -> str:
    """Where who departed by this fact went, where that is no site."""
    if movement.destination_marz:
        return f"{movement.get_destination_display()}, {movement.get_destination_marz_display()}"
    return movement.get_destination_display() or movement.get_kind_display()
