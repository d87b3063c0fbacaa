"""Forms that carry an act: sent twice, they are done once."""

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest

from centre.refusals import Changed, Refusal

Answer = TypeVar("Answer")


class ActForm(forms.Form):
    """A form whose field names are its action's parameters, with the act's id minted when the page was drawn."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def carry_out(self, action: Callable[..., Answer], *args: Any, **facts: Any) -> Answer | None:
        """The action's answer; None when it refuses, and then the form says why."""
        try:
            return action(*args, **facts)
        except Refusal as refusal:
            self.refuse(refusal)
            return None

    def refuse(self, refusal: Refusal) -> None:
        """Show why the action refused, and mint a new id: the next try is another act.

        Not after Changed: that act was done, and under a new id the other facts would be done beside it.
        """
        self.add_error(None, str(refusal))
        if not isinstance(refusal, Changed):
            typed = self.data.copy()  # type: ignore[attr-defined]  # a refused form was sent: it holds a QueryDict
            typed[self.add_prefix("id")] = str(uuid.uuid4())
            self.data = typed


def act_id(request: HttpRequest) -> uuid.UUID:
    """The id of the act that the page was drawn for, where that is all the form says; BadRequest without one."""
    form = ActForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    return form.cleaned_data["id"]


class LanguageForm(forms.Form):
    """The language to speak to a person."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)
