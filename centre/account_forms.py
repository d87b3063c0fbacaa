"""Sign-in and a new password; the label says what a field is, so nothing is said twice."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.core import context
from django import forms
from django.utils.translation import gettext_lazy as _

from centre.tries import tries_of


class Plain(forms.Form):
    """A form without placeholders and colons."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SignIn(Plain, LoginForm):
    """Username and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
        if not self.is_bound:  # a refused form is read from its list of errors
            self.fields["login"].widget.attrs["autofocus"] = True
        self.fields["password"].help_text = ""


class NewPassword(Plain, ChangePasswordForm):
    """The password now, and the next one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Password now")
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("New password once more")

    def clean_oldpassword(self) -> str:
        """The password now; who guesses it in a session that is not theirs is counted as at sign-in."""
        tries = tries_of(context.request, self.user.username)
        try:
            said: str = super().clean_oldpassword()
        except forms.ValidationError:
            tries.judge(right=False)
            raise
        tries.judge(right=True)
        return said


class PasswordAgain(Plain, ReauthenticateForm):
    """The password once more, before a second factor is added or removed; asked and counted as at sign-in."""
