"""A letter or a photo kept with a case: sealed, told by its content, and gone when the case's time is over."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from casework.kinds import LETTERS_KEPT
from casework.models import Case, Step
from casework.reading_letters import MediaType
from centre.models import User
from centre.sealing import SealedBytes


class LetterQuerySet(models.QuerySet["Letter"]):
    """Letters and photos."""

    def visible_to(self, user: User, at: datetime | None = None) -> "LetterQuerySet":
        """Those in the cases that the user may follow."""
        cases = Case.objects.visible_to(user, at).values("pk")
        return self.filter(Q(step__case__in=cases) | Q(step__case__counted_with__in=cases))

    def here(self) -> "LetterQuerySet":
        """Those that can still be read."""
        return self.filter(gone_at__isnull=True)

    def over(self, at: datetime) -> "LetterQuerySet":
        """Those of cases, or of those in which they go on, that have been closed for as long as letters are kept."""
        closed = at - LETTERS_KEPT
        alone = Q(step__case__counted_with=None, step__case__closed_at__lte=closed)
        return self.here().filter(alone | Q(step__case__counted_with__closed_at__lte=closed))

    def discard(self, at: datetime) -> int:
        """Let what they hold be gone; that there was a letter stays. How many."""
        return self.here().update(content=b"", gone_at=at)


class Letter(models.Model):
    """What a step brought into a case; `content` is decrypted when it is read, and only then."""

    step = models.OneToOneField(Step, models.PROTECT, primary_key=True, related_name="letter")
    media_type = models.CharField(max_length=20, choices=MediaType)
    size = models.IntegerField()  # bytes, before they are sealed
    content = SealedBytes()
    gone_at = models.DateTimeField(null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=(Q(gone_at=None) & ~Q(content=b"")) | (Q(gone_at__isnull=False) & Q(content=b"")),
                name="letter_is_here_or_gone",
            ),
        )

    def __str__(self) -> str:
        return f"{self.media_type} of {self.step_id}"

    @property
    def file_name(self) -> str:
        """The name under which it is saved: it does not tell whom it is about."""
        return f"letter-{str(self.step_id)[-8:]}.{MediaType(self.media_type).ending}"
