"""A day in an address."""

from datetime import date

from centre.clock import EARLIEST, LATEST


class DayConverter:
    """YYYY-MM-DD; what is no day of the calendar, or of another century, is not found."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        day = date.fromisoformat(value)
        if not EARLIEST.date() <= day <= LATEST.date():
            raise ValueError(value)
        return day

    def to_url(self, value: date) -> str:
        return value.isoformat()
