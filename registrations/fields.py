"""How a household's number is typed, or scanned from its card, at every door."""

from typing import Any

from django import forms

from registrations.card_texts import LENGTH, read_card_text


class DigitsInput(forms.TextInput):
    """A field where the digit keys give digits, whatever the keyboard is set to: keys.js sees to it."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-digits": "", "autocomplete": "off"} | (attrs or {}))


class NumberField(forms.CharField):
    """A household's number, typed with its letter or scanned from its card; read as a whole number, None when empty."""

    def __init__(self, **options: Any) -> None:
        usual: dict[str, Any] = {"required": False, "max_length": LENGTH + 20, "widget": DigitsInput}
        super().__init__(**usual | options)

    def clean(self, value: Any) -> int | None:
        typed = super().clean(value)
        return read_card_text(typed).number if typed else None
