"""Somebody is here whose family said that they go elsewhere: do they want shelter now?"""

from datetime import datetime
from typing import Any

from centre.forms import ActForm
from centre.models import Site, User
from desk.correcting import Said
from registrations.corrections import Correction
from registrations.models import Going, Household, Individual, Presence


class WishForm(ActForm):
    """That the family wants shelter from now on."""

    def facts(self) -> dict[str, Any]:
        """The parameters of the act."""
        wish = {"going": Going.SHELTER.value, "destination_marz": ""}
        return {"said": [Said("going", wish)], "id": self.cleaned_data["id"]}


def came_back(household: Household, by: User, at: datetime) -> bool:
    """Whether somebody came to a site of which the user knows after the family said that it goes to its own address."""
    if household.going != Going.OWN_ADDRESS or household.registered_at is None:
        return False
    told = Correction.objects.filter(household=household, field="going").order_by("-act__at")
    said_at = told.values_list("act__at", flat=True).first() or household.registered_at
    family = Individual.objects.members_of(household).order_by().values("pk")
    here = Presence.objects.at(at).filter(individual__in=family, site__in=Site.objects.visible_to(by))
    return here.filter(during__startswith__gt=said_at).exists()
