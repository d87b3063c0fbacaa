"""What a replay must have counted by when: the curves at a scale, in whole people, over a window of time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from demonstration.series import Curve, announcements, curves

YEREVAN = ZoneInfo("Asia/Yerevan")
CENSUS_HOUR = time(20)
MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class Stretch:
    """From one instant for which a count was announced to the next: so many people come to it between them."""

    start: datetime
    end: datetime
    before: int
    people: int


@dataclass(frozen=True)
class Target:
    """One cumulative count of the replay: a curve at a scale, since the beginning of the window."""

    curve: Curve
    scale: float
    start: datetime
    end: datetime

    def by(self, instant: datetime) -> int:
        """How many people there must have been by the instant."""
        return self._scaled(min(max(instant, self.start), self.end)) - self._scaled(self.start)

    @property
    def total(self) -> int:
        """How many at the end."""
        return self.by(self.end)

    def given(self) -> list[datetime]:
        """The instants of the window for which a count was announced."""
        return [instant for instant in self.curve.given if self.start < instant <= self.end]

    def stretches(self) -> Iterator[Stretch]:
        """The window, cut where a count was announced."""
        for start, end in pairwise(sorted({self.start, *self.given(), self.end})):
            yield Stretch(start, end, self.by(start), self.by(end) - self.by(start))

    def when(self, people: float, stretch: Stretch) -> datetime:
        """About when so many had been reached; always within the stretch."""
        at = self.curve.when((people + self._scaled(self.start)) / self.scale)
        return min(max(at, stretch.start + MOMENT), stretch.end - MOMENT)

    def _scaled(self, instant: datetime) -> int:
        return round(self.curve.at(instant) * self.scale)


@dataclass(frozen=True)
class Targets:
    """The four counts of a replay over its window, which ends with the census of its last day."""

    arrived: Target
    registered: Target
    accommodated: Target
    vehicles: Target

    @property
    def start(self) -> datetime:
        return self.arrived.start

    @property
    def end(self) -> datetime:
        return self.arrived.end

    def nights(self) -> list[datetime]:
        """The hours of the census in the window."""
        days = (self.end.date() - self.start.date()).days + 1
        hours = (census_hour(self.start + timedelta(days=day)) for day in range(days))
        return [hour for hour in hours if self.start < hour <= self.end]


def targets(scale: float, start: datetime | None = None, end: datetime | None = None) -> Targets:
    """The counts at a scale, over the days of the announcements or from one day to another."""
    first, last = curves().arrived.times[0], census_hour(announcements()[-1].as_of)
    start = max(first, start.astimezone(YEREVAN)) if start else first
    end = min(last, census_hour(end)) if end else last
    if start >= end:
        raise ValueError(f"There are announcements from {first:%d.%m.%Y} to {last:%d.%m.%Y}.")
    curve = curves()
    made = (Target(c, scale, start, end) for c in (curve.arrived, curve.registered, curve.accommodated, curve.vehicles))
    return Targets(*made)


def census_hour(instant: datetime) -> datetime:
    """20:00 of the instant's local day."""
    return datetime.combine(instant.astimezone(YEREVAN).date(), CENSUS_HOUR, YEREVAN)
