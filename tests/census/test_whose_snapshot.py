"""Whose the snapshot of a day is, who may freeze what, and how fine a question may be."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from census.actions import take_due_snapshots, take_snapshots
from census.models import Snapshot
from centre.access import Role
from centre.clock import local_day, local_instant, settled_until
from centre.models import Site
from tests.api.conftest import Machine
from tests.build import make_site, make_user, register_family

pytestmark = pytest.mark.django_db


def last_cut_off():
    """The latest cut-off hour whose facts have settled."""
    settled = settled_until()
    hours = [local_instant(local_day(settled) - timedelta(days=back), settings.CENSUS_HOURS[-1]) for back in (0, 1)]
    return next(at for at in hours if at < settled - timedelta(seconds=10))


def test_what_is_taken_by_hand_a_moment_after_the_cut_off_leaves_the_cut_off_the_days():
    by, due = make_user(), last_cut_off()
    register_family(make_site("goris"), make_user(), at=due - timedelta(hours=1))
    take_due_snapshots(due - timedelta(days=1) + timedelta(minutes=5))
    take_snapshots(due + timedelta(seconds=6), sites=[], by=by)
    assert take_due_snapshots() == []
    at = Snapshot.objects.filter(site=None, at__gte=due).order_by("at").values_list("at", "taken_by")
    assert list(at) == [(due, None), (due + timedelta(seconds=6), by.pk)]
    assert Snapshot.objects.on(local_day(due)).filter(site=None).the_days_first()[0].at == due
    answer = Machine(make_user(Role.OFFICIAL)).get("census/", on=local_day(due).isoformat()).json()
    assert answer["at"].startswith(timezone.localtime(due).isoformat()[:16])


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR])
def test_who_has_one_site_freezes_that_site_and_neither_another_nor_the_whole(role):
    here = make_site("goris")
    make_site("sisian")
    at = settled_until() - timedelta(seconds=1)
    answer = Machine(make_user(role, here)).post("snapshots/take/", {"at": at.isoformat()})
    assert answer.status_code == 201
    assert set(Snapshot.objects.filter(at=at).values_list("site__code", flat=True)) == {"goris"}
    Machine(make_user(role)).post("snapshots/take/", {"at": at.isoformat()})
    assert set(Snapshot.objects.filter(at=at).values_list("site__code", flat=True)) == {"goris", "sisian", None}


@pytest.mark.parametrize("name", ["at", "known_at"])
def test_the_census_is_asked_of_whole_hours(name):
    machine = Machine(make_user(Role.OFFICIAL))
    hour = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    assert machine.get("census/", **{name: hour.isoformat()}).status_code == 200
    for beside in (timedelta(minutes=1), timedelta(seconds=1), timedelta(microseconds=1)):
        answer = machine.get("census/", **{name: (hour + beside).isoformat()})
        assert (answer.status_code, list(answer.json())) == (400, [name])


def test_a_site_closed_just_after_its_cut_off_keeps_that_snapshot():
    due, site = last_cut_off(), make_site("goris")
    Site.objects.update(opened_at=due - timedelta(days=30))
    register_family(site, make_user(), at=due - timedelta(hours=1))
    Site.objects.update(closed_at=due + timedelta(seconds=1))
    take_due_snapshots()
    assert list(Snapshot.objects.filter(site=site).values_list("at", flat=True)) == [due]
    assert take_due_snapshots() == []


def test_a_site_that_was_closed_at_its_cut_off_has_no_snapshot_of_it():
    due, site = last_cut_off(), make_site("goris")
    Site.objects.update(opened_at=due - timedelta(hours=1), closed_at=due)
    take_due_snapshots()
    assert not Snapshot.objects.filter(site=site).exists()
