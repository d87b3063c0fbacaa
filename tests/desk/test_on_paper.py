"""Paper that is typed later: it happened at the hour on the paper, and who may type it is judged now."""

import uuid
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from census.actions import take_snapshots
from centre.access import NotAllowed, Role
from centre.clock import local_day
from centre.models import Act, Assignment, User
from centre.refusals import NotThen
from desk.actions import register
from desk.gate import count_gate
from desk.on_paper import PaperForm
from registrations.facts import HouseholdFacts
from registrations.models import GateCount, Household, Individual, Presence
from tests.api.conftest import Machine, intake, member
from tests.build import make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
HAND = "Aram Petrosyan"
WHO_CAN = "a coordinator can enter it"


@pytest.fixture
def desk(client, goris):
    """A volunteer at a page, whose role began an hour ago: after what the paper tells."""
    user = make_user(Role.VOLUNTEER, goris)
    Assignment.objects.filter(user=user).update(starts_at=timezone.now() - timedelta(hours=1))
    client.force_login(user)
    return user


@pytest.fixture
def yesterday():
    """An instant of yesterday, at a whole minute."""
    return (timezone.now() - DAY).replace(second=0, microsecond=0)


def paper(at: datetime, **fields: str) -> dict[str, str]:
    local = timezone.localtime(at)
    said = {"paper_day": f"{local:%d.%m.%Y}", "paper_hour": f"{local:%H:%M}", "written_by": HAND}
    return {"id": str(uuid.uuid4())} | said | fields


def typed_intake(at, **fields):
    rows = {"member-TOTAL_FORMS": "1", "member-INITIAL_FORMS": "0"}
    row = {
        "member-0-given_name": "Anna",
        "member-0-family_name": "Hakobyan",
        "member-0-birth": "34",
        "member-0-sex": "F",
    }
    return paper(at) | rows | row | {"going": "shelter"} | fields


# The pages


def test_an_intake_from_paper_is_of_the_hour_on_the_paper(client, desk, yesterday):
    assert client.post("/intake/", typed_intake(yesterday)).status_code == 303
    household, act = Household.objects.get(), Act.objects.get(kind="register")
    assert (household.registered_at, Presence.objects.get().during.lower) == (yesterday, yesterday)
    assert (act.at, act.written_by, act.recorded_at > yesterday) == (yesterday, HAND, True)


def test_an_age_on_paper_is_an_age_on_that_day(client, desk, yesterday):
    client.post("/intake/", typed_intake(yesterday))
    born, day = Individual.objects.get().birth_date, local_day(yesterday)
    assert (born.year, born.month, born.day) == (day.year - 34, day.month, day.day)


def test_a_family_that_is_not_shown_any_more_is_saved_and_said(client, desk, goris):
    at = timezone.now() - 4 * DAY
    answer = client.post("/intake/", typed_intake(at, going="own_address"), follow=True)
    assert f"Saved as {Household.objects.get()}." in answer.content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"paper_day": ""}, "paper_day"),
        ({"paper_hour": ""}, "paper_hour"),
        ({"written_by": ""}, "written_by"),
        ({"paper_day": "34"}, "paper_day"),
        ({"paper_day": "11.2026"}, "paper_day"),
        ({"paper_day": "31.02.2026"}, "paper_day"),
        ({"paper_day": "soon"}, "paper_day"),
        ({"paper_hour": "25:00"}, "paper_hour"),
        ({"paper_hour": "at night"}, "paper_hour"),
        ({"paper_day": "", "paper_hour": "", "written_by": HAND}, "paper_day"),
    ],
)
def test_what_is_wrong_with_the_paper_is_said_beside_its_field(client, desk, yesterday, wrong, field):
    answer = client.post("/intake/count/", paper(yesterday, people="7", **wrong))
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not GateCount.objects.exists()


@pytest.mark.parametrize("hour", ["21:10", "21.10", "21։10", "21․10"])
def test_day_and_hour_are_read_from_any_keyboard(hour):
    form = PaperForm({"paper_day": "25․11․2025", "paper_hour": hour, "written_by": HAND})
    assert (form.day, f"{form.said_at:%H:%M}") == (date(2025, 11, 25), "21:10")


def test_an_hour_that_has_not_come_is_refused(client, desk):
    later = timezone.now() + timedelta(minutes=3)
    assert client.post("/intake/count/", paper(later, people="7")).status_code == 422


