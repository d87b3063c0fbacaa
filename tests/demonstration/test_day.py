"""The day of a demonstration, loaded act by act as `manage.py demonstrate` does, each committed."""

from io import StringIO

from django.core.management import call_command
from django.utils import timezone

from casework.models import Case
from census.models import Snapshot
from census.selectors import Tally
from demonstration.management.commands import demonstrate
from registrations.models import GateCount, Household, Movement
from shelter.models import Stay
from tests.races.conftest import committed_database

__all__ = ["committed_database"]


def test_day_ends_now_and_has_families_in_every_state(committed_database, demonstration):
    said = StringIO()
    call_command(demonstrate.Command(), count=True, stdout=said)
    *counted, loaded = said.getvalue().splitlines()
    assert counted == [f"{done} of {len(counted)}" for done in range(1, len(counted) + 1)]
    assert loaded.startswith("Loaded ")
    now = timezone.now()
    assert 350 <= Household.objects.count() <= 500
    assert Household.objects.filter(registered_at=None).exists()
    assert Household.objects.registered().filter(going="own_address").exists()
    assert Stay.objects.stays().at(now).exists()
    assert Stay.objects.holds().at(now).exists()
    assert set(Movement.objects.values_list("kind", flat=True)) >= {"arrived", "departed", "born", "died"}
    assert Case.objects.filter(closed_at__isnull=True).count() >= 3
    assert GateCount.objects.count() > 90
    assert Movement.objects.filter(happened_at__gt=now).count() == 0
    (snapshot,) = Snapshot.objects.filter(site=None)
    assert snapshot.tally["places"]["total"]["balance"]["difference"] == 0
    figures = Tally(now, now).figures  # the snapshot's hour may be early in the day that is told
    assert figures.on_the_way
    assert figures.not_known
    assert figures.ever_accommodated
    assert figures.gate_people > figures.registered
