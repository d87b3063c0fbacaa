"""What a family needs of a room and which rooms have it: one table, for the board and for the plan of an evening."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STEP_FREE, GROUND, COT, HEATING, HOSPITAL = "step_free", "ground", "cot", "heating", "near_hospital"
WANTS_OF_NEEDS = {"DS": STEP_FREE, "ER": GROUND, "SM": HOSPITAL, "CR": HOSPITAL}  # by the kind of a need's code
FAMILY = 2  # people: fewer are no family for a room of families only
HAS: dict[str, Promise] = {
    STEP_FREE: _("step-free"),
    GROUND: _("ground floor or step-free"),
    COT: _("a cot"),
    HEATING: _("heated"),
    HOSPITAL: _("near a hospital"),
}
LACKS: dict[str, Promise] = {
    STEP_FREE: _("not step-free"),
    GROUND: _("neither on the ground floor nor step-free"),
    COT: _("no cot"),
    HEATING: _("not heated"),
    HOSPITAL: _("not near a hospital"),
}


class WithNeeds(Protocol):
    """Somebody of whom is known what bears on a room."""

    @property
    def needs(self) -> tuple[str, ...]: ...

    @property
    def infants(self) -> int: ...

    @property
    def elders(self) -> int: ...


class WithFeatures(Protocol):
    """A room."""

    @property
    def step_free(self) -> bool: ...

    @property
    def floor(self) -> int | None: ...

    @property
    def cot(self) -> bool: ...

    @property
    def heating(self) -> bool: ...

    @property
    def near_hospital(self) -> bool: ...


def wants_of(family: WithNeeds) -> frozenset[str]:
    """Which features of a room answer what is known of them."""
    wants = {WANTS_OF_NEEDS[kind] for code in family.needs if (kind := code.split("-")[0]) in WANTS_OF_NEEDS}
    if family.infants:
        wants |= {COT, HEATING}
    if family.elders:
        wants.add(GROUND)
    return frozenset(wants - {GROUND} if STEP_FREE in wants else wants)


def features_of(room: WithFeatures) -> frozenset[str]:
    """Which of these the room has."""
    has = {STEP_FREE: room.step_free, COT: room.cot, HEATING: room.heating, HOSPITAL: room.near_hospital}
    has[GROUND] = room.floor == 0 or room.step_free
    return frozenset(name for name, there in has.items() if there)


def met_by(wants: frozenset[str], rooms: Sequence[frozenset[str]]) -> frozenset[str]:
    """Which of the wants rooms with these features meet: every room must be free of steps, but one cot is enough."""
    if not rooms:
        return frozenset()
    return wants & (frozenset.intersection(*rooms) | (frozenset.union(*rooms) & {COT}))


def in_words(words: dict[str, Promise], wants: Iterable[str]) -> list[str]:
    """These wants, as the table says them, always in its order."""
    wanted = set(wants)
    return [str(text) for want, text in words.items() if want in wanted]
