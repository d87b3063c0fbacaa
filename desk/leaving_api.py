"""The API of who leaves a house: said of the stays, by who receives there."""

from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from centre.fields import Choice, SiteField, Text
from centre.models import Marz, Site
from centre.viewsets import ActFacts, Acts, act_on_row
from desk.actions import depart
from desk.coming import Moved
from desk.not_left import NotLeft, take_back_leaving
from registrations.models import Household, Individual, Movement
from registrations.today import today
from shelter.api import NoShowFacts, stays_of
from shelter.errors import UndoTooLate
from shelter.models import Stay
from shelter.undoing import seen_out_lately
from shelter.undoing_api import UndoFacts

STANDING_FIRST = F("voided_by").asc(nulls_first=True)


class WhereToFacts(ActFacts):
    """Where those go who leave."""

    destination = Choice(choices=Movement.Destination.choices)
    destination_site = SiteField(required=False)
    destination_marz = Choice(choices=Marz.choices, required=False)
    happened_anyway = Text(
        required=False, max_length=200, help_text="How a child left already without who looks after it."
    )

    def left(self, attrs: dict[str, Any]) -> Site:
        """The site they leave."""
        raise NotImplementedError

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        to_site = attrs["destination"] == Movement.Destination.SITE
        if to_site != ("destination_site" in attrs):
            raise serializers.ValidationError({"destination_site": [_("Choose which site they are going to.")]})
        if attrs.get("destination_site") == self.left(attrs):
            raise serializers.ValidationError({"destination_site": [_("They are there already.")]})
        if "destination_marz" in attrs and attrs["destination"] != Movement.Destination.OWN_ADDRESS:
            raise serializers.ValidationError({"destination_marz": [_("Only for people going to their own address.")]})
        return attrs


class LeaveFacts(NoShowFacts, WhereToFacts):
    """Where those of these stays go."""

    def left(self, attrs: dict[str, Any]) -> Site:
        site: Site = self.context["row"].site
        return site

    def validate_also(self, also: list[Stay]) -> list[Stay]:
        family = Individual.objects.members_of(family_of(self.context["row"])).values_list("pk", flat=True)
        if not {stay.individual_id for stay in also} <= set(family):
            raise serializers.ValidationError(_("Nobody of this family has this id."))
        return also


def family_of(stay: Stay) -> Household:
    """The family of today of who has the stay; raises ValidationError for who is of none."""
    theirs = Household.objects.filter(today("memberships"), memberships__counted_as=stay.individual_id).first()
    if theirs is None:
        raise serializers.ValidationError(_("Nobody of this family has this id."))
    return theirs


class StaysLeft(Acts):
    """Those who sleep in the houses where the asker receives."""

    queryset = Stay.objects.all()

    def get_queryset(self) -> Any:
        return stays_of(self.request.user).filter(kind=Stay.Kind.STAY)

    @act_on_row(LeaveFacts, Moved)
    def depart(self, stay: Stay, body: LeaveFacts) -> Moved:
        """Record that they left the house, and where they go."""
        stays, facts = body.with_others(stay)
        people = [one.individual_id for one in stays]
        return depart(family_of(stay), site=stay.site, members=people, **facts)

    @act_on_row(UndoFacts, NotLeft, url_path="not-left")
    def not_left(self, stay: Stay, body: UndoFacts) -> NotLeft:
        """Take back that they, and whoever left in the same act, left the house: for five minutes, by who said it."""
        told = seen_out_lately(self.request.user).filter(site=stay.site)
        last = told.filter(counted_as=stay.individual_id).order_by(STANDING_FIRST, "-happened_at").first()
        if last is None:
            raise UndoTooLate
        return take_back_leaving(list(told.filter(act=last.act_id)), **body.facts)
