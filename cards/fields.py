"""How a card is scanned or typed at every door."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cards.selectors import Shown, look_at
from centre.refusals import Refusal
from registrations.card_texts import LENGTH, read_card_text
from registrations.fields import DigitsInput


class CardField(forms.CharField):
    """A card, scanned or typed. Its value is what the card leads to, or None; a refusal is shown beside the field."""

    def __init__(self, **options: Any) -> None:
        usual: dict[str, Any] = {"required": False, "max_length": LENGTH + 20, "widget": DigitsInput}
        super().__init__(**usual | options)

    def clean(self, value: Any) -> Shown | None:
        typed = super().clean(value)
        if not typed:
            return None
        text = read_card_text(typed)
        try:
            return look_at(text)
        except Refusal as refusal:
            raise ValidationError(str(refusal), code=refusal.code, params={"number": text.number}) from refusal
