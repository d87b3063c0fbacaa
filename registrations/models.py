"""People: households and individuals, who belongs together, and what each needs."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import TransactionNow
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from centre.models import Act, Marz, Site, User
from registrations.choices import AgeGroup, District, Going, Relationship, Sex
from registrations.corrections import Conflict as Conflict
from registrations.corrections import Correction as Correction
from registrations.corrections import FormerName as FormerName
from registrations.deaths import DeathTold as DeathTold
from registrations.facts import Birth
from registrations.movements import SEEN_ONCE as SEEN_ONCE
from registrations.movements import Absence as Absence
from registrations.movements import Movement as Movement
from registrations.movements import Presence as Presence
from registrations.movements import Sighting as Sighting
from registrations.numbers import write_number
from registrations.querysets import (
    GateCountQuerySet,
    HouseholdQuerySet,
    IndividualQuerySet,
    MembershipQuerySet,
)


def both_or_neither(at: str, by: str) -> Q:
    """The condition that an instant and its author are both there, or neither."""
    return Q(**{f"{at}__isnull": True, f"{by}__isnull": True}) | Q(**{f"{at}__isnull": False, f"{by}__isnull": False})


class NeedCode(models.Model):
    """A specific-needs category or sub-code."""

    code = models.CharField(max_length=10, primary_key=True)
    category = models.CharField(max_length=2)
    name_en = models.CharField(max_length=120)
    name_hy = models.CharField(max_length=120, blank=True)
    name_ru = models.CharField(max_length=120, blank=True)
    at_desk = models.BooleanField(default=False)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def name(self) -> str:
        """The name in the reader's language, in English where it has none."""
        return getattr(self, f"name_{(get_language() or 'en')[:2]}", "") or self.name_en


