"""For each role and address: a row that must be seen and one that must not; and lists that cost the same."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from centre.access import OUTSIDE, Role
from centre.models import LogLine, Site
from desk.actions import arrive
from registrations.models import Household, Individual, Presence
from shelter.models import Stay
from shelter.reach import open_to_others
from tests.api.conftest import Machine, intake
from tests.api.world import furnish
from tests.build import make_site, make_user, person, register_family

EVERYONE = set(Role.values) - OUTSIDE
FAMILIES = {Role.VOLUNTEER, Role.COORDINATOR, Role.PROTECTION}
CENSUS = {Role.COORDINATOR, Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR}
SEEN_BY = {
    "rooms": {Role.COORDINATOR, Role.ADMINISTRATOR},
    "households": FAMILIES,
    "individuals": FAMILIES,
    "presences": FAMILIES,
    "stays": {Role.COORDINATOR, Role.RECEPTIONIST},
    "cases": {Role.PROTECTION},
    "distributions": {Role.COORDINATOR, Role.AID_VOLUNTEER},
    "stock-movements": {Role.COORDINATOR},
    "stock-counts": {Role.COORDINATOR},
    "handouts": {Role.COORDINATOR, Role.AID_VOLUNTEER},
    "sightings": FAMILIES,
    "gate-counts": CENSUS | {Role.VOLUNTEER},
    "snapshots": CENSUS,
    "waiting-facts": FAMILIES,
    "roll-calls": {Role.COORDINATOR, Role.RECEPTIONIST},
    "contracts": {Role.COORDINATOR, Role.ADMINISTRATOR, Role.AUDITOR},
    "invoices": {Role.COORDINATOR, Role.ADMINISTRATOR, Role.AUDITOR},
    "headcounts": {Role.COORDINATOR},
    "headcount-differences": {Role.COORDINATOR},
    "calls": {Role.COORDINATOR},
    "transport-runs": FAMILIES,
    "passengers": FAMILIES,
}


def awaited_elsewhere(site):
    """The holds at other sites for people who are at this one."""
    people = Presence.objects.filter(site=site).values("individual")
    return Stay.objects.holds().filter(individual__in=people).exclude(site=site)


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_a_role_sees_its_site_and_no_other(db, role):
    here, elsewhere = furnish("goris"), furnish("sisian")
    machine = Machine(make_user(role, here.site))
    for address, roles in SEEN_BY.items():
        listed = {str(row["id"]) for row in machine.get(f"{address}/").json()["results"]}
        seen, unseen = str(here.rows[address].pk), str(elsewhere.rows[address].pk)
        also = (
            {str(hold.pk) for hold in awaited_elsewhere(here.site)}
            if (address, role) == ("stays", Role.COORDINATOR)
            else set()
        )
        assert listed == ({seen} | also if role in roles else set()), address
        assert machine.get(f"{address}/{seen}/").status_code == (200 if role in roles else 404), address
        assert machine.get(f"{address}/{unseen}/").status_code == 404, address


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_a_confidential_site_is_shown_to_those_who_work_there(db, role):
    make_site("goris")
    hospital = make_site("hospital", kind=Site.Kind.HOSPITAL, confidential=True)
    hidden = make_site("crisis", kind=Site.Kind.CRISIS, confidential=True)
    machine = Machine(make_user(role, hospital))
    assert {row["code"] for row in machine.get("sites/").json()["results"]} == {"goris", "hospital"}
    assert machine.get(f"sites/{hidden.pk}/").status_code == 404


def test_a_presence_at_a_confidential_site_is_not_shown_elsewhere(coordinator, goris):
    hidden = make_site("crisis", kind=Site.Kind.CRISIS, confidential=True)
    everywhere, inside = Machine(make_user(Role.COORDINATOR)), Machine(make_user(Role.PROTECTION, hidden))
    volunteer = Machine(make_user(Role.VOLUNTEER, goris))
    family = volunteer.post("intakes/", intake()).json()["household"]
    unknown = everywhere.post(f"households/{family}/arrive/", site="nowhere")
    assert everywhere.post(f"households/{family}/arrive/", site="crisis").json() == unknown.json()
    arrive(Household.objects.get(pk=family), site=hidden, by=inside.user)
    shown = [row["site"] for row in volunteer.get("presences/").json()["results"]]
    assert shown == ["goris"]
    assert [row["site"] for row in everywhere.get("presences/").json()["results"]] == ["goris"]
    officer = Machine(make_user(Role.PROTECTION))
    assert len(officer.get("presences/").json()["results"]) == 2


@pytest.mark.parametrize(("role", "needs"), [(Role.VOLUNTEER, None), (Role.COORDINATOR, ["SM-CI"])])
def test_needs_are_shown_to_the_roles_that_see_them(db, role, needs):
    here = furnish("goris")
    machine = Machine(make_user(role, here.site))
    assert [row["needs"] for row in machine.get("individuals/").json()["results"]] == [needs]
    assert machine.get(f"individuals/{here.rows['individuals'].pk}/").json()["needs"] == needs


def test_who_has_two_roles_sees_needs_where_one_of_them_does(db):
    here, elsewhere = furnish("goris"), furnish("sisian")
    user = make_user(Role.VOLUNTEER, here.site)
    user.assignments.create(site=elsewhere.site, role=Role.COORDINATOR, starts_at=here.site.opened_at, ends_at=None)
    rows = Machine(user).get("individuals/").json()["results"]
    needs = {row["id"]: row["needs"] for row in rows}
    assert needs == {
        str(here.rows["individuals"].pk): None,
        str(elsewhere.rows["individuals"].pk): ["SM-CI"],
    }


@pytest.mark.parametrize(
    ("role", "act", "facts"),
    [
        (Role.PROTECTION, "gate-counts/", {"site": "goris", "people": 1}),
        (Role.VOLUNTEER, "gate-counts/", {"site": "sisian", "people": 1}),
        (Role.OFFICIAL, "gate-counts/", {"site": "goris", "people": 1}),
        (Role.AID_VOLUNTEER, "pre-registrations/", {"site": "goris", "going": "stays", "groups": [{"count": 1}]}),
    ],
)
def test_an_act_beyond_the_role_is_not_allowed_and_leaves_a_line(db, role, act, facts):
    here = furnish("goris")
    make_site("sisian")
    machine = Machine(make_user(role, here.site))
    answer = machine.post(act.format(households=here.rows["households"].pk), **facts)
    assert (answer.status_code, list(answer.json())) == (403, ["detail"])
    assert LogLine.objects.filter(by=machine.user, verb="refused").count() == 1


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.OFFICIAL, Role.AID_VOLUNTEER])
def test_an_act_on_what_one_may_not_see_is_not_found(db, role):
    there = furnish("sisian")
    machine = Machine(make_user(role, make_site("goris")))
    for act in (
        "households/{households}/depart/",
        "households/{households}/place/",
        "individuals/{individuals}/died/",
        "stays/{stays}/end/",
        "movements/{presences}/void/",
        "handouts/{handouts}/reverse/",
        "distributions/{distributions}/end/",
        "stock-movements/{stock-movements}/void/",
    ):
        assert machine.post(act.format(**{name: row.pk for name, row in there.rows.items()})).status_code == 404
    assert Individual.objects.count() == 1


def test_looking_at_people_leaves_lines_without_values(db):
    here = furnish("goris")
    machine = Machine(make_user(Role.COORDINATOR, here.site))
    household = here.rows["households"]
    machine.get(f"households/{household.pk}/")
    machine.get("individuals/", search="Mane", site="x")
    machine.get("individuals/", search="Mane", sex="F")
    machine.get("sites/")
    lines = (
        LogLine.objects.filter(by=machine.user).order_by("pk").values_list("verb", "subject", "subject_id", "fields")
    )
    assert list(lines) == [
        ("opened", "household", str(household.pk), []),
        ("searched", "individual", "", ["search", "sex"]),
    ]


@pytest.mark.parametrize("address", [*SEEN_BY, "sites"])
def test_a_list_of_three_costs_what_a_list_of_one_costs(db, address):
    role = Role.PROTECTION if address == "cases" else Role.COORDINATOR
    one, three = furnish("goris", 1), furnish("sisian", 3)
    costs = []
    for world, rows in ((one, 1), (three, 3)):
        machine = Machine(make_user(role, world.site))
        machine.get("sites/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = machine.get(f"{address}/").json()
        also = awaited_elsewhere(world.site).count() if address == "stays" else 0
        assert len(answer["results"]) == (3 if address == "sites" else rows + also)  # sites: where their buses go, too
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 9


def test_search_finds_people_and_households_in_another_script_at_the_same_cost(db):
    one, three = furnish("goris", 1), furnish("sisian", 3)
    for address in ("individuals/", "households/"):
        costs = []
        for world, rows in ((one, 1), (three, 3)):
            machine = Machine(make_user(Role.COORDINATOR, world.site))
            with CaptureQueriesContext(connection) as queries:
                answer = machine.get(address, search="Մանե Հակոբյան").json()
            assert len(answer["results"]) == rows
            costs.append(len(queries))
        assert costs[0] == costs[1]


def test_a_search_is_turned_page_by_page(db):
    furnish("goris", 3)
    machine = Machine(make_user(Role.COORDINATOR))
    for address in ("individuals/", "households/"):
        first = machine.get(address, search="Mane", page_size=2).json()
        second = machine.get(address, **dict(parse_qsl(urlsplit(first["next"]).query))).json()
        assert (first["count"], len(first["results"]), first["previous"]) == (3, 2, None)
        assert (len(second["results"]), second["next"]) == (1, None)
        assert len({row["id"] for row in first["results"] + second["results"]}) == 3


def test_filters_narrow_down(db):
    here = furnish("goris", 2)
    furnish("sisian")
    machine = Machine(make_user(Role.COORDINATOR))
    household = here.rows["households"]
    number = str(household).replace(" ", "")
    for address, query, count in (
        ("households/", {}, 3),
        ("households/", {"site": "goris"}, 2),
        ("households/", {"site": str(here.site.pk)}, 2),
        ("households/", {"present_at": "goris"}, 2),
        ("households/", {"number": number}, 1),
        ("households/", {"registered": "false"}, 0),
        ("households/", {"search": number}, 1),
        ("households/", {"search": "Mane", "present_at": "goris"}, 2),
        ("individuals/", {"household": str(household.pk)}, 1),
        ("individuals/", {"number": number}, 1),
        ("individuals/", {"present_at": "sisian"}, 1),
        ("individuals/", {"sex": "M"}, 0),
        ("presences/", {"household": str(household.pk)}, 1),
        ("presences/", {"at": "2021-01-01T00:00:00+04:00"}, 0),
        ("stays/", {"household": str(household.pk)}, 2),
        ("stays/", {"kind": "hold"}, 3),
        ("stays/", {"kind": "hold", "site": "goris"}, 0),
        ("rooms/", {"site": "goris"}, 2),
        ("handouts/", {"number": number}, 1),
        ("handouts/", {"reversed": "true"}, 0),
        ("stock-movements/", {"site": "goris", "kind": "received", "standing": "true"}, 2),
        ("stock-movements/", {"standing": "false"}, 0),
        ("distributions/", {"running": "true", "site": "sisian"}, 1),
        ("gate-counts/", {"site": "goris", "since": "2021-01-01T00:00:00Z"}, 2),
        ("snapshots/", {"site": "sisian"}, 1),
        ("snapshots/", {"whole": "true"}, 0),
        ("sites/", {"open": "true", "kind": "reception"}, 2),
        ("contracts/", {"site": "goris", "standing": "true"}, 2),
        ("invoices/", {"site": "goris", "standing": "false"}, 0),
        ("headcounts/", {"site": "goris", "standing": "true"}, 2),
        ("headcount-differences/", {"open": "true"}, 2),
        ("calls/", {"site": "goris", "outcome": "no_answer"}, 0),
        ("calls/", {"about": "more"}, 3),
        ("transport-runs/", {"site": "goris", "state": "planned"}, 2),
        ("transport-runs/", {"state": "arrived"}, 0),
        ("passengers/", {"household": str(household.pk)}, 1),
    ):
        assert len(machine.get(address, **query).json()["results"]) == count, (address, query)


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_a_site_that_is_open_to_others_is_seen_by_who_places_elsewhere_and_nobody_else(db, role):
    here, there = furnish("goris"), furnish("sisian")
    until = timezone.now() + timedelta(hours=3)
    open_to_others(there.site, places=1, until=until, by=make_user(Role.COORDINATOR, there.site))
    machine = Machine(make_user(role, here.site))
    listed = [row["site"] for row in machine.get("openings/").json()["results"]]
    assert listed == (["sisian"] if role == Role.COORDINATOR else [])
    rooms = {row["site"] for row in machine.get("rooms/").json()["results"]}
    assert ("sisian" in rooms) == (role == Role.COORDINATOR)


def test_pages_hold_every_row_once(db):
    furnish("goris", 3)
    machine = Machine(make_user(Role.COORDINATOR))
    address, seen = "households/?page_size=2", []
    while address:
        page = machine.get(address).json()
        seen += [row["id"] for row in page["results"]]
        address = page["next"] and page["next"].partition("/api/v1/")[2]
    assert (len(seen), len(set(seen))) == (3, 3)


def test_a_room_says_what_is_free(db):
    here = furnish("goris")
    (room,) = Machine(make_user(Role.COORDINATOR, here.site)).get("rooms/").json()["results"]
    assert (room["places"], room["blocked"], room["free"]) == (2, 0, 1)


@pytest.mark.parametrize(
    ("role", "shown"), [(Role.VOLUNTEER, False), (Role.COORDINATOR, True), (Role.PROTECTION, True)]
)
def test_a_document_is_shown_of_one_person_to_who_may_see_it_and_in_no_list(db, role, shown):
    site = make_site("goris")
    papers = ({"kind": "passport", "number": "AN0123456"},)
    family = register_family(site, make_user(), person(documents=papers))
    (key,) = family.memberships.values_list("individual", flat=True)
    machine = Machine(make_user(role, site))
    assert machine.get(f"individuals/{key}/").json()["documents"] == (list(papers) if shown else None)
    listed = machine.get("individuals/").json()["results"]
    assert [row["documents"] for row in listed] == [None]
    found = machine.get("individuals/", search="AN0123456").json()["results"]
    assert [row["id"] for row in found] == ([str(key)] if shown else [])
    assert all(row["documents"] is None for row in found)
