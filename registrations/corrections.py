"""What a row said before it says what it says today: read backwards from today, it says what was known at any hour.

Imported by registrations.models, where Django looks for tables; here it names the others by their names.
"""

from uuid import UUID

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from centre.words import in_words


def undone_of(subject: str, name: str) -> str:
    """The common table of whoever read otherwise as known at %(known_at)s: `said` holds those fields alone."""
    return f"""
{name} AS (
    SELECT {subject}_id, jsonb_object_agg(field, was) AS said FROM (
        SELECT DISTINCT ON ({subject}_id, field) {subject}_id, field, was FROM registrations_correction
        WHERE recorded_at > %(known_at)s AND {subject}_id IS NOT NULL ORDER BY {subject}_id, field, id
    ) first_since GROUP BY {subject}_id
)
"""


UNDONE = undone_of("individual", "undone")


def registered_then(column: str, kind: str) -> str:
    """A column of when, by whom or in which act a person was registered, as was known; beside JOIN_UNDONE."""
    then = f"(undone.said -> 'registered' ->> '{column}')::{kind}"
    return f"CASE WHEN undone.said ? 'registered' THEN {then} ELSE {column} END"


JOIN_UNDONE = "LEFT JOIN undone ON undone.individual_id = registrations_individual.id"
WAS_REGISTERED = f"""
coalesce({registered_then("registered_at", "timestamptz")} <= %(at)s
         AND {registered_then("registered_in_id", "uuid")}
             NOT IN (SELECT id FROM centre_act WHERE recorded_at > %(known_at)s), false)
"""

ONE_SUBJECT = (
    Q(individual__isnull=False, household__isnull=True, membership__isnull=True)
    | Q(individual__isnull=True, household__isnull=False, membership__isnull=True)
    | Q(individual__isnull=True, household__isnull=True, membership__isnull=False)
)


class AboutOneRow(models.Model):
    """A fact about one field of a person, of a household or of a membership; values as plain JSON."""

    id = models.UUIDField(primary_key=True, editable=False, db_default=Func(function="uuidv7"))
    individual = models.ForeignKey(
        "registrations.Individual", models.PROTECT, null=True, related_name="%(class)ss", db_index=False
    )
    household = models.ForeignKey(
        "registrations.Household", models.PROTECT, null=True, related_name="%(class)ss", db_index=False
    )
    membership = models.ForeignKey(
        "registrations.Membership", models.PROTECT, null=True, related_name="%(class)ss", db_index=False
    )
    field = models.CharField(max_length=24)
    was = models.JSONField(null=True)
    now = models.JSONField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    act = models.ForeignKey("centre.Act", models.PROTECT, related_name="%(class)ss")
    recorded_at = models.DateTimeField(db_default=TransactionNow())

    class Meta:
        abstract = True


class Correction(AboutOneRow):
    """A field that says something else since: what it said, what it says, who said so, and what that takes back.

    Of one field the rows follow each other by id, which is minted while the row is locked; each `was` is the `now`
    of the one before.
    """

    class Cause(models.TextChoices):
        """Why a field says something else."""

        CORRECTED = "corrected", _("corrected")
        NAMED = "named", _("named")
        CHANGED = "changed", _("changed")
        TAKEN_BACK = "taken_back", _("taken back")

    class OwnReason(models.TextChoices):
        """Reasons that the house writes itself: kept as a code, read in the reader's language."""

        COUNTED_BY_MISTAKE = "counted_by_mistake", _("counted by mistake at the gate")

    cause = models.CharField(max_length=10, choices=Cause)
    voids = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="voided_by")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=ONE_SUBJECT, name="correction_of_one_row"),
            models.CheckConstraint(condition=~Q(was=F("now")), name="correction_corrects"),
            models.CheckConstraint(
                condition=Q(cause="taken_back", voids__isnull=False) | (~Q(cause="taken_back") & Q(voids__isnull=True)),
                name="taken_back_names_what",
            ),
        )
        indexes = (
            models.Index(fields=["individual", "field", "id"], name="correction_of_individual"),
            models.Index(fields=["household", "field", "id"], name="correction_of_household"),
            models.Index(fields=["membership", "field", "id"], name="correction_of_membership"),
            models.Index(fields=["recorded_at"], name="correction_recorded"),
        )

    def __str__(self) -> str:
        return f"{self.field} of {self.individual_id or self.household_id or self.membership_id}"

    @property
    def reason_in_words(self) -> str:
        """The reason as it was typed, or in the reader's language."""
        return in_words(self.reason, self.OwnReason)


class Conflict(AboutOneRow):
    """Two desks said otherwise of one field: what stands, and what the later one meant; until somebody decides.

    `was` is what the later desk read, `now` what it meant.
    """

    settled_in = models.ForeignKey("centre.Act", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (models.CheckConstraint(condition=ONE_SUBJECT, name="conflict_of_one_row"),)
        indexes = (
            models.Index(fields=["individual"], name="conflict_of_individual"),
            models.Index(fields=["household"], name="conflict_of_household"),
            models.Index(fields=["membership"], name="conflict_of_membership"),
            models.Index(fields=["id"], name="conflict_open", condition=Q(settled_in__isnull=True)),
        )

    def __str__(self) -> str:
        return f"{self.field} of {self.individual_id or self.household_id or self.membership_id}"

    @property
    def about(self) -> UUID | None:
        """Whose field it is: the id of the person, or of the household."""
        return self.membership.individual_id if self.membership else self.individual_id or self.household_id


class FormerName(models.Model):
    """What a person was called before a correction, folded as a person's own name is, so that it still finds them."""

    individual = models.ForeignKey("registrations.Individual", models.PROTECT, related_name="former_names")
    given_name = models.CharField(max_length=80, blank=True)
    family_name = models.CharField(max_length=80, blank=True)
    given_fold = models.CharField(max_length=160, blank=True, db_collation="C")
    family_fold = models.CharField(max_length=160, blank=True, db_collation="C")
    fathers_fold = models.CharField(max_length=160, blank=True, db_collation="C")

    class Meta:
        indexes = (
            models.Index(fields=["family_fold", "given_fold"], name="former_family_fold"),
            models.Index(fields=["given_fold"], name="former_given_fold"),
        )

    def __str__(self) -> str:
        return f"{self.family_name} {self.given_name}".strip()