class Household(models.Model):
    """Those who travel and live together, known by the number of the card they carry."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.BigIntegerField(
        unique=True, editable=False, db_default=Func(Value("household_number"), function="nextval")
    )
    site = models.ForeignKey(Site, models.PROTECT, related_name="households")
    act = models.ForeignKey(Act, models.PROTECT, related_name="households")
    pre_registered_at = models.DateTimeField(null=True, blank=True)
    pre_registered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    registered_at = models.DateTimeField(null=True, blank=True)
    registered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    registered_in = models.ForeignKey(Act, models.PROTECT, null=True, blank=True, related_name="+")
    last_residence_district = models.CharField(max_length=3, choices=District, blank=True)
    last_residence_settlement = models.CharField(max_length=80, blank=True)
    original_registration_district = models.CharField(max_length=3, choices=District, blank=True)
    original_registration_settlement = models.CharField(max_length=80, blank=True)
    phones = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    vehicle = models.CharField(max_length=40, blank=True)
    urgent_need = models.ForeignKey(NeedCode, models.PROTECT, null=True, blank=True, related_name="+")
    going = models.CharField(max_length=12, choices=Going, default=Going.SHELTER)
    destination_marz = models.CharField(max_length=5, choices=Marz, blank=True)
    waits_since = models.DateTimeField(db_default=TransactionNow())  # when what they wish now was recorded

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(pre_registered_at__isnull=False) | Q(registered_at__isnull=False),
                name="household_came_by_a_desk",
            ),
            models.CheckConstraint(
                condition=both_or_neither("pre_registered_at", "pre_registered_by"),
                name="household_pre_registered_by_someone",
            ),
            models.CheckConstraint(
                condition=both_or_neither("registered_at", "registered_by")
                & both_or_neither("registered_at", "registered_in"),
                name="household_registered_by_someone",
            ),
        )
        indexes = (
            models.Index(fields=["site", "registered_at"], name="household_by_site"),
            models.Index(fields=["registered_at"], name="household_wants_shelter", condition=Q(going=Going.SHELTER)),
            GinIndex(fields=["phones"], name="household_by_phone"),
        )

    def __str__(self) -> str:
        return write_number(self.number)

    def get_absolute_url(self) -> str:
        return reverse("desk:family", args=[self])


class Individual(models.Model):
    """A person; a row without a name until one is taken."""

    class Precision(models.TextChoices):
        """How much of the birth date is known."""

        DAY = "day", _("day")
        MONTH = "month", _("month")
        YEAR = "year", _("year")
        AGE = "age", _("age")
        AGE_MONTHS = "age_months", _("age in months")
        AGE_GROUP = "age_group", _("age group")
        UNKNOWN = "unknown", _("unknown")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    given_name = models.CharField(max_length=80, blank=True)
    family_name = models.CharField(max_length=80, blank=True)
    fathers_name = models.CharField(max_length=80, blank=True)
    given_fold = models.CharField(max_length=160, blank=True, db_collation="C")
    family_fold = models.CharField(max_length=160, blank=True, db_collation="C")
    fathers_fold = models.CharField(max_length=160, blank=True, db_collation="C")
    sort_key = models.CharField(max_length=400, blank=True, db_collation="C")
    sex = models.CharField(max_length=1, choices=Sex, null=True, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    birth_precision = models.CharField(max_length=10, choices=Precision, default=Precision.UNKNOWN)
    age_group = models.CharField(max_length=5, choices=AgeGroup, blank=True)
    documents = models.JSONField(default=list, blank=True)
    never_was = models.BooleanField(default=False, db_default=False)  # told of by mistake: nobody stands behind it
    pre_registered_at = models.DateTimeField(null=True, blank=True)
    pre_registered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    pre_registered_in = models.ForeignKey(Act, models.PROTECT, null=True, blank=True, related_name="+")
    registered_at = models.DateTimeField(null=True, blank=True)
    registered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    registered_in = models.ForeignKey(Act, models.PROTECT, null=True, blank=True, related_name="+")

    objects = IndividualQuerySet.as_manager()

    class Meta:
        ordering = ("sort_key", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(pre_registered_at__isnull=False) | Q(registered_at__isnull=False),
                name="individual_came_by_a_desk",
            ),
            models.CheckConstraint(
                condition=both_or_neither("pre_registered_at", "pre_registered_by")
                & both_or_neither("pre_registered_at", "pre_registered_in"),
                name="individual_pre_registered_by_someone",
            ),
            models.CheckConstraint(
                condition=both_or_neither("registered_at", "registered_by")
                & both_or_neither("registered_at", "registered_in"),
                name="individual_registered_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(
                    birth_date__isnull=False,
                    birth_precision__in=["day", "month", "year", "age", "age_months"],
                    age_group="",
                )
                | (Q(birth_date__isnull=True, birth_precision="age_group") & ~Q(age_group=""))
                | Q(birth_date__isnull=True, birth_precision="unknown", age_group=""),
                name="birth_as_precise_as_said",
            ),
        )
        indexes = (
            models.Index(fields=["family_fold", "given_fold"], name="individual_family_fold"),
            models.Index(fields=["given_fold"], name="individual_given_fold"),
            GinIndex(fields=["documents"], name="individual_by_document", opclasses=["jsonb_path_ops"]),
            models.Index(fields=["id"], name="individual_never_was", condition=Q(never_was=True)),
        )

    def __str__(self) -> str:
        return self.full_name or str(_("name still missing"))

    @property
    def birth(self) -> Birth:
        """What is known of the birth, as precise as it was said."""
        return Birth(self.birth_date, self.birth_precision, self.age_group)

    @property
    def full_name(self) -> str:
        """Family name first, as lists are called."""
        return f"{self.family_name} {self.given_name}".strip()

    @property
    def initials(self) -> str:
        """For boards, where no name stands."""
        return ". ".join(part[0] for part in (self.given_name, self.family_name) if part) + "." * bool(self.full_name)


class Name(models.Model):
    """A distinct name as it folds and is spelt; asked for what is near, so that cost grows with names, not people."""

    class Kind(models.TextChoices):
        GIVEN = "given", _("given name")
        FAMILY = "family", _("family name")

    folded = models.CharField(max_length=160, db_collation="C")
    spelt = models.CharField(max_length=160, db_collation="C")
    kind = models.CharField(max_length=6, choices=Kind)
    keys = ArrayField(models.IntegerField())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["folded", "spelt", "kind"], name="name_once"),)
        indexes = (GinIndex(fields=["keys"], name="name_by_key"),)

    def __str__(self) -> str:
        return self.folded


ONE_HEAD = models.UniqueConstraint(
    fields=["household"], condition=Q(left_at__isnull=True, relationship="head"), name="one_head"
)


class Membership(models.Model):
    """An individual's time in a household, with what they are to its head and who looks after a child."""

    class Carer(models.TextChoices):
        """Who looks after a child that is not son or daughter of the head."""

        MEMBER = "member", _("A parent on this list")
        RELATIVE = "relative", _("A relative")
        SOMEONE_ELSE = "someone_else", _("Someone else")
        NOBODY = "nobody", _("Nobody")

    household = models.ForeignKey(Household, models.PROTECT, related_name="memberships")
    individual = models.ForeignKey(Individual, models.PROTECT, related_name="memberships")
    counted_as = models.ForeignKey(Individual, models.PROTECT, related_name="counted_memberships")
    relationship = models.CharField(max_length=16, choices=Relationship, blank=True)
    carer_kind = models.CharField(max_length=12, choices=Carer, blank=True)
    carer = models.ForeignKey(Individual, models.PROTECT, null=True, blank=True, related_name="looks_after")
    position = models.PositiveSmallIntegerField()
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    never_was = models.BooleanField(default=False, db_default=False)
    act = models.ForeignKey(Act, models.PROTECT, related_name="memberships")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ("household", "position")
        constraints = (
            models.UniqueConstraint(fields=["individual"], condition=Q(left_at__isnull=True), name="membership_once"),
            ONE_HEAD,
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gt=F("joined_at")),
                name="membership_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(never_was=False) | Q(left_at__isnull=False), name="what_never_was_has_ended"
            ),
            models.CheckConstraint(
                condition=Q(carer__isnull=False, carer_kind="member")
                | (Q(carer__isnull=True) & ~Q(carer_kind="member")),
                name="carer_member_is_named",
            ),
        )

    def __str__(self) -> str:
        return f"{self.individual_id} in {self.household_id}"

    @property
    def comes_alone(self) -> bool:
        """Whether it was said of this child that nobody on the list looks after it."""
        return self.carer_kind not in ("", self.Carer.MEMBER)


