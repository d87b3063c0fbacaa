"""When a hold may end, drawn as a field to type into, with what people say to choose from."""

from collections.abc import Sequence
from typing import Any

from django import template

from shelter.hold_times import HoldTime

register = template.Library()


@register.inclusion_tag("shelter/_untils.html")
def untils_said(untils: Sequence[HoldTime]) -> dict[str, Any]:
    """What the fields of the page offer, once."""
    return {"untils": untils}


@register.inclusion_tag("shelter/_until.html")
def until_field(
    untils: Sequence[HoldTime], label: str, typed: str = "", *, longest: bool = False, wrong: str = ""
) -> dict[str, Any]:
    """The field, with what was typed before and refused; empty it means the usual end, or the longest."""
    usual = untils[-1] if longest else next(until for until in untils if until.usual)
    return {"usual": usual, "label": label, "typed": typed, "wrong": typed and wrong}
