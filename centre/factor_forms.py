"""What is asked of a second factor: a code, or the answer of a passkey."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from centre.account_forms import Plain
from centre.factors import BY_FACTOR, WRONG_CODE, is_code_of, judge

OF_DIGITS = {"inputmode": "numeric", "autocomplete": "one-time-code"}


class Code(Plain, AuthenticateForm):
    """A code of the telephone, or one of the recovery codes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].widget.attrs |= OF_DIGITS | ({} if self.is_bound else {"autofocus": True})

    def clean_code(self) -> str:
        """The code, which is used up by it."""
        code: str = self.cleaned_data["code"]
        if not is_code_of(self.user, code):
            raise forms.ValidationError(WRONG_CODE)
        return code

    def save(self) -> None:
        """Nothing more: what was used is kept already."""


class CodeAgain(Code):
    """A code of who is signed in, before a factor is added or removed."""

    def save(self) -> None:
        """That it was said stays with the session for a few minutes."""
        record_authentication(context.request, self.user, BY_FACTOR, reauthenticated=True)


class FirstCode(Plain, ActivateTOTPForm):
    """The first code that the telephone shows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code that the app shows")
        self.fields["code"].widget.attrs |= OF_DIGITS


class Passkey(AuthenticateWebAuthnForm):
    """What a passkey answered at sign-in."""

    def clean_credential(self) -> Authenticator:
        """The passkey; a wrong answer is counted as a wrong code is."""
        try:
            used = super().clean_credential()
        except forms.ValidationError:
            judge(self.user, right=False)
            raise
        judge(self.user, right=True)
        return used


class PasskeyAgain(Passkey):
    """What a passkey of who is signed in answered, before a factor is added or removed."""

    reauthenticated = True


class NewPasskey(Plain, AddWebAuthnForm):
    """A passkey, and what its owner calls it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(label=_("What you call it"), max_length=60, initial=_("My passkey"))
