"""The balance of promise 5: opening, what came, what went, what was learnt late, and the closing that is counted."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

COMING = ("arrivals", "births", "transfers_in")
GOING = ("departures", "presumed_left", "transfers_out", "deaths")
LEARNT = ("late", "corrected", "merged", "unmerged")

LINES = {
    "opening": _("At the start"),
    "late": _("Reported late"),
    "corrected": _("Corrected"),
    "merged": _("Merged"),
    "unmerged": _("Merge undone"),
    "arrivals": _("Arrivals"),
    "births": _("Births"),
    "transfers_in": _("Transfers in"),
    "departures": _("Departures"),
    "presumed_left": _("Probably left"),
    "transfers_out": _("Transfers out"),
    "deaths": _("Deaths"),
    "closing": _("At the end, as counted"),
    "difference": _("Difference"),
}


@dataclass(frozen=True)
class Balance:
    """One place's balance, in people. `closing` is counted by itself; `difference` is what the lines leave open."""

    opening: int
    lines: dict[str, int] = field(default_factory=dict)
    closing: int = 0

    @property
    def expected(self) -> int:
        """What the lines say the closing should be."""
        came = sum(self.lines.get(line, 0) for line in (*COMING, *LEARNT))
        return self.opening + came - sum(self.lines.get(line, 0) for line in GOING)

    @property
    def difference(self) -> int:
        """Counted less expected; anything but 0 shouts."""
        return self.closing - self.expected

    def __add__(self, other: "Balance") -> "Balance":
        names = {*self.lines, *other.lines}
        return Balance(
            self.opening + other.opening,
            {name: self.lines.get(name, 0) + other.lines.get(name, 0) for name in sorted(names)},
            self.closing + other.closing,
        )

    def as_row(self) -> dict[str, int]:
        """Every line in its order, for a page or a file; what goes is written as it is counted, not negative."""
        values = asdict(self)["lines"] | {
            "opening": self.opening,
            "closing": self.closing,
            "difference": self.difference,
        }
        return {name: values.get(name, 0) for name in LINES}

    @classmethod
    def read(cls, row: dict[str, Any]) -> "Balance":
        """The balance back from the row of a stored tally."""
        lines = {name: row[name] for name in (*COMING, *GOING, *LEARNT) if row.get(name)}
        return cls(row["opening"], lines, row["closing"])
