"""Two cards of one family: after the merge they are one for aid, and undoing it gives each its handouts back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from aid.actions import hand_out, reverse_handout
from aid.errors import AlreadyHandedOut
from aid.models import Distribution, Handout
from aid.selectors import count_household
from desk.merging import merge_individuals, unmerge
from registrations.models import Individual, Merge
from tests.aid.conftest import make_family
from tests.build import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return make_user()


@pytest.fixture
def twin(goris):
    return make_family(goris, 3)


def merge_families(merged, into, by):
    pairs = zip(Individual.objects.members_of(merged), Individual.objects.members_of(into), strict=True)
    for one, other in list(pairs):
        merge_individuals(one, into=other, reason="the same", by=by)


def unmerge_all(by):
    for merge in Merge.objects.all():
        unmerge(merge, by=by)


def as_told(handouts):
    return list(handouts.order_by("pk").values())


def test_after_a_merge_the_other_card_is_used_too(round_one, family, twin, volunteer, desk):
    hand_out(round_one, twin, by=volunteer)
    merge_families(twin, family, desk)
    assert count_household(twin).household_id == family.pk
    assert Handout.objects.get().counted_as == family
    with pytest.raises(AlreadyHandedOut, match=f"family's card {twin} was already used"):
        hand_out(round_one, family, by=volunteer)


def test_a_card_merged_before_counts_for_the_family_it_is(round_one, family, twin, volunteer, desk):
    merge_families(twin, family, desk)
    hand_out(round_one, twin, by=volunteer)
    handout = Handout.objects.get()
    assert (handout.household, handout.counted_as, handout.people) == (twin, family, 3)
    with pytest.raises(AlreadyHandedOut):
        hand_out(round_one, family, by=volunteer)


@pytest.mark.parametrize("first", ["family", "twin"])
def test_where_both_received_the_later_becomes_happened_anyway(round_one, family, twin, volunteer, desk, first):
    now = timezone.now()
    order = (family, twin) if first == "family" else (twin, family)
    for household, minutes in zip(order, (20, 10), strict=True):
        hand_out(round_one, household, by=volunteer, at=now - timedelta(minutes=minutes))
    merge_families(twin, family, desk)
    assert [handout.household for handout in Handout.objects.flagged()] == [order[1]]
    assert {handout.counted_as for handout in Handout.objects.all()} == {family}
    (reached,) = Distribution.objects.with_reached()
    assert (reached.handed_out, reached.people, reached.flagged) == (2, 3, 1)


def test_undoing_the_merge_gives_each_card_its_handout_back(round_one, family, twin, volunteer, desk):
    for household in (family, twin):
        hand_out(round_one, household, by=volunteer)
    before = as_told(Handout.objects.all())
    merge_families(twin, family, desk)
    assert as_told(Handout.objects.all()) != before
    unmerge_all(desk)
    assert as_told(Handout.objects.all()) == before


def test_undoing_the_merge_leaves_what_happened_anyway_at_the_table(round_one, family, twin, volunteer, desk):
    hand_out(round_one, twin, by=volunteer)
    hand_out(round_one, twin, happened_anyway="offline", by=volunteer)
    before = as_told(Handout.objects.all())
    merge_families(twin, family, desk)
    unmerge_all(desk)
    assert as_told(Handout.objects.all()) == before


def test_a_handout_of_a_merged_card_goes_with_the_card_when_the_merge_is_undone(
    round_one, family, twin, volunteer, desk
):
    merge_families(twin, family, desk)
    hand_out(round_one, twin, by=volunteer)
    unmerge_all(desk)
    assert Handout.objects.get().counted_as == twin
    assert hand_out(round_one, family, by=volunteer).flagged == ""


def test_a_reversed_handout_stands_in_nobodys_way(round_one, family, twin, planner, volunteer, desk):
    for household in (family, twin):
        hand_out(round_one, household, by=volunteer)
    reverse_handout(Handout.objects.get(household=family), reason="wrong family", by=planner)
    merge_families(twin, family, desk)
    assert not Handout.objects.flagged().exists()
    assert {handout.counted_as for handout in Handout.objects.all()} == {family}


def test_a_person_merged_alone_moves_no_handout(round_one, family, twin, volunteer, desk):
    hand_out(round_one, twin, by=volunteer)
    one, other = Individual.objects.members_of(twin).last(), Individual.objects.members_of(family).last()
    merge_individuals(one, into=other, reason="the same", by=desk)
    assert Handout.objects.get().counted_as == twin
    assert (count_household(twin).people, count_household(family).people) == (2, 3)
