"""Who is an infant or an elder on the local day, while it is still yesterday by UTC."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from centre.clock import local_instant
from registrations.facts import Birth, years_before
from shelter.waiting import who_waits
from tests.build import make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("years", "days", "infants", "elders"), [(2, 0, 0, 0), (2, 1, 1, 0), (60, 0, 0, 1), (60, 1, 0, 0)]
)
def test_ages_are_those_of_the_local_day(years, days, infants, elders):
    today = timezone.localdate() - timedelta(days=2)
    after_midnight = local_instant(today, time(1, 30))  # still the day before by UTC
    goris, staff = make_site("goris"), make_user()
    born = years_before(today, years) + timedelta(days=days)
    child = {"carer_kind": "nobody"} if years < 18 else {}
    register_family(goris, staff, person(birth=Birth(born, "day"), **child), at=after_midnight)
    (family,), _number = who_waits(staff, [goris], after_midnight)
    assert (family.infants, family.elders) == (infants, elders)
