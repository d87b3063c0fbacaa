"""Two records that count as one person keep one seat, and undoing that gives the other back while it is free."""

from casework.models import Case
from centre.access import Role
from desk.actions import depart
from desk.merging import merge_individuals, unmerge
from desk.voiding import void_movements
from registrations.models import Merge, Movement
from tests.build import make_user, person
from tests.transport.conftest import expected_family, make_run
from tests.transport.test_riding import members
from transport.actions import cancel_bus, put_on_bus
from transport.models import Passenger
from transport.riding import board_bus


def written_twice(goris, sisian, by):
    """One person, registered twice, each with a seat on a bus of two seats."""
    run = make_run(goris, sisian, by=by, seats=2)
    twice = [expected_family(goris, sisian, by, person()) for _ in range(2)]
    for family in twice:
        put_on_bus(run, household=family, by=by)
    return run, twice, [members(family)[0] for family in twice]


def test_a_person_written_twice_has_one_seat_and_two_again_when_that_is_undone(goris, sisian, by):
    run, _twice, (one, other) = written_twice(goris, sisian, by)
    merge_individuals(one, into=other, reason="twice", by=by)
    assert Passenger.objects.open().get().individual == other
    unmerge(Merge.objects.get(), by=by)
    assert set(Passenger.objects.waiting().values_list("individual", flat=True)) == {one.pk, other.pk}
    assert run.passengers.filter(merged_from=None).count() == 2


def test_the_seat_of_the_record_that_was_merged_is_the_persons(goris, sisian, by, run):
    alone = expected_family(goris, sisian, by, person())
    other = members(expected_family(goris, sisian, by, person()))[0]
    put_on_bus(run, household=alone, by=by)
    (one,) = members(alone)
    merge_individuals(one, into=other, reason="twice", by=by)
    assert board_bus(run, household=alone, by=by).individuals == [str(other.pk)]
    unmerge(Merge.objects.get(), by=by)
    assert Passenger.objects.aboard().get().individual == one


def test_who_is_on_the_bus_keeps_that_seat(goris, sisian, by):
    run, (first, _second), (one, other) = written_twice(goris, sisian, by)
    board_bus(run, household=first, by=by)
    merge_individuals(one, into=other, reason="twice", by=by)
    seat = Passenger.objects.open().get()
    assert (seat.household, seat.individual, seat.merged_from) == (first, other, one)


def test_a_seat_that_was_given_to_others_meanwhile_is_not_given_back(goris, sisian, by):
    run, _twice, (one, other) = written_twice(goris, sisian, by)
    merge_individuals(one, into=other, reason="twice", by=by)
    put_on_bus(run, household=expected_family(goris, sisian, by, person("Petros")), by=by)
    unmerge(Merge.objects.get(), by=by)
    assert set(Passenger.objects.filter(individual=one).values_list("ended_as", flat=True)) == {"merged"}
    assert Passenger.objects.open().count() == 2


def test_a_bus_is_cancelled_and_a_child_left_there_alone_has_a_case(run, family, by):
    put_on_bus(run, household=family, by=by)
    board_bus(run, household=family, by=by)
    mother, girl = members(family)
    told = Movement.objects.filter(individual=mother, kind="departed")
    officer = make_user(Role.PROTECTION)  # who parts them knowingly
    void_movements(list(told), by=officer)
    depart(family, site=run.site, destination="unknown", members=[mother.pk], by=officer)
    assert not Case.objects.exists()
    cancel_bus(run, by=by)
    assert Case.objects.filter(individual=girl).exists()
