"""The card that a household carries: its number is the household's number."""

import uuid

from django.conf import settings
from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from centre.models import Act, Site, User
from registrations.numbers import write_number


class CardQuerySet(models.QuerySet["Card"]):
    """Cards."""

    def live(self) -> "CardQuerySet":
        """Those that were not revoked."""
        return self.filter(revoked_at__isnull=True)


class Card(models.Model):
    """A card that was printed; of its secret and its code only digests are kept. One of a number is live."""

    class Why(models.TextChoices):
        """Why a card is revoked."""

        LOST = "lost", _("lost")
        STOLEN = "stolen", _("stolen")
        DAMAGED = "damaged", _("damaged")
        MISPRINTED = "misprinted", _("misprinted")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.BigIntegerField(editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="cards")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    secret_digest = models.CharField(max_length=64, unique=True)
    code_digest = models.CharField(max_length=64)
    act = models.ForeignKey(Act, models.PROTECT, related_name="cards")
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_as = models.CharField(max_length=10, choices=Why, blank=True)

    objects = CardQuerySet.as_manager()

    class Meta:
        ordering = ("number", "recorded_at")
        constraints = (
            models.UniqueConstraint(fields=["number"], condition=Q(revoked_at__isnull=True), name="one_live_card"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True, revoked_as="")
                | (Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoked_as="")),
                name="card_revoked_by_someone",
            ),
        )
        indexes = (models.Index(fields=["number"], name="card_of_number"),)

    def __str__(self) -> str:
        return write_number(self.number)
