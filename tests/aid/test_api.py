"""What the pages of aid do, machines do too: items, rounds and stores."""

import pytest

from aid.models import Distribution, Item, StockMovement
from aid.selectors import stock_at
from centre.access import Role
from tests.api.conftest import Machine
from tests.build import make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db

BEGINS = "2023-09-27T08:00:00+04:00"


@pytest.fixture
def goris():
    return make_site("goris")


@pytest.fixture
def coordinator(goris) -> Machine:
    user = make_user(Role.COORDINATOR, goris)
    user.assignments.create(role=Role.COORDINATOR, site=make_site("sisian"), starts_at=goris.opened_at)
    return Machine(user)


@pytest.fixture
def parcel(coordinator) -> Item:
    answer = coordinator.post("items/", name_en="Food parcel", name_hy="Սննդի փաթեթ", category="food")
    assert answer.status_code == 201
    return Item.objects.get(pk=answer.json()["item"])


def rule(**facts):
    return {"item": "food-parcel", "per": "person", "quantity": 1} | facts


def plan(machine: Machine, **facts):
    return machine.post(
        "distributions/", **{"site": "goris", "name": "Parcels", "starts_at": BEGINS, "rules": [rule()]} | facts
    )


def test_a_round_is_planned_gives_and_ends(coordinator, parcel, goris):
    key = plan(coordinator).json()["distribution"]
    family = register_family(goris, make_user(), person(), person("Ani", relationship="daughter"))
    given = coordinator.post("handouts/", distribution=key, number=str(family))
    assert given.status_code == 201
    assert stock_at(goris)[0].quantity == -2
    assert coordinator.post(f"distributions/{key}/end/").status_code == 201
    assert coordinator.post(f"distributions/{key}/end/").json()["code"] == "already_ended"
    (row,) = coordinator.get("distributions/").json()["results"]
    assert row["ends_at"]


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({"rules": []}, "rules"),
        ({"rules": [rule(item="no-such")]}, "rules[0].item"),
        ({"rules": [rule(), rule(quantity=0)]}, "rules[1].quantity"),
        ({"rules": [rule(per="village")]}, "rules[0].per"),
        ({"rules": [rule(every_days=400)]}, "rules[0].every_days"),
        ({"rules": "all"}, "rules"),
        ({"name": "\u200b "}, "name"),
        ({"starts_at": "soon"}, "starts_at"),
        ({"site": "no-such"}, "site"),
    ],
)
def test_a_round_that_is_half_said_is_refused_at_its_field(coordinator, parcel, facts, wrong):
    answer = plan(coordinator, **facts)
    assert (answer.status_code, list(answer.json())) == (400, [wrong])
    assert not Distribution.objects.exists()


@pytest.mark.parametrize(
    ("facts", "code"), [({"rules": [rule(), rule()]}, "item_twice"), ({"ends_at": BEGINS}, "ends_before_start")]
)
def test_a_round_that_cannot_be_is_refused_with_its_code(coordinator, parcel, facts, code):
    assert plan(coordinator, **facts).json()["code"] == code
    assert not Distribution.objects.exists()


def test_the_store_is_kept(coordinator, parcel, goris):
    said = {"site": "goris", "item": parcel.code}
    assert coordinator.post("stock-movements/receive/", **said, quantity=9, donor="Red Cross").status_code == 201
    sent = coordinator.post("stock-movements/send/", **said, quantity=4, to_site="sisian").json()["movement"]
    assert coordinator.post("stock-movements/write-off/", **said, quantity=2, note="wet").status_code == 201
    assert coordinator.post(f"stock-movements/{sent}/confirm/", quantity=4).status_code == 201
    assert stock_at(goris)[0].quantity == 3
    (came,) = StockMovement.objects.filter(kind="received")
    assert came.donor == "Red Cross"


@pytest.mark.parametrize(
    ("door", "facts", "wrong"),
    [
        ("receive", {"quantity": 0}, "quantity"),
        ("receive", {"quantity": "5"}, "quantity"),
        ("send", {"quantity": 5, "to_site": "no-such"}, "to_site"),
        ("write-off", {"quantity": 5}, "note"),
        ("write-off", {"quantity": 5, "note": " "}, "note"),
        ("receive", {"quantity": 5, "item": "no-such"}, "item"),
    ],
)
def test_what_is_half_said_moves_nothing(coordinator, parcel, door, facts, wrong):
    answer = coordinator.post(f"stock-movements/{door}/", **{"site": "goris", "item": parcel.code} | facts)
    assert (answer.status_code, list(answer.json())) == (400, [wrong])
    assert not StockMovement.objects.exists()


def test_goods_are_not_sent_to_where_they_are(coordinator, parcel):
    said = {"site": "goris", "item": parcel.code, "quantity": 5, "to_site": "goris"}
    assert coordinator.post("stock-movements/send/", **said).json()["code"] == "same_site"


@pytest.mark.parametrize("role", [Role.AID_VOLUNTEER, Role.OFFICIAL, Role.AUDITOR])
def test_who_plans_no_aid_does_none_of_it(goris, coordinator, parcel, role):
    machine = Machine(make_user(role, goris))
    said = {"site": "goris", "item": parcel.code, "quantity": 5}
    doors = {
        "items/": {"name_en": "Soap"},
        "stock-movements/receive/": said,
        "stock-movements/send/": said | {"to_site": "sisian"},
        "stock-movements/write-off/": said | {"note": "wet"},
    }
    assert {machine.post(door, **facts).status_code for door, facts in doors.items()} <= {400, 403}
    assert plan(machine).status_code == 403
    assert machine.get("items/").json()["results"] == []
    assert machine.post(f"items/{parcel.pk}/categorise/", category="fuel").status_code == 404
    assert (Item.objects.count(), StockMovement.objects.count(), Distribution.objects.count()) == (1, 0, 0)


def test_an_item_is_on_the_list_once(coordinator, parcel):
    assert coordinator.post("items/", name_en="Food parcel").json()["code"] == "item_exists"
    assert coordinator.post(f"items/{parcel.pk}/categorise/", category="").status_code == 201
    parcel.refresh_from_db()
    assert parcel.category == ""
