"""Steps of acts that tell who follows a case that the person sought may be registered; nobody else learns of it.

They write, but do not authorise or log. The people that are matched are weighed by registrations.matches.
"""

import logging
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerAway

from casework.kinds import Answer, Urgency
from casework.laying import lay_out
from casework.models import Case, Step
from casework.tracing import TracingMatch, TracingRequest
from centre.locks import lock_by_key
from centre.models import Act
from centre.rows import values_of
from registrations.matches import MOST_MATCHES, Likely, find_likely, find_likely_among
from registrations.models import Individual, Membership, Name
from registrations.near_names import keys_of, names_of

logger = logging.getLogger(__name__)

MATCH = "casework.tasks.match"  # by name: tasks.py is a leaf
WITH_KEYS = "SELECT casework_searches_with_keys(%s, %s)"


def match_after_commit(people: Collection[uuid.UUID], act: Act) -> None:
    """Let a worker match these people, who are known otherwise since this act, as soon as it is committed.

    The desk does not wait for it. Where no worker can be sent for, the nightly match finds them, and the log says so.
    """
    if people and TracingRequest.objects.filter(closed_at=None).exists():
        keys, written_in = [str(key) for key in people], str(act.pk)
        transaction.on_commit(lambda: _send_worker(keys, written_in), robust=True)


def _send_worker(people: list[str], act: str) -> None:
    try:
        current_app.send_task(MATCH, [people, act], retry=False)
    except BrokerAway:
        logger.warning("No worker can be sent for: who was registered is matched with who is sought in the night.")


def match_registered(people: Sequence[Individual], act: Act) -> None:
    """Tell of each of these people, as they are called now, who may be sought; one question for all of them."""
    requests = {request.pk: request for request in _sought_like(people)}
    if not requests:
        return
    likely = find_likely_among([request.sought for request in requests.values()], people)
    if not likely:
        return
    found = {one.asked for one in likely}
    requests = {key: request for key, request in requests.items() if key in found}
    lock_by_key(Case.objects.filter(pk__in={request.followed_in.pk for request in requests.values()}))
    fresh = _not_told_of(requests, likely)
    _tell({requests[key]: some for key, some in fresh.items()}, at=act.at, found_in=act)


def match_request(request: TracingRequest, *, at: datetime, found_in: Act | None) -> int:
    """Tell of the likeliest of all registered people, at most five at a time; how many are new. Its case is locked."""
    ruled_out = set(request.matches.filter(answer=Answer.NOT_THEM).values_list("counted_as", flat=True))
    best = _once(one for one in find_likely(request.sought) if one.counted_as not in ruled_out)[:MOST_MATCHES]
    fresh = _not_told_of({request.pk: request}, best)[request.pk]
    _tell({request: fresh}, at=at, found_in=found_in)
    return len(fresh)


def recount_matches(counted: Mapping[uuid.UUID, uuid.UUID]) -> None:
    """Let the matches of these records count as whom the records count as now."""
    for record, person in counted.items():
        TracingMatch.objects.filter(individual=record).exclude(counted_as=person).update(counted_as=person)


def _sought_like(people: Sequence[Individual]) -> Iterable[TracingRequest]:
    """Open searches for a name that is near one of these people's: both names, where there are two."""
    keys: dict[str, set[int]] = {Name.Kind.GIVEN: set(), Name.Kind.FAMILY: set()}
    for kind, folded, letters in (name for person in people for name in names_of(person)):
        keys[kind].update(keys_of(folded, letters))
    given, family = (sorted(keys[kind]) for kind in (Name.Kind.GIVEN, Name.Kind.FAMILY))
    if not all(person.given_fold and person.family_fold for person in people):
        given = family = given + family
    near = values_of(WITH_KEYS, [given, family]) if given else []
    return TracingRequest.objects.open().filter(pk__in=near).defer("last_seen").select_related("case__counted_with")


def _once(likely: Iterable[Likely]) -> list[Likely]:
    """Each person once, by their likeliest record."""
    best: dict[uuid.UUID, Likely] = {}
    for one in likely:
        best.setdefault(one.counted_as, one)
    return list(best.values())


def _not_told_of(
    requests: Mapping[uuid.UUID, TracingRequest], likely: Collection[Likely]
) -> dict[uuid.UUID, list[Likely]]:
    """For each request, the likely people who are new to it and not of the seeker's own family."""
    fresh: dict[uuid.UUID, list[Likely]] = {key: [] for key in requests}
    if not likely:
        return fresh
    told = set(TracingMatch.objects.filter(request__in=fresh).values_list("request", "counted_as"))
    seekers = {request.followed_in.counted_as_id for request in requests.values()}
    homes = set(Membership.objects.today().filter(counted_as__in=seekers).values_list("counted_as", "household"))
    for one in likely:
        seeker = requests[one.asked].followed_in.counted_as_id
        if (one.asked, one.counted_as) not in told and (seeker, one.household) not in homes:
            fresh[one.asked].append(one)
    return {key: _once(some) for key, some in fresh.items()}


def _tell(found: Mapping[TracingRequest, Sequence[Likely]], *, at: datetime, found_in: Act | None) -> None:
    """Write the matches, and steps to be read today: of the acts that asked for the searches, whoever came."""
    matched = {request: likely for request, likely in found.items() if likely}
    TracingMatch.objects.bulk_create(
        TracingMatch(
            request=request,
            individual_id=one.individual,
            counted_as_id=one.counted_as,
            score=one.score,
            agrees=list(one.agrees),
            found_at=at,
            found_in=found_in,
        )
        for request, likely in matched.items()
        for one in likely
    )
    Step.objects.bulk_create(
        Step(
            case=request.followed_in,
            kind=Step.Kind.MATCHED,
            words=str(request),
            urgency=Urgency.TODAY,
            happened_at=at,
            act_id=request.act_id,
            by_id=request.asked_by_id,
        )
        for request in matched
    )
    cases = {request.followed_in.pk: request.followed_in for request in matched}
    if cases:
        lay_out(list(cases.values()))
