"""Like goods: items of one category count together within the days of a rule, in any round at any site."""

import uuid

import pytest
from django.urls import reverse

from aid.actions import Rule, categorise_item, hand_out, reverse_handout
from aid.errors import ReceivedLately
from aid.models import Handout, Item
from centre.access import NotAllowed, Role
from desk.belonging import split
from registrations.models import Household
from tests.aid.conftest import make_distribution, make_family, make_item
from tests.aid.test_hand_out import due_in
from tests.aid.test_merged_cards import merge_families
from tests.aid.test_one_share import go_over, going, members
from tests.aid.test_parts import left
from tests.api.conftest import Machine
from tests.build import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return make_user()


@pytest.fixture
def ration(planner):
    return like(make_item("Dry ration", planner), planner)


@pytest.fixture
def parcels(goris, planner, parcel):
    """A weekly round of food parcels, for each person."""
    return make_distribution(goris, planner, Rule(like(parcel, planner), "person", 1, every_days=7))


@pytest.fixture
def rations(sisian, desk, ration):
    """A weekly round of dry rations at another site, for each person."""
    return make_distribution(sisian, desk, Rule(ration, "person", 1, every_days=7), name="Rations")


def like(item, by, category="food"):
    categorise_item(item, category=category, by=by)
    item.refresh_from_db()
    return item


def test_like_goods_of_another_round_at_another_site_are_held_back(parcels, rations, family, volunteer, desk):
    hand_out(parcels, family, by=volunteer)
    with pytest.raises(ReceivedLately, match="received Food parcel on"):
        hand_out(rations, family, by=desk)


@pytest.mark.parametrize("category", ["", "hygiene"])
def test_goods_that_are_not_alike_count_alone(parcels, rations, family, volunteer, desk, ration, parcel, category):
    for item in (parcel, ration) if not category else (ration,):
        like(item, desk, category)
    hand_out(parcels, family, by=volunteer)
    assert hand_out(rations, family, by=desk).flagged == ""


def test_like_goods_of_one_round_are_given_together(goris, planner, parcels, family, volunteer, parcel, ration):
    both = make_distribution(goris, planner, *(Rule(item, "person", 1, every_days=7) for item in (parcel, ration)))
    assert left(both, family) == {"food-parcel": 3, "dry-ration": 3}
    hand_out(parcels, family, by=volunteer)
    assert [held.item for held in due_in(both, family).held_back] == [ration, parcel]


def test_like_goods_taken_back_hold_nothing_back(parcels, rations, family, volunteer, planner, desk):
    hand_out(parcels, family, by=volunteer)
    reverse_handout(Handout.objects.get(), reason="wrong family", by=planner)
    assert hand_out(rations, family, by=desk).people == 3


def test_like_goods_per_person_are_counted_by_person_after_a_move(goris, parcels, rations, family, volunteer, desk):
    other = make_family(goris, 2)
    hand_out(parcels, family, by=volunteer)
    go_over(family, other, members(family)[2:], desk)
    assert left(rations, other) == {"dry-ration": 2}


def test_like_goods_per_household_are_counted_by_household(goris, planner, family, volunteer, desk, soap):
    kit = like(make_item("Hygiene kit", planner), planner, "hygiene")
    soaps = make_distribution(goris, planner, Rule(like(soap, planner, "hygiene"), "household", 2, every_days=7))
    kits = make_distribution(goris, planner, Rule(kit, "household", 1, every_days=7), name="Kits")
    other = make_family(goris, 1)
    hand_out(soaps, family, by=volunteer)
    go_over(family, other, members(family)[2:], desk)
    assert left(kits, other) == {"hygiene-kit": 1}
    answer = split(family, site=goris, members=going(members(family)[1:]), by=desk)
    with pytest.raises(ReceivedLately):
        hand_out(kits, Household.objects.get(pk=answer.households[1]), by=volunteer)


def test_like_goods_received_with_a_merged_card_are_held_back(goris, parcels, rations, family, volunteer, desk):
    twin = make_family(goris, 3)
    hand_out(parcels, twin, by=volunteer)
    merge_families(twin, family, desk)
    for card in (twin, family):
        with pytest.raises(ReceivedLately):
            hand_out(rations, card, by=desk)


def test_the_page_says_which_like_goods_were_received(client, goris, planner, parcels, family, volunteer, ration, soap):
    mixed = make_distribution(
        goris, planner, Rule(ration, "person", 1, every_days=7), Rule(soap, "household", 1), name="Mixed"
    )
    hand_out(parcels, family, by=volunteer)
    client.force_login(volunteer)
    client.post("/aid/scan/distribution/", {"distribution": mixed.pk})
    page = client.get("/aid/scan/", {"number": str(family)}).content.decode()
    assert "Not Dry ration: received Food parcel" in page


def test_the_page_of_items_says_and_changes_the_category(client, planner, parcel):
    client.force_login(planner)
    client.post(reverse("aid:items"), {"id": uuid.uuid4(), "name_en": "Diapers", "category": "baby"})
    assert Item.objects.get(code="diapers").category == "baby"
    page = reverse("aid:category", args=[parcel.code])
    assert client.get(page).status_code == 200
    assert client.post(page, {"id": uuid.uuid4(), "category": "food"}).status_code == 303
    assert "Food</a>" in client.get(reverse("aid:items")).content.decode()
    assert client.post(page, {"id": uuid.uuid4(), "category": "gold"}).status_code == 422
    assert client.post(page, {"id": uuid.uuid4(), "category": ""}).status_code == 303
    parcel.refresh_from_db()
    assert parcel.category == ""


def test_the_category_of_an_item_by_who_plans_no_aid_is_not_allowed(parcel, goris):
    with pytest.raises(NotAllowed):
        categorise_item(parcel, category="food", by=make_user(Role.AID_VOLUNTEER, goris))


def test_the_api_tells_the_category_of_what_is_given(parcels, planner):
    (rule,) = Machine(planner).get(f"distributions/{parcels.pk}/").json()["rules"]
    assert (rule["item"], rule["category"]) == ("food-parcel", "food")
