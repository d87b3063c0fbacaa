"""Following a matter for a person until it is closed: each act is a step, and no step is ever changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.ending import is_without_carer, what_is_left
from casework.errors import (
    AboutSomethingElse,
    AlreadyClosed,
    AlreadyOpen,
    AlreadyTaken,
    FollowsNoCases,
    GoesOnElsewhere,
    NobodyCares,
    NoDeathRecorded,
    NotAskedByAnother,
    NotClosed,
    PlaceNotNamed,
    StepStays,
    StepTakenBack,
    StillOpen,
)
from casework.kinds import OF_SIGN, Kind, Outcome, Reason, Sign, Topic, Urgency
from casework.laying import lay_out
from casework.models import Case, CaseRule, Duty, Letter, Step
from casework.parts import open_cases, record_steps, since_it_goes_on, site_followed_at, site_told_to
from casework.referrals import Referral, without_place
from casework.services import Service
from centre.access import NotAllowed, Permission, allows, require, require_everywhere
from centre.acts import act
from centre.locks import lock_by_key
from centre.models import Act, Site, User
from registrations.living import require_was
from registrations.locks import lock_records
from registrations.models import Household, Individual, NeedCode

TAKEN_BACK = frozenset({Step.Kind.KNOWN, Step.Kind.PLANNED, Step.Kind.DONE, Step.Kind.HANDING, Step.Kind.LETTER})


@dataclass(frozen=True)
class Followed:
    """The case that was opened or in which a step was taken, and that step; for who follows no cases, none."""

    case: str
    step: str = ""


@dataclass(frozen=True)
class Observed:
    """The person about whom it was written, and no more: not everybody who writes may know whether a case is open."""

    individual: str


@act("open_case", answers=Followed)
def open_case(
    individual: Individual,
    *,
    kind: str,
    urgency: str,
    words: str = "",
    household: Household | None = None,
    by: User,
    at: datetime,
    act: Act,
) -> Followed:
    """Open a matter for a person where they are, or with `household` for their whole family; words say what is known.

    Refuses with AlreadyOpen where one of the kind is open, and with NeverWas. Who follows no cases is not told that
    one is open: what they say joins it, and no key is answered, which would be another one once it was closed.
    """
    person = lock_person(individual)
    site = site_followed_at(person, at)
    follows = allows(by, Permission.SEE_CASES, site, at)
    if not follows:
        require(by, Permission.MERGE, site_told_to(by, person, at), at)  # where they are kept from is not told by it
    opened = open_cases(
        [individual.pk],
        site=site,
        reason=Reason.OPENED,
        kind=Kind(kind),
        urgency=Urgency(urgency),
        words=words,
        household=household,
        act=act,
        by=by,
    )
    if not follows:
        return Followed("")
    if not opened:
        raise AlreadyOpen
    return Followed(str(opened[0].pk))


@act("observe", answers=Observed)
def observe(individual: Individual, *, sign: str, site: Site, by: User, at: datetime, act: Act) -> Observed:
    """Let who follows cases know what was seen of a person: a case opens, or a reason joins the open one.

    Of who asks for a private talk no reason is kept. Refuses with NeverWas.
    """
    require(by, Permission.REGISTER, site, at)
    person = lock_person(individual)
    kind, urgency = OF_SIGN[sign]
    private = sign == Sign.PRIVATE_TALK
    open_cases(
        [individual.pk],
        site=site_followed_at(person, at, site),
        reason=Reason.ASKED if private else Reason.SEEN,
        kind=kind,
        urgency=urgency,
        sign="" if private else sign,
        act=act,
        by=by,
    )
    return Observed(str(individual.pk))


@act("take_case", answers=Followed)
def take_case(case: Case, *, by: User, at: datetime, act: Act) -> Followed:
    """The case is followed by who took it. Refuses with AlreadyTaken, which names who follows it, or AlreadyClosed."""
    row = lock_open(case, by, at)
    if row.follower_id and row.follower_id != by.pk:
        raise AlreadyTaken(_("%(name)s follows this case.") % {"name": row.follower})
    return take_step(row, act, by, kind=Step.Kind.TAKEN, follower=by)


@act("hand_over_case", answers=Followed)
def hand_over_case(case: Case, *, to: User | None, words: str = "", by: User, at: datetime, act: Act) -> Followed:
    """The case is followed by another, or by nobody, with a word for them. Refuses with FollowsNoCases."""
    row = lock_open(case, by, at)
    if to is not None and not allows(to, Permission.SEE_CASES, row.site):
        raise FollowsNoCases
    return take_step(row, act, by, kind=Step.Kind.TAKEN, follower=to, words=words)


@act("note_in_case", answers=Followed)
def note(case: Case, *, words: str, by: User, at: datetime, act: Act) -> Followed:
    """Something more is known. Refuses with AlreadyClosed."""
    return take_step(lock_open(case, by, at), act, by, kind=Step.Kind.KNOWN, words=words)


@act("plan_in_case", answers=Followed)
def plan(case: Case, *, words: str, due_at: datetime, topic: str = "", by: User, at: datetime, act: Act) -> Followed:
    """Something is to be done by then. Refuses with AlreadyClosed."""
    return take_step(lock_open(case, by, at), act, by, kind=Step.Kind.PLANNED, words=words, due_at=due_at, topic=topic)


@act("do_in_case", answers=Followed)
def do_in_case(
    case: Case, *, words: str = "", topic: str = "", fulfils: Step | None = None, by: User, at: datetime, act: Act
) -> Followed:
    """Something was done, perhaps what was planned: then it is about the same.

    Refuses with AlreadyClosed, with StepTakenBack for a plan that is done or taken back, with AboutSomethingElse where
    another topic is said than was planned, and with PlaceNotNamed for a safe place of which the words do not say which.
    """
    row = lock_open(case, by, at)
    about = (fulfils and fulfils.topic) or topic
    if topic not in ("", about):
        raise AboutSomethingElse
    if about == Topic.SAFE_PLACE and not words:
        raise PlaceNotNamed
    if fulfils and (fulfils.kind != Step.Kind.PLANNED or not _stands(row, fulfils)):
        raise StepTakenBack
    return take_step(row, act, by, kind=Step.Kind.DONE, words=words, fulfils=fulfils, topic=about)


@act("set_urgency", answers=Followed)
def set_urgency(case: Case, *, urgency: str, by: User, at: datetime, act: Act) -> Followed:
    """How soon somebody has to look. Refuses with AlreadyClosed."""
    return take_step(lock_open(case, by, at), act, by, kind=Step.Kind.URGENCY, urgency=urgency)


@act("close_case", answers=Followed)
def close_case(
    case: Case, *, outcome: str, words: str = "", happened_anyway: str = "", by: User, at: datetime, act: Act
) -> Followed:
    """The case is closed, with how it ended. Refuses with AlreadyClosed when another officer was first.

    To hand a child to somebody takes two officers: refuses with NotAskedByAnother when no colleague asked for it.
    Refuses with NobodyCares when the child is said to be with its family and has no carer there, and with
    NoDeathRecorded when the person is said to be dead and no death is recorded. Refuses with StillOpen while something
    is to be done for a child, was not looked at, or a service is asked, unless `happened_anyway` gives the reason,
    which is kept with the case.
    """
    row = lock_open(case, by, at)
    if outcome == Outcome.REUNITED and is_without_carer(row, at):
        raise NobodyCares
    if outcome == Outcome.DIED and Individual.objects.filter(pk=row.counted_as_id).living(at).exists():
        raise NoDeathRecorded
    asked = _asked_to_hand_over(row)
    if outcome == Outcome.HANDED_OVER and not asked.exclude(by=by).exists():
        raise NotAskedByAnother(str(NotAskedByAnother.asked_yourself) if asked.exists() else None)
    if row.kind == Kind.CHILD_PROTECTION and not happened_anyway and (left := what_is_left(row, outcome)):
        raise StillOpen(left)
    both = "\n".join(filter(None, (words, happened_anyway)))
    return take_step(row, act, by, kind=Step.Kind.CLOSED, outcome=Outcome(outcome), words=both)


@act("ask_to_hand_over_child", answers=Followed)
def ask_to_hand_over_child(case: Case, *, words: str, by: User, at: datetime, act: Act) -> Followed:
    """Ask a colleague to agree that the child is handed to a parent or carer: to whom, what was seen, and why.

    Refuses with AlreadyClosed.
    """
    return take_step(lock_open(case, by, at), act, by, kind=Step.Kind.HANDING, words=words)


@act("reopen_case", answers=Followed)
def reopen_case(case: Case, *, words: str = "", by: User, at: datetime, act: Act) -> Followed:
    """A closed case goes on, where the person is, with its appointments; of one whose day is full it says so instead.

    Refuses with NotClosed, or AlreadyOpen where another one is.
    """
    require_to_follow(case, by, at)
    lock_records([case.individual_id])
    lock_by_key(Service.objects.filter(pk__in=Referral.objects.of(case).order_by().values("service")))
    (row,) = lock_by_key(Case.objects.filter(pk=case.pk))
    if row.closed_at is None:
        raise NotClosed
    if Case.objects.open().filter(counted_as=row.counted_as_id, kind=row.kind).exists():
        raise AlreadyOpen
    row.site = site_followed_at(row.counted_as_id, at, row.site)
    row.save(update_fields=["site"])
    reopened = take_step(row, act, by, kind=Step.Kind.REOPENED, words=words)
    for referral in without_place(row, at):
        Referral.objects.filter(pk=referral.pk).update(appointment_at=None)
        take_step(row, act, by, kind=Step.Kind.APPOINTED, words=f"{referral.service}\n{Step.OwnWords.DAY_FULL.value}")
    return reopened


@act("void_step", answers=Followed)
def void_step(step: Step, *, words: str = "", by: User, at: datetime, act: Act) -> Followed:
    """A step was wrong: it stays to be read, and counts no more; a letter that it brought is gone.

    Refuses with StepTakenBack or StepStays.
    """
    row = lock_open(step.case, by, at)
    if step.kind not in TAKEN_BACK:
        raise StepStays
    if not _stands(row, step):
        raise StepTakenBack
    Letter.objects.filter(step=step).discard(timezone.now())
    return take_step(row, act, by, kind=Step.Kind.VOIDED, voids=step, words=words)


def lock_person(individual: Individual) -> Any:
    """Lock the record and whom it counts as; that person. Refuses with NeverWas."""
    person = lock_records([individual.pk])[individual.pk]
    require_was([individual.pk])
    return person


def lock_open(case: Case, by: User, at: datetime) -> Case:
    """The case, locked, for who may follow it. Refuses with AlreadyClosed or GoesOnElsewhere."""
    require_to_follow(case, by, at)
    return lock_case(case)


def lock_case(case: Case) -> Case:
    """The case, locked. Refuses with AlreadyClosed or GoesOnElsewhere."""
    (row,) = lock_by_key(Case.objects.select_related("site", "follower").filter(pk=case.pk))
    if row.closed_at:
        raise AlreadyClosed
    if row.counted_with_id:
        raise GoesOnElsewhere
    return row


def require_to_follow(case: Case, by: User, at: datetime) -> None:
    """Raise NotAllowed for who sees the case neither where the person is nor as who follows it."""
    if not Case.objects.visible_to(by, at).filter(pk=case.pk).exists():
        require(by, Permission.SEE_CASES, case.site, at)
        raise NotAllowed


def _asked_to_hand_over(case: Case) -> QuerySet[Step]:
    """Who asked to hand the child over since the case began or went on."""
    return since_it_goes_on(case, Step.objects.standing().filter(kind=Step.Kind.HANDING))


def _stands(case: Case, step: Step) -> bool:
    """Whether a step of this case is neither taken back nor, where it was planned, done."""
    done = Step.objects.standing().filter(fulfils=step).exists()
    return not done and Step.objects.standing().filter(pk=step.pk, case=case).exists()


def take_step(case: Case, act: Act, by: User, **facts: Any) -> Followed:
    """Write a step into the case, which is locked, and lay it out."""
    (step,) = record_steps([case], at=act.at, act=act, by=by, **facts)
    lay_out([case])
    return Followed(str(case.pk), str(step.pk))


@dataclass(frozen=True)
class OnDuty:
    """The shift that was written or ended."""

    duty: str


@act("set_duty", answers=OnDuty)
def set_duty(
    site: Site, *, name: str, phone: str, from_at: datetime, until: datetime, by: User, at: datetime, act: Act
) -> OnDuty:
    """Say who is called for a matter at the site in a shift; who was on duty then is so no more from its beginning."""
    require(by, Permission.SEE_CASES, site, at)
    overlapping = Duty.objects.filter(site=site, ended_at__isnull=True, from_at__lt=until, until__gt=from_at)
    overlapping.update(ended_at=at, ended_by=by)
    duty = Duty.objects.create(site=site, name=name, phone=phone, from_at=from_at, until=until, act=act)
    return OnDuty(str(duty.pk))


@dataclass(frozen=True)
class Ruled:
    """The code of the need whose rule was changed."""

    code: str


@act("set_case_rule", answers=Ruled)
def set_case_rule(code: NeedCode, *, kind: str, urgency: str = "", by: User, at: datetime, act: Act) -> Ruled:
    """Let a need open a matter of this kind, or nothing where it is empty; what is open stays."""
    require_everywhere(by, Permission.SET_UP, at)
    if kind:
        CaseRule.objects.update_or_create(code=code, defaults={"kind": kind, "urgency": urgency})
    else:
        CaseRule.objects.filter(code=code).delete()
    return Ruled(code.pk)
