"""Steps that acts above compose: they write, but do not authorise, lock or log."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from casework.kinds import Kind, Reason, Urgency
from casework.laying import lay_out
from casework.models import Case, CaseRule, Step
from casework.tracing_parts import recount_matches
from centre.locks import lock_with_its_people
from centre.models import Act, Site, User
from registrations.models import Household, Membership
from registrations.whereabouts import find_people, told_of


def open_cases(
    individual_ids: Iterable[uuid.UUID],
    *,
    site: Site,
    reason: Reason,
    kind: Kind = Kind.CHILD_PROTECTION,
    urgency: Urgency = Urgency.NOW,
    act: Act,
    by: User,
    words: str = "",
    sign: str = "",
    household: Household | None = None,
) -> list[Case]:
    """Open a case of this kind for each of these individuals who has none open; where one is open the reason joins it.

    What joins is a step of its own and may make it more urgent. Answers the cases that are new.
    """
    counted = _counted(individual_ids)
    if not counted:
        return []
    persons = set(counted.values())
    known = lock_with_its_people(Case.objects.open().filter(counted_as__in=persons, kind=kind))
    followed = {case.counted_as_id for case in known}
    asked = {person: record for record, person in reversed(counted.items())}
    new = [
        Case(
            individual_id=asked[person],
            counted_as_id=person,
            household=household,
            site=site,
            kind=kind,
            reason=reason,
            opened_at=act.at,
            opened_by=by,
            act=act,
            urgency=urgency,
            urgent_since=act.recorded_at,
        )
        for person in dict.fromkeys(counted.values())
        if person not in followed
    ]
    Case.objects.bulk_create(new)
    opened = {"kind": Step.Kind.OPENED, "reason": reason, "urgency": urgency, "words": words, "sign": sign}
    record_steps([*known, *new], at=act.at, act=act, by=by, **opened)
    if known:
        lay_out(known)
    return new


def site_followed_at(person: uuid.UUID, at: datetime, otherwise: Site | None = None) -> Site:
    """Where the person is or is going; else this site, or the one at which their family was registered."""
    where = find_people([person], at).get(person)
    return (where and where.site) or otherwise or _registered_at(person)


def site_told_to(by: User, person: uuid.UUID, at: datetime) -> Site:
    """The same as far as the user may know: of whose place or death is kept from them, the one of their family."""
    where = told_of([person], by, at).get(person)
    return (where and where.site) or _registered_at(person)


def _registered_at(person: uuid.UUID) -> Site:
    theirs = Site.objects.filter(households__memberships__counted_as=person)
    return theirs.latest("households__memberships__joined_at")


def since_it_goes_on(case: Case, steps: QuerySet[Step]) -> QuerySet[Step]:
    """Those of the steps that were written since the case began or went on: what was agreed before is spent."""
    closed = Step.objects.filter(case=case, kind=Step.Kind.CLOSED).order_by("pk").last()
    ours = steps.filter(case=case)
    return ours.filter(pk__gt=closed.pk) if closed else ours  # keys are in the order of writing


def record_steps(cases: Iterable[Case], *, at: datetime, act: Act, by: User, **facts: Any) -> list[Step]:
    """Write this step into each of these cases, without laying them out."""
    return [Step.objects.create(case=case, happened_at=at, act=act, by=by, **facts) for case in cases]


def follow_to_hospital(person: uuid.UUID, *, site: Site, act: Act, by: User) -> None:
    """Let the person's medical case, which is opened where there is none, say that they were sent to a hospital."""
    open_cases([person], site=site, reason=Reason.URGENT_NEED, kind=Kind.MEDICAL, urgency=Urgency.TODAY, act=act, by=by)
    say_in_medical_case(person, Step.Kind.DONE, Step.OwnWords.TO_HOSPITAL, act=act, by=by)


def say_in_medical_case(person: uuid.UUID, kind: Step.Kind, words: Step.OwnWords, *, act: Act, by: User) -> None:
    """Write into the person's open medical case, if there is one, what was done or is known now."""
    cases = lock_with_its_people(Case.objects.open().filter(counted_as=person, kind=Kind.MEDICAL))
    record_steps(cases, at=act.at, act=act, by=by, kind=kind, words=words.value)
    lay_out(cases)


def open_for_needs(
    needs: Mapping[uuid.UUID, Collection[str]], *, site: Site, act: Act, by: User, household: Household | None = None
) -> list[Case]:
    """Open the matter that each need calls for by the table of rules; needs of a person of one kind are one matter."""
    said = {code for codes in needs.values() for code in codes}
    rules = CaseRule.objects.in_bulk(said) if said else {}
    wanted: dict[tuple[str, str], list[uuid.UUID]] = {}
    for person, codes in needs.items():
        soonest: dict[str, str] = {}
        for rule in (rules[code] for code in codes if code in rules):
            soonest[rule.kind] = min(rule.urgency, soonest.get(rule.kind, rule.urgency))
        for matter in soonest.items():
            wanted.setdefault(matter, []).append(person)
    return [
        case
        for (kind, urgency), people in sorted(wanted.items())
        for case in open_cases(
            people,
            site=site,
            reason=Reason.URGENT_NEED,
            kind=Kind(kind),
            urgency=Urgency(urgency),
            act=act,
            by=by,
            household=household,
        )
    ]


def recount_cases(records: Iterable[uuid.UUID]) -> None:
    """Let the cases of these records be followed for whom they count as now, after a merge or its undoing.

    Of two open matters of one kind the later goes on in the earlier, until the merge is undone.
    """
    counted = _counted(records)
    cases = lock_with_its_people(Case.objects.filter(individual__in=counted))
    first: dict[tuple[uuid.UUID, str], Case] = {}
    for case in sorted(cases, key=lambda one: (one.opened_at, str(one.pk))):
        case.counted_as_id = counted[case.individual_id]
        case.counted_with = None
        if case.closed_at is None:
            earlier = first.setdefault((case.counted_as_id, case.kind), case)
            case.counted_with = earlier if earlier is not case else None
    joined = [case for case in cases if case.counted_with_id]
    alone = [case for case in cases if not case.counted_with_id]
    Case.objects.bulk_update(joined, ["counted_as", "counted_with"])  # first: two open ones of a kind never stand
    Case.objects.bulk_update(alone, ["counted_as", "counted_with"])
    recount_matches(counted)


def _counted(individual_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Whom each of these records counts as, in the order given."""
    ids = list(dict.fromkeys(individual_ids))
    rows = Membership.objects.filter(individual__in=ids).values_list("individual", "counted_as") if ids else ()
    counted = dict(rows)
    return {key: counted.get(key, key) for key in ids}
