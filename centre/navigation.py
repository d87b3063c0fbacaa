"""Where a person can go: the pages their roles have a use for, most used first."""

from collections.abc import Set
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from centre.access import Permission as P

AT_THE_THUMB = 5
"""How many entries fit beside one another at the bottom of a phone."""


class Entry(NamedTuple):
    """A page: its address, its word, its icon, and the permissions of which one is enough; none: for all."""

    address: str
    word: str | Promise
    icon: str
    of_use_to: frozenset[str]


PAGES = (
    Entry("/", _("Board"), "layout-dashboard", frozenset()),
    Entry("/intake/", _("Intake"), "clipboard-pen", frozenset({P.REGISTER, P.COUNT_GATE})),
    Entry("/families/", _("Families"), "users", frozenset({P.SEE_FAMILIES})),
    Entry("/shelter/", _("Shelter"), "bed-double", frozenset({P.PLACE})),
    Entry("/cases/", _("Cases"), "folder-heart", frozenset({P.SEE_CASES})),
    Entry("/aid/scan/", _("Scan"), "scan-line", frozenset({P.HAND_OUT})),
    Entry("/aid/", _("Aid"), "package", frozenset({P.PLAN_AID})),
    Entry("/cards/", _("Cards"), "id-card", frozenset({P.PRINT_CARDS})),
    Entry("/census/", _("Census"), "chart-column", frozenset({P.SEE_CENSUS})),
    Entry("/duplicates/", _("Duplicates"), "copy", frozenset({P.MERGE})),
    Entry("/settings/", _("Settings"), "settings", frozenset({P.SET_UP, P.SEE_LOG})),
)


@dataclass(frozen=True)
class Navigation:
    """The entries of one person on one page; `first` are at the thumb, `rest` one step away."""

    entries: list[Entry]
    here: str

    @property
    def first(self) -> list[Entry]:
        return self.entries if len(self.entries) <= AT_THE_THUMB else self.entries[: AT_THE_THUMB - 1]

    @property
    def rest(self) -> list[Entry]:
        return self.entries[len(self.first) :]


def navigation_of(may: Set[str], path: str) -> Navigation:
    """The pages these permissions open; `here` is the address of the one that the path lies in."""
    entries = [entry for entry in PAGES if not entry.of_use_to or entry.of_use_to & may]
    within = [e.address for e in entries if path == e.address or (e.address != "/" and path.startswith(e.address))]
    return Navigation(entries, max(within, key=len, default=""))
