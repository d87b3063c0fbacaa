"""Pages of those who keep aid."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from aid.actions import Rule, hand_out
from aid.models import Distribution, Handout, Item, StockMovement
from aid.storing import receive_stock
from centre.access import Role
from tests.aid.conftest import make_distribution, make_family
from tests.build import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client, planner):
    client.force_login(planner)
    return client


def text(response):
    return " ".join(response.content.decode().split())


def plan_facts(site, *rows, **fields):
    facts = {
        "id": uuid.uuid4(),
        "site": site.pk,
        "name": "Winter parcels",
        "starts_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "ends_at": "",
        "rules-TOTAL_FORMS": 4,
        "rules-INITIAL_FORMS": 0,
    }
    for number, row in enumerate(rows):
        facts |= {f"rules-{number}-{name}": value for name, value in row.items()}
    return facts | fields


def test_overview_shows_rounds_stock_and_what_broke_a_rule(office, goris, round_one, family, volunteer):
    for reason in ("", "offline"):
        hand_out(round_one, family, happened_anyway=reason, by=volunteer)
    page = office.get("/aid/")
    assert page.status_code == 200
    (running,) = page.context["sections"][0][1]
    assert (running, running.handed_out, running.people) == (round_one, 2, 3)
    assert "1 handout broke a rule" in text(page)
    assert {stock.item.code: stock.quantity for stock in page.context["stock"]} == {"food-parcel": 94, "soap-set": 96}


def test_an_entry_of_stock_is_taken_back_on_its_page(office, goris, parcel, planner):
    receive_stock(goris, item=parcel, quantity=10_000, note="Waybill 7", by=planner)
    address = reverse("aid:void", args=[StockMovement.objects.get().pk])
    assert address in text(office.get("/aid/stock/goris/"))
    assert office.post(address, {"id": uuid.uuid4(), "reason": ""}).status_code == 422
    assert office.post(address, {"id": uuid.uuid4(), "reason": "1000"}).status_code == 303
    page = text(office.get("/aid/stock/goris/"))
    assert "taken back" in page
    assert address not in page
    assert office.post(address, {"id": uuid.uuid4(), "reason": "1000"}).status_code == 422


def test_an_entry_of_the_store_of_another_site_is_not_there(office, sisian, parcel):
    receive_stock(sisian, item=parcel, quantity=5, by=make_user())
    assert office.get(reverse("aid:void", args=[StockMovement.objects.get().pk])).status_code == 404


def test_overview_of_nothing_says_what_it_would_show(office):
    page = text(office.get("/aid/"))
    assert "No stock yet" in page


def test_overview_keeps_other_sites_out(office, sisian, parcel, round_one, family):
    everywhere = make_user()
    there = make_distribution(sisian, everywhere, Rule(parcel, "person", 1), name="Sisian parcels")
    receive_stock(sisian, item=parcel, quantity=5, by=everywhere)
    page = office.get("/aid/")
    assert "Sisian" not in text(page)
    assert office.get(reverse("aid:distribution", args=[there.pk])).status_code == 404
    assert office.post(reverse("aid:end", args=[there.pk]), {"id": uuid.uuid4()}).status_code == 404
    assert office.get(reverse("aid:stock", args=["sisian"])).status_code == 404
    assert office.get(reverse("aid:move", args=["sisian", "receive"])).status_code == 404
    handout = hand_out(there, family, by=everywhere).handout
    assert office.get(reverse("aid:reverse", args=[handout])).status_code == 404


def test_overview_asks_as_often_for_three_rounds_as_for_one(office, goris, planner, parcel, round_one):
    with CaptureQueriesContext(
        connection,
    ) as once:
        office.get("/aid/")
    for _ in range(2):
        make_distribution(goris, planner, Rule(parcel, "person", 1))
    with CaptureQueriesContext(connection) as thrice:
        office.get("/aid/")
    assert len(thrice) == len(once)


def test_overview_of_all_sites_names_each_store(client, goris, sisian, parcel, round_one):
    everywhere = make_user()
    receive_stock(sisian, item=parcel, quantity=5, by=everywhere)
    client.force_login(everywhere)
    page = client.get("/aid/")
    assert [(stock.site.code, stock.item.code, stock.quantity) for stock in page.context["stock"]] == [
        ("goris", "food-parcel", 100),
        ("goris", "soap-set", 100),
        ("sisian", "food-parcel", 5),
    ]


def test_plan_by_form_plans_the_round(office, goris, parcel, soap):
    rows = [
        {"item": parcel.pk, "quantity": 1, "per": "person", "every_days": 7},
        {},
        {"item": soap.pk, "quantity": 2, "per": "household"},
    ]
    answer = office.post(reverse("aid:plan"), plan_facts(goris, *rows))
    planned = Distribution.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, reverse("aid:distribution", args=[planned.pk]))
    assert list(planned.rules.values_list("item__code", "per", "quantity", "every_days")) == [
        ("food-parcel", "person", 1, 7),
        ("soap-set", "household", 2, None),
    ]


@pytest.mark.parametrize(
    ("rows", "fields", "words"),
    [
        ([{}], {}, "one item at least"),
        ([{"item": "parcel"}], {}, "Say how many."),
        ([{"quantity": 3}], {}, "Say of what."),
        ([{"item": "parcel", "quantity": 0, "per": "person"}], {}, "greater than or equal to 1"),
        ([{"item": "parcel", "quantity": 1, "per": "person"}] * 2, {}, "List each item only once"),
        ([{"item": "parcel", "quantity": 1, "per": "person"}], {"name": ""}, "This field is required"),
        ([{"item": "parcel", "quantity": 1, "per": "person"}], {"ends_at": "2020-01-01T10:00"}, "The end must come"),
    ],
)
def test_plan_that_is_wrong_shows_the_form_again(office, goris, parcel, rows, fields, words):
    filled = [{key: parcel.pk if value == "parcel" else value for key, value in row.items()} for row in rows]
    page = office.post(reverse("aid:plan"), plan_facts(goris, *filled, **fields))
    assert page.status_code == 422
    assert words in text(page)
    assert not Distribution.objects.exists()


def test_plan_at_another_site_is_refused(office, sisian, parcel):
    page = office.post(reverse("aid:plan"), plan_facts(sisian, {"item": parcel.pk, "quantity": 1, "per": "person"}))
    assert page.status_code == 422
    assert not Distribution.objects.exists()


def test_plan_gives_more_rows_and_keeps_what_was_typed(office, goris, parcel):
    page = office.post(reverse("aid:plan"), plan_facts(goris, {"quantity": 7}, more="yes"))
    assert page.status_code == 200
    assert len(page.context["rows"].forms) == 8
    assert 'value="7"' in text(page)
    assert 'value="Winter parcels"' in text(page)
    assert "This field is required" not in text(page)


@pytest.mark.parametrize("forged", ["no", "-3", "999999999", ""])
def test_plan_with_a_forged_number_of_rows_is_no_error(office, goris, forged):
    for more in ({"more": "yes"}, {}):
        page = office.post(reverse("aid:plan"), plan_facts(goris, **{"rules-TOTAL_FORMS": forged}, **more))
        assert page.status_code in {200, 422}


def test_distribution_page_lists_handouts_flagged_first(office, goris, round_one, family, volunteer):
    other = make_family(goris, 2)
    for household, reason in ((family, ""), (family, "offline"), (other, "")):
        hand_out(round_one, household, happened_anyway=reason, by=volunteer)
    page = office.get(reverse("aid:distribution", args=[round_one.pk]))
    assert [handout.household for handout in page.context["flagged"]] == [family]
    assert [handout.household for handout in page.context["page"]] == [other, family]
    found = office.get(reverse("aid:distribution", args=[round_one.pk]), {"number": str(other)})
    assert [handout.household for handout in found.context["page"]] == [other]


def test_end_ends_the_round(office, round_one):
    answer = office.post(reverse("aid:end", args=[round_one.pk]), {"id": uuid.uuid4()})
    assert answer.status_code == 303
    assert not Distribution.objects.running(timezone.now()).exists()
    assert office.post(reverse("aid:end", args=[round_one.pk]), {"id": uuid.uuid4()}).status_code == 409


def test_reverse_page_takes_back_with_a_reason(office, planner, round_one, family, volunteer):
    handout = Handout.objects.get(pk=hand_out(round_one, family, by=volunteer).handout)
    address = reverse("aid:reverse", args=[handout.pk])
    assert office.get(address).status_code == 200
    assert office.post(address, {"id": uuid.uuid4(), "reason": ""}).status_code == 422
    assert office.post(address, {"id": uuid.uuid4(), "reason": "wrong family"}).status_code == 303
    handout.refresh_from_db()
    assert (handout.reversed_by, handout.reversed_reason) == (planner, "wrong family")
    again = office.post(address, {"id": uuid.uuid4(), "reason": "again"})
    assert again.status_code == 422
    assert "already reversed" in text(again)


@pytest.mark.parametrize(
    ("move", "fields", "kind"),
    [
        ("receive", {"note": "Red Cross"}, "received"),
        ("send", {"to_site": "sisian", "note": "truck 7"}, "sent"),
        ("write-off", {"note": "wet"}, "lost"),
    ],
)
def test_stock_forms_move_stock(office, goris, sisian, parcel, move, fields, kind):
    facts = {"id": uuid.uuid4(), "item": parcel.pk, "quantity": 12} | fields
    facts |= {"to_site": sisian.pk} if move == "send" else {}
    address = reverse("aid:move", args=["goris", move])
    assert office.get(address).status_code == 200
    answer = office.post(address, facts)
    assert (answer.status_code, answer["Location"]) == (303, reverse("aid:stock", args=["goris"]))
    moved = StockMovement.objects.get()
    assert (moved.kind, moved.quantity, moved.note) == (kind, 12, fields["note"])
    assert kind.split("_")[0] in text(office.get(answer["Location"]))
    assert office.post(address, facts)["Location"] == answer["Location"]
    assert StockMovement.objects.count() == 1


def test_stock_form_sent_again_with_another_quantity_moves_nothing_however_often(office, goris, parcel):
    address = reverse("aid:move", args=["goris", "receive"])
    facts = {"id": uuid.uuid4(), "item": parcel.pk, "quantity": 12}
    office.post(address, facts)
    refused = office.post(address, facts | {"quantity": 120})
    assert refused.status_code == 422
    assert f'value="{facts["id"]}"' in text(refused)  # under a new id the next click would receive it all again
    assert StockMovement.objects.get().quantity == 12


@pytest.mark.parametrize("quantity", ["0", "-1", "1000001", "many", ""])
def test_stock_form_refuses_a_quantity_that_is_none(office, goris, parcel, quantity):
    facts = {"id": uuid.uuid4(), "item": parcel.pk, "quantity": quantity}
    assert office.post(reverse("aid:move", args=["goris", "receive"]), facts).status_code == 422
    assert not StockMovement.objects.exists()


def test_a_move_that_does_not_exist_is_not_there(office):
    assert office.get(reverse("aid:move", args=["goris", "steal"])).status_code == 404


def test_items_page_adds_an_item_once(office):
    facts = {"name_en": "Wool blanket", "name_hy": "Վերմակ", "name_ru": "Одеяло"}
    answer = office.post(reverse("aid:items"), facts | {"id": uuid.uuid4()})
    assert answer.status_code == 303
    assert Item.objects.get().code == "wool-blanket"
    assert "Վերմակ" in text(office.get(reverse("aid:items")))
    assert office.post(reverse("aid:items"), facts | {"id": uuid.uuid4()}).status_code == 422


def test_family_fragment_shows_what_was_handed_out(office, round_one, family, volunteer):
    hand_out(round_one, family, by=volunteer)
    page = office.get(reverse("aid:family", args=[str(family).replace(" ", "")]))
    assert page.status_code == 200
    assert "<b>3</b> Food parcel" in text(page)


def test_family_fragment_of_a_family_one_may_not_see_is_not_there(client, goris, sisian, round_one, family, volunteer):
    address = reverse("aid:family", args=[str(family).replace(" ", "")])
    for user in (volunteer, make_user(site=sisian), make_user(Role.OFFICIAL), make_user(Role.ADMINISTRATOR)):
        client.force_login(user)
        assert client.get(address).status_code == 404
    client.force_login(make_user(Role.VOLUNTEER, goris))
    assert client.get(address).status_code == 200
    for nonsense in ("nonsense", "1A", "999999Z"):
        assert client.get(f"/aid/family/{nonsense}/").status_code == 404


@pytest.mark.parametrize(
    "role", [Role.VOLUNTEER, Role.AID_VOLUNTEER, Role.PROTECTION, Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR]
)
def test_pages_are_for_those_who_plan_aid(client, goris, round_one, family, volunteer, role):
    handout = hand_out(round_one, family, by=volunteer).handout
    client.force_login(make_user(role, goris))
    pages = [
        reverse("aid:overview"),
        reverse("aid:plan"),
        reverse("aid:items"),
        reverse("aid:distribution", args=[round_one.pk]),
        reverse("aid:reverse", args=[handout]),
        reverse("aid:stock", args=["goris"]),
        reverse("aid:move", args=["goris", "receive"]),
    ]
    assert {client.get(page).status_code for page in pages} == {403}
    posts = [*pages[1:3], *pages[4:5], pages[6], reverse("aid:end", args=[round_one.pk])]
    assert {client.post(page, {"id": uuid.uuid4()}).status_code for page in posts} == {403}


def test_movements_page_after_page(office, goris, parcel, planner):
    for hour in range(3):
        receive_stock(goris, item=parcel, quantity=5, by=planner, at=timezone.now() - timedelta(hours=hour))
    page = office.get(reverse("aid:stock", args=["goris"]), {"page": "nonsense"})
    assert [movement.quantity for movement in page.context["page"]] == [5, 5, 5]
