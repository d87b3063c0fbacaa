"""What is asked of the census."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from census.profiles import Profile
from centre.filters import InstantInput
from centre.forms import ActForm, WhyField
from centre.lines import LineField


class TakeForm(ActForm):
    """Ask for a snapshot of an instant; of this moment when none is named. Sent again, it is one snapshot."""

    at = InstantInput(required=False, widget=forms.HiddenInput)


class ReviseForm(ActForm):
    """Why a snapshot is frozen once more, as known now."""

    reason = LineField(label=_("Why must these figures be revised?"), max_length=200, required=True)


class FileForm(forms.Form):
    """What file of a day's census is taken out, and why."""

    profile = forms.ChoiceField(label=_("For whom?"), choices=Profile, widget=forms.RadioSelect, initial="official")
    suffix = forms.ChoiceField(
        label=_("Format"),
        choices=[("xlsx", _("Excel, LibreOffice (XLSX)")), ("csv", _("Table with HXL tags (CSV)")), ("json", "JSON")],
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    why = WhyField()

    def clean_profile(self) -> Profile:
        return Profile(self.cleaned_data["profile"])
