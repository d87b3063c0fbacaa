"""What is offered to a service for a person whose case this is, and what came of it."""

import uuid
from datetime import datetime, time, timedelta

from django.db import models
from django.db.models import Q

from casework.kinds import Declining, ReferralEnd, ReferralState, Transport
from casework.models import Case
from casework.services import Service, ServiceAccount
from centre.access import Permission, allows
from centre.clock import local_day, local_instant
from centre.models import Act, User
from centre.sealing import SealedField
from registrations.models import both_or_neither

FOLLOWED = Q(case__counted_with=None, case__closed_at=None) | Q(
    case__counted_with__isnull=False, case__counted_with__closed_at=None
)
"""In a case that is open: there, or where it goes on. With the case ends what was asked of services."""
HELD = (Q(end="") & FOLLOWED) | Q(end=ReferralEnd.HELPED)  # whose appointment takes a place of its day
STATES: dict[str, Q] = {
    ReferralState.OFFERED: Q(end="", accepted_at=None),
    ReferralState.ACCEPTED: Q(end="", accepted_at__isnull=False, came=None),
    ReferralState.CAME: Q(end="", came=True),
    ReferralState.MISSED: Q(end="", came=False),
} | {state: Q(end=state) for state in ReferralEnd.values}


def service_of(user: User, at: datetime | None = None) -> Service | None:
    """The service for which the user answers, then and now."""
    if not allows(user, Permission.ANSWER_REFERRALS, at=at):
        return None
    account = ServiceAccount.objects.select_related("service").filter(user=user).first()
    return account.service if account else None


class ReferralQuerySet(models.QuerySet["Referral"]):
    """Referrals."""

    def open(self) -> "ReferralQuerySet":
        """Those that have not ended, in a case that is followed."""
        return self.filter(FOLLOWED, closed_at=None, case__individual__never_was=False)

    def of(self, case: Case) -> "ReferralQuerySet":
        """Referrals of the case, and of those of merged records that go on in it."""
        return self.filter(Q(case=case) | Q(case__counted_with=case))

    def overdue(self, at: datetime) -> "ReferralQuerySet":
        """Those whose appointment is past, and nobody said whether the person came."""
        return self.filter(FOLLOWED, end="", came=None, appointment_at__lte=at)

    def expected(self, until: datetime) -> "ReferralQuerySet":
        """Those whose appointment is before then, and nobody said whether the person came; with whose they are."""
        whose = ("counted_as", "site", "counted_with__counted_as", "counted_with__site")
        ahead = self.open().filter(came=None, appointment_at__lt=until)
        return ahead.select_related("service", *(f"case__{name}" for name in whose))

    def visible_to(self, user: User, at: datetime | None = None) -> "ReferralQuerySet":
        """Referrals in the cases that the user may follow."""
        cases = Case.objects.visible_to(user, at).values("pk")
        return self.filter(Q(case__in=cases) | Q(case__counted_with__in=cases))

    def of_service(self, service: Service) -> "ReferralQuerySet":
        """All that was ever offered to the service."""
        return self.filter(service=service, case__individual__never_was=False)

    def offered_to(self, service: Service) -> "ReferralQuerySet":
        """What the service is shown: nothing that was taken back."""
        return self.of_service(service).exclude(end=ReferralEnd.WITHDRAWN)


class Referral(models.Model):
    """A person offered to a service; how it stands is read from its dates."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="referrals")
    service = models.ForeignKey(Service, models.PROTECT, related_name="referrals")
    words = SealedField()  # what the service is told
    names_person = models.BooleanField(default=False)  # the given name, age, sex and telephone are told with it
    wished_at = models.DateTimeField(null=True, blank=True)
    transport = models.CharField(max_length=9, choices=Transport, blank=True)
    driver = models.CharField(max_length=80, blank=True)
    driver_phone = models.CharField(max_length=20, blank=True)
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    act = models.ForeignKey(Act, models.PROTECT, related_name="referrals")
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    appointment_at = models.DateTimeField(null=True, blank=True)
    came = models.BooleanField(null=True, blank=True)
    came_at = models.DateTimeField(null=True, blank=True)  # when it was said
    came_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    end = models.CharField(max_length=9, choices=ReferralEnd, blank=True)
    why = models.CharField(max_length=10, choices=Declining, blank=True)
    result = SealedField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ("-offered_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["case", "service"], condition=Q(closed_at__isnull=True), name="referral_open_once"
            ),
            models.CheckConstraint(
                condition=both_or_neither("accepted_at", "accepted_by"), name="referral_accepted_by_someone"
            ),
            models.CheckConstraint(
                condition=both_or_neither("came_at", "came_by") & both_or_neither("came_at", "came"),
                name="referral_came_by_someones_word",
            ),
            models.CheckConstraint(
                condition=both_or_neither("closed_at", "closed_by")
                & (Q(closed_at__isnull=True, end="") | (Q(closed_at__isnull=False) & ~Q(end=""))),
                name="referral_ended_by_someone",
            ),
            models.CheckConstraint(
                condition=(Q(end="declined") & ~Q(why="")) | (~Q(end="declined") & Q(why="")),
                name="referral_declined_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=False) | Q(appointment_at__isnull=True, came__isnull=True),
                name="appointment_of_what_was_accepted",
            ),
            models.CheckConstraint(
                condition=~Q(transport="") | Q(driver="", driver_phone=""), name="driver_of_a_transport"
            ),
        )
        indexes = (
            models.Index(fields=["service", "appointment_at"], name="referral_by_appointment"),
            models.Index(fields=["service", "offered_at"], name="referral_by_offer"),
        )

    def __str__(self) -> str:
        return str(self.service)

    @property
    def number(self) -> str:
        """What the person says at the door of the service, which tells it who comes; it names nobody to others."""
        return f"{self.pk.int % 1_000_000:06}"

    @property
    def accepted_by_telephone(self) -> bool:
        """Whether it was not the service itself that wrote that it accepts."""
        answering = {account.user_id for account in self.service.accounts.all()}
        return self.accepted_by_id is not None and self.accepted_by_id not in answering

    @property
    def followed_in(self) -> Case:
        """The case in which it is followed: since a merge it may be another."""
        return self.case.counted_with or self.case

    @property
    def is_open(self) -> bool:
        """Whether the service is still asked: what was said to it is for that time alone."""
        return not self.end and not self.followed_in.closed_at

    @property
    def state(self) -> ReferralState:
        """How it stands."""
        if self.end:
            return ReferralState(self.end)
        if self.came is not None:
            return ReferralState.CAME if self.came else ReferralState.MISSED
        return ReferralState.ACCEPTED if self.accepted_at else ReferralState.OFFERED


def is_day_full(referral: Referral, appointment_at: datetime) -> bool:
    """Whether the service, which is locked, sees as many other people on that local day as it takes."""
    most = referral.service.places_a_day
    day = local_day(appointment_at)
    begins, ends = (local_instant(day + timedelta(days=more), time(0)) for more in (0, 1))
    taken = Referral.objects.filter(
        HELD, service=referral.service_id, appointment_at__gte=begins, appointment_at__lt=ends
    )
    return most is not None and taken.exclude(pk=referral.pk).count() >= most


def without_place(case: Case, at: datetime) -> list[Referral]:
    """What was asked for the case whose appointment is today or later, on a day that is full without it."""
    today = local_instant(local_day(at), time(0))
    ahead = Referral.objects.open().of(case).filter(came=None, appointment_at__gte=today).select_related("service")
    return [one for one in ahead if one.appointment_at and is_day_full(one, one.appointment_at)]
