"""What is asked when aid is planned, kept and handed out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aid.actions import Rule
from aid.models import CAME_MORE, CAME_SHORT, Distribution, EntitlementRule, Item, StockMovement
from aid.selectors import Line
from cards.fields import CardField
from centre.access import Permission
from centre.days import LocalMinute, Tense
from centre.forms import ActForm, field_of
from centre.lines import LineField
from centre.models import Site, User
from registrations.fields import NumberField

MOST = 1_000_000  # pieces in one movement: more is a slip of the finger
MOST_FOR_ONE = 1_000
LONGEST_INTERVAL = 365  # days
ROWS = 4

PIECES = forms.IntegerField(min_value=0, max_value=MOST, required=False)


class CardForm(forms.Form):
    """The next card of the queue."""

    number = CardField(
        label=_("Card number"), required=True, error_messages={"required": _("Scan a card, or type its number.")}
    )


class DistributionForm(forms.Form):
    """Which distribution this table hands out."""

    distribution = forms.ModelChoiceField(Distribution.objects.none(), widget=forms.HiddenInput)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "distribution", forms.ModelChoiceField).queryset = handed_out_by(by)


class _LineOf:
    """How much of an item is given, as a form was sent with it."""

    def __init__(self, item: Item, typed: str) -> None:
        self.item, self.name, self.typed = item, self.name_of(item), typed
        self.quantity, self.errors = 0, list[str]()
        try:
            self.quantity = PIECES.clean(self.typed) or 0
        except forms.ValidationError as error:
            self.errors = error.messages

    @staticmethod
    def name_of(item: Item) -> str:
        return f"given-{item.code}"


class HandOutForm(ActForm):
    """Hand out to the card on the page; if another number was typed in the meantime, show that card instead."""

    distribution = forms.ModelChoiceField(Distribution.objects.none(), widget=forms.HiddenInput)
    shown = NumberField(required=True, widget=forms.HiddenInput)
    number = CardField(label=_("Card number"))
    collected_by = LineField(label=_("Who collects it, if not the family?"), max_length=80)
    happened_anyway = LineField(label=_("Why was it given?"), max_length=200)
    given = forms.Field(required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "distribution", forms.ModelChoiceField).queryset = handed_out_by(by)

    def clean(self) -> dict[str, Any]:
        """With `given-…` for its items, a part of what is due is given; without, all."""
        said = super().clean() or {}
        distribution = said.get("distribution")
        rules = distribution.rules.select_related("item") if distribution else ()
        names = {_LineOf.name_of(rule.item): rule.item for rule in rules}
        lines = [_LineOf(item, self.data[name]) for name, item in names.items() if name in self.data]
        for line in lines:
            if line.errors:
                self.add_error(None, line.errors)
        return said | {"given": [Line(line.item, line.quantity) for line in lines] if lines else None}

    def lines_of(self, due: Sequence[Line]) -> list["_LineOf"]:
        """How much of each item that is due is given: as it was typed, and what is wrong with it, or all of it."""
        typed = ((line.item, self.data.get(_LineOf.name_of(line.item), str(line.quantity))) for line in due)
        return [_LineOf(item, said) for item, said in typed]


class ReverseForm(ActForm):
    """Why a handout is taken back."""

    reason = LineField(label=_("Why is it taken back?"), max_length=200, required=True)


class VoidForm(ActForm):
    """Why an entry of stock, a count of it or a round is taken back."""

    reason = LineField(label=_("What was wrong?"), max_length=200, required=True)


class PlanForm(ActForm):
    """A round of aid: where, what it is called, from when until when."""

    site = forms.ModelChoiceField(Site.objects.none(), label=_("Site"))
    name = LineField(
        label=pgettext_lazy("of a thing", "Name"),
        max_length=80,
        help_text=_("As volunteers call it, such as Winter parcels, week 1."),
        required=True,
    )
    starts_at = LocalMinute(tense=Tense.AHEAD, label=_("Begins"))
    ends_at = LocalMinute(
        tense=Tense.AHEAD, label=_("Ends"), required=False, help_text=_("If empty, it runs until you end it.")
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "site", forms.ModelChoiceField).queryset = planned_by(by)
        self.fields["starts_at"].initial = this_minute


class RuleForm(forms.Form):
    """What is given of one item; a row without an item is ignored."""

    item = forms.ModelChoiceField(Item.objects.none(), label=_("Item"), required=False, empty_label="–")
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=MOST_FOR_ONE, required=False)
    per = forms.ChoiceField(label=_("For each"), choices=EntitlementRule.Per, required=False)
    every_days = forms.IntegerField(
        label=_("Again after, days"), min_value=1, max_value=LONGEST_INTERVAL, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "item", forms.ModelChoiceField).queryset = Item.objects.all()
        field_of(self, "per", forms.ChoiceField).choices = [
            (EntitlementRule.Per.PERSON, _("person")),
            (EntitlementRule.Per.HOUSEHOLD, _("family")),
        ]

    def clean(self) -> dict[str, Any]:
        """An item needs its quantity, and a quantity its item."""
        said = super().clean() or {}
        if said.get("item") and "quantity" not in self.errors and not said.get("quantity"):
            self.add_error("quantity", _("Say how many."))
        if not said.get("item") and "item" not in self.errors and said.get("quantity"):
            self.add_error("item", _("Say of what."))
        return said

    def rule(self) -> Rule | None:
        """The row as a rule; None when it names no item."""
        said = self.cleaned_data
        if not said.get("item"):
            return None
        return Rule(said["item"], said["per"] or EntitlementRule.Per.PERSON.value, said["quantity"], said["every_days"])


class Rules(BaseFormSet):
    """The rows of a plan."""

    def rules(self) -> list[Rule]:
        """The rules of the rows that name an item."""
        return [rule for rule in (form.rule() for form in self.forms) if rule]


RuleRows = cast(type[Rules], formset_factory(RuleForm, formset=Rules, extra=ROWS, max_num=40, absolute_max=40))


class StockForm(ActForm):
    """So many pieces of an item."""

    item = forms.ModelChoiceField(Item.objects.none(), label=_("Item"))
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=MOST)

    def __init__(self, *args: Any, site: Site, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "item", forms.ModelChoiceField).queryset = Item.objects.all()
        if "to_site" in self.fields:
            others = Site.objects.visible_to(by).exclude(pk=site.pk).offered(timezone.now())
            field_of(self, "to_site", forms.ModelChoiceField).queryset = others


class ReceiveForm(StockForm):
    """What came into the store; the donors of before are offered."""

    donor = LineField(
        label=_("From whom?"),
        max_length=80,
        help_text=_("One donor. If two gave, enter each by itself."),
        widget=forms.TextInput(attrs={"list": "donors", "autocomplete": "off"}),
    )
    note = LineField(label=_("Note"), max_length=200, help_text=_("Driver, delivery note."))

    def __init__(self, *args: Any, site: Site, by: User, **kwargs: Any) -> None:
        super().__init__(*args, site=site, by=by, **kwargs)
        self.donors = StockMovement.objects.where(by, Permission.PLAN_AID).donors()


class SendForm(StockForm):
    """What goes to another site."""

    to_site = forms.ModelChoiceField(Site.objects.none(), label=_("To"))
    note = LineField(label=_("With whom?"), max_length=200, help_text=_("Driver, delivery note."))


class ConfirmForm(ActForm):
    """What came of what was sent."""

    quantity = forms.IntegerField(label=_("How many came?"), min_value=0, max_value=MOST)
    note = LineField(label=_("Note"), max_length=200, help_text=_("If another number came: what do you know of it?"))


class SettleForm(ActForm):
    """What became of a difference."""

    became = forms.ChoiceField(label=_("What became of it?"), widget=forms.RadioSelect)
    reason = LineField(label=_("How do you know?"), max_length=200, required=True)

    def __init__(self, *args: Any, less: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answers = CAME_SHORT if less else CAME_MORE
        field_of(self, "became", forms.ChoiceField).choices = [
            (kind.value, kind.label) for kind in StockMovement.Kind if kind in answers
        ]


class WriteOffForm(StockForm):
    """What is lost or spoilt."""

    note = LineField(label=_("What happened?"), max_length=200, required=True)


class CountForm(StockForm):
    """What was counted in the store; nothing may be there."""

    quantity = forms.IntegerField(label=_("How many are there?"), min_value=0, max_value=MOST)


class CategoryForm(ActForm):
    """Which goods an item counts together with."""

    category = forms.ChoiceField(
        label=_("Category"),
        choices=[("", _("Counts alone")), *Item.Category.choices],
        required=False,
        help_text=_("Items of one category count together: who received one waits for the others too."),
    )


class ItemForm(CategoryForm):
    """A kind of thing, in the three languages."""

    name_en = LineField(label=_("Name in English"), max_length=80, required=True)
    name_hy = LineField(label=_("Name in Armenian"), max_length=80)
    name_ru = LineField(label=_("Name in Russian"), max_length=80)

    field_order = ("name_en", "name_hy", "name_ru", "category")


def handed_out_by(by: User) -> Any:
    """The distributions where the user may hand out now."""
    return Distribution.objects.where(by, Permission.HAND_OUT).select_related("site")


def planned_by(by: User) -> Any:
    """The open sites where the user may plan aid now."""
    now = timezone.now()
    return Site.objects.where(by, Permission.PLAN_AID).offered(now)


def this_minute() -> datetime:
    """Now, without seconds."""
    return timezone.localtime().replace(second=0, microsecond=0)
