"""Searching for a person: asked for, matched, answered, ended; contact is made only where both sides agree.

An act's file like actions.py: it authorises, locks, decides and writes.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from casework.actions import lock_open, lock_person, take_step
from casework.errors import AnsweredOtherwise, NotAgreed, SearchEnded
from casework.kinds import MAY_FOLLOW, Answer, Consent, Kind, Reason, SearchEnd, Urgency
from casework.models import Case, Step
from casework.parts import open_cases, site_followed_at
from casework.tracing import TracingMatch, TracingRequest
from casework.tracing_parts import match_registered, match_request
from centre.access import Permission, require
from centre.acts import act
from centre.locks import lock_by_key
from centre.models import Act, User
from registrations.facts import Birth
from registrations.models import Individual
from registrations.near_names import keys_meant


@dataclass(frozen=True)
class Sought:
    """The search, and the case in which it is followed."""

    search: str
    case: str


@act("seek_person", answers=Sought)
def seek_person(
    individual: Individual,
    *,
    given_name: str = "",
    family_name: str = "",
    fathers_name: str = "",
    sex: str = "",
    birth: Birth | None = None,
    relationship: str = "",
    last_seen: str = "",
    consent: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Sought:
    """Search for somebody whom this person has lost, among all who are registered and all who will be.

    A case opens where none is open. `consent` is whether who seeks agrees that the other is told of them.
    Refuses with NeverWas.
    """
    person = lock_person(individual)
    case = Case.objects.open().filter(counted_as=person, kind=Kind.TRACING).first()
    if case is None:
        case = _open_case(individual, site_followed_at(person, at), by, act)
    row = lock_open(case, by, at)
    request = TracingRequest.objects.create(
        case=row,
        given_name=given_name,
        family_name=family_name,
        fathers_name=fathers_name,
        keys=sorted({*keys_meant(given_name), *keys_meant(family_name)}),
        sex=sex,
        birth_date=birth.on if birth else None,
        birth_precision=birth.precision if birth else Birth().precision,
        relationship=relationship,
        last_seen=last_seen,
        asked_at=at,
        asked_by=by,
        act=act,
        **(_asked(consent, by, at) if consent else {}),
    )
    take_step(row, act, by, kind=Step.Kind.SOUGHT, words=str(request))
    match_request(request, at=at, found_in=act)
    return Sought(str(request.pk), str(row.pk))


@act("ask_seeker", answers=Sought)
def ask_seeker(request: TracingRequest, *, consent: str, by: User, at: datetime, act: Act) -> Sought:
    """The seeker agrees, or not, that the other is told about them. Refuses with SearchEnded or AlreadyClosed."""
    request = _lock(request, by, at)
    TracingRequest.objects.filter(pk=request.pk).update(**_asked(consent, by, at))
    return _said(request, act, by, kind=Step.Kind.CONSENT, traced=Consent(consent))


@act("answer_match", answers=Sought)
def answer_match(
    match: TracingMatch, *, answer: str, shown: str | None = None, words: str = "", by: User, at: datetime, act: Act
) -> Sought:
    """Say whether it is them, whether they agree to contact, and when contact is made.

    `shown` is the answer that who says it has read. Refuses with SearchEnded, with AnsweredOtherwise where that has
    changed or this cannot follow it, and with NotAgreed.
    """
    request = _lock(match.request, by, at)
    match.refresh_from_db(fields=["answer"])
    if answer not in MAY_FOLLOW[match.answer] or shown not in (None, match.answer):
        raise AnsweredOtherwise
    if answer == Answer.CONTACTED and request.consent != Consent.YES:
        raise NotAgreed
    TracingMatch.objects.filter(pk=match.pk).update(answer=answer, answered_at=at, answered_by=by)
    return _said(request, act, by, words, kind=Step.Kind.ANSWERED, traced=Answer(answer))


@act("end_search", answers=Sought)
def end_search(request: TracingRequest, *, outcome: str, words: str = "", by: User, at: datetime, act: Act) -> Sought:
    """The search has ended; nobody is matched with it any more. Refuses with SearchEnded when it had."""
    request = _lock(request, by, at)
    ended = TracingRequest.objects.filter(pk=request.pk)
    ended.update(outcome=SearchEnd(outcome), closed_at=at, closed_by=by)
    return _said(request, act, by, words, kind=Step.Kind.ENDED, traced=SearchEnd(outcome))


@transaction.atomic
def match_people(people: Sequence[uuid.UUID], act: uuid.UUID) -> None:
    """Match these people, whom this act wrote, with everybody who is sought; done twice, it tells once."""
    found = Individual.objects.filter(pk__in=people)
    match_registered(list(found), Act.objects.get(pk=act))


def rematch_open_searches() -> int:
    """Match every open search with all registered people again; how many matches are new. Done twice, it tells once."""
    return sum(_rematch(key) for key in TracingRequest.objects.open().values_list("pk", flat=True))


@transaction.atomic
def _rematch(key: Any) -> int:
    """Match one search; nothing where it has ended since it was listed."""
    case = TracingRequest.objects.select_related("case__counted_with").get(pk=key).followed_in
    lock_by_key(Case.objects.filter(pk=case.pk))
    request = TracingRequest.objects.open().select_related("case__counted_with").filter(pk=key).first()
    return match_request(request, at=timezone.now(), found_in=None) if request else 0


def _open_case(individual: Individual, site: Any, by: User, act: Act) -> Case:
    require(by, Permission.SEE_CASES, site, act.at)
    (case,) = open_cases(
        [individual.pk],
        site=site,
        reason=Reason.OPENED,
        kind=Kind.TRACING,
        urgency=Urgency.TODAY,
        act=act,
        by=by,
    )
    return case


def _asked(consent: str, by: User, at: datetime) -> dict[str, Any]:
    return {"consent": Consent(consent), "consent_at": at, "consent_by": by}


def _lock(request: TracingRequest, by: User, at: datetime) -> TracingRequest:
    """The search as it is now that the case in which it is followed is locked. Refuses with SearchEnded."""
    lock_open(request.followed_in, by, at)
    now = TracingRequest.objects.select_related("case__counted_with").get(pk=request.pk)
    if now.closed_at:
        raise SearchEnded
    return now


def _said(request: TracingRequest, act: Act, by: User, words: str = "", **facts: Any) -> Sought:
    """Write the step, which names who is sought, into the case."""
    case = request.followed_in
    take_step(case, act, by, words="\n".join(filter(None, (str(request), words))), **facts)
    return Sought(str(request.pk), str(case.pk))
