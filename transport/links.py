"""The driver's link of a bus: who has it reads numbers and heads on a telephone, without an account.

The link is made from the key of this machine and the act that made it, as the secrets of cards are: it is kept nowhere,
and of it only a digest under that key.
"""

import hashlib
import uuid
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.crypto import salted_hmac

from centre.access import Permission
from centre.keyed import as_kept_ever, under_key
from centre.models import Act, User
from centre.sight import allowed_at
from registrations.models import both_or_neither
from transport.errors import LinkNotShown

VALID_FOR = timedelta(hours=24)  # at most, from when it was made
AFTER_ARRIVAL = timedelta(hours=3)  # a bus that has come goes back, and somebody was not on the list
SHOWN_FOR = timedelta(minutes=10)  # to who made it: to be sent, or photographed
BYTES = 15  # 120 bits, 20 letters


class DriverLinkQuerySet(models.QuerySet["DriverLink"]):
    """Links of buses."""

    def live(self, at: datetime) -> "DriverLinkQuerySet":
        """Those that open something at the instant."""
        on_time = Q(run__arrived_at=None) | Q(run__arrived_at__gt=at - AFTER_ARRIVAL)
        return self.filter(on_time, withdrawn_at=None, expires_at__gt=at)

    def of_token(self, token: str, at: datetime) -> "DriverLinkQuerySet":
        """The live one that this token opens."""
        return self.live(at).filter(digest__in=as_kept_ever(_plain_digest(token)))

    def visible_to(self, user: User, at: datetime | None = None) -> "DriverLinkQuerySet":
        """Links of buses from the sites where the user places: such a user may make one."""
        return self.filter(allowed_at(user, Permission.PLACE, at=at, path="run__site"))


ONE_LINK = models.UniqueConstraint(fields=["run"], condition=Q(withdrawn_at=None), name="one_driver_link_a_run")


class DriverLink(models.Model):
    """A link that shows the list of a bus to its driver, until it ends or another is made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey("transport.TransportRun", models.PROTECT, related_name="driver_links")
    digest = models.CharField(max_length=66, unique=True)  # under the key
    act = models.OneToOneField(Act, models.PROTECT, related_name="driver_link")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DriverLinkQuerySet.as_manager()

    class Meta:
        ordering = ("run", "-made_at")
        constraints = (
            ONE_LINK,
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")) & Q(expires_at__lte=F("made_at") + VALID_FOR),
                name="driver_link_ends_within_a_day",
            ),
            models.CheckConstraint(
                condition=both_or_neither("withdrawn_at", "withdrawn_by"), name="driver_link_withdrawn_by_someone"
            ),
        )

    def __str__(self) -> str:
        return f"{self.run_id} {self.made_at:%Y-%m-%d %H:%M}"

    @property
    def address(self) -> str:
        """Where it leads, without the name of the machine; empty where the key of this machine is another by now."""
        token = token_of(self.act_id)
        known = self.digest in as_kept_ever(_plain_digest(token))
        return f"{reverse('transport:driver')}#{token}" if known else ""


def read_address(link: DriverLink, by: User, at: datetime) -> str:
    """Where a new link leads, for who made it a moment before the instant. Refuses with LinkNotShown."""
    is_new = link.act.by_id == by.pk and link.act.recorded_at > at - SHOWN_FOR
    if not (is_new and link.address and DriverLink.objects.live(at).filter(pk=link.pk).exists()):
        raise LinkNotShown
    return link.address


def token_of(act: uuid.UUID) -> str:
    """What stands at the end of the link that the act made."""
    said = salted_hmac("transport.driver_link", str(act), algorithm="sha256").digest()[:BYTES]
    return urlsafe_b64encode(said).decode()


def digest_of_link(token: str) -> str:
    """What is kept of it."""
    return under_key(_plain_digest(token))


def _plain_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
