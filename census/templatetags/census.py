"""Reading a line of a balance by its name."""

from django import template

register = template.Library()


@register.filter
def line(lines: dict[str, int], name: str) -> int:
    """The number of a line."""
    return lines[name]
