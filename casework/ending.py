"""What is asked before a case is closed: what of it is open still, and whether somebody looks after the child."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from casework.kinds import BEST_INTEREST, Outcome
from casework.models import Case, Step, StepQuerySet
from casework.referrals import Referral
from centre.clock import local_day
from registrations.models import Individual
from registrations.together import children_of


def is_without_carer(case: Case, at: datetime) -> bool:
    """Whether the case is of a child whom nobody living of its family looks after, by what was said at the desks."""
    person = case.counted_as_id
    said = [one for one in children_of([person], local_day(at)) if one.child == person]
    carers = {carer for one in said if not one.alone for carer in one.carers}
    return bool(said) and not Individual.objects.filter(pk__in=carers).living(at).exists()


def what_is_left(case: Case, outcome: str) -> list[str]:
    """What is asked once before a child's case is closed, in words: what is open, and what nobody looked at.

    The second not of a child who died, nor of a case that was opened by mistake.
    """
    looked_at = set(_steps(case).filter(kind=Step.Kind.DONE).values_list("topic", flat=True))
    unseen = ", ".join(str(topic.label) for topic in BEST_INTEREST if topic not in looked_at)
    asks = unseen and outcome not in (Outcome.DIED, Outcome.MISTAKE)
    return [*what_is_open(case), *([_("not looked at: %(topics)s") % {"topics": unseen}] if asks else [])]


def what_is_open(case: Case) -> list[str]:
    """What is still to be done in the case, and which services were asked for the person, in words."""
    steps = _steps(case)
    done = steps.filter(fulfils__isnull=False).values("fulfils")
    plans = steps.filter(kind=Step.Kind.PLANNED).exclude(pk__in=done).order_by("due_at")
    asked = Referral.objects.open().of(case).select_related("service").order_by("offered_at")
    return [
        *(_("to do by %(hour)s") % {"hour": _hour(step.due_at)} for step in plans if step.due_at),
        *(_asked(referral) for referral in asked),
    ]


def _steps(case: Case) -> StepQuerySet:
    """Those that stand in the case, and in those of merged records that go on in it."""
    return Step.objects.standing().filter(case__in=[case.pk, *case.goes_on_for.values_list("pk", flat=True)])


def _asked(referral: Referral) -> str:
    told = f"{referral.service}, {referral.state.label}"
    return f"{told}, {_hour(referral.appointment_at)}" if referral.appointment_at else told


def _hour(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DAY_HOUR_FORMAT")
