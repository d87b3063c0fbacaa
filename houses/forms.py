"""What is asked about a house: its contract, what was said on the telephone, and its invoice."""

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.forms import read_one_phone
from centre.days import LocalDay, LocalMinute, Tense
from centre.forms import ActForm, WhyField
from centre.lines import LONGEST_HAND, LineField
from houses.errors import BeforeItOpened, HourAhead, VeryMany
from houses.fields import MOST, MOST_AMOUNT, MOST_NIGHTS, MOST_RATE, Money, MonthField
from houses.models import LONGEST_NAME, LONGEST_SENTENCE, Call

ROWS = [("house", _("a row a house")), ("night", _("a row a night"))]
FORMATS = [("xlsx", _("Excel, LibreOffice (XLSX)")), ("csv", _("Table with HXL tags (CSV)"))]


class ContractForm(ActForm):
    """What is agreed with the owner."""

    contact = LineField(label=_("Whom to call"), max_length=LONGEST_NAME, required=True)
    phone = forms.CharField(label=_("Telephone"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    first_night = LocalDay(label=_("First night"))
    last_night = LocalDay(label=_("Last night"), required=False, help_text=_("Empty: until further notice."))
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=MOST)
    rate = Money(label=_("Dram for a place and a night"), most=MOST_RATE)

    def clean_phone(self) -> str:
        return read_one_phone(self.cleaned_data["phone"])


class HeadcountForm(ActForm):
    """How many people are there, as the house says."""

    persons = forms.IntegerField(label=_("How many people are there?"), min_value=0, max_value=MOST)
    said_by = LineField(label=_("Who says so?"), max_length=LONGEST_NAME, required=True)
    hour = LocalMinute(tense=Tense.PAST, label=_("At what hour?"), required=False, help_text=_("Empty: now."))
    written_by = LineField(
        label=_("Written by"),
        max_length=LONGEST_HAND,
        help_text=_("Only for what is older than seven days: whose note it was."),
    )
    so_many = forms.BooleanField(label=_("So it is: so many people are there"), required=False)

    BESIDE = {HourAhead.code: "hour", BeforeItOpened.code: "hour"}

    @property
    def asks_again(self) -> bool:
        """Whether the number was far beyond the places, or was said to be so."""
        return self.has_error("__all__", VeryMany.code) or bool(self.data.get("so_many"))


class CallForm(ActForm):
    """What was said on the telephone."""

    outcome = forms.ChoiceField(choices=Call.Outcome, initial=Call.Outcome.SPOKE.value, widget=forms.HiddenInput)
    about = forms.ChoiceField(label=_("What is it about?"), choices=[("", _("choose")), *Call.About.choices])
    number = forms.IntegerField(label=_("How many people or places?"), min_value=1, max_value=MOST, required=False)
    until = LocalDay(label=_("Until when?"), required=False)
    words = LineField(label=_("In their words"), max_length=LONGEST_SENTENCE, required=True)
    said_by = LineField(label=_("Who said it?"), max_length=LONGEST_NAME)


class OutcomeForm(ActForm):
    """Whether the house was reached; each answer is a button."""

    outcome = forms.ChoiceField(label=_("Was the house reached?"), choices=Call.Outcome)


class SettleForm(ActForm):
    """Why the numbers differed."""

    words = LineField(label=_("What was it?"), max_length=LONGEST_SENTENCE, required=True)


class InvoiceForm(ActForm):
    """What the owner asks for a month."""

    month = MonthField(label=_("Month"))
    nights = forms.IntegerField(label=_("Nights"), min_value=0, max_value=MOST_NIGHTS)
    amount = Money(label=_("Dram"), most=MOST_AMOUNT)
    number = LineField(label=_("Number of the invoice"), max_length=40)


class MonthForm(forms.Form):
    """Which month is shown."""

    month = MonthField(label=_("Month"))


class NightsFileForm(MonthForm):
    """What sheet of a month is taken out, and why."""

    suffix = forms.ChoiceField(label=_("Format"), choices=FORMATS)
    rows = forms.ChoiceField(label=_("Rows of a table in CSV"), choices=ROWS)
    why = WhyField()
