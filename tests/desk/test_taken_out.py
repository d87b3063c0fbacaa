"""People who never were: what was told of them goes and comes back with them; nothing more is told of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from census.selectors import Tally
from centre.access import Role
from centre.models import Act
from desk.actions import record_birth, record_death
from desk.belonging import change_household, never_was, split, undo
from desk.correcting import Said, correct
from desk.merging import merge_individuals, unmerge
from desk.voiding import void_movement
from registrations.errors import AlreadyVoided, NeverWas, NoLongerMember, SaidOtherwise
from registrations.facts import PersonFacts
from registrations.models import Household, Individual, Merge, Movement
from shelter.actions import check_in, hold_places, place_household
from shelter.models import Stay
from tests.build import child, make_room, make_site, make_user, newborn, person, register_family

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return make_user(Role.PROTECTION)


@pytest.fixture
def coordinator():
    return make_user()


@pytest.fixture
def family(goris, by):
    return register_family(goris, by, person("Anna"), person("Aram", relationship="spouse"), child("Mane"))


def rows(household):
    today = household.memberships.today().order_by("position").select_related("individual")
    return [(row.individual.given_name, row.relationship) for row in today]


def one(name):
    return Individual.objects.get(given_name=name)


def take_out(family, name, by, head=None):
    return never_was(family, members=[one(name).pk], head=head and one(head).pk, reason="twice", by=by)


def undo_last(kind, by):
    return undo(Act.objects.filter(kind=kind).latest("recorded_at"), by=by)


def figures():
    now = timezone.now()
    return Tally(now, now).figures


def test_undo_gives_the_head_who_never_was_the_seat_again(family, by):
    before = rows(family)
    take_out(family, "Anna", by, head="Aram")
    undo_last("never_was", by)
    assert rows(family) == before


def test_undo_gives_the_head_who_went_the_seat_again(family, goris, by):
    before = rows(family)
    anna = PersonFacts(id=one("Anna").pk, relationship="head")
    split(family, site=goris, members=[anna], head=one("Aram").pk, by=by)
    undo_last("split", by)
    assert rows(family) == before


def test_undo_of_a_split_after_which_they_went_on_is_refused(family, goris, by):
    aram = PersonFacts(id=one("Aram").pk, relationship="head")
    split(family, site=goris, members=[aram], by=by)
    second = Household.objects.get(memberships__individual=aram.id, memberships__left_at=None)
    third = register_family(goris, by, person("Karen"))
    going = [PersonFacts(id=aram.id, relationship="cousin")]
    change_household(second, to=third, members=going, by=by)
    with pytest.raises(SaidOtherwise):
        undo_last("split", by)
    assert rows(third) == [("Karen", "head"), ("Aram", "cousin")]


def test_nobody_who_never_was_dies_or_is_merged(family, goris, by):
    take_out(family, "Aram", by)
    with pytest.raises(NeverWas):
        record_death(one("Aram"), site=goris, by=by)
    for merged, into in (("Aram", "Anna"), ("Anna", "Aram")):
        with pytest.raises(NeverWas):
            merge_individuals(one(merged), into=one(into), reason="alike", by=by)


def test_what_took_back_the_arrival_of_who_never_was_is_not_taken_back_alone(family, by):
    take_out(family, "Aram", by)
    with pytest.raises(NeverWas):
        void_movement(Movement.objects.get(individual=one("Aram"), kind="voided"), by=by)
    assert figures().present == 2


def test_void_of_the_birth_of_who_never_was_is_refused(family, goris, by):
    record_birth(family, site=goris, child=newborn("Tigran"), by=by)
    take_out(family, "Tigran", by)
    with pytest.raises(AlreadyVoided):
        void_movement(Movement.objects.get(individual=one("Tigran"), kind="born"), by=by)


def test_who_never_was_never_had_a_bed(family, goris, by, coordinator):
    place_household(family, rooms=[make_room(goris, 3)], by=coordinator)
    take_out(family, "Aram", by)
    assert (figures().ever_accommodated, figures().accommodated) == (2, 2)
    undo_last("never_was", by)
    assert (figures().ever_accommodated, figures().accommodated) == (3, 3)


def test_nobody_who_never_was_comes_to_the_bed_that_was_held_for_them(goris, by, coordinator):
    hotel = make_site("hotel")
    family = register_family(goris, by, person("Anna"), person("Aram", relationship="spouse"))
    held_at = timezone.now()
    until = held_at + timedelta(hours=6)
    hold_places(family, rooms=[make_room(hotel, 2)], until=until, by=coordinator, at=held_at)
    undo_last("register", by)
    with pytest.raises(NeverWas):
        check_in(list(Stay.objects.holds()), by=coordinator, at=held_at)
    assert (figures().registered, figures().present, figures().not_known) == (0, 0, 0)


@pytest.fixture
def twice(family, goris, by):
    """Aram is in a second family too, whose record of him counts as the first one."""
    other = register_family(goris, by, person("Karen"), person("Aramik", relationship="sibling"))
    merge_individuals(one("Aramik"), into=one("Aram"), reason="one person", by=by)
    return other


def test_a_record_that_never_was_leaves_the_person_of_the_other(family, twice, by):
    before = figures()
    take_out(family, "Aram", by)
    assert (figures().registered, figures().present, figures().not_known) == (before.registered, before.present, 0)
    unmerge(Merge.objects.get(), by=by)
    assert (figures().registered, figures().present, figures().not_known) == (before.registered, before.present, 0)


def test_a_record_that_never_was_leaves_the_hold_of_the_other(family, twice, goris, by, coordinator):
    hold_places(twice, rooms=[make_room(goris, 2)], until=timezone.now() + timedelta(hours=1), by=coordinator)
    take_out(family, "Aram", by)
    assert Stay.objects.holds().at(timezone.now()).count() == 2


def test_who_left_meanwhile_is_not_corrected_moved_or_taken_out(family, goris, by):
    other = register_family(goris, by, person("Karen"))
    mane = PersonFacts(id=one("Mane").pk, relationship="cousin", carer_kind="relative")
    change_household(family, to=other, members=[mane], by=by)
    for act in (
        lambda: correct(family, said=[Said("sex", "M", person=mane.id)], reason="seen", by=by),
        lambda: change_household(family, to=other, members=[mane], by=by),
        lambda: take_out(family, "Mane", by),
    ):
        with pytest.raises(NoLongerMember):
            act()
