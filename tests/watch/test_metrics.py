"""Figures count what happened, by kinds and codes, and name nobody."""

import pytest
from django.db import transaction
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from census.actions import take_snapshots
from centre.access import NotAllowed, Role
from registrations.models import Individual
from shelter.inventory import block_places
from tests.build import make_room, make_site, make_user, person, register_family
from upkeep.tasks import heartbeat
from upkeep.watch.metrics import count_task, write_metrics

pytestmark = pytest.mark.django_db


def figure(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


def figures() -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(write_metrics().decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for f in families for s in f.samples}


def test_an_act_is_counted_once_it_is_committed(django_capture_on_commit_callbacks):
    before = figure("reception_acts_total", kind="register")
    with django_capture_on_commit_callbacks(execute=True):
        register_family(make_site(), make_user(Role.COORDINATOR))
    assert figure("reception_acts_total", kind="register") == before + 1


def test_an_act_that_is_rolled_back_is_not_counted(django_capture_on_commit_callbacks):
    before = figure("reception_acts_total", kind="register")
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        register_family(make_site(), make_user(Role.COORDINATOR))
        transaction.set_rollback(True)
    assert figure("reception_acts_total", kind="register") == before


def test_a_refusal_is_counted_by_its_code():
    site = make_site()
    room = make_room(site)
    volunteer = make_user(Role.VOLUNTEER, site)
    before = figure("reception_refusals_total", kind="block", code="not_allowed")
    with pytest.raises(NotAllowed):
        block_places(list(room.places.all()), reason="leak", by=volunteer)
    assert figure("reception_refusals_total", kind="block", code="not_allowed") == before + 1


def test_a_request_is_counted_by_the_name_of_its_view_and_not_by_its_address(client):
    client.force_login(make_user(Role.VOLUNTEER, make_site()))
    client.get("/families/?q=Հակոբյան")
    client.get("/nowhere/Հակոբյան/")
    client.generic("ՀԱԿ", "/healthz")
    assert figure("reception_requests_total", view="desk:families", method="GET", status="200") >= 1
    assert figure("reception_requests_total", view="none", method="GET", status="404") >= 1
    assert figure("reception_requests_total", view="healthz", method="other", status="405") >= 1


def test_the_figures_hold_nobody_and_no_site(client):
    site = make_site("safe-house", kind="crisis", confidential=True)
    client.force_login(make_user(Role.VOLUNTEER, site, username="volunteer-of-the-safe-house"))
    register_family(site, make_user(Role.COORDINATOR, site), person("Աննա", "Հակոբյան"))
    individual = Individual.objects.get()
    client.get(f"/families/{individual.pk}/?q=Հակոբյան")
    text = write_metrics().decode()
    for never in ("Հակոբյան", "Աննա", str(individual.pk), "safe-house", "Safe-House", str(site.pk)):
        assert never not in text


def test_tasks_are_counted_across_processes_by_name_and_outcome():
    key = ("reception_tasks_total", (("name", "upkeep.tasks.heartbeat"), ("outcome", "FAILURE")))
    before = figures().get(key, 0)
    count_task(sender=heartbeat, state="FAILURE")
    assert figures()[key] == before + 1


def test_what_an_operator_watches_is_there():
    site = make_site()
    take_snapshots(site.opened_at, sites=[site])
    heartbeat()
    found = figures()
    assert found["reception_database_bytes", ()] > 0
    assert ("reception_tasks_waiting", ()) in found
    assert ("reception_heartbeat_age_seconds", (("part", "worker"),)) in found
    assert found["reception_snapshot_age_seconds", (("scope", "operation"),)] > 0


def test_a_silent_broker_takes_only_its_own_figures_away(settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    found = figures()
    assert ("reception_tasks_waiting", ()) not in found
    assert found["reception_database_bytes", ()] > 0
