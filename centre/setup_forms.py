"""What is asked when staff are set up. The forms of sites are in forms.py, which opening an operation shares."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centre.access import FOR_A_TIME, Permission, Role
from centre.clock import local_instant
from centre.days import LocalDay
from centre.forms import ActForm, field_of
from centre.lines import LineField
from centre.models import Site, User

USUAL_TIME = timedelta(days=14)  # of a volunteer


class RoleForm(ActForm):
    """A role at a site, or at all, until a day."""

    role = forms.ChoiceField(label=_("Role"), choices=Role, initial=Role.VOLUNTEER)
    site = forms.ModelChoiceField(Site.objects.none(), label=_("Site"), required=False, empty_label=_("all sites"))
    last_day = LocalDay(
        label=_("Last day"),
        required=False,
        help_text=_("Needed for volunteers and reception of a house. Optional for the others."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.now()
        field_of(self, "site", forms.ModelChoiceField).queryset = Site.objects.where(by, Permission.SET_UP).offered(now)
        if by.reach(Permission.SET_UP, now) is not None:
            self.fields["site"].required = True
        self.fields["last_day"].initial = timezone.localdate() + USUAL_TIME

    def clean(self) -> dict[str, Any]:
        """Whose role ends works at one site; everywhere they would see nothing."""
        said = super().clean() or self.cleaned_data
        if said.get("role") in FOR_A_TIME and not said.get("site") and "site" not in self.errors:
            self.add_error("site", _("Choose the site they work at."))
        return said

    def facts(self) -> dict[str, Any]:
        """The parameters of the act."""
        said = dict(self.cleaned_data)
        return said | {"ends_at": _end_of(said.pop("last_day"))}


class StaffForm(RoleForm):
    """A new account with its first role."""

    username = forms.CharField(
        label=_("User name"),
        max_length=40,
        validators=[UnicodeUsernameValidator()],
        help_text=_("Letters and digits, such as anna.h; it never changes."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    first_name = LineField(label=_("Given name"), max_length=80, required=True)
    last_name = LineField(label=_("Family name"), max_length=80, required=True)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    field_order = ("id", "username", "first_name", "last_name", "language", "role", "site", "last_day")

    def clean_username(self) -> str:
        return self.cleaned_data["username"].lower()


def _end_of(day: date | None) -> datetime | None:
    """The end of the last day, by the house's clock."""
    return local_instant(day + timedelta(days=1), time(0)) if day else None
