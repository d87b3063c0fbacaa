"""The ground: who works where, and every act they do."""

import uuid
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import TransactionNow
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Lower, NullIf
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from centre.access import AT_ONE_DOOR, OUTSIDE, Permission, judged_at, permissions_of
from centre.assignments import Assignment
from centre.clock import default_cut_off_hours
from centre.devices import called
from centre.logged import LogLine as LogLine
from centre.logged import LogSeal as LogSeal
from centre.lost_factors import LostFactor as LostFactor
from centre.sight import allowed_at, in_the_open, may_be_sent_to, sight_of
from centre.words import label_of


class Marz(models.TextChoices):
    """Armenia's provinces by ISO 3166-2 code."""

    YEREVAN = "AM-ER", _("Yerevan")
    ARAGATSOTN = "AM-AG", _("Aragatsotn")
    ARARAT = "AM-AR", _("Ararat")
    ARMAVIR = "AM-AV", _("Armavir")
    GEGHARKUNIK = "AM-GR", _("Gegharkunik")
    LORI = "AM-LO", _("Lori")
    KOTAYK = "AM-KT", _("Kotayk")
    SHIRAK = "AM-SH", _("Shirak")
    SYUNIK = "AM-SU", _("Syunik")
    VAYOTS_DZOR = "AM-VD", _("Vayots Dzor")
    TAVUSH = "AM-TV", _("Tavush")


class User(AbstractUser):
    """A member of staff; what they may do is in their assignments, never here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default="en")
    # A password that an administrator made; its owner changes it at the first sign-in, and both are empty again
    password_given_at = models.DateTimeField(null=True, blank=True)
    password_given_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(AbstractUser.Meta):
        constraints = (
            models.CheckConstraint(
                condition=Q(password_given_at__isnull=True, password_given_by__isnull=True)
                | Q(password_given_at__isnull=False, password_given_by__isnull=False),
                name="password_given_by_someone",
            ),
        )

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def get_absolute_url(self) -> str:
        return reverse("centre:person", args=[self.pk])

    @cached_property
    def all_assignments(self) -> list[Assignment]:
        """Every assignment the user ever had, read once per request."""
        return list(self.assignments.select_related("site"))

    def roles(self, at: datetime | None = None) -> set[str]:
        """The roles the user has at the instant, at any site."""
        at = at or timezone.now()
        return {a.role for a in self.all_assignments if a.covers(at)}

    @cached_property
    def is_outside(self) -> bool:
        """Whether the roles the user has, or else had, are all those of another house."""
        return self._is_only(OUTSIDE)

    @cached_property
    def is_at_one_door(self) -> bool:
        """Whether the user only receives at a house, or did: nothing is there but its door."""
        return self._is_only(AT_ONE_DOOR)

    def _is_only(self, those: frozenset[str]) -> bool:
        roles = self.roles() or {a.role for a in self.all_assignments}
        return bool(roles) and roles <= those

    def reach(self, permission: Permission, at: datetime | None = None) -> set[uuid.UUID] | None:
        """The ids of the sites where the user has the permission, then and now; None where it is every site."""
        reaches = [self._reach_at(permission, instant) for instant in judged_at(at)]
        bounded = [reach for reach in reaches if reach is not None]
        return set.intersection(*bounded) if bounded else None

    def _reach_at(self, permission: Permission, at: datetime) -> set[uuid.UUID] | None:
        granting = [a for a in self.all_assignments if a.covers(at) and permission in permissions_of(a.role)]
        if any(a.site_id is None for a in granting):
            return None
        return {a.site_id for a in granting if a.site_id}

    def knows(self, site: "Site", at: datetime | None = None) -> bool:
        """Whether the user may know that there is this site."""
        return sight_of(self, at).knows(site)


class OperationQuerySet(models.QuerySet["Operation"]):
    def current(self) -> "Operation | None":
        """The operation that was opened here, or none yet."""
        return self.first()


class Operation(models.Model):
    """What this installation is for: the one real operation, a practice or a demonstration."""

    class Purpose(models.TextChoices):
        REAL = "real", _("Operation")
        PRACTICE = "practice", _("Practice")
        DEMONSTRATION = "demonstration", _("Demonstration")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(max_length=120)
    code = models.CharField(max_length=4)
    complaints_to = models.CharField(max_length=80, blank=True)  # a number, a desk: what stands on every card
    purpose = models.CharField(max_length=20, choices=Purpose)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = OperationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(id=1), name="one_operation"),
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z]{4}$"), name="operation_code_of_four_letters"),
        )

    def __str__(self) -> str:
        return self.name


class SiteQuerySet(models.QuerySet["Site"]):
    def open(self, at: datetime) -> "SiteQuerySet":
        """Sites open at the instant."""
        return self.filter(opened_at__lte=at).exclude(closed_at__lte=at)

    def where(self, user: User, permission: Permission, at: datetime | None = None) -> "SiteQuerySet":
        """Sites that the user may know of and where their role allows the permission."""
        return self.filter(allowed_at(user, permission, at=at))

    def visible_to(self, user: User, at: datetime | None = None) -> "SiteQuerySet":
        """The sites that the user may know of."""
        return self.filter(sight_of(user, at).known())

    def by_name(self) -> "SiteQuerySet":
        """In the order of their names as the reader is shown them, for menus."""
        own = f"name_{(get_language() or 'en')[:2]}"
        names = [NullIf(name, Value("")) for name in (own, "name_en", "name_hy", "name_ru")]
        return self.order_by(Lower(Coalesce(*names)), "code")

    def offered(self, at: datetime) -> "SiteQuerySet":
        """What a menu offers: those open at the instant, by name; a house that was closed or taken back is in none."""
        return self.open(at).by_name()

    def to_be_sent_to(self) -> "SiteQuerySet":
        """The hospitals: anybody may send somebody there, whoever may know of the people in them."""
        return self.filter(may_be_sent_to())

    def hidden_from(self, user: User, at: datetime | None = None) -> "SiteQuerySet":
        """The sites that the user may not know of."""
        sight = sight_of(user, at)
        return self.none() if sight.of_every_site else self.exclude(sight.known())

    def in_the_open(self) -> "SiteQuerySet":
        """The sites that anybody may know of."""
        return self.filter(in_the_open())


class Site(models.Model):
    """A place where people are registered, housed, treated or given aid."""

    class Kind(models.TextChoices):
        REGISTRATION_POINT = "registration_point", _("Registration point")
        RECEPTION = "reception", _("Reception centre")
        TRANSIT = "transit", _("Transit centre")
        COLLECTIVE = "collective", _("Collective centre")
        HOTEL = "hotel", _("Hotel")
        GUEST_HOUSE = "guest_house", _("Guest house")
        SCHOOL = "school", _("School")
        CAMP = "camp", _("Planned camp")
        HOSPITAL = "hospital", _("Hospital")
        CHILDREN = "children", _("Children's centre")
        CRISIS = "crisis", _("Crisis centre")
        WAREHOUSE = "warehouse", _("Warehouse")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=20, unique=True)
    name_en = models.CharField(max_length=120, blank=True)
    name_hy = models.CharField(max_length=120, blank=True)
    name_ru = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=20, choices=Kind)
    confidential = models.BooleanField(default=False)
    marz = models.CharField(max_length=5, choices=Marz)
    p_code = models.CharField(max_length=10, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    cut_off_hours = ArrayField(models.TimeField(), default=default_cut_off_hours)
    presumed_left_after = models.PositiveSmallIntegerField(null=True, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = SiteQuerySet.as_manager()

    get_kind_display = label_of(Kind, "kind")
    get_marz_display = label_of(Marz, "marz")

    class Meta:
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gt=F("opened_at")),
                name="site_closes_after_opening",
            ),
            models.CheckConstraint(
                condition=Q(presumed_left_after__isnull=True) | Q(presumed_left_after__gt=0),
                name="site_presumes_after_hours",
            ),
            models.CheckConstraint(
                condition=~Q(name_en="", name_hy="", name_ru=""),
                name="site_has_a_name",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False)
                & Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="site_lies_on_earth",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("centre:site", args=[self.code])

    @property
    def name(self) -> str:
        """The name in the reader's language, or in the first one in which it has any."""
        own = getattr(self, f"name_{(get_language() or 'en')[:2]}", "")
        return own or self.name_en or self.name_hy or self.name_ru

    @property
    def coordinates(self) -> tuple[Decimal, Decimal] | None:
        """Latitude and longitude, where they are known."""
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)

    def is_open(self, at: datetime) -> bool:
        """Whether the site is open at the instant."""
        return self.opened_at <= at and not self.is_closed(at)

    def is_closed(self, at: datetime) -> bool:
        """Whether the site had been closed by the instant; one that was set up here later was not."""
        return self.closed_at is not None and self.closed_at <= at


