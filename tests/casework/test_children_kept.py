"""No door parts a child from who looks after it, or lets it sleep among strangers; and what happened anyway is told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from casework.actions import close_case, do_in_case, set_duty, void_step
from casework.errors import ChildAlone, ChildAmongStrangers, ChildApart, OfficerFirst
from casework.guard import on_duty_for
from casework.kinds import Topic
from casework.models import Case, Step
from centre.access import Role
from desk.actions import arrive, depart, record_death, register
from desk.belonging import never_was, split
from desk.coming import confirm_seen, note_seen
from desk.errors import NotPlanned
from desk.merging import merge_individuals, merge_pairs, unmerge
from desk.voiding import void_movements
from registrations.errors import ToldElsewhere
from registrations.facts import HouseholdFacts
from registrations.models import Individual, Movement, Presence
from shelter.actions import check_in, end_stays, hold_places, keep_beds, move, place_household
from shelter.models import Bedding, Stay
from shelter.undoing import void_bedding
from tests.build import child, make_room, make_site, make_user, person, register_family, said_in

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
ANYWAY = "They came with a neighbour."


@pytest.fixture
def goris():
    return make_site("goris")


@pytest.fixture
def sisian():
    return make_site("sisian")


@pytest.fixture
def desk():
    return make_user(Role.COORDINATOR)


@pytest.fixture
def officer(goris):
    """A protection officer who may place as well, as one does who runs a house."""
    user = make_user(Role.PROTECTION)
    user.assignments.create(role=Role.COORDINATOR, starts_at=timezone.now() - HOUR, ends_at=timezone.now() + HOUR)
    return user


@pytest.fixture
def family(goris, desk):
    """A mother, her daughter, and a grandmother, at Goris since five hours."""
    members = (person(), child(), person("Vardanush", relationship="parent"))
    return register_family(goris, desk, *members, at=timezone.now() - 5 * HOUR)


def people_of(family):
    return list(Individual.objects.members_of(family))


def where(individual):
    return Presence.objects.at(timezone.now()).get(individual=individual).site.code


def asleep_with_strangers(goris, desk):
    """A room of six places where a stranger sleeps already."""
    room = make_room(goris, 6)
    place_household(register_family(goris, desk, person()), rooms=[room], by=desk)
    return room


# One door after the other: who does what, to a child that was with its mother until then


def arrives_alone(family, goris, sisian, **who):
    arrive(family, site=sisian, members=[people_of(family)[1].pk], **who)


def is_left_behind(family, goris, sisian, **who):
    mother, _girl, grandmother = people_of(family)
    arrive(family, site=sisian, members=[mother.pk, grandmother.pk], **who)


def is_placed_alone_at_another_site(family, goris, sisian, **who):
    place_household(family, rooms=[make_room(sisian, 1)], members=[people_of(family)[1].pk], **who)


def is_placed_among_strangers(family, goris, sisian, **who):
    room = asleep_with_strangers(goris, make_user())
    place_household(family, rooms=[room], members=[people_of(family)[1].pk], **who)


def is_moved_among_strangers(family, goris, sisian, **who):
    own = make_room(goris, 3)
    place_household(family, rooms=[own], by=make_user())
    room = asleep_with_strangers(goris, make_user())
    move(list(Stay.objects.filter(individual=people_of(family)[1])), rooms=[room], **who)


def stays_among_strangers_when_hers_move(family, goris, sisian, **who):
    room = asleep_with_strangers(goris, make_user())
    place_household(family, rooms=[room], by=make_user())
    mother, _girl, grandmother = people_of(family)
    theirs = list(Stay.objects.filter(individual__in=[mother, grandmother]))
    move(theirs, rooms=[make_room(goris, 2)], **who)


def stays_among_strangers_when_hers_leave_the_room(family, goris, sisian, **who):
    room = asleep_with_strangers(goris, make_user())
    place_household(family, rooms=[room], by=make_user())
    mother, _girl, grandmother = people_of(family)
    end_stays(list(Stay.objects.filter(individual__in=[mother, grandmother])), **who)


def comes_to_lie_beside_strangers_who_are_placed(family, goris, sisian, **who):
    room = make_room(goris, 4)
    place_household(family, rooms=[room], members=[people_of(family)[1].pk], by=make_user())
    place_household(register_family(goris, make_user(), person("Armen")), rooms=[room], **who)


def checks_in_alone_at_another_site(family, goris, sisian, **who):
    girl, tonight = people_of(family)[1], timezone.now() + HOUR
    hold_places(family, rooms=[make_room(sisian, 3)], members=[girl.pk], until=tonight, by=make_user())
    check_in(list(Stay.objects.holds().filter(individual=girl)), **who)


def mothers_arrival_is_taken_back(family, goris, sisian, **who):
    mother, _girl, grandmother = people_of(family)
    told = Movement.objects.filter(individual__in=[mother, grandmother])
    void_movements(list(told), **who)


def checks_in_before_who_looks_after_her(family, goris, sisian, **who):
    held, girl = asleep_with_strangers(goris, make_user()), people_of(family)[1]
    hold_places(family, rooms=[held], until=timezone.now() + HOUR, by=make_user())
    check_in(list(Stay.objects.holds().filter(individual=girl)), **who)


def stays_among_strangers_when_hers_check_in_elsewhere(family, goris, sisian, **who):
    place_household(family, rooms=[asleep_with_strangers(goris, make_user())], by=make_user())
    mother, _girl, grandmother = people_of(family)
    held = {"rooms": [make_room(goris, 2)], "members": [mother.pk, grandmother.pk]}
    hold_places(family, **held, until=timezone.now() + HOUR, by=make_user())
    check_in(list(Stay.objects.holds()), **who)


def stays_among_strangers_when_who_slept_beside_her_departs(family, goris, sisian, **who):
    _mother, girl, grandmother = people_of(family)
    shared = asleep_with_strangers(goris, make_user())
    place_household(family, rooms=[shared], members=[girl.pk, grandmother.pk], by=make_user())
    depart(family, site=goris, destination="own_address", members=[grandmother.pk], **who)


def has_only_kept_beds_beside_her_when_strangers_are_placed(family, goris, sisian, **who):
    room, girl = make_room(goris, 4), people_of(family)[1]
    place_household(family, rooms=[room], by=make_user())
    away = list(Stay.objects.exclude(individual=girl))
    keep_beds(away, until=timezone.now() + HOUR, reason="in hospital", by=make_user())
    place_household(register_family(goris, make_user(), person("Armen")), rooms=[room], **who)


def sleeps_among_strangers_when_a_bed_beside_her_is_taken_back(family, goris, sisian, **who):
    _mother, girl, grandmother = people_of(family)
    shared = asleep_with_strangers(goris, make_user())
    place_household(family, rooms=[shared], members=[girl.pk, grandmother.pk], by=make_user())
    void_bedding([Bedding.objects.get(individual=grandmother)], **who)


HAPPEN = [
    sleeps_among_strangers_when_a_bed_beside_her_is_taken_back,
    checks_in_before_who_looks_after_her,
    stays_among_strangers_when_hers_check_in_elsewhere,
    stays_among_strangers_when_who_slept_beside_her_departs,
    has_only_kept_beds_beside_her_when_strangers_are_placed,
    arrives_alone,
    is_left_behind,
    is_placed_alone_at_another_site,
    is_placed_among_strangers,
    is_moved_among_strangers,
    stays_among_strangers_when_hers_move,
    stays_among_strangers_when_hers_leave_the_room,
    comes_to_lie_beside_strangers_who_are_placed,
    checks_in_alone_at_another_site,
    mothers_arrival_is_taken_back,
]


@pytest.mark.parametrize("door", HAPPEN)
def test_a_child_is_parted_at_no_door(door, family, goris, sisian, desk):
    with pytest.raises((ChildApart, ChildAmongStrangers)):
        door(family, goris, sisian, by=desk)
    assert not Case.objects.exists()


@pytest.mark.parametrize("door", HAPPEN)
def test_what_happened_anyway_opens_a_case_where_the_child_is(door, family, goris, sisian, desk):
    girl = people_of(family)[1]
    door(family, goris, sisian, by=desk, happened_anyway=ANYWAY)
    case = Case.objects.get()
    assert (case.individual, case.site.code, case.urgency, said_in(case)) == (girl, where(girl), "now", ANYWAY)


@pytest.mark.parametrize("door", HAPPEN)
def test_a_protection_officer_may(door, family, goris, sisian, officer):
    door(family, goris, sisian, by=officer)
    assert not Case.objects.exists()  # who follows children decides whether there is one


@pytest.fixture
def officer_elsewhere():
    """A coordinator of all sites, who follows cases at another one alone."""
    user, now = make_user(Role.COORDINATOR), timezone.now()
    user.assignments.create(role=Role.PROTECTION, site=make_site("vayk"), starts_at=now - HOUR, ends_at=now + HOUR)
    return user


@pytest.mark.parametrize("door", HAPPEN)
def test_who_follows_cases_elsewhere_parts_no_child_here(door, family, goris, sisian, officer_elsewhere):
    with pytest.raises((ChildApart, ChildAmongStrangers)):
        door(family, goris, sisian, by=officer_elsewhere)


def test_a_child_is_held_no_bed_among_strangers(family, goris, desk):
    girl, room, until = people_of(family)[1], asleep_with_strangers(goris, desk), timezone.now() + HOUR
    with pytest.raises(ChildAmongStrangers):
        hold_places(family, rooms=[room], members=[girl.pk], until=until, by=desk)
    hold_places(family, rooms=[room], until=until, by=desk)


def test_nobody_leaves_the_children_behind(family, goris, desk):
    mother, girl, grandmother = people_of(family)
    leaving = {"site": goris, "destination": "own_address", "by": desk}
    with pytest.raises(NotPlanned):
        depart(family, members=[mother.pk, grandmother.pk], **leaving)
    depart(family, members=[mother.pk], **leaving)  # the grandmother stays with her
    with pytest.raises(NotPlanned):
        depart(family, members=[grandmother.pk], **leaving)
    depart(family, members=[girl.pk, grandmother.pk], **leaving)


def test_what_a_card_shows_parts_no_child(family, goris, sisian, desk):
    mother, girl, grandmother = people_of(family)
    depart(family, site=goris, destination="own_address", by=desk)
    arrive(family, site=goris, members=[mother.pk, girl.pk], by=desk)
    arrive(family, site=sisian, members=[grandmother.pk], by=desk)
    note_seen(family, site=sisian, by=desk)
    with pytest.raises(ToldElsewhere):
        confirm_seen(family, site=sisian, by=desk)


def test_when_the_last_carer_dies_a_case_opens(goris, desk):
    family = register_family(goris, desk, person(), child())
    mother, girl = people_of(family)
    record_death(mother, site=goris, by=desk)
    assert Case.objects.get().individual == girl


def test_when_the_carer_never_was_a_case_opens(family, goris, desk):
    _mother, _girl, grandmother = people_of(family)
    never_was(family, members=[grandmother.pk], reason="written twice", by=desk)
    assert not Case.objects.exists()
    alone = register_family(goris, desk, person(), person("Aram", relationship="spouse"), child())
    head, spouse, daughter = people_of(alone)
    arrive(alone, site=make_site(), members=[spouse.pk], by=desk)
    never_was(alone, members=[head.pk], head=spouse.pk, reason="written twice", by=desk)
    assert Case.objects.get().individual == daughter


def test_a_merge_parts_no_child_and_a_whole_family_is_merged(goris, sisian, desk, officer):
    at = timezone.now()
    told = register_family(goris, desk, person(), child(), at=at - 4 * HOUR)
    again = register_family(sisian, desk, person(), child(), at=at - 3 * HOUR)
    pairs = list(zip(people_of(told), people_of(again), strict=True))
    with pytest.raises(ChildApart):
        merge_individuals(pairs[1][0], into=pairs[1][1], reason="one girl", by=desk)
    merged = merge_pairs(pairs, reason="one family", by=desk, id=again.pk)
    assert {presence.site for presence in Presence.objects.at(timezone.now())} == {sisian}
    unmerge_of(merged[0], desk)
    assert [case.individual for case in Case.objects.all()] == [pairs[1][1]]  # whose mother is another again


def unmerge_of(merged, by):
    from registrations.models import Merge  # noqa: PLC0415

    return unmerge(Merge.objects.get(pk=merged.merge), by=by)


def test_unaccompanied_children_are_merged_by_a_protection_officer(goris, desk, officer):
    girls = [
        people_of(register_family(goris, desk, child("Ani", relationship="head", carer_kind="nobody")))[0]
        for _time in range(2)
    ]
    with pytest.raises(ChildAlone):
        merge_individuals(girls[0], into=girls[1], reason="one girl", by=desk)
    merge_individuals(girls[0], into=girls[1], reason="one girl", by=officer)


def test_a_split_parts_no_child(family, goris, desk):
    girl = people_of(family)[1]
    alone = child(id=girl.pk, relationship="head", carer_kind="nobody")
    with pytest.raises(NotPlanned):
        split(family, site=goris, members=[alone], by=desk)


def test_a_family_sleeps_so_that_each_child_is_beside_who_looks_after_it(goris, desk):
    members = (person(), child("A"), child("B"), person("Aram", relationship="spouse"), child("C"))
    family = register_family(goris, desk, *members)
    shared, own = asleep_with_strangers(goris, desk), make_room(goris, 2)
    place_household(family, rooms=[own, shared], by=desk)
    rooms = dict(Stay.objects.filter(individual__in=people_of(family)).values_list("individual", "room"))
    mother, _a, _b, father, _c = people_of(family)
    assert rooms[mother.pk] != rooms[father.pk]
    assert sorted(map(str, rooms.values())).count(str(own.pk)) == 2


def test_a_room_of_their_own_may_be_the_childrens(goris, desk):
    family = register_family(goris, desk, person(), child("A"), child("B"))
    place_household(family, rooms=[make_room(goris, 1), make_room(goris, 2)], by=desk)
    assert Stay.objects.count() == 3


def test_registering_stays_as_it_was(goris, desk):
    members = [person(), child(), child("Ani", relationship="niece_nephew", carer_kind="nobody")]
    done = register(goris, members=members, facts=HouseholdFacts(going="shelter"), by=desk)
    assert len(done.cases) == 1


def test_who_is_somewhere_else_is_named_one_by_one_or_left(family, goris, sisian, desk):
    _mother, _girl, grandmother = people_of(family)
    vayk = make_site("vayk")
    arrive(family, site=sisian, members=[grandmother.pk], by=desk)
    with pytest.raises(ToldElsewhere):
        arrive(family, site=vayk, by=desk)
    assert where(grandmother) == "sisian"
    arrive(family, site=vayk, members=[person.pk for person in people_of(family)], by=desk)
    assert where(grandmother) == "vayk"


def test_who_went_abroad_is_not_brought_back_with_the_others(goris, sisian, desk):
    family = register_family(goris, desk, person(), person("Aram", relationship="spouse"), going="stays")
    mother, father = people_of(family)
    depart(family, site=goris, destination="abroad", members=[father.pk], by=desk)
    depart(family, site=goris, destination="unknown", members=[mother.pk], by=desk)
    arrive(family, site=sisian, by=desk)
    assert where(mother) == "sisian"
    assert not Presence.objects.at(timezone.now()).filter(individual=father).exists()


def test_a_family_that_is_together_goes_on_together(family, sisian, desk):
    arrive(family, site=sisian, by=desk)
    assert {where(one) for one in people_of(family)} == {"sisian"}


def test_a_placed_family_leaves_in_hospital_who_is_there(family, goris, desk):
    mother, girl, grandmother = people_of(family)
    hospital = make_site("hospital", kind="hospital", confidential=True)
    arrive(family, site=hospital, members=[grandmother.pk], by=make_user(Role.PROTECTION))
    place_household(family, rooms=[make_room(goris, 3)], by=desk)
    assert set(Stay.objects.values_list("individual", flat=True)) == {mother.pk, girl.pk}
    assert where(grandmother) == "hospital"


def test_a_carer_of_another_household_whose_record_is_merged_is_followed(goris, sisian, desk, officer):
    aunt, niece = person("Nune", relationship="sibling"), child("Ani", relationship="niece_nephew")
    niece = replace(niece, carer_kind="member", carer=aunt.id)
    family = register_family(goris, desk, person(), aunt, niece)
    _head, aunt_record, girl = people_of(family)
    split(family, site=goris, members=[person("Nune", id=aunt_record.pk)], by=officer)
    again = register_family(sisian, desk, person("Nune"))
    merge_individuals(aunt_record, into=people_of(again)[0], reason="one aunt", by=officer)
    vayk = make_site("vayk")
    with pytest.raises(ChildApart):
        arrive(family, site=vayk, members=[girl.pk], by=desk)
    arrive(family, site=sisian, members=[girl.pk], by=desk)
    assert where(girl) == "sisian"


# A child after whom nobody of its family looks gets a bed with a protection officer alone


@pytest.fixture
def alone(goris, desk):
    """A boy who came with nobody."""
    return register_family(goris, desk, child("Davit", relationship="other", carer_kind="nobody"))


def is_held_a_place(household, room, **who):
    who.pop("happened_anyway", None)
    hold_places(household, rooms=[room], until=timezone.now() + HOUR, **who)


def is_placed(household, room, **who):
    place_household(household, rooms=[room], **who)


def is_checked_in(household, room, **who):
    holder = make_user(Role.PROTECTION)
    holder.assignments.create(role=Role.COORDINATOR, starts_at=timezone.now() - HOUR, ends_at=timezone.now() + HOUR)
    hold_places(household, rooms=[room], until=timezone.now() + HOUR, by=holder)
    check_in(list(Stay.objects.holds()), **who)


def is_moved(household, room, **who):
    mover = make_user(Role.PROTECTION)
    mover.assignments.create(role=Role.COORDINATOR, starts_at=timezone.now() - HOUR, ends_at=timezone.now() + HOUR)
    place_household(household, rooms=[make_room(room.site)], by=mover)
    move(list(Stay.objects.stays()), rooms=[room], **who)


BEDS = [is_held_a_place, is_placed, is_checked_in, is_moved]


@pytest.mark.parametrize("bed", BEDS)
def test_a_child_alone_gets_no_bed_without_a_protection_officer(bed, goris, desk, alone):
    with pytest.raises(OfficerFirst):
        bed(alone, make_room(goris), by=desk)
    assert not Stay.objects.filter(began_by__act__by=desk).exists()


@pytest.mark.parametrize("bed", BEDS)
def test_who_follows_cases_elsewhere_gives_a_child_alone_no_bed_here(bed, goris, officer_elsewhere, alone):
    with pytest.raises(OfficerFirst):
        bed(alone, make_room(goris), by=officer_elsewhere)


@pytest.mark.parametrize("bed", BEDS)
def test_a_protection_officer_gives_a_child_alone_a_bed(bed, goris, officer, alone):
    bed(alone, make_room(goris), by=officer)
    assert Stay.objects.exists()


@pytest.mark.parametrize("bed", BEDS)
def test_a_child_alone_gets_a_bed_once_an_officer_said_that_it_is_safe(bed, goris, desk, officer, alone):
    do_in_case(Case.objects.get(), topic=Topic.SAFE_PLACE, words="room 14", by=officer)
    bed(alone, make_room(goris), by=desk)
    assert Stay.objects.exists()


@pytest.mark.parametrize("bed", BEDS[1:])
def test_a_bed_that_a_child_alone_has_anyway_is_told(bed, goris, desk, alone):
    bed(alone, make_room(goris), happened_anyway=ANYWAY, by=desk)
    assert Step.objects.filter(kind="opened").latest("pk").words == ANYWAY


def test_what_an_officer_took_back_or_said_of_a_case_that_is_closed_agrees_to_nothing(goris, desk, officer, alone):
    case = Case.objects.get()
    said = do_in_case(case, topic=Topic.SAFE_PLACE, words="room 14", by=officer)
    void_step(Step.objects.get(pk=said.step), by=officer)
    with pytest.raises(OfficerFirst):
        is_placed(alone, make_room(goris), by=desk)
    do_in_case(case, topic=Topic.SAFE_PLACE, words="room 14", by=officer)
    close_case(case, outcome="helped", happened_anyway="she is well", by=officer)
    with pytest.raises(OfficerFirst):
        is_placed(alone, make_room(goris), by=desk)


def test_who_is_on_duty_is_named_to_who_would_give_the_bed(goris, desk, officer, alone):
    now = timezone.now()
    set_duty(goris, name="Gohar", phone="+37477123456", from_at=now, until=now + HOUR, by=officer)
    with pytest.raises(OfficerFirst, match=r"On duty: Gohar, \+37477123456\."):
        is_placed(alone, make_room(goris), by=desk)


def test_who_is_on_duty_where_the_child_is_comes_before_who_is_where_the_bed_is(goris, desk, officer, alone):
    now, hotel = timezone.now(), make_site("hotel")
    desk.assignments.create(role=Role.COORDINATOR, site=hotel, starts_at=now - HOUR)
    set_duty(hotel, name="Anahit", phone="+37477999999", from_at=now, until=now + HOUR, by=officer)
    with pytest.raises(OfficerFirst, match=r"On duty: Anahit"):
        is_held_a_place(alone, make_room(hotel), by=desk)
    set_duty(goris, name="Gohar", phone="+37477123456", from_at=now, until=now + HOUR, by=officer)
    with pytest.raises(OfficerFirst, match=r"On duty: Gohar, \+37477123456\."):
        is_held_a_place(alone, make_room(hotel), by=desk)


def test_who_is_on_duty_where_the_child_is_is_not_named_to_who_may_not_know_of_it(goris, desk, officer, alone):
    now, hotel = timezone.now(), make_site("hotel")
    desk.assignments.all().delete()
    desk.assignments.create(role=Role.COORDINATOR, site=hotel, starts_at=now - HOUR)
    goris.confidential = True
    goris.save(update_fields=["confidential"])
    set_duty(goris, name="Gohar", phone="+37477123456", from_at=now, until=now + HOUR, by=officer)
    assert on_duty_for(list(alone.memberships.values_list("individual", flat=True)), hotel, desk, now) == ""


def test_where_nobody_is_on_duty_it_is_said_whom_to_call(goris, desk, alone):
    with pytest.raises(OfficerFirst, match="Nobody is on duty here: call"):
        is_placed(alone, make_room(goris), by=desk)


def test_who_looks_after_a_child_is_placed_with_it_by_anybody(goris, desk, family):
    is_placed(family, make_room(goris, 3), by=desk)
    assert Stay.objects.count() == 3
