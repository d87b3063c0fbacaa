"""One share: a person's share of a round goes with them; after a split or a change of household nobody has a second."""

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from aid.actions import Rule, hand_out, reverse_handout
from aid.errors import AlreadyHandedOut, ReceivedLately, ReceivedWith
from aid.models import Distribution, Handout, HandoutPerson
from aid.selectors import Line
from centre.models import Act
from desk.belonging import change_household, join, split, undo
from desk.merging import merge_individuals, unmerge
from registrations.facts import PersonFacts
from registrations.models import Household, Merge
from tests.aid.conftest import make_distribution, make_family
from tests.aid.test_hand_out import due_in, given
from tests.aid.test_parts import left
from tests.api.conftest import Machine
from tests.build import make_user, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return make_user()


def members(household):
    return [row.individual for row in household.memberships.today().order_by("position").select_related("individual")]


def going(people, first="head"):
    """What is said of people who go: the first is the head, the others have their own carer."""
    return [
        PersonFacts(id=one.pk, sex=one.sex, birth=one.birth, relationship="other" if turn else first)
        for turn, one in enumerate(people)
    ]


def split_off(household, people, by):
    answer = split(household, site=household.site, members=going(people), by=by)
    return Household.objects.get(pk=answer.households[1])


def go_over(household, to, people, by):
    change_household(household, to=to, members=going(people, first="other"), by=by)


def undo_last(kind, by):
    undo(Act.objects.filter(kind=kind).latest("recorded_at"), by=by)


def test_who_received_before_a_split_is_refused_with_the_family_and_the_day(round_one, family, volunteer, desk):
    hand_out(round_one, family, by=volunteer)
    new = split_off(family, members(family)[1:], desk)
    day = timezone.localdate().strftime(r"%d\.%m\.%Y")
    with pytest.raises(ReceivedWith, match=f"They received with family {family} on {day}"):
        hand_out(round_one, new, by=volunteer)
    with pytest.raises(AlreadyHandedOut):
        hand_out(round_one, family, by=volunteer)
    assert Handout.objects.count() == 1


def test_before_a_split_nobody_received_so_each_household_has_its_share(round_one, family, volunteer, desk):
    new = split_off(family, members(family)[1:], desk)
    assert given(hand_out(round_one, new, by=volunteer).handout) == {"food-parcel": 2, "soap-set": 2}
    assert given(hand_out(round_one, family, by=volunteer).handout) == {"food-parcel": 1, "soap-set": 2}


def test_who_comes_to_a_split_household_has_a_share_and_the_household_none(goris, round_one, family, volunteer, desk):
    hand_out(round_one, family, by=volunteer)
    new = split_off(family, members(family)[1:], desk)
    join(new, site=goris, person=person("Hayk", relationship="parent"), by=desk)
    answer = hand_out(round_one, new, by=volunteer)
    assert (answer.people, given(answer.handout)) == (1, {"food-parcel": 1})


def test_who_goes_over_after_receiving_does_not_count_again(goris, round_one, family, volunteer, desk):
    other = make_family(goris, 2)
    hand_out(round_one, family, by=volunteer)
    go_over(family, other, members(family)[2:], desk)
    answer = hand_out(round_one, other, by=volunteer)
    assert (answer.people, given(answer.handout)) == (2, {"food-parcel": 2, "soap-set": 2})


def test_who_goes_over_before_anybody_received_counts_where_they_are(goris, round_one, family, volunteer, desk):
    other = make_family(goris, 2)
    go_over(family, other, members(family)[2:], desk)
    assert hand_out(round_one, other, by=volunteer).people == 3
    assert hand_out(round_one, family, by=volunteer).people == 2


def test_the_rest_of_a_share_is_not_for_who_received_elsewhere(goris, round_one, family, volunteer, desk, parcel):
    other = make_family(goris, 2)
    hand_out(round_one, other, given=[Line(parcel, 1)], by=volunteer)
    hand_out(round_one, family, by=volunteer)
    go_over(other, family, members(other)[1:], desk)
    go_over(family, other, members(family)[2:3], desk)
    assert left(round_one, other) == {"soap-set": 2}


def test_who_comes_back_received_with_their_family(round_one, family, volunteer, desk):
    hand_out(round_one, family, by=volunteer)
    gone = members(family)[1:]
    new = split_off(family, gone, desk)
    change_household(new, to=family, members=going(gone, first="other"), by=desk)
    with pytest.raises(AlreadyHandedOut):
        hand_out(round_one, family, by=volunteer)


def test_a_split_undone_makes_it_as_before(round_one, family, volunteer, desk, planner):
    new = split_off(family, members(family)[1:], desk)
    hand_out(round_one, new, by=volunteer)
    undo_last("split", desk)
    answer = due_in(round_one, family)
    assert (answer.people, {line.item.code: line.quantity for line in answer.lines}) == (
        1,
        {"food-parcel": 1, "soap-set": 2},
    )
    reverse_handout(Handout.objects.get(), reason="wrong family", by=planner)
    assert hand_out(round_one, family, by=volunteer).people == 3


def test_a_handout_taken_back_stands_in_nobodys_way(round_one, family, volunteer, desk, planner):
    hand_out(round_one, family, by=volunteer)
    new = split_off(family, members(family)[1:], desk)
    reverse_handout(Handout.objects.get(), reason="wrong family", by=planner)
    assert given(hand_out(round_one, new, by=volunteer).handout) == {"food-parcel": 2, "soap-set": 2}


def test_a_second_share_that_happened_anyway_is_flagged(round_one, family, volunteer, desk):
    hand_out(round_one, family, by=volunteer)
    new = split_off(family, members(family)[1:], desk)
    answer = hand_out(round_one, new, happened_anyway="offline", by=volunteer)
    assert (answer.flagged, given(answer.handout)) == ("received_with", {"food-parcel": 2, "soap-set": 2})


