"""Counts of a store: one person counts an item, a second one confirms."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from centre.access import Permission
from centre.models import Act, Site, User
from centre.sight import allowed_at
from registrations.models import both_or_neither

if TYPE_CHECKING:
    from aid.models import StockMovement


class StockCountQuerySet(models.QuerySet[Any]):
    """Counts of stock; what is shown to a person starts at where."""

    def where(self, user: "User", permission: Permission, at: datetime | None = None) -> "StockCountQuerySet":
        """Counts at sites where the user's role allows the permission."""
        return self.filter(allowed_at(user, permission, at=at, path="site"))

    def open(self) -> "StockCountQuerySet":
        """Counts that nobody has confirmed or withdrawn."""
        return self.filter(confirmed_at=None, withdrawn_at=None)

    def with_books(self) -> "StockCountQuerySet":
        """Annotate `books`: how many pieces the movements put in the store when it was counted, its own left out."""
        movements = self.model._meta.get_field("correction").related_model.objects
        before = movements.filter(item=OuterRef("item"), happened_at__lte=OuterRef("happened_at"))
        before = before.exclude(count=OuterRef("pk")).exclude(voids__count=OuterRef("pk"))

        def pieces(side: str) -> Any:
            on_it = before.filter(**{side: OuterRef("site")}).order_by().values("item")
            return Coalesce(Subquery(on_it.annotate(pieces=Sum("quantity")).values("pieces")), 0)

        return self.annotate(books=pieces("to_site") - pieces("from_site"))


COUNT_OPEN_ONCE = models.UniqueConstraint(
    fields=["site", "item"],
    condition=Q(confirmed_at__isnull=True, withdrawn_at__isnull=True),
    name="stock_count_open_once",
)


class StockCount(models.Model):
    """How many pieces of an item one person counted in a store; it changes no sum until a second one confirms it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="stock_counts", db_index=False)
    item = models.ForeignKey("aid.Item", models.PROTECT, related_name="stock_counts")
    quantity = models.PositiveIntegerField()
    happened_at = models.DateTimeField()
    act = models.OneToOneField(Act, models.PROTECT, related_name="stock_count")
    counted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    books: int  # of with_books
    correction: "StockMovement"

    objects = StockCountQuerySet.as_manager()

    class Meta:
        ordering = ("-happened_at",)
        constraints = (
            COUNT_OPEN_ONCE,
            models.CheckConstraint(
                condition=both_or_neither("confirmed_at", "confirmed_by"), name="stock_count_confirmed_by_someone"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("counted_by")),
                name="stock_count_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=both_or_neither("withdrawn_at", "withdrawn_by"), name="stock_count_withdrawn_by_someone"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="stock_count_withdrawn_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="stock_count_confirmed_or_withdrawn",
            ),
        )
        indexes = (models.Index(fields=["site", "-happened_at"], name="stock_counts_of_a_site"),)

    def __str__(self) -> str:
        return f"{self.quantity} × {self.item_id}"
