"""A family gets seats, gets on, is on the way, gets off, and sleeps where a place was held."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from casework.errors import OfficerFirst
from casework.models import Case
from centre.access import NotAllowed, Role
from centre.models import Site, User
from desk.actions import depart
from desk.voiding import void_movements
from registrations.errors import NotHere
from registrations.models import Absence, Household, Individual, Movement, Presence
from registrations.whereabouts import ON_THE_WAY, find_people
from shelter.actions import end_stays
from shelter.apart import keep_apart
from shelter.errors import NobodyToPlace, NotInThisHouse, WomenOnly
from shelter.models import Place, Room, Stay
from shelter.waiting import who_waits
from tests.build import child, make_room, make_site, make_user, newborn, person, register_family
from tests.transport.conftest import HOUR, expected_family, make_run
from transport.actions import cancel_bus, end_bus, put_on_bus, send_bus, take_off_bus
from transport.errors import (
    AlreadyBoarded,
    BusArrived,
    BusCancelled,
    BusLeft,
    BusNotLeft,
    NoSeats,
    NotAStop,
    NotBoarded,
    NothingHeld,
    NotOnThisBus,
    OnABus,
    TravelsApart,
)
from transport.models import Passenger, TransportRun
from transport.rerouting import reroute_bus
from transport.riding import board_bus, get_off_bus, void_boarding
from transport.selectors import read_sheet


def members(household: Household) -> list[Individual]:
    return list(Individual.objects.members_of(household))


def places_of(household: Household) -> set[tuple[str, str]]:
    found = find_people([one.pk for one in members(household)], timezone.now())
    return {(one.place, one.site.code if one.site else "") for one in found.values()}


def test_a_family_travels_and_sleeps_where_a_place_was_held(run, family, by, goris, sisian):
    assert put_on_bus(run, household=family, by=by).seats_left == 8
    assert places_of(family) == {("site", "goris")}
    board_bus(run, household=family, by=by)
    assert places_of(family) == {(ON_THE_WAY, "sisian")}
    send_bus(run, by=by)
    get_off_bus(run, household=family, site=sisian, by=by)
    assert places_of(family) == {("site", "sisian")}
    assert Stay.objects.stays().at(timezone.now()).filter(site=sisian).count() == 2
    assert not Passenger.objects.open().exists()
    end_bus(run, site=sisian, by=by)
    assert set(Passenger.objects.values_list("ended_as", flat=True)) == {"got_off"}


def test_families_kept_apart_ride_on_one_bus_to_different_houses_and_to_one_house_they_do_not(goris, sisian, by):
    vayk = make_site("vayk")
    run = make_run(goris, sisian, vayk, by=by)
    one, other = expected_family(goris, sisian, by), expected_family(goris, vayk, by)
    keep_apart(one, other=other, reason="a feud", by=by)
    assert [put_on_bus(run, household=family, by=by).seats_left for family in (one, other)] == [8, 6]
    third = expected_family(goris, vayk, by)
    keep_apart(other, other=third, reason="a feud", by=by)
    with pytest.raises(NotInThisHouse):
        put_on_bus(run, household=third, by=by)


def test_a_child_under_two_travels_on_a_lap(goris, sisian, by):
    run = make_run(goris, sisian, by=by, seats=1)
    family = expected_family(goris, sisian, by, person(), newborn())
    assert put_on_bus(run, household=family, by=by).seats_left == 0
    assert Passenger.objects.filter(on_lap=True).count() == 1


def test_seats_are_never_oversold(goris, sisian, by, family):
    run = make_run(goris, sisian, by=by, seats=3)
    put_on_bus(run, household=family, by=by)
    other = expected_family(goris, sisian, by)
    with pytest.raises(NoSeats, match="1 free seat for 2 people"):
        put_on_bus(run, household=other, by=by)
    assert Passenger.objects.count() == 2


def test_a_family_is_on_one_bus_at_a_time(run, family, by, goris, sisian):
    put_on_bus(run, household=family, by=by)
    other = make_run(goris, sisian, by=by)
    with pytest.raises(OnABus):
        put_on_bus(other, household=family, by=by)
    take_off_bus(run, household=family, by=by)
    put_on_bus(other, household=family, by=by)


def test_a_bus_is_filled_from_holds_at_its_stops(run, by, goris):
    unheld = register_family(goris, by)
    elsewhere = expected_family(goris, make_site("vayk"), by)
    for household in (unheld, elsewhere):
        with pytest.raises(NothingHeld):
            put_on_bus(run, household=household, by=by)


def test_a_child_is_not_put_on_a_bus_without_who_looks_after_it(run, family, by, goris):
    mother, girl = members(family)
    for one in (mother, girl):
        with pytest.raises(TravelsApart):
            put_on_bus(run, household=family, members=[one.pk], by=by)
    assert not Passenger.objects.exists()
    officer = make_user(Role.PROTECTION, goris)
    with pytest.raises(NotAllowed):  # who follows cases fills no bus
        put_on_bus(run, household=family, members=[mother.pk], by=officer)


def test_who_is_named_and_is_not_of_the_family_or_not_there_gives_nobody_a_seat(run, goris, sisian, by):
    couple = expected_family(goris, sisian, by, person(), person("Petros", sex="M", relationship="spouse"))
    one, other = members(couple)
    stranger = members(register_family(goris, by, person("Karen")))[0]
    with pytest.raises(NobodyToPlace):
        put_on_bus(run, household=couple, members=[one.pk, stranger.pk], by=by)
    depart(couple, site=goris, members=[other.pk], destination="abroad", by=by)
    with pytest.raises(NotHere):
        put_on_bus(run, household=couple, members=[one.pk, other.pk], by=by)
    assert not Passenger.objects.exists()
    with pytest.raises(NotOnThisBus):
        take_off_bus(run, household=couple, by=by)


def test_no_man_is_given_a_seat_to_a_room_that_is_for_women_by_now(run, goris, sisian, by):
    man = expected_family(goris, sisian, by, person("Aram", sex="M"))
    Room.objects.filter(site=sisian).update(women_only=True)
    with pytest.raises(WomenOnly):
        put_on_bus(run, household=man, by=by)
    assert not Passenger.objects.exists()


def test_adults_are_split_by_hand(run, goris, sisian, by):
    couple = expected_family(goris, sisian, by, person(), person("Petros", sex="M", relationship="spouse"))
    one, other = members(couple)
    put_on_bus(run, household=couple, members=[one.pk], by=by)
    put_on_bus(make_run(goris, sisian, by=by), household=couple, members=[other.pk], by=by)
    assert Passenger.objects.open().count() == 2


def test_a_child_is_not_read_on_alone_unless_it_happened(run, family, by):
    put_on_bus(run, household=family, by=by)
    _mother, girl = members(family)
    with pytest.raises(TravelsApart):
        board_bus(run, household=family, members=[girl.pk], by=by)
    board_bus(run, household=family, members=[girl.pk], happened_anyway="the bus left in a hurry", by=by)
    assert Case.objects.filter(individual=girl).exists()


def test_a_grandmother_gets_on_first_and_the_others_after_her(run, goris, sisian, by):
    family = expected_family(goris, sisian, by, person(), child(), person("Vardanush", relationship="parent"))
    put_on_bus(run, household=family, by=by)
    _mother, girl, grandmother = members(family)
    board_bus(run, household=family, members=[grandmother.pk], by=by)
    board_bus(run, household=family, members=[girl.pk], by=by)  # beside her grandmother
    board_bus(run, household=family, by=by)
    with pytest.raises(AlreadyBoarded):
        board_bus(run, household=family, by=by)
    assert places_of(family) == {(ON_THE_WAY, "sisian")}
    assert not Case.objects.exists()


def test_a_child_does_not_get_off_alone(run, family, by, sisian):
    put_on_bus(run, household=family, by=by)
    board_bus(run, household=family, by=by)
    send_bus(run, by=by)
    _mother, girl = members(family)
    with pytest.raises(OfficerFirst):
        get_off_bus(run, household=family, members=[girl.pk], site=sisian, by=by)
    assert places_of(family) == {(ON_THE_WAY, "sisian")}


def test_a_boarding_is_taken_back_with_what_it_told(run, family, by, goris):
    put_on_bus(run, household=family, by=by)
    board_bus(run, household=family, by=by)
    void_boarding(run, household=family, by=by)
    assert places_of(family) == {("site", "goris")}
    assert not Absence.objects.exists()
    assert Passenger.objects.waiting().count() == 2
    with pytest.raises(NotBoarded):
        void_boarding(run, household=family, by=by)
    board_bus(run, household=family, by=by)
    assert places_of(family) == {(ON_THE_WAY, "sisian")}


def test_a_boarding_whose_fact_the_desk_took_back_is_taken_back_too(run, family, by):
    put_on_bus(run, household=family, by=by)
    board_bus(run, household=family, by=by)
    void_movements(list(Movement.objects.filter(kind="departed")), by=by)
    void_boarding(run, household=family, by=by)
    assert Passenger.objects.waiting().count() == 2


def test_who_did_not_get_on_has_no_seat_once_the_bus_left(run, family, by, goris, sisian):
    put_on_bus(run, household=family, by=by)
    send_bus(run, by=by)
    assert set(Passenger.objects.values_list("ended_as", flat=True)) == {"missed"}
    assert Stay.objects.holds().at(timezone.now()).count() == 2
    put_on_bus(make_run(goris, sisian, by=by), household=family, by=by)
    with pytest.raises(BusLeft):
        put_on_bus(run, household=expected_family(goris, sisian, by), by=by)


def test_who_is_not_at_the_site_does_not_get_on(run, family, by):
    put_on_bus(run, household=family, by=by)
    Presence.objects.all().delete()
    with pytest.raises(NotHere):
        board_bus(run, household=family, by=by)


def test_who_is_seen_after_the_bus_came_gets_off_late(run, family, by, sisian):
    put_on_bus(run, household=family, by=by)
    board_bus(run, household=family, by=by)
    with pytest.raises(BusNotLeft):
        end_bus(run, site=sisian, by=by)
    send_bus(run, by=by)
    end_bus(run, site=sisian, by=by)
    assert Passenger.objects.aboard().count() == 2
    get_off_bus(run, household=family, site=sisian, by=by)
    assert places_of(family) == {("site", "sisian")}
    with pytest.raises(BusArrived):
        reroute_bus(run, old=sisian, new=make_site("vayk"), by=by)


def test_a_cancelled_bus_leaves_everybody_where_they_are(run, family, by, sisian):
    put_on_bus(run, household=family, by=by)
    board_bus(run, household=family, by=by)
    cancel_bus(run, by=by)
    assert places_of(family) == {("site", "goris")}
    assert Stay.objects.holds().at(timezone.now()).count() == 2
    for refused in (put_on_bus, board_bus):
        with pytest.raises(BusCancelled):
            refused(run, household=family, by=by)


def test_a_bus_is_taken_elsewhere_with_everybody_on_it(run, family, by, goris, sisian):
    vayk, late = make_site("vayk"), expected_family(goris, sisian, by, person(), child(), child("Ani"))
    make_room(vayk, 2)
    for household in (family, late):
        put_on_bus(run, household=household, by=by)
        board_bus(run, household=household, by=by)
    send_bus(run, by=by)
    answer = reroute_bus(run, old=sisian, new=vayk, by=by)
    assert len(answer.held) == 2
    assert answer.without_places == [str(late)]
    now = timezone.now()
    assert set(Stay.objects.holds().at(now).values_list("site__code", flat=True)) == {"vayk"}
    assert places_of(family) | places_of(late) == {(ON_THE_WAY, "vayk")}
    for household in (family, late):
        get_off_bus(run, household=household, site=vayk, by=by)
    assert Stay.objects.stays().at(timezone.now()).count() == 2
    assert places_of(late) == {("site", "vayk")}


def test_a_bus_that_was_not_on_the_list_of_stops_lets_off_where_it_comes(run, family, by):
    put_on_bus(run, household=family, by=by)
    board_bus(run, household=family, by=by)
    send_bus(run, by=by)
    vayk = make_site("vayk")
    get_off_bus(run, household=family, site=vayk, by=by)
    assert places_of(family) == {("site", "vayk")}
    with pytest.raises(NotBoarded):
        get_off_bus(run, household=family, site=vayk, by=by)


def test_a_family_without_a_seat_does_not_get_on(run, family, by):
    with pytest.raises(NotOnThisBus):
        board_bus(run, household=family, by=by)


def come_to(run: TransportRun, household: Household, site: Site, by: User) -> list[str]:
    """The family travels there; who of it has no bed."""
    put_on_bus(run, household=household, by=by)
    board_bus(run, household=household, by=by)
    send_bus(run, by=by)
    return get_off_bus(run, household=household, site=site, by=by).without_bed


def test_a_bus_later_than_the_hold_finds_the_bed_that_nobody_else_has(run, family, by, sisian):
    put_on_bus(run, household=family, by=by)
    board_bus(run, household=family, by=by)
    send_bus(run, by=by)
    begun, ended = timezone.now() - HOUR, timezone.now() - timedelta(minutes=10)
    Stay.objects.holds().update(during=DateTimeTZRange(begun, ended))
    assert get_off_bus(run, household=family, site=sisian, by=by).without_bed == []
    assert Stay.objects.stays().at(timezone.now()).filter(site=sisian).count() == 2


def test_a_block_that_ended_by_itself_is_in_no_familys_way(run, family, by, sisian):
    long_ago = timezone.now() - HOUR
    Place.objects.update(blocked_at=long_ago, blocked_by=by, blocked_reason="wet", blocked_until=timezone.now())
    assert come_to(run, family, sisian, by) == []
    assert Stay.objects.stays().at(timezone.now()).count() == 2


def test_whose_place_can_be_given_no_more_is_there_waits_and_is_named(run, family, by, sisian):
    Place.objects.update(blocked_at=timezone.now() - HOUR, blocked_by=by, blocked_reason="wet")
    assert set(come_to(run, family, sisian, by)) == {str(one.pk) for one in members(family)}
    assert places_of(family) == {("site", "sisian")}
    waiting, _all = who_waits(by, [sisian], timezone.now())
    assert [one.household_id for one in waiting] == [family.pk]


def test_a_bus_does_not_come_where_it_does_not_stop(run, family, by, goris, sisian):
    send_bus(run, by=by)
    with pytest.raises(NotAStop):
        end_bus(run, site=goris, by=by)
    end_bus(run, site=sisian, by=by)


def test_who_travels_without_a_place_is_named_until_one_is_held(run, family, by, sisian):
    put_on_bus(run, household=family, by=by)
    row = TransportRun.objects.with_counts().get()
    assert read_sheet(row, by, timezone.now()).bedless == []
    holds = list(Stay.objects.holds())
    end_stays(holds[:1], by=by)
    assert read_sheet(row, by, timezone.now()).bedless == [str(family)]
