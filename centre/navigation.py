"""Where a person can go: the pages their roles have a use for, most used first."""

from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from centre.access import Permission as P

BOARD = "census:board"
AT_THE_THUMB = 5
"""How many entries fit beside one another at the bottom of a phone."""


@dataclass(frozen=True)
class Entry:
    """A page: name, word, icon, of which permissions one is enough (none: for all), and which lead there otherwise."""

    name: str
    word: str | Promise
    icon: str
    of_use_to: frozenset[str]
    unless: frozenset[str] = frozenset()

    @cached_property
    def address(self) -> str:
        return reverse(self.name)  # a page asks sixty times

    def holds(self, path: str) -> bool:
        """Whether the path is this page or lies below it; below the board lies everything, and it holds none of it."""
        return path == self.address or (self.name != BOARD and path.startswith(self.address))


PAGES = (
    Entry(BOARD, _("Board"), "layout-dashboard", frozenset()),
    Entry("houses:own_door", _("Your house"), "door-open", frozenset({P.CHECK_IN}), frozenset({P.PLACE})),
    Entry("desk:intake", _("Intake"), "clipboard-pen", frozenset({P.REGISTER, P.COUNT_GATE})),
    Entry("desk:families", _("Families"), "users", frozenset({P.SEE_FAMILIES})),
    Entry("shelter:board", _("Shelter"), "bed-double", frozenset({P.PLACE})),
    Entry("transport:buses", _("Buses"), "bus", frozenset({P.PLACE, P.REGISTER})),
    Entry("houses:calls", _("Houses"), "phone", frozenset({P.PLACE})),
    Entry("casework:cases", _("Cases"), "folder-heart", frozenset({P.SEE_CASES})),
    Entry("casework:offers", _("Offered to you"), "mail-check", frozenset({P.ANSWER_REFERRALS})),
    Entry("aid:scan", _("Scan"), "scan-line", frozenset({P.HAND_OUT})),
    Entry("aid:overview", _("Aid"), "package", frozenset({P.PLAN_AID})),
    Entry("cards:cards", _("Cards"), "id-card", frozenset({P.PRINT_CARDS})),
    Entry("houses:nights", pgettext_lazy("in the menu", "Bed nights"), "moon", frozenset({P.SET_UP_ROOMS, P.SEE_LOG})),
    Entry("census:days", _("Census"), "chart-column", frozenset({P.SEE_CENSUS})),
    Entry("desk:duplicates", _("Duplicates"), "copy", frozenset({P.MERGE})),
    Entry("centre:settings", _("Settings"), "settings", frozenset({P.SET_UP, P.SEE_LOG})),
)


def title_of(view: str) -> str | Promise | None:
    """What leads to this page is called in the menu, or else what leads to others of its room."""
    room = view.partition(":")[0] + ":"
    own = [entry for entry in PAGES if entry.name == view] or [one for one in PAGES if one.name.startswith(room)]
    return own[0].word if own else None


@dataclass(frozen=True)
class Navigation:
    """The entries of one person on one page; `first` are at the thumb, `rest` one step away."""

    entries: list[Entry]
    here: str

    @property
    def leads_on(self) -> bool:
        """Whether there is another page to go to than the one of here."""
        return any(entry.address != self.here for entry in self.entries)

    @property
    def first(self) -> list[Entry]:
        return self.entries if len(self.entries) <= AT_THE_THUMB else self.entries[: AT_THE_THUMB - 1]

    @property
    def rest(self) -> list[Entry]:
        return self.entries[len(self.first) :]


def navigation_of(may: Set[str], path: str, *, outside: bool = False) -> Navigation:
    """The pages these permissions open; `here` is the address of the one that the path lies in."""
    of_use = [entry for entry in PAGES if entry.of_use_to & may or not (entry.of_use_to or outside)]
    entries = [entry for entry in of_use if not entry.unless & may]
    within = [entry.address for entry in entries if entry.holds(path)]
    return Navigation(entries, max(within, key=len, default=""))
