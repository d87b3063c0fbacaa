"""Answers about cases that are no queryset of one table."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from django.db.models import Q, QuerySet
from django.utils import timezone

from casework.kinds import BEST_INTEREST, Kind, Reason, Topic
from casework.models import Case, Duty, Letter, Step
from centre.access import MAY, Permission
from centre.clock import local_day
from centre.models import Assignment, Site, User
from centre.sight import sight_of
from registrations.births import age_in_words
from registrations.models import Household, Individual, Membership
from registrations.whereabouts import Whereabouts, find_people

FOLLOWING = [role for role, may in MAY.items() if Permission.SEE_CASES in may]


def followers_at(site: Site, user: User) -> QuerySet[User]:
    """Those who may follow a case at the site now, as far as this user may know who works there."""
    there = Q(site=None) | Q(site=site) if sight_of(user).is_told(site) else Q(site=None)
    running = Assignment.objects.running(timezone.now()).filter(there, role__in=FOLLOWING)
    return User.objects.filter(pk__in=running.values("user"), is_active=True).order_by("last_name", "username")


@dataclass(frozen=True)
class Row:
    """A case of the queue: whose it is, and how long the person has waited."""

    case: Case
    household: Household | None
    duty: Duty | None


def rows_of(cases: Sequence[Case], user: User, at: datetime) -> list[Row]:
    """Each case with the household the person is in, and who is called for it; asked for once."""
    told = sight_of(user, at)
    households = households_of([case.counted_as_id for case in cases])
    duties = {
        duty.site_id: duty
        for duty in Duty.objects.at(at).filter(site__in={case.site for case in cases if told.is_told(case.site)})
    }
    return [Row(case, households.get(case.counted_as_id), duties.get(case.site_id)) for case in cases]


def households_of(people: Sequence[object]) -> dict[object, Household]:
    """The household to which each of these persons belongs today."""
    rows = Membership.objects.today().filter(counted_as__in=people).select_related("household")
    return {row.counted_as_id: row.household for row in rows}


def children_kept_from(user: User, at: datetime) -> set[uuid.UUID]:
    """The children who came without a carer, and whose open cases the user may not see."""
    reasons = (Reason.CHILD_ALONE, Reason.CHILD_LEFT)
    rows = Case.objects.open().filter(kind=Kind.CHILD_PROTECTION, steps__reason__in=reasons)
    followed = rows.values_list("counted_as", flat=True)
    return set(followed).difference(followed.filter(pk__in=Case.objects.visible_to(user, at).values("pk")))


@dataclass(frozen=True)
class Line:
    """A step as it is read: with what was said, whether it was taken back, and whether a plan is done."""

    step: Step
    taken_back: Step | None
    done: bool
    letter: Letter | None


@dataclass(frozen=True)
class CaseFile:
    """All there is of a case, from top to bottom."""

    case: Case
    person: Individual
    age: str
    household: Household | None
    where: Whereabouts | None
    duty: Duty | None
    lines: Sequence[Line]
    others: Sequence[Case]
    carer: str  # as it was said at a desk, of a child

    @property
    def checklist(self) -> list[tuple[Topic, Step | None]]:
        """What is looked at for a child alone, each with when it was done last."""
        if self.case.kind != Kind.CHILD_PROTECTION:
            return []
        done = {line.step.topic: line.step for line in self._standing(Step.Kind.DONE)}
        return [(topic, done.get(topic)) for topic in BEST_INTEREST]

    @property
    def handing(self) -> Step | None:
        """The last step that asks to hand the child to somebody."""
        return next((line.step for line in reversed(self._standing(Step.Kind.HANDING))), None)

    def _standing(self, kind: str) -> list[Line]:
        return [line for line in self.lines if line.step.kind == kind and not line.taken_back]

    @property
    def next_steps(self) -> list[Line]:
        """What is to be done, the soonest first."""
        plans = [(line.step.due_at, line) for line in self.lines if line.step.due_at and not line.done]
        return [line for _due, line in sorted(plans, key=itemgetter(0)) if not line.taken_back]


def read_file(case: Case, user: User, at: datetime) -> CaseFile:
    """The case's file: its steps, with those of the cases of merged records that go on in it."""
    person = case.counted_as
    known = Step.objects.filter(Q(case=case) | Q(case__counted_with=case)).select_related("by", "follower", "case")
    steps = list(known)
    membership = Membership.objects.today().filter(counted_as=person).select_related("household", "carer").first()
    voided = {step.voids_id: step for step in steps if step.voids_id}
    done = {step.fulfils_id for step in steps if step.fulfils_id and step.pk not in voided}
    letters = Letter.objects.filter(step__in=steps).defer("content").in_bulk()
    lines = [
        Line(step, voided.get(step.pk), step.pk in done, letters.get(step.pk)) for step in steps if not step.voids_id
    ]
    return CaseFile(
        case=case,
        person=person,
        age=age_in_words(person.birth, local_day(at)),
        household=membership.household if membership else None,
        where=find_people([person.pk], at).get(person.pk),
        duty=Duty.objects.at(at).filter(site=case.site).first() if sight_of(user, at).is_told(case.site) else None,
        lines=lines,
        carer=_carer(membership) if membership else "",
        others=list(Case.objects.filter(counted_as=person, counted_with=None).exclude(pk=case.pk)),
    )


def _carer(membership: Membership) -> str:
    """Who looks after a child, as it was said: a member by name, or which kind of person."""
    return str(membership.carer or membership.get_carer_kind_display())
