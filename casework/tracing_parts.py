"""Steps of acts that tell who follows a case that the person sought may be registered; nobody else learns of it.

They write, but do not authorise or log. The people that are matched are weighed by registrations.matches.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db.models import IntegerField, Q, Value

from casework.kinds import Answer, Urgency
from casework.laying import lay_out
from casework.models import Case, Step
from casework.tracing import TracingMatch, TracingRequest
from centre.locks import lock_by_key
from centre.models import Act
from registrations.matches import MOST_MATCHES, Likely, find_likely, find_likely_among
from registrations.models import Individual, Membership, Name
from registrations.near_names import keys_of, names_of


def match_registered(people: Sequence[Individual], act: Act) -> None:
    """Tell of each of these people, whose names were just written, who may be sought; one question for all of them."""
    requests = {request.pk: request for request in _sought_like(people)}
    if not requests:
        return
    likely = find_likely_among([request.sought for request in requests.values()], people)
    if not likely:
        return
    found = {one.asked for one in likely}
    requests = {key: request for key, request in requests.items() if key in found}
    lock_by_key(Case.objects.filter(pk__in={request.followed_in.pk for request in requests.values()}))
    for request in requests.values():
        fresh = _not_told_of(request, [one for one in likely if one.asked == request.pk])
        _tell(request, fresh, at=act.at, found_in=act)


def match_request(request: TracingRequest, *, at: datetime, found_in: Act | None) -> int:
    """Tell of the likeliest of all registered people, at most five at a time; how many are new. Its case is locked."""
    ruled_out = set(request.matches.filter(answer=Answer.NOT_THEM).values_list("counted_as", flat=True))
    best = [one for one in find_likely(request.sought) if one.counted_as not in ruled_out]
    fresh = _not_told_of(request, _once(best)[:MOST_MATCHES])
    _tell(request, fresh, at=at, found_in=found_in)
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
    if not given and not family:
        return ()
    either = Q(keys__overlap=_at_once(given + family))
    both = Q(keys__overlap=_at_once(given)) & Q(keys__overlap=_at_once(family))
    one_name = Q(family_name="") | Q(given_name="")
    whole = all(person.given_fold and person.family_fold for person in people)
    near = both | (either & one_name) if whole else either
    return TracingRequest.objects.open().filter(near).defer("last_seen").select_related("case__counted_with")


def _at_once(keys: list[int]) -> Value:
    """All keys as one parameter: hundreds take PostgreSQL longer to read than to look up."""
    return Value(keys, output_field=ArrayField(IntegerField()))


def _once(likely: Iterable[Likely]) -> list[Likely]:
    """Each person once, by their likeliest record."""
    best: dict[uuid.UUID, Likely] = {}
    for one in likely:
        best.setdefault(one.counted_as, one)
    return list(best.values())


def _not_told_of(request: TracingRequest, likely: Collection[Likely]) -> list[Likely]:
    """Those of whom nobody was told yet, and who are not of the family of who seeks."""
    if not likely:
        return []
    told = set(request.matches.values_list("counted_as", flat=True))
    homes = Membership.objects.today().filter(counted_as=request.followed_in.counted_as_id)
    family = set(homes.values_list("household", flat=True))
    return _once(one for one in likely if one.counted_as not in told and one.household not in family)


def _tell(request: TracingRequest, likely: Sequence[Likely], *, at: datetime, found_in: Act | None) -> None:
    """Write the matches, and a step to be read today: of the act that asked for the search, whoever was registered."""
    if not likely:
        return
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
        for one in likely
    )
    case = request.followed_in
    Step.objects.create(
        case=case,
        kind=Step.Kind.MATCHED,
        words=str(request),
        urgency=Urgency.TODAY,
        happened_at=at,
        act_id=request.act_id,
        by_id=request.asked_by_id,
    )
    lay_out([case])
