"""The numbers of cases are read once a day."""

from datetime import datetime

from django.utils import timezone

from census.case_numbers import read_all_cases
from census.models import CaseReading
from centre.clock import local_day


def take_case_reading(now: datetime | None = None) -> None:
    """Read the numbers of all cases in the open for today; where that was done, the first reading stays."""
    at = now or timezone.now()
    today = local_day(at)
    if not CaseReading.objects.filter(on=today).exists():
        CaseReading.objects.get_or_create(on=today, defaults={"at": at, "numbers": read_all_cases(at)})
