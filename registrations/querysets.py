"""How people are found and who may see them. Adjectives that compose.

Rows of upper apps (stays, cases) are reached by their reverse relation, never by import.
"""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from centre.access import Permission
from centre.presumed import presumed_left_by
from registrations.in_sight import InSight, reasons_to_see
from registrations.today import today

if TYPE_CHECKING:
    from centre.models import User


class MembershipQuerySet(models.QuerySet[Any]):
    """Who belongs to which household."""

    def today(self) -> "MembershipQuerySet":
        """Those that have not ended."""
        return self.filter(today())

    def nameless(self) -> "MembershipQuerySet":
        """Those of people who were counted at the gate and have no name yet, by no record of theirs."""
        return self.today().filter(individual__registered_at=None, counted_as__registered_at=None)


class HouseholdQuerySet(models.QuerySet[Any]):
    """Households; rows shown to a person start at visible_to."""

    def visible_to(
        self, user: "User", at: datetime | None = None, permission: Permission = Permission.SEE_FAMILIES
    ) -> "HouseholdQuerySet":
        """The households that the user's roles show; with a permission, those that roles with it show.

        A volunteer: registered at, or present at, their site in the last 72 hours. A coordinator: with a
        presence, hold or stay at their sites. A protection officer: with these or a case there. Others: none.
        """
        at = at or timezone.now()
        reasons = reasons_to_see(user, at, permission)
        if reasons is None:
            return self.all()
        return self.filter(InSight("pk", reasons)) if reasons else self.none()

    def in_hand_of(self, user: "User") -> "HouseholdQuerySet":
        """The households on whom the user may act: those they see, and not by a file opened in an emergency alone."""
        return self.visible_to(user, permission=Permission.REGISTER)

    def supervised_by(self, user: "User", at: datetime | None = None) -> "HouseholdQuerySet":
        """The households of which the user sets right what a desk wrote, and reads all that was told of them."""
        return self.visible_to(user, at, Permission.MERGE)

    def registered(self) -> "HouseholdQuerySet":
        """Households whose names are taken."""
        return self.filter(registered_at__isnull=False)

    def with_size(self, deaths: "models.QuerySet[Any]") -> "HouseholdQuerySet":
        """Annotate `size`, the people of today but those of these deaths (known_deaths of the reader), each once."""
        members = self.model.memberships.rel.related_model._default_manager
        counted = (
            members.today()
            .filter(household=OuterRef("pk"))
            .exclude(counted_as__in=deaths.values("individual"))
            .order_by()
            .values("household")
            .annotate(size=Count("counted_as", distinct=True))
        )
        return self.annotate(size=Coalesce(Subquery(counted.values("size")), 0))


class IndividualQuerySet(models.QuerySet[Any]):
    """Individuals; rows shown to a person start at visible_to."""

    def visible_to(
        self, user: "User", at: datetime | None = None, permission: Permission = Permission.SEE_FAMILIES
    ) -> "IndividualQuerySet":
        """The members of the households that the user's roles show."""
        reasons = reasons_to_see(user, at or timezone.now(), permission)
        if reasons is None:
            return self.filter(today("memberships"))
        return self.filter(today("memberships"), InSight("memberships__household", reasons)) if reasons else self.none()

    def in_hand_of(self, user: "User") -> "IndividualQuerySet":
        """The people on whom the user may act: those they see, and not by a file opened in an emergency alone."""
        return self.visible_to(user, permission=Permission.REGISTER)

    def supervised_by(self, user: "User", at: datetime | None = None) -> "IndividualQuerySet":
        """The people of the households that the user supervises."""
        return self.visible_to(user, at, Permission.MERGE)

    def by_reason_to_see(self, user: "User", at: datetime | None = None) -> "list[IndividualQuerySet]":
        """Those whom visible_to shows, a queryset for each reason.

        Each by itself, so that PostgreSQL begins with the few: the people asked for, or those of a small site.
        """
        reasons = reasons_to_see(user, at or timezone.now(), Permission.SEE_FAMILIES)
        if reasons is None:
            return [self.all()]
        return [self.filter(today("memberships"), memberships__household__in=reason.households) for reason in reasons]

    def living(self, at: datetime) -> "IndividualQuerySet":
        """Those not known to have died by the instant."""
        absences = self.model.absences.rel.related_model._default_manager
        dead = absences.filter(individual=OuterRef("pk"), movement__kind="died", during__contains=at)
        return self.exclude(Exists(dead))

    def members_of(self, household: Any) -> "IndividualQuerySet":
        """The persons whom the household's members of today count as, in the order of the form."""
        return self.filter(today("counted_memberships"), counted_memberships__household=household).order_by(
            "counted_memberships__position"
        )


class MovementQuerySet(models.QuerySet[Any]):
    """Facts of the journal."""

    def of(self, individual_ids: list[uuid.UUID]) -> "MovementQuerySet":
        """All facts that count for these individuals."""
        return self.filter(counted_as__in=individual_ids)

    def went_on(self) -> "MovementQuerySet":
        """Those of whose people another fact, which stands, was recorded since."""
        since = self.model._default_manager.filter(
            counted_as=OuterRef("counted_as"), act__recorded_at__gt=OuterRef("act__recorded_at"), voided_by=None
        )
        return self.filter(Exists(since.exclude(kind="voided")))


class GateCountQuerySet(models.QuerySet[Any]):
    """What was counted at the gate."""

    def standing(self) -> "GateCountQuerySet":
        """Those that were not taken back."""
        return self.filter(voids=None, voided_by=None)


class SightingQuerySet(models.QuerySet[Any]):
    """Numbers that were shown at a site without proof."""

    def open(self) -> "SightingQuerySet":
        """Those that nobody has answered yet."""
        return self.filter(confirmed_in=None, dismissed_in=None)

    def in_hand_of(self, user: "User") -> "SightingQuerySet":
        """Sightings of families on whom the user may act, at sites of which the user may know."""
        households = self.model.household.field.related_model._default_manager
        sites = self.model.site.field.related_model._default_manager
        return self.filter(household__in=households.in_hand_of(user), site__in=sites.visible_to(user))


class PresenceQuerySet(models.QuerySet[Any]):
    """Presences."""

    def at(self, at: datetime) -> "PresenceQuerySet":
        """Presences at the instant; past a registration point's hours a person is presumed to have left."""
        return self.filter(during__contains=at).exclude(presumed_left_by(at))