def test_a_merge_counts_a_persons_share_once_and_undone_makes_it_as_before(goris, round_one, family, volunteer, desk):
    twin = make_family(goris, 3)
    hand_out(round_one, twin, by=volunteer)
    merge_individuals(members(twin)[2], into=members(family)[2], reason="the same", by=desk)
    assert due_in(round_one, family).people == 2
    unmerge(Merge.objects.get(), by=desk)
    assert due_in(round_one, family).people == 3


def test_an_item_received_before_a_split_is_held_back_over_its_days(
    goris, planner, family, volunteer, desk, parcel, soap
):
    weekly = Rule(parcel, "person", 1, every_days=7), Rule(soap, "household", 2, every_days=7)
    hand_out(make_distribution(goris, planner, *weekly), family, by=volunteer)
    new = split_off(family, members(family)[1:], desk)
    second = make_distribution(goris, planner, *weekly, name="Round two")
    with pytest.raises(ReceivedLately):
        hand_out(second, new, by=volunteer)
    join(new, site=goris, person=person("Hayk", relationship="parent"), by=desk)
    assert left(second, new) == {"food-parcel": 1}


def test_days_are_counted_by_person_for_goods_per_person(goris, planner, family, volunteer, desk, parcel, soap):
    weekly = Rule(parcel, "person", 1, every_days=7), Rule(soap, "household", 2, every_days=7)
    hand_out(make_distribution(goris, planner, *weekly), family, by=volunteer)
    join(family, site=goris, person=person("Hayk", relationship="parent"), by=desk)
    second = make_distribution(goris, planner, *weekly, name="Round two")
    assert left(second, family) == {"food-parcel": 1}
    other = make_family(goris, 1)
    go_over(family, other, members(family)[2:3], desk)
    assert left(second, other) == {"food-parcel": 1, "soap-set": 2}


def test_the_page_names_the_family_with_which_they_received(client, goris, round_one, family, volunteer, desk):
    hand_out(round_one, family, by=volunteer)
    new = split_off(family, members(family)[1:], desk)
    client.force_login(volunteer)
    page = client.get("/aid/scan/", {"number": str(new)}).content.decode()
    assert f"They received with family {family}" in page
    assert "ALREADY GIVEN" in page
    join(new, site=goris, person=person("Hayk", relationship="parent"), by=desk)
    page = client.get("/aid/scan/", {"number": str(new)}).content.decode()
    assert f"Some received with family {family}" in page


def test_the_api_refuses_a_second_share_by_its_code(round_one, family, volunteer, planner, desk):
    hand_out(round_one, family, by=volunteer)
    new = split_off(family, members(family)[1:], desk)
    answer = Machine(planner).post("handouts/", distribution=str(round_one.pk), number=str(new))
    assert (answer.status_code, answer.json()["code"]) == (409, "received_with")


def test_whom_a_handout_was_for_is_kept(round_one, family, volunteer):
    hand_out(round_one, family, by=volunteer)
    assert HandoutPerson.objects.count() == 3
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        HandoutPerson.objects.update(membership=members(make_family(family.site, 1))[0].memberships.get())


def test_who_joins_after_the_share_has_their_own_and_the_household_no_second(
    goris, round_one, family, volunteer, desk, client
):
    hand_out(round_one, family, by=volunteer)
    join(family, site=goris, person=person("Hayk", relationship="parent"), by=desk)
    client.force_login(volunteer)
    client.post("/aid/scan/card/", {"number": str(family)})
    assert "for one person who joined it since" in client.get("/aid/scan/", {"number": str(family)}).content.decode()
    answer = hand_out(round_one, family, by=volunteer)
    assert (answer.people, given(answer.handout), answer.flagged) == (1, {"food-parcel": 1}, "")
    with pytest.raises(AlreadyHandedOut):
        hand_out(round_one, family, by=volunteer)
    (reached,) = Distribution.objects.with_reached()
    assert (reached.handed_out, reached.people) == (2, 4)


def test_who_joins_between_two_parts_has_a_share_and_none_by_a_card_of_their_own(
    goris, round_one, family, volunteer, desk, parcel
):
    hand_out(round_one, family, given=[Line(parcel, 2)], by=volunteer)
    join(family, site=goris, person=person("Hayk", relationship="parent"), by=desk)
    rest = hand_out(round_one, family, by=volunteer)
    assert (rest.people, given(rest.handout)) == (4, {"food-parcel": 2, "soap-set": 2})
    new = split_off(family, [one for one in members(family) if one.given_name == "Hayk"], desk)
    with pytest.raises(ReceivedWith):
        hand_out(round_one, new, by=volunteer)


def test_who_left_after_the_share_leaves_theirs_to_nobody(goris, round_one, family, volunteer, desk):
    hand_out(round_one, family, by=volunteer)
    split_off(family, members(family)[2:], desk)
    with pytest.raises(AlreadyHandedOut):
        hand_out(round_one, family, by=volunteer)


def test_who_joins_has_a_share_of_what_is_given_by_days_only_where_they_had_none(
    goris, planner, family, volunteer, desk, parcel
):
    weekly = make_distribution(goris, planner, Rule(parcel, "person", 1, every_days=7))
    again = make_distribution(goris, planner, Rule(parcel, "person", 1, every_days=7))
    other = make_family(goris, 2)
    hand_out(weekly, other, by=volunteer)
    hand_out(again, family, by=volunteer)
    go_over(other, family, members(other)[1:], desk)
    with pytest.raises((AlreadyHandedOut, ReceivedLately)):
        hand_out(again, family, by=volunteer)
