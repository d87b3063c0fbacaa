"""Part of a share: what is owed stays due in the round, never more than the share; who collects it is named."""

import uuid

import pytest
from django.urls import reverse

from aid.actions import Rule, hand_out, reverse_handout
from aid.errors import AlreadyHandedOut, MoreThanDue, NothingToGive
from aid.models import Distribution, Handout
from aid.selectors import Line
from desk.merging import merge_individuals
from registrations.models import Individual
from tests.aid.conftest import make_distribution, make_family
from tests.aid.test_hand_out import due_in, given, in_store
from tests.api.conftest import Machine
from tests.build import make_user

pytestmark = pytest.mark.django_db


def left(distribution, household):
    return {line.item.code: line.quantity for line in due_in(distribution, household).lines}


def test_what_is_owed_stays_due_in_the_round(goris, round_one, family, volunteer, parcel):
    answer = hand_out(round_one, family, given=[Line(parcel, 2)], by=volunteer)
    assert (given(answer.handout), answer.flagged) == ({"food-parcel": 2}, "")
    assert left(round_one, family) == {"food-parcel": 1, "soap-set": 2}
    rest = hand_out(round_one, family, by=volunteer)
    assert given(rest.handout) == {"food-parcel": 1, "soap-set": 2}
    assert in_store(goris) == {"food-parcel": 97, "soap-set": 98}
    with pytest.raises(AlreadyHandedOut):
        hand_out(round_one, family, by=volunteer)


def test_the_rest_is_due_within_the_days_of_the_item_too(goris, planner, family, volunteer, parcel):
    weekly = make_distribution(goris, planner, Rule(parcel, "person", 1, every_days=7))
    hand_out(weekly, family, given=[Line(parcel, 1)], by=volunteer)
    assert left(weekly, family) == {"food-parcel": 2}


def test_two_parts_reach_a_family_once(round_one, family, volunteer, parcel):
    hand_out(round_one, family, given=[Line(parcel, 2)], by=volunteer)
    hand_out(round_one, family, by=volunteer)
    (reached,) = Distribution.objects.with_reached()
    assert (reached.handed_out, reached.people, reached.flagged) == (2, 3, 0)


@pytest.mark.parametrize("pieces", [[4], [2, 2]])
def test_more_than_the_share_is_refused(round_one, family, volunteer, parcel, pieces):
    with pytest.raises(MoreThanDue, match="at most 3: Food parcel"):
        hand_out(round_one, family, given=[Line(parcel, number) for number in pieces], by=volunteer)
    anyway = hand_out(round_one, family, given=[Line(parcel, 4)], happened_anyway="a miscount", by=volunteer)
    assert (anyway.flagged, given(anyway.handout)) == ("more_than_due", {"food-parcel": 4})


def test_more_than_the_rest_is_refused(round_one, family, volunteer, parcel):
    hand_out(round_one, family, given=[Line(parcel, 2)], by=volunteer)
    with pytest.raises(MoreThanDue, match="at most 1: Food parcel"):
        hand_out(round_one, family, given=[Line(parcel, 2)], by=volunteer)


def test_a_part_of_nothing_is_refused(round_one, family, volunteer, parcel):
    with pytest.raises(NothingToGive):
        hand_out(round_one, family, given=[Line(parcel, 0)], by=volunteer)


def test_a_part_taken_back_is_due_again(round_one, family, volunteer, planner, parcel):
    first = hand_out(round_one, family, given=[Line(parcel, 2)], by=volunteer)
    hand_out(round_one, family, given=[Line(parcel, 1)], by=volunteer)
    reverse_handout(Handout.objects.get(pk=first.handout), reason="wrong family", by=planner)
    assert left(round_one, family) == {"food-parcel": 2, "soap-set": 2}
    assert hand_out(round_one, family, by=volunteer).flagged == ""


def test_a_family_that_grew_after_its_share_is_owed_nothing(goris, round_one, volunteer):
    family, twin = make_family(goris, 2), make_family(goris, 3)
    hand_out(round_one, family, by=volunteer)
    merge_families_into(twin, family)
    with pytest.raises(AlreadyHandedOut):
        hand_out(round_one, family, by=volunteer)


def merge_families_into(merged, into):
    one, *_rest = Individual.objects.members_of(merged)
    merge_individuals(one, into=Individual.objects.members_of(into)[0], reason="the same", by=make_user())


