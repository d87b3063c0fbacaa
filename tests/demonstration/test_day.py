"""The day of a demonstration, loaded act by act as `manage.py demonstrate` does, each committed."""

from io import StringIO

from django.core.management import call_command
from django.utils import timezone

from casework.models import Case, Referral
from census.models import Snapshot
from census.selectors import Tally
from centre.models import Site, User
from demonstration.management.commands import demonstrate
from houses.models import Call, Contract, Difference
from houses.overflow import beyond_places
from registrations.models import GateCount, Household, Movement
from shelter.models import Opening, Place, Stay, WaitingFact
from tests.races.conftest import committed_database
from transport.models import TransportRun
from transport.selectors import read_sheet, who_may_be_put_on

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
    assert_every_page_of_houses_has_something_to_show(now)
    assert_the_service_has_answered_one_offer_and_another_waits()
    assert_two_officers_may_follow_a_child()


def assert_the_service_has_answered_one_offer_and_another_waits():
    offers = Referral.objects.filter(service=User.objects.get(username="service").service_account.service)
    assert sorted(one.accepted_at is None for one in offers) == [False, True]


def assert_two_officers_may_follow_a_child():
    children = Case.objects.open().filter(kind="child_protection")
    officers = User.objects.filter(assignments__role="protection")
    assert [children.visible_to(officer).exists() for officer in officers] == [True, True]


def assert_every_page_of_houses_has_something_to_show(now):
    by = User.objects.get(username="coordinator")
    hotels = Site.objects.filter(kind=Site.Kind.HOTEL)
    assert Contract.objects.standing().count() == hotels.count() > 1
    assert Opening.objects.at(now).exists()
    assert Difference.objects.open().exclude(taken_by=None).exists()
    assert set(Call.objects.values_list("outcome", flat=True)) == {"spoke", "no_answer"}
    assert set(WaitingFact.objects.values_list("kind", flat=True)) == {"moved_up", "declined"}
    assert Place.objects.blocked(now).exists()
    assert beyond_places(by, now)
    assert sorted(run.state for run in TransportRun.objects.all()) == ["arrived", "on_the_road", "planned"]
    late = [len(read_sheet(run, by, now).late(now)) for run in TransportRun.objects.with_counts()]
    assert sorted(late) == [0, 0, 1]
    planned = TransportRun.objects.get(went_at=None)
    assert who_may_be_put_on(planned, by, now)
