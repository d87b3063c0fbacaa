"""A list of who received aid that was kept on paper, typed in card by card."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aid.actions import HandedOut, hand_out
from aid.errors import NotGivenYet
from aid.forms import handed_out_by
from aid.models import Item
from cards.fields import CardField
from centre.access import Permission
from centre.doors import do, draw, may, see
from centre.lines import LineField
from centre.requests import StaffRequest, form_page
from desk.on_paper import PAPER, PaperForm
from registrations.models import Household

KEPT = "handouts_on_paper"  # what stands on every line of a list, kept for the session


class HandoutOnPaperForm(PaperForm):
    """A line of the list: whose card, on which day and hour; what it gave all the same, against a rule."""

    number = CardField(label=gettext_lazy("Card number"), required=True)
    collected_by = LineField(label=gettext_lazy("Who collected it, if not the family?"), max_length=80)
    happened_anyway = LineField(
        label=gettext_lazy("If a rule stood against it: why was it given all the same?"), max_length=200
    )

    field_order = ("id", "number", *PAPER, "collected_by", "happened_anyway")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in PAPER:
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = _("Enter this as on the paper.")

    def clean_number(self) -> Household:
        """The family that carries the card."""
        household: Household | None = self.cleaned_data["number"].household
        if household is None:
            raise forms.ValidationError(str(NotGivenYet()), code=NotGivenYet.code)
        return household

    def facts(self) -> dict[str, Any]:
        """The parameters of the act, but for the household, which stands before them."""
        return {name: value for name, value in super().facts().items() if name != "number"}


@form_page
@may(Permission.HAND_OUT)
def handouts_on_paper(request: StaffRequest, key: str) -> HttpResponse:
    """Type in what a list on paper says was handed out in this round; the next line follows."""
    distribution = get_object_or_404(handed_out_by(request.user), pk=key)
    form = HandoutOnPaperForm(request.POST or None, initial=request.session.get(KEPT, {}))
    household = form.cleaned_data["number"] if form.is_valid() else None
    answer = do(request, form, hand_out, distribution, household, card_read=False)
    if answer:
        request.session[KEPT] = {name: form[name].data for name in PAPER}
        messages.success(request, _in_words(answer))
        return see("desk:handouts_on_paper", distribution.pk)
    return draw(request, "desk/handouts_on_paper.html", form, distribution=distribution)


def _in_words(done: HandedOut) -> str:
    """What was written down, so that it can be compared with the paper."""
    names = {str(item.pk): str(item) for item in Item.objects.filter(pk__in=done.items)}
    goods = ", ".join(f"{pieces} {names[item]}" for item, pieces in zip(done.items, done.quantities, strict=True))
    return _("Written down: %(number)s, %(goods)s.") % {"number": done.number, "goods": goods}
