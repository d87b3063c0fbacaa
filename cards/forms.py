"""What is asked when cards are printed and revoked."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cards.models import Card
from centre.forms import ActForm, field_of
from centre.lines import LineField
from registrations.models import Household

BLOCKS = (10, 50, 100, 200)  # cards; five fit on a sheet


class BlockForm(ActForm):
    """Cards to print before anybody carries them."""

    count = forms.TypedChoiceField(
        label=_("How many cards?"), choices=[(count, str(count)) for count in BLOCKS], coerce=int, initial=BLOCKS[1]
    )
    language = forms.ChoiceField(label=_("Language of the cards"), choices=settings.LANGUAGES)


class RevokeForm(ActForm):
    """Why cards are revoked."""

    why = forms.ChoiceField(label=_("What happened to it?"), choices=Card.Why)


class FamilyCardForm(ActForm):
    """A family's card: printed for the first time, or in place of the one that the page showed."""

    instead_of = forms.ModelChoiceField(Card.objects.none(), widget=forms.HiddenInput, required=False)
    why = forms.ChoiceField(label=_("What happened to the old one?"), choices=Card.Why, required=False)
    language = forms.ChoiceField(label=_("Language of the card"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, household: Household, card: Card | None, **kwargs: Any) -> None:
        spoken = next((code for code in household.languages if code in dict(settings.LANGUAGES)), "")
        language = spoken or (card.language if card else settings.LANGUAGES[0][0])
        kwargs["initial"] = {"instead_of": card, "why": Card.Why.LOST, "language": language}
        super().__init__(*args, **kwargs)
        field_of(self, "instead_of", forms.ModelChoiceField).queryset = Card.objects.filter(number=household.number)

    def clean(self) -> dict[str, Any]:
        """Ask what happened only where there was a card before."""
        said = super().clean() or self.cleaned_data
        if not said.get("instead_of"):
            said["why"] = ""
        elif not said.get("why"):
            self.add_error("why", _("Say what happened to it."))
        return said


class RevokeFamilyCardForm(FamilyCardForm):
    """The family's card is worth nothing from now on."""

    def facts(self) -> dict[str, Any]:
        """The parameters of the act."""
        return {"card": self.cleaned_data["instead_of"], **{name: self.cleaned_data[name] for name in ("why", "id")}}


class ComplaintsForm(ActForm):
    """Where people can complain."""

    complaints_to = LineField(
        label=_("Where to complain"),
        required=True,
        max_length=80,
        help_text=_("For example a phone number or a place that everyone can reach."),
    )
