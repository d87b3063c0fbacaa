"""The glass that may be broken: one file, one hour, a reason, and a supervisor who reads it at once."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from centre.access import Role
from centre.models import LogLine
from desk.actions import arrive, open_in_emergency
from desk.models import EmergencyOpening
from registrations.models import Household, Individual, NeedCode, Presence, SpecificNeed
from tests.api.conftest import Machine
from tests.build import make_site, make_user, register_family

pytestmark = pytest.mark.django_db

WHY = "a child has a seizure, who is the mother"


@pytest.fixture
def goris():
    cache.clear()
    return make_site("goris")


@pytest.fixture
def volunteer(goris):
    return make_user(Role.VOLUNTEER, goris, username="aram")


@pytest.fixture
def family():
    return register_family(make_site("sisian"), make_user())


def at(family):
    return f"/families/{str(family).replace(' ', '')}/"


def sent(family, why=WHY):
    return {"id": str(uuid.uuid4()), "card": str(family), "emergency": why}


def test_one_file_is_open_for_one_hour_and_no_other(client, goris, volunteer, family):
    other = register_family(family.site, make_user())
    client.force_login(volunteer)
    assert client.get(at(family)).status_code == 404
    assert client.post("/intake/open/", sent(family))["Location"] == at(family)
    page = client.get(at(family)).content.decode()
    assert "Hakobyan" in page
    assert "can read it, and change nothing" in page
    assert not re.search(r"/(arrive|depart|born|died|void|seen)/", page)
    assert client.get(at(other)).status_code == 404
    later = timezone.now() + timedelta(minutes=61)
    assert Household.objects.visible_to(volunteer, later).count() == 0
    assert Individual.objects.visible_to(volunteer, later).count() == 0
    assert Household.objects.visible_to(make_user(Role.VOLUNTEER, goris)).count() == 0


@pytest.mark.parametrize("why", ["", "  ", "x", "..."])
def test_without_a_reason_nothing_opens(client, volunteer, family, why):
    client.force_login(volunteer)
    answer = client.post("/intake/open/", sent(family, why))
    assert answer.status_code == 422
    assert 'id="id_emergency"' in answer.content.decode()
    assert not EmergencyOpening.objects.exists()


def test_what_was_counted_a_moment_ago_is_counted_anew(
    client, goris, volunteer, family, django_capture_on_commit_callbacks
):
    client.force_login(make_user(Role.COORDINATOR, goris))
    assert WHY not in client.get("/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        open_in_emergency(family, reason=WHY, by=volunteer)
    assert WHY in client.get("/").content.decode()


def test_who_supervises_reads_at_once_who_and_why(client, goris, volunteer, family):
    open_in_emergency(family, reason=WHY, by=volunteer)
    line = LogLine.objects.get(fields=["emergency"])
    assert (line.by, line.subject_id, line.why) == (volunteer, str(family.pk), WHY)
    told = []
    for user in (make_user(Role.COORDINATOR, goris), make_user(Role.COORDINATOR, family.site), volunteer):
        client.force_login(user)
        told.append(WHY in client.get("/").content.decode())
    assert told == [True, False, False]


def test_who_reads_a_file_in_an_emergency_cannot_act_on_it(client, volunteer, family):
    open_in_emergency(family, reason=WHY, by=volunteer)
    client.force_login(volunteer)
    before = set(Presence.objects.values_list("site", flat=True))
    said = {"id": str(uuid.uuid4()), "card": str(family)}
    assert client.post("/intake/arrive/", said).status_code == 422
    for act in ("arrive", "depart", "died", "born", "void"):
        assert client.post(f"{at(family)}{act}/", said).status_code in (403, 404)
    machine, person = Machine(volunteer), Individual.objects.get(memberships__household=family)
    for address in (f"households/{family.pk}/depart/", f"individuals/{person.pk}/died/"):
        assert machine.post(address).status_code == 404
    assert set(Presence.objects.values_list("site", flat=True)) == before


def test_needs_and_documents_stay_closed(volunteer, family):
    open_in_emergency(family, reason=WHY, by=volunteer)
    machine = Machine(volunteer)
    [row] = machine.get("individuals/").json()["results"]
    assert (row["needs"], row["documents"]) == (None, None)


def test_needs_stay_closed_to_who_reads_them_of_other_families(client, goris, family):
    """On the page as in the API, also where the family was registered at the reader's site."""
    before = timezone.now() - timedelta(days=9)
    Household.objects.filter(pk=family.pk).update(site=goris, registered_at=before, urgent_need="CR-CC")
    person = Individual.objects.get(memberships__household=family)
    code = NeedCode.objects.get(code="CR-CC")
    SpecificNeed.objects.create(individual=person, code=code, act=family.act)
    coordinator = make_user(Role.COORDINATOR, goris)
    client.force_login(coordinator)
    told = []
    for see in (
        lambda: open_in_emergency(family, reason=WHY, by=coordinator),
        lambda: arrive(family, site=goris, by=coordinator),
    ):
        see()
        needs = Machine(coordinator).get(f"individuals/{person.pk}/").json()["needs"]
        [household] = Machine(coordinator).get("households/").json()["results"]
        told.append((needs, str(code) in client.get(at(family)).content.decode(), household["urgent_need"]))
    assert told == [(None, False, None), (["CR-CC"], True, "CR-CC")]


def test_no_form_of_an_act_is_drawn(client, goris, family):
    user = make_user(Role.COORDINATOR, goris)
    open_in_emergency(family, reason=WHY, by=user)
    client.force_login(user)
    number = str(family).replace(" ", "")
    for act in ("depart", "died", "born"):
        assert client.get(f"{at(family)}{act}/").status_code == 404, act
    assert client.get(f"/cards/family/{number}/").status_code == 404


def test_a_machine_opens_a_file_in_an_emergency(volunteer, family):
    machine = Machine(volunteer)
    assert machine.get(f"households/{family.pk}/").status_code == 404
    answer = machine.post("emergency-openings/", number=str(family), reason=WHY)
    assert (answer.status_code, answer.json()) == (201, {"household": str(family.pk), "number": str(family)})
    assert machine.get(f"households/{family.pk}/").status_code == 200
    assert machine.post("emergency-openings/", number=str(family), reason="?").json().keys() == {"reason"}


@pytest.mark.parametrize("role", [Role.AID_VOLUNTEER, Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR])
def test_a_role_that_opens_no_files_breaks_no_glass(goris, family, role):
    machine = Machine(make_user(role, goris))
    assert machine.post("emergency-openings/", number=str(family), reason=WHY).status_code in (400, 403)
    assert not EmergencyOpening.objects.exists()