class GateCount(models.Model):
    """People and vehicles seen crossing since the last count, without names."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="gate_counts")
    people = models.PositiveIntegerField()
    vehicles = models.PositiveIntegerField(default=0)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    act = models.ForeignKey(Act, models.PROTECT, related_name="gate_counts")
    reason = models.CharField(max_length=200, blank=True, db_default="")  # why it takes another back; "" in old rows
    voids = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="voided_by")

    objects = GateCountQuerySet.as_manager()

    class Meta:
        ordering = ("-happened_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(voids__isnull=False) | Q(reason=""), name="only_a_count_taken_back_has_a_reason"
            ),
        )
        indexes = (models.Index(fields=["happened_at"], name="gate_count_happened"),)

    def __str__(self) -> str:
        return f"{self.people} / {self.vehicles}"


class SpecificNeed(models.Model):
    """A need of a person, by UNHCR's codes; nobody is labelled by it."""

    individual = models.ForeignKey(Individual, models.PROTECT, related_name="specific_needs")
    code = models.ForeignKey(NeedCode, models.PROTECT, related_name="+")
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_in = models.ForeignKey(Act, models.PROTECT, null=True, blank=True, related_name="+")  # null in old rows

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["individual", "code"], condition=Q(ended_at__isnull=True), name="need_once"
            ),
            models.CheckConstraint(condition=both_or_neither("ended_at", "ended_by"), name="need_ended_by_someone"),
        )

    def __str__(self) -> str:
        return f"{self.individual_id} {self.code_id}"


MERGED_ONCE = models.UniqueConstraint(
    fields=["merged"], condition=Q(undone_recorded_at__isnull=True), name="merged_once"
)


class Merge(models.Model):
    """Two records found to be one person: the facts of one count as the other's, until it is undone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    merged = models.ForeignKey(Individual, models.PROTECT, related_name="merges")
    into = models.ForeignKey(Individual, models.PROTECT, related_name="merges_in")
    reason = models.CharField(max_length=200)
    act = models.OneToOneField(Act, models.PROTECT, related_name="merge")
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    undone_act = models.OneToOneField(Act, models.PROTECT, null=True, blank=True, related_name="unmerge")
    undone_recorded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            MERGED_ONCE,
            models.CheckConstraint(condition=~Q(merged=F("into")), name="merged_into_another"),
            models.CheckConstraint(
                condition=both_or_neither("undone_recorded_at", "undone_act"), name="unmerged_in_an_act"
            ),
        )

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.into_id}"