class Token(models.Model):
    """A personal key for a machine that speaks for its user, until it expires; only its digest is kept."""

    user = models.ForeignKey(User, models.PROTECT, related_name="tokens")
    label = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    reads = ArrayField(models.CharField(max_length=40), default=list)  # the doors at which it may ask
    writes = ArrayField(models.CharField(max_length=40), default=list)  # and those at which it may act
    made_at = models.DateTimeField(db_default=TransactionNow())
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="token_expires_after_made"),
            models.CheckConstraint(condition=~Q(reads=[], writes=[]), name="token_opens_something"),
        )

    def __str__(self) -> str:
        return f"{self.label} · {self.user}"


class Session(AbstractBaseSession):
    """A browser that is signed in: whose it is, since when, and when somebody last worked in it."""

    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="sessions")  # nobody's before sign-in
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    device = models.CharField(max_length=200, blank=True)  # as the browser names itself

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.device} · {self.user}"

    @property
    def called(self) -> str:
        """The browser and the system, as people call them."""
        return called(self.device)

    @property
    def mark(self) -> str:
        """What stands on a page for the session: its key would open it."""
        return salted_hmac("centre.session", self.session_key, algorithm="sha256").hexdigest()[:32]


class Act(models.Model):
    """One thing done by one person at one time; sent twice, it is done once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=30)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="acts")
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    digest = models.CharField(max_length=66)  # centre.keyed
    sent_digest = models.CharField(max_length=66, blank=True, default="", db_default="")  # centre.sent
    written_by = models.CharField(max_length=80, blank=True, default="", db_default="")  # whose hand, of paper
    answer = models.JSONField(null=True, encoder=DjangoJSONEncoder)

    class Meta:
        indexes = (models.Index(fields=["-recorded_at"], name="act_recorded"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def judged_at(self) -> datetime | None:
        """When `by` must have had the right, beside now; of paper that was typed later, now alone."""
        return None if self.written_by else self.at
