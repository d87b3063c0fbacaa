"""Forms that carry an act: sent twice, they are done once."""

import uuid
from typing import Any

from django import forms
from django.conf import settings

from centre.refusals import Refusal


class ActForm(forms.Form):
    """A form whose field names are its action's parameters, with the act's id minted when the page was drawn."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def refuse(self, refusal: Refusal) -> None:
        """Show why the action refused, and mint a new id: the next try is another act."""
        self.add_error(None, str(refusal))
        self.data = self.data.copy()
        self.data[self.add_prefix("id")] = str(uuid.uuid4())


class LanguageForm(forms.Form):
    """The language to speak to a person."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)
