"""What the pages of buses ask; the names are the acts' parameters."""

from types import MappingProxyType
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cards.fields import CardField
from casework.fields import DueField
from casework.forms import read_one_phone
from centre.days import LocalMinute, Tense
from centre.forms import ActForm, field_of
from centre.lines import LineField
from centre.models import Site
from registrations.fields import DigitsInput
from transport.errors import BusGoesByItself
from transport.models import TransportStop

MOST_SEATS = 500
SCANNED = {"autofocus": True, "data-scan": True}  # the next card is read at once, and one that was refused over it
SITES: dict[str, Any] = {"empty_label": _("choose")}


class PlanForm(ActForm):
    """A bus that will leave."""

    BESIDE = MappingProxyType({BusGoesByItself.code: "second_stop"})

    stop = forms.ModelChoiceField(Site.objects.none(), label=_("Where does it go?"), **SITES)
    second_stop = forms.ModelChoiceField(Site.objects.none(), label=_("And then to"), required=False, **SITES)
    third_stop = forms.ModelChoiceField(Site.objects.none(), label=_("And then to"), required=False, **SITES)
    seats = forms.IntegerField(label=_("Seats"), min_value=1, max_value=MOST_SEATS)
    departs_at = DueField(label=_("When does it leave?"))
    arrives_at = DueField(label=_("When should it arrive?"))
    vehicle = LineField(label=_("Bus or number plate"), max_length=80)
    driver = LineField(label=_("Name of the driver"), max_length=80)
    driver_phone = forms.CharField(
        label=_("Telephone of the driver"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )

    def __init__(self, *args: Any, sites: QuerySet[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("stop", "second_stop", "third_stop"):
            field_of(self, name, forms.ModelChoiceField).queryset = sites

    def clean_driver_phone(self) -> str:
        phone = self.cleaned_data["driver_phone"]
        return read_one_phone(phone) if phone else ""

    def facts(self) -> dict[str, Any]:
        """The parameters of the act: the stops in their order."""
        facts = super().facts()
        named = [facts.pop(name) for name in ("stop", "second_stop", "third_stop")]
        return facts | {"stops": [site for site in named if site]}


class AnywayForm(ActForm):
    """What is done at the door of a bus, also where it has happened already."""

    happened_anyway = LineField(label=_("It has already happened: how?"), max_length=200)


class GetOffForm(AnywayForm):
    """Where they got off."""

    site = forms.ModelChoiceField(Site.objects.none(), label=_("Where?"), widget=forms.HiddenInput)

    def __init__(self, *args: Any, sites: QuerySet[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "site", forms.ModelChoiceField).queryset = sites


class CardForm(ActForm):
    """A card read, or its number typed: why it was refused stands beside it, where whoever reads cards looks."""

    BESIDE_ELSE = "card"

    card = CardField(label=_("Card or number"), required=True, widget=DigitsInput(attrs=SCANNED))


class CardOnForm(CardForm, AnywayForm):
    """As its family gets on."""


class LateCardForm(CardOnForm):
    """The same once the bus has left: the last card is read as it rolls."""

    at = LocalMinute(tense=Tense.PAST, label=_("When did they get on? Empty: now"), required=False)


class CardOffForm(CardForm, GetOffForm):
    """As it gets off."""


class ComeForm(ActForm):
    """The last stop, to which the bus has come."""

    site = forms.ModelChoiceField(Site.objects.none(), label=_("Where?"), widget=forms.HiddenInput)

    def __init__(self, *args: Any, sites: QuerySet[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "site", forms.ModelChoiceField).queryset = sites


class RerouteForm(ActForm):
    """Another stop instead of one."""

    BESIDE = MappingProxyType({BusGoesByItself.code: "new"})

    old = forms.ModelChoiceField(Site.objects.none(), label=_("It was to stop at"), **SITES)
    new = forms.ModelChoiceField(Site.objects.none(), label=_("It goes instead to"), **SITES)

    def __init__(self, *args: Any, run: Any, sites: QuerySet[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stops = TransportStop.objects.kept().filter(run=run).values("site")
        made = Site.objects.filter(pk__in=stops)  # one that was closed, too: they go elsewhere
        field_of(self, "old", forms.ModelChoiceField).queryset = made.by_name()
        field_of(self, "new", forms.ModelChoiceField).queryset = sites