def test_every_act_that_is_written_on_paper_takes_it_at_its_page(client, desk, goris, yesterday):
    family = register_family(goris, make_user(), person(), person("Vahan", relationship="son"), at=yesterday - DAY)
    file = f"/families/{str(family).replace(' ', '')}/"
    vahan = str(Individual.objects.get(given_name="Vahan").pk)
    for address, fields in (
        ("/intake/gate/", {"F_3": "2", "going": "stays"}),
        ("/intake/count/", {"people": "7"}),
        (f"{file}born/", {"given_name": "Ani", "birth": "0", "relationship": "daughter"}),
        (f"{file}depart/", {"members": vahan, "destination": "own_address"}),
        (f"{file}arrive/", {"choosing": "1", "members": vahan}),
        (f"{file}died/", {"individual": vahan}),
    ):
        assert 'name="paper_day"' in client.get(address).content.decode(), address
        yesterday += timedelta(minutes=1)
        data = paper(yesterday, **fields)
        assert client.post(address, data).status_code == 303, address
        act = Act.objects.get(pk=data["id"])
        assert (act.at, act.written_by) == (yesterday, HAND), address
    assert HAND in client.get(file).content.decode()


def test_without_paper_an_act_is_of_now_and_names_no_hand(client, desk):
    before = timezone.now()
    client.post("/intake/count/", {"id": str(uuid.uuid4()), "people": "7"})
    act = Act.objects.get(kind="count_gate")
    assert (act.at >= before, act.written_by) == (True, "")


# Who may, and how old


def test_older_paper_is_typed_by_a_coordinator_whose_role_began_later(goris, coordinator):
    Assignment.objects.filter(user=coordinator).update(starts_at=timezone.now() - DAY)
    count_gate(goris, people=7, by=coordinator, at=timezone.now() - 9 * DAY, written_by=HAND)
    assert GateCount.objects.get().happened_at < timezone.now() - 8 * DAY


@pytest.mark.parametrize(("days", "hand", "why"), [(9, "", WHO_CAN), (91, HAND, "too far"), (-1, HAND, "too far")])
def test_paper_without_a_hand_or_too_old_is_refused(goris, coordinator, days, hand, why):
    with pytest.raises(NotThen, match=why):
        count_gate(goris, people=7, by=coordinator, at=timezone.now() - days * DAY, written_by=hand)
    assert not GateCount.objects.exists()


def test_older_paper_of_a_volunteer_or_of_another_sites_coordinator_is_refused_and_says_who_can(goris):
    for by in (make_user(Role.VOLUNTEER, goris), make_user(Role.COORDINATOR, make_site("sisian"))):
        with pytest.raises(NotThen, match=WHO_CAN):
            count_gate(goris, people=7, by=by, at=timezone.now() - 9 * DAY, written_by=HAND)


def test_the_hour_on_paper_counts_for_a_place_where_a_supervisor_of_this_site_typed_it(goris, coordinator, yesterday):
    elsewhere = make_user(Role.VOLUNTEER, goris)
    elsewhere.assignments.create(site=make_site("sisian"), role=Role.COORDINATOR, starts_at=goris.opened_at)
    waits = []
    for by in (coordinator, elsewhere):
        facts = HouseholdFacts(going="shelter")
        told = register(goris, members=[person()], facts=facts, by=by, at=yesterday, written_by=HAND)
        waits.append(Household.objects.get(pk=told.household).waits_since == yesterday)
    assert waits == [True, False]


def test_an_ended_role_writes_no_paper(goris, coordinator):
    Assignment.objects.filter(user=coordinator).update(ends_at=timezone.now() - timedelta(hours=1))
    for days in (0.5, 2, 9):
        with pytest.raises((NotAllowed, NotThen)):
            count_gate(
                goris,
                people=7,
                by=User.objects.get(pk=coordinator.pk),
                at=timezone.now() - days * DAY,
                written_by=HAND,
            )
    assert not GateCount.objects.exists()


def test_without_a_hand_the_right_is_judged_at_the_instant_too(goris, desk):
    with pytest.raises(NotAllowed):
        count_gate(goris, people=7, by=desk, at=timezone.now() - DAY)


# The API


def test_the_api_takes_whose_hand_it_was(goris, coordinator):
    at = timezone.now() - 9 * DAY
    caller, body = Machine(coordinator), intake(member(), at=at.isoformat())
    refused = caller.post("intakes/", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_then")
    assert "coordinator" in refused.json()["detail"]
    answer = caller.post("intakes/", body | {"written_by": f"  {HAND} "})
    assert answer.status_code == 201, answer.json()
    assert (Act.objects.get(kind="register").written_by, Household.objects.get().registered_at) == (HAND, at)
    assert caller.post("intakes/", body | {"written_by": HAND + "x"}).json()["code"] == "changed"
    assert caller.post("intakes/", intake(written_by="x" * 81)).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_the_census_says_it_late(goris, coordinator, settings):
    settings.DEMONSTRATION = True  # facts of this very second are known at once
    cut_off, at = timezone.now() - timedelta(hours=2), timezone.now() - timedelta(hours=3)
    take_snapshots(cut_off, known_at=timezone.now())
    Machine(coordinator).post("intakes/", intake(member(), at=at.isoformat(), written_by=HAND))
    after = take_snapshots(timezone.now() - timedelta(minutes=1), known_at=timezone.now())[0]
    lines = {line: count for line, count in after.tally["places"]["goris"]["balance"].items() if count}
    assert lines == {"late": 1, "closing": 1}
