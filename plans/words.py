"""What the codes of a plan mean, in words."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Promise] = {
    "has_step_free": _("step-free"),
    "has_ground": _("ground floor"),
    "has_cot": _("a cot"),
    "has_heating": _("heated"),
    "has_near_hospital": _("near a hospital"),
    "together": _("all together"),
    "own_room": _("alone in the room"),
    "no_place_left": _("no place left over"),
    "same_house": _("where they are"),
    "other_house": _("they go to another house"),
    "women_only": _("women only"),
}
DOUBTS: dict[str, Promise] = {
    "no_step_free": _("not step-free"),
    "no_ground": _("not on the ground floor"),
    "no_cot": _("no cot"),
    "no_heating": _("not heated"),
    "no_near_hospital": _("not near a hospital"),
    "split": _("in several rooms"),
    "beside_others": _("beside other families"),
}
LEFT_OUT: dict[str, Promise] = {
    "no_room": _("No room is left that takes them."),
    "kept_apart": _("They are kept apart from a family, and no other house has room."),
    "child_alone": _("A child of theirs has nobody with it who looks after it: ask a protection officer."),
}
NUMBERS: dict[str, Promise] = {
    "people": _("People with a place"),
    "split": _("Families in several rooms"),
    "needs": _("Needs met"),
    "hours": _("Hours waited by them, together"),
    "wasted": _("Places left over in their rooms"),
}


def say(codes: Iterable[str]) -> list[str]:
    """These reasons and doubts in words."""
    return [str((REASONS | DOUBTS)[code]) for code in codes]
