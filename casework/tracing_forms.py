"""What is asked when somebody is sought, may be found, and is sought no more."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.fields import WordsField
from casework.kinds import Answer, Consent, SearchEnd
from casework.tracing import TO_SEEKER
from centre.forms import ActForm
from centre.lines import LineField
from registrations.choices import Sex
from registrations.facts import Birth
from registrations.fields import DigitsInput

OLDEST_AGE, OLDEST_YEAR = 120, 1900
NAME_MISSING = _("Write the given name or the family name.")
CONSENTS = [("", _("not asked yet")), *Consent.choices]


class YearOrAge(forms.IntegerField):
    """A birth of which nobody knows the day: a year, or an age today."""

    widget = DigitsInput

    def clean(self, value: Any) -> Birth | None:
        said, today = super().clean(value), timezone.localdate()
        if said is None:
            return None
        if 0 <= said <= OLDEST_AGE:
            return Birth.of_age(said, today)
        if OLDEST_YEAR <= said <= today.year:
            return Birth.in_year(said)
        raise ValidationError(_("Write a year such as 1989, or an age."), code="birth")


class SeekForm(ActForm):
    """Who is sought, what is known of them, and whether who seeks agrees that they are told."""

    family_name = LineField(label=_("Family name"))
    given_name = LineField(label=_("Given name"))
    fathers_name = LineField(label=_("Father's name"))
    birth = YearOrAge(label=_("Born in the year, or age"), required=False)
    sex = forms.ChoiceField(label=_("Sex"), choices=[("", _("not known")), *Sex.choices], required=False)
    relationship = forms.ChoiceField(
        label=_("Who are they to the person who seeks?"), choices=[("", _("not known")), *TO_SEEKER], required=False
    )
    last_seen = WordsField(label=_("When and where were they seen last?"), required=False)
    consent = forms.ChoiceField(
        label=_("May the person who is sought be told who seeks them, and where?"), choices=CONSENTS, required=False
    )

    def clean(self) -> dict[str, Any]:
        """One of the two names is enough."""
        said = super().clean() or {}
        if not self.errors and not (said["given_name"] or said["family_name"]):
            self.add_error("family_name", ValidationError(NAME_MISSING, code="required"))
        return said


class ConsentForm(ActForm):
    """Whether who seeks agrees."""

    consent = forms.ChoiceField(choices=Consent)


class AnswerForm(ActForm):
    """What became of a match."""

    answer = forms.ChoiceField(choices=Answer)
    shown = forms.ChoiceField(choices=[("", ""), *Answer.choices], required=False)
    words = WordsField(required=False)


class EndForm(ActForm):
    """How a search ended."""

    outcome = forms.ChoiceField(label=_("How did the search end?"), choices=[("", _("choose")), *SearchEnd.choices])
    words = WordsField(required=False)
