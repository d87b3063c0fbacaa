"""Announced against counted, cumulative with cumulative, at each announcement and each census."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from rich.table import Table

from demonstration.plan import Plan
from demonstration.replaying import Outcome
from demonstration.series import Announcement, announcements
from demonstration.targets import YEREVAN, Target

FIGURES = {"arrived": "gate_people", "registered": "registered", "accommodated": "ever_accommodated"}
HEADINGS = {"arrived": "arrived", "registered": "registered", "accommodated": "ever accommodated"}
HOUR_GUESSED, REMEMBERED = "~", "†"


@dataclass(frozen=True)
class Compared:
    """One cumulative count at one instant. `announced` is at the replay's scale, None when nothing was announced."""

    at: datetime
    figure: str
    announced: int | None
    counted: int

    @property
    def difference(self) -> int:
        return 0 if self.announced is None else self.counted - self.announced


def compare(plan: Plan, outcome: Outcome) -> Iterator[Compared]:
    """Each count at each instant that was announced, as the server knows it at the end."""
    for at, figures in sorted(outcome.read_at_end.items()):
        for figure, name in FIGURES.items():
            target: Target = getattr(plan.targets, figure)
            announced = target.by(at) if at in target.given() or at == plan.targets.end else None
            yield Compared(at, figure, announced, figures[name])


def table(plan: Plan, outcome: Outcome) -> Table:
    """Day by day: what was announced at the replay's scale, what is counted, and the difference."""
    drawn = Table(title=f"Announced × {plan.targets.arrived.scale:g} against counted, cumulative")
    drawn.add_column("as of", no_wrap=True)
    for heading in HEADINGS.values():
        drawn.add_column(f"{heading}\nannounced", justify="right")
        drawn.add_column("counted", justify="right")
        drawn.add_column("difference", justify="right")
    for heading in ("told late", "balance"):
        drawn.add_column(heading, justify="right")
    drawn.caption = f"{HOUR_GUESSED} the hour was not announced; {REMEMBERED} remembered, not found again"
    rows: dict[datetime, dict[str, Compared]] = {}
    for one in compare(plan, outcome):
        rows.setdefault(one.at, {})[one.figure] = one
    nights = {night.at: night for night in outcome.nights}
    marks = {said.as_of: _mark(said) for said in announcements()}
    for at, compared in rows.items():
        cells = [cell for figure in FIGURES for cell in _cells(compared[figure])]
        night = nights.get(at)
        balance = [str(night.late), _balance(night.differences)] if night else ["", ""]
        drawn.add_row(f"{at.astimezone(YEREVAN):%d.%m. %H:%M} {marks.get(at, '')}", *cells, *balance)
        if night:
            drawn.add_section()
    return drawn


def _mark(said: Announcement) -> str:
    return HOUR_GUESSED * said.hour_guessed + REMEMBERED * said.remembered


def _cells(one: Compared) -> tuple[str, str, str]:
    if one.announced is None:
        return "", str(one.counted), ""
    return str(one.announced), str(one.counted), f"{one.difference:+}" if one.difference else "0"


def _balance(differences: dict[str, int]) -> str:
    return "adds up" if not differences else "; ".join(f"{key} {value:+}" for key, value in differences.items())
