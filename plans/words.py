"""What the codes of a plan mean, in words."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shelter.wants import HAS, LACKS

NO_ROOM = _("No room is left that takes them.")
REASONS: dict[str, Promise] = {f"has_{want}": words for want, words in HAS.items()} | {
    "together": _("all together"),
    "own_room": _("alone in the room"),
    "no_place_left": _("no place left over"),
    "same_house": _("where they are"),
    "other_house": _("they go to another house"),
    "women_only": _("women only"),
}
DOUBTS: dict[str, Promise] = {f"no_{want}": words for want, words in LACKS.items()} | {
    "split": _("in several rooms"),
    "beside_others": _("beside other families"),
}
LEFT_OUT: dict[str, Promise] = {
    "no_room": NO_ROOM,
    "kept_apart": NO_ROOM,  # of plans made before: who is kept apart from whom, and where they sleep, is told to nobody
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
