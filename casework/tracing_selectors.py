"""What who follows a case is told of who may be found: nothing of those at a place that they may not know of."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.kinds import MAY_FOLLOW, Answer
from casework.models import Case
from casework.selectors import households_of
from casework.tracing import TracingMatch, TracingRequest
from centre.clock import local_day
from centre.models import User
from centre.sight import sight_of
from registrations.births import birth_in_words
from registrations.matches import Agreement
from registrations.models import Household, Individual, Movement
from registrations.whereabouts import DIED, Whereabouts, find_people


@dataclass(frozen=True)
class Found:
    """A match as it is read: no person, place or family where the reader may not know where they are."""

    match: TracingMatch
    agrees: list[str]
    answers: list[Answer]
    person: Individual | None = None
    born: str = ""
    place: str = ""
    household: Household | None = None
    phones: Sequence[str] = ()


@dataclass(frozen=True)
class Search:
    """A search with its matches, those that wait for an answer first."""

    request: TracingRequest
    born: str
    found: list[Found]


def read_searches(case: Case, by: User, at: datetime) -> list[Search]:
    """The searches of a case, the open ones first."""
    requests = list(TracingRequest.objects.of(case).select_related("case", "consent_by", "closed_by"))
    matches = TracingMatch.objects.filter(request__in=requests).select_related("counted_as", "request", "answered_by")
    found = _found(list(matches), by, at)
    return [
        Search(
            request,
            birth_in_words(request.birth, local_day(at)),
            sorted((one for one in found if one.match.request_id == request.pk), key=lambda one: one.match.answer),
        )
        for request in sorted(requests, key=lambda one: one.closed_at is not None)
    ]


def told_about(people: Collection[uuid.UUID], by: User, at: datetime) -> set[uuid.UUID]:
    """The people among these whose place, or whose way, the user may know."""
    return set(people) - _hidden(find_people(people, at), by, at)


def _hidden(where: dict[uuid.UUID, Whereabouts], by: User, at: datetime) -> set[uuid.UUID]:
    sight = sight_of(by, at)
    return {person for person, one in where.items() if not sight.is_told(one.site)}


def _found(matches: Sequence[TracingMatch], by: User, at: datetime) -> list[Found]:
    people = {match.counted_as_id for match in matches}
    where, day = find_people(people, at), local_day(at)
    hidden, homes = _hidden(where, by, at), households_of(list(people))
    seen = Household.objects.visible_to(by).filter(pk__in={home.pk for home in homes.values()})
    shown = set(seen.values_list("pk", flat=True))
    found = []
    for match in matches:
        agrees = [str(Agreement(code).label) for code in match.agrees]
        answers = [answer for answer in Answer if answer in MAY_FOLLOW[match.answer]]
        person, home = match.counted_as, homes.get(match.counted_as_id)
        if match.counted_as_id in hidden:
            found.append(Found(match, agrees, answers))
            continue
        found.append(
            Found(
                match,
                agrees,
                answers,
                person,
                birth_in_words(person.birth, day),
                _place(where.get(person.pk)),
                home if home and home.pk in shown else None,
                home.phones if home and match.both_agree else (),
            )
        )
    return found


def _place(where: Whereabouts | None) -> str:
    if where is None:
        return str(Movement.Destination.UNKNOWN.label)
    if where.site:
        return str(where.site)
    return str(Movement.Kind.DIED.label if where.place == DIED else Movement.Destination(where.place).label)
