"""How numbers are shown."""

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def figure(number: float | None) -> str:
    """A number with its thousands apart, as the reader's language parts them; a dash where none is known."""
    return "–" if number is None else number_format(number, use_l10n=True, force_grouping=True)
