"""What was typed into a form of the board that was refused, for the same form to be drawn with again."""

from typing import Any

from django import template

from centre.models import Site
from shelter.models import WaitingFact

register = template.Library()


@register.filter
def refused_at(refused: dict[str, Any] | None, address: str) -> dict[str, str]:
    """What was typed into the form of this address; nothing where another was refused, or none."""
    return refused["typed"] if refused and refused["to"] == address else {}


@register.filter
def about(typed: dict[str, str], one: Site | WaitingFact) -> dict[str, str]:
    """What was typed about this site, or this entry; nothing where it was another."""
    return typed if str(one.pk) in (typed.get("site"), typed.get("fact")) else {}
