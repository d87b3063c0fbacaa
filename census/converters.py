"""A day in an address."""

from datetime import date


class DayConverter:
    """YYYY-MM-DD; what is no day of the calendar is not found."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()