def test_after_a_merge_the_later_parts_of_the_other_card_are_flagged_too(goris, round_one, volunteer, parcel):
    family, twin = make_family(goris, 1), make_family(goris, 1)
    hand_out(round_one, family, by=volunteer)
    hand_out(round_one, twin, given=[Line(parcel, 1)], by=volunteer)
    hand_out(round_one, twin, by=volunteer)
    merge_families_into(twin, family)
    assert [handout.household for handout in Handout.objects.flagged()] == [twin, twin]
    (reached,) = Distribution.objects.with_reached()
    assert (reached.people, reached.flagged) == (1, 2)


def test_the_page_hands_out_a_part_to_a_neighbour(client, round_one, family, volunteer):
    client.force_login(volunteer)
    page = client.get("/aid/scan/", {"number": str(family)}).content.decode()
    assert 'name="given-food-parcel"' in page
    facts = {"id": uuid.uuid4(), "distribution": round_one.pk, "shown": str(family)}
    said = {"given-food-parcel": "2", "given-soap-set": "0", "collected_by": "Neighbour, card 4127 B"}
    answer = client.post("/aid/scan/", facts | said)
    handout = Handout.objects.get()
    assert (handout.collected_by, given(handout)) == ("Neighbour, card 4127 B", {"food-parcel": 2})
    assert "Collected by: Neighbour, card 4127 B" in client.get(answer["Location"]).content.decode()
    again = client.get("/aid/scan/", {"number": str(family)}).content.decode()
    assert "Part was given before" in again
    client.force_login(make_user())
    assert "Collected by: Neighbour" in client.get(reverse("aid:distribution", args=[round_one.pk])).content.decode()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"given-food-parcel": "two"}, "Enter a whole number."),
        ({"given-food-parcel": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"given-food-parcel": "9000000000"}, "Ensure this value is less than or equal to 1000000."),
        ({"given-food-parcel": "300"}, "The family may receive at most 3: Food parcel."),
        ({"given-food-parcel": "0", "given-soap-set": ""}, "one item at least"),
        ({"collected_by": "x" * 81}, "Ensure this value has at most 80 characters"),
        ({"collected_by": "Aram\x07"}, "It has a character that cannot be read."),
    ],
)
def test_what_is_wrong_with_a_part_is_told_beside_it_and_nothing_typed_is_lost(
    client, round_one, family, volunteer, typed, told
):
    client.force_login(volunteer)
    said = {"given-food-parcel": "2", "given-soap-set": "1", "collected_by": "The neighbour"} | typed
    answer = client.post("/aid/scan/", {"id": uuid.uuid4(), "distribution": round_one.pk, "shown": str(family)} | said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert answer.context["panel"].kind == "give"
    part = page[page.index('<details class="anyway" open>') :]
    assert told in part
    assert all(f'value="{value}"' in part for value in said.values())
    assert not Handout.objects.exists()


def test_what_is_wrong_with_why_it_was_given_anyway_is_told_beside_it(client, round_one, family, volunteer):
    client.force_login(volunteer)
    facts = {"distribution": round_one.pk, "shown": str(family)}
    client.post("/aid/scan/", facts | {"id": uuid.uuid4()})
    answer = client.post("/aid/scan/", facts | {"id": uuid.uuid4(), "happened_anyway": "y" * 201})
    assert (answer.status_code, answer.context["panel"].kind) == (422, "already")
    part = answer.content.decode().partition('<details class="anyway" open>')[2]
    assert "Ensure this value has at most 200 characters" in part
    assert "y" * 201 in part


def test_the_api_hands_out_a_part_and_names_an_item_it_does_not_give(round_one, family, planner):
    machine = Machine(planner)
    facts = {"distribution": str(round_one.pk), "number": str(family), "collected_by": "Neighbour, card 4127 B"}
    wrong = machine.post("handouts/", **facts, given=[{"item": "gold", "quantity": 1}])
    assert (wrong.status_code, list(wrong.json())) == (400, ["given[0].item"])
    assert machine.post("handouts/", **facts, given=[]).status_code == 400
    answer = machine.post("handouts/", **facts, given=[{"item": "food-parcel", "quantity": 2}])
    assert (answer.status_code, answer.json()["quantities"]) == (201, [2])
    over = machine.post("handouts/", **facts, given=[{"item": "food-parcel", "quantity": 2}])
    assert (over.status_code, over.json()["code"]) == (409, "more_than_due")
    row = machine.get(f"handouts/{answer.json()['handout']}/").json()
    assert (row["part"], row["collected_by"]) == (1, "Neighbour, card 4127 B")
