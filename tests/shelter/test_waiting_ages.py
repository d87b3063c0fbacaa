"""Who is an infant or an elder on the local day, while it is still yesterday by UTC."""

from datetime import UTC, date, datetime

import pytest

from registrations.facts import Birth
from shelter.waiting import who_waits
from tests.build import make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db

AFTER_MIDNIGHT = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)  # half past one on the 25th in Yerevan


@pytest.mark.parametrize(
    ("born", "infants", "elders"),
    [(date(2024, 11, 25), 0, 0), (date(2024, 11, 26), 1, 0), (date(1966, 11, 25), 0, 1), (date(1966, 11, 26), 0, 0)],
)
def test_ages_are_those_of_the_local_day(born, infants, elders):
    goris, staff = make_site("goris"), make_user()
    child = {"carer_kind": "nobody"} if born.year > 2020 else {}
    register_family(goris, staff, person(birth=Birth(born, "day"), **child), at=AFTER_MIDNIGHT)
    (family,), _number = who_waits(staff, [goris], AFTER_MIDNIGHT)
    assert (family.infants, family.elders) == (infants, elders)
