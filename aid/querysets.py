"""How rounds, handouts and stock are read. Adjectives that compose."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce

from centre.access import Permission
from centre.models import Site
from centre.sight import allowed_at

if TYPE_CHECKING:
    from centre.models import User


class DistributionQuerySet(models.QuerySet[Any]):
    """Distributions; what is shown to a person starts at where."""

    def where(self, user: "User", permission: Permission, at: datetime | None = None) -> "DistributionQuerySet":
        """Distributions at sites where the user's role allows the permission."""
        return self.filter(allowed_at(user, permission, at=at, path="site"))

    def running(self, at: datetime) -> "DistributionQuerySet":
        """Distributions under way at the instant."""
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), starts_at__lte=at, withdrawn_at=None)

    def planned(self, at: datetime) -> "DistributionQuerySet":
        """Distributions that begin after the instant."""
        return self.filter(starts_at__gt=at, withdrawn_at=None)

    def done(self, at: datetime) -> "DistributionQuerySet":
        """Distributions that had ended by the instant, and those that were withdrawn."""
        return self.filter(Q(ends_at__lte=at) | Q(withdrawn_at__isnull=False))

    def with_reached(self) -> "DistributionQuerySet":
        """Annotate `handed_out`, standing handouts, `people`, those they reached, each once, and `flagged`."""
        standing = Q(handouts__reversed_at__isnull=True)
        handouts = self.model._meta.get_field("handouts").related_model
        reached = handouts.reached.rel.related_model.objects.order_by()
        reached = reached.filter(handout__distribution=OuterRef("pk"), handout__reversed_at=None)
        persons = reached.values("handout__distribution").annotate(n=Count("membership__counted_as", distinct=True))
        return self.annotate(
            handed_out=Count("handouts", filter=standing),
            people=Coalesce(Subquery(persons.values("n")), 0),
            flagged=Count("handouts", filter=standing & Q(handouts__happened_anyway_at__isnull=False)),
        )


class HandoutQuerySet(models.QuerySet[Any]):
    """Handouts; what is shown to a person starts at where."""

    def where(self, user: "User", permission: Permission, at: datetime | None = None) -> "HandoutQuerySet":
        """Handouts at sites where the user's role allows the permission."""
        return self.filter(allowed_at(user, permission, at=at, path="distribution__site"))

    def standing(self) -> "HandoutQuerySet":
        """Handouts that were not reversed."""
        return self.filter(reversed_at__isnull=True)

    def flagged(self) -> "HandoutQuerySet":
        """Standing handouts that broke a rule and were recorded because they had happened."""
        return self.standing().filter(happened_anyway_at__isnull=False)


class StockMovementQuerySet(models.QuerySet[Any]):
    """Stock movements."""

    def at(self, site: Site) -> "StockMovementQuerySet":
        """Movements into or out of the store of this site."""
        return self.filter(Q(from_site=site) | Q(to_site=site))

    def where(self, user: "User", permission: Permission) -> "StockMovementQuerySet":
        """Movements into, out of or bound for stores where the user's role allows the permission, with the answers."""
        stores = Site.objects.where(user, permission).order_by().values("pk")
        theirs = Q(from_site__in=stores) | Q(to_site__in=stores) | Q(bound_for__in=stores)
        answers = Q(answers__from_site__in=stores) | Q(answers__bound_for__in=stores)
        return self.filter(theirs | answers)

    def standing(self) -> "StockMovementQuerySet":
        """Movements that were not taken back, without those that took them back."""
        return self.filter(voids=None, voided_by=None)

    def donors(self) -> list[str]:
        """Who gave what was received, each once, by name."""
        return list(self.exclude(donor="").order_by("donor").values_list("donor", flat=True).distinct())

    def transfers(self, sites: Iterable[Site]) -> "StockMovementQuerySet":
        """Goods sent from or to one of these sites that somebody has to confirm; not those that arrived at once."""
        sites = list(sites)
        between = Q(from_site__in=sites) | Q(bound_for__in=sites)
        return self.standing().filter(between, bound_for__isnull=False)

    def on_the_way(self, at: datetime) -> "StockMovementQuerySet":
        """What was sent by the instant, and nobody has said by then what came."""
        came = self.model.objects.standing().filter(answers=OuterRef("pk"), kind="came", happened_at__lte=at)
        return self.standing().filter(~Exists(came), bound_for__isnull=False, happened_at__lte=at)

    def with_answers(self) -> "StockMovementQuerySet":
        """With what stands in answer to each."""
        told = self.model.objects.standing().select_related("act__by", "to_site")
        return self.prefetch_related(Prefetch("answered", told, to_attr="standing_answers"))
