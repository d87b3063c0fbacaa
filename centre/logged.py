"""What the log holds: the lines, and the seals by which a line that was changed or lost is found out."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import TransactionNow
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from centre.access import Permission
from centre.assignments import Assignment

if TYPE_CHECKING:
    from centre.models import User


class LogLineQuerySet(models.QuerySet["LogLine"]):
    """Lines of the log."""

    def visible_to(self, user: "User") -> "LogLineQuerySet":
        """All lines for who reads the log of all sites, else those of the staff of the sites where the user does."""
        reach = user.reach(Permission.SEE_LOG)
        return self if reach is None else self.filter(by__in=Assignment.objects.filter(site__in=reach).values("user"))


class LogLine(models.Model):
    """Who opened, searched, exported or was refused what, when, and why it left: ids and field names, never values."""

    class Verb(models.TextChoices):
        OPENED = "opened", _("opened")
        SEARCHED = "searched", _("searched")
        EXPORTED = "exported", _("exported")
        PRINTED = "printed", _("printed")
        MATCHED = "matched", _("matched")
        REFUSED = "refused", _("was refused")
        PUT_TOGETHER = "put_together", _("put into one house")
        SIGNED_IN = "signed_in", _("signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("failed to sign in")
        PASSWORD_CHANGED = "password_changed", _("changed a password")
        ROLE_GIVEN = "role_given", _("gave a role")
        ROLE_AGREED = "role_agreed", _("agreed to a role")
        ROLE_WITHDRAWN = "role_withdrawn", _("withdrew a role")
        ROLE_ENDED = "role_ended", _("ended a role")
        FACTOR_ADDED = "factor_added", _("set up a second factor")
        FACTOR_LOST = "factor_lost", _("asked to remove a second factor")
        FACTOR_REMOVED = "factor_removed", _("removed a second factor")
        CODES_RENEWED = "codes_renewed", _("made new recovery codes")
        SIGN_IN_BLOCKED = "sign_in_blocked", _("blocked sign-in")
        SIGN_IN_ALLOWED = "sign_in_allowed", _("allowed sign-in")

    at = models.DateTimeField(db_default=TransactionNow())
    by = models.ForeignKey("centre.User", models.PROTECT, null=True, related_name="log_lines")
    verb = models.CharField(max_length=20, choices=Verb)
    subject = models.CharField(max_length=40, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    fields = ArrayField(models.CharField(max_length=40), default=list)
    keys = ArrayField(models.UUIDField(), default=list)  # of the people and households that were shown
    address = models.GenericIPAddressField(null=True, blank=True)  # as the trusted proxy says it
    why = models.CharField(max_length=200, blank=True)  # of a file that left, in the words of who took it

    objects = LogLineQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(verb="exported") | Q(why__regex=r"\S.*\S.*\S"), name="exported_with_a_reason"
            ),
        )
        indexes = (
            models.Index(fields=["subject", "subject_id", "at"], name="log_of_subject"),
            models.Index(fields=["by", "at"], name="log_of_user"),
            GinIndex(fields=["keys"], name="log_of_shown"),
            BrinIndex(fields=["at"], name="log_of_time"),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_id} {self.verb} {self.subject} {self.subject_id}"


class LogSeal(models.Model):
    """What the lines of some minutes said: a mark of each, and a head that follows from all lines until then."""

    at = models.DateTimeField(db_default=TransactionNow())
    through = models.DateTimeField()  # the lines of before it, as far as the seal before has them not
    lines = ArrayField(models.BigIntegerField())
    marks = ArrayField(models.CharField(max_length=16))
    after = models.CharField(max_length=64, blank=True)  # the head of the seal before
    head = models.CharField(max_length=64)
    key_of = models.CharField(max_length=8)  # which key it was made under, as far as it may be told

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("after",), name="one_seal_follows_another"),)

    def __str__(self) -> str:
        return self.head[:16]
