"""Who is sought by a person whose case this is, and the registered people who may be them.

There is no list of people for anybody: a likely match is told to who follows the case, and to nobody else.
"""

import uuid
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Count, Q

from casework.kinds import Answer, Consent, SearchEnd
from casework.models import Case
from centre.models import Act, User
from centre.sealing import SealedField
from registrations.choices import Sex
from registrations.facts import Birth, PersonFacts
from registrations.models import Individual, Relationship, both_or_neither

TO_SEEKER = [choice for choice in Relationship.choices if choice[0] != Relationship.HEAD]


class TracingRequestQuerySet(models.QuerySet["TracingRequest"]):
    """Searches for people."""

    def open(self) -> "TracingRequestQuerySet":
        """Searches that have not ended, in a case that is followed: there, or where it goes on."""
        alone = Q(case__counted_with=None, case__closed_at=None)
        joined = Q(case__counted_with__isnull=False, case__counted_with__closed_at=None)
        return self.filter(alone | joined, closed_at=None, case__individual__never_was=False)

    def of(self, case: Case) -> "TracingRequestQuerySet":
        """Searches of the case, and of those of merged records that go on in it."""
        return self.filter(Q(case=case) | Q(case__counted_with=case))

    def by_need(self) -> "TracingRequestQuerySet":
        """Those with matches to answer first, `waiting` says how many; then the oldest."""
        waiting = Count("matches", filter=Q(matches__answer=""))
        return self.annotate(waiting=waiting).order_by("-waiting", "asked_at", "pk")

    def visible_to(self, user: User, at: datetime | None = None) -> "TracingRequestQuerySet":
        """Searches in the cases that the user may follow."""
        cases = Case.objects.visible_to(user, at).values("pk")
        return self.filter(Q(case__in=cases) | Q(case__counted_with__in=cases))


class TracingRequest(models.Model):
    """A person who is sought, for the person whose case it is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="searches")
    given_name = models.CharField(max_length=80, blank=True)
    family_name = models.CharField(max_length=80, blank=True)
    fathers_name = models.CharField(max_length=80, blank=True)
    keys = ArrayField(models.IntegerField())  # of the given and the family name, in every form they may have
    sex = models.CharField(max_length=1, choices=Sex, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    birth_precision = models.CharField(
        max_length=10, choices=Individual.Precision, default=Individual.Precision.UNKNOWN
    )
    relationship = models.CharField(max_length=16, choices=TO_SEEKER, blank=True)  # what the sought is to who seeks
    last_seen = SealedField(blank=True)
    consent = models.CharField(max_length=3, choices=Consent, blank=True)  # of who seeks
    consent_at = models.DateTimeField(null=True, blank=True)
    consent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    act = models.ForeignKey(Act, models.PROTECT, related_name="searches")
    outcome = models.CharField(max_length=9, choices=SearchEnd, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = TracingRequestQuerySet.as_manager()

    class Meta:
        ordering = ("asked_at", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(given_name="", family_name=""), name="sought_has_a_name"),
            models.CheckConstraint(
                condition=both_or_neither("closed_at", "closed_by")
                & (Q(closed_at__isnull=True, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome=""))),
                name="search_ended_by_someone",
            ),
            models.CheckConstraint(
                condition=both_or_neither("consent_at", "consent_by")
                & (Q(consent_at__isnull=True, consent="") | (Q(consent_at__isnull=False) & ~Q(consent=""))),
                name="seeker_was_asked_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(birth_date__isnull=True, birth_precision="unknown")
                | (Q(birth_date__isnull=False) & ~Q(birth_precision__in=["unknown", "age_group"])),
                name="sought_born_as_precise_as_said",
            ),
        )
        indexes = (
            # Asked at each registration and seldom written: nothing waits to be sorted in
            GinIndex(fields=["keys"], name="sought_by_key", fastupdate=False, condition=Q(closed_at__isnull=True)),
        )

    def __str__(self) -> str:
        return f"{self.family_name} {self.given_name}".strip()

    @property
    def birth(self) -> Birth:
        """What is known of the birth, as precise as it was said."""
        return Birth(self.birth_date, self.birth_precision)

    @property
    def sought(self) -> PersonFacts:
        """Who is sought, as a desk would say it."""
        return PersonFacts(
            self.given_name, self.family_name, self.fathers_name, self.sex or None, self.birth, id=self.pk
        )

    @property
    def followed_in(self) -> Case:
        """The case in which it is followed: since a merge it may be another."""
        return self.case.counted_with or self.case


class TracingMatchQuerySet(models.QuerySet["TracingMatch"]):
    """Likely matches."""

    def waiting(self) -> "TracingMatchQuerySet":
        """Those of open searches about which nobody has said anything."""
        return self.filter(answer="", request__in=TracingRequest.objects.open())

    def visible_to(self, user: User, at: datetime | None = None) -> "TracingMatchQuerySet":
        """Matches of the searches that the user may follow."""
        return self.filter(request__in=TracingRequest.objects.visible_to(user, at))


class TracingMatch(models.Model):
    """A registered person who may be the one sought; told once, to who follows the case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(TracingRequest, models.PROTECT, related_name="matches")
    individual = models.ForeignKey(Individual, models.PROTECT, related_name="+")
    counted_as = models.ForeignKey(Individual, models.PROTECT, related_name="sought_as")
    score = models.FloatField()  # as registrations.matches weighs it
    agrees = ArrayField(models.CharField(max_length=12))
    found_at = models.DateTimeField()
    found_in = models.ForeignKey(Act, models.PROTECT, null=True, blank=True, related_name="+")  # null: by night
    answer = models.CharField(max_length=9, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = TracingMatchQuerySet.as_manager()

    class Meta:
        ordering = ("-score", "id")
        constraints = (
            models.UniqueConstraint(fields=["request", "individual"], name="match_told_once"),
            models.CheckConstraint(
                condition=both_or_neither("answered_at", "answered_by")
                & (Q(answered_at__isnull=True, answer="") | (Q(answered_at__isnull=False) & ~Q(answer=""))),
                name="match_answered_by_someone",
            ),
        )

    def __str__(self) -> str:
        return f"{self.individual_id} for {self.request_id}"

    @property
    def both_agree(self) -> bool:
        """Whether both sides may be told of each other."""
        return self.request.consent == Consent.YES and self.answer in (Answer.AGREES, Answer.CONTACTED)
