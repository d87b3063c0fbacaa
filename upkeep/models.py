"""What upkeep remembers: the backups that were written."""

from django.db import models

from centre.models import User


class BackupQuerySet(models.QuerySet["Backup"]):
    def newest(self) -> "Backup | None":
        """The latest backup that was written whole."""
        return self.order_by("-taken_at").first()


class Backup(models.Model):
    """A backup that was written whole: when, how large, and of how many people; never where, and never the key."""

    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")  # none: by the clock
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    people = models.PositiveBigIntegerField()

    objects = BackupQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["-taken_at"], name="backup_taken"),)

    def __str__(self) -> str:
        return f"{self.taken_at:%Y-%m-%d %H:%M} {self.sha256[:12]}"
