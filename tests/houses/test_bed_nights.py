"""A stay over midnight is one night of the day on whose evening it began, confirmed or assumed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from houses.actions import void_contract
from houses.bed_nights import month_of, read_bed_nights
from houses.models import ReportedHeadcount
from houses.telephone import report_headcount, void_headcount
from registrations.models import Presence
from shelter.actions import end_stays, hold_places, keep_beds, move, place_household
from shelter.models import Stay
from shelter.rollcalls import begin_roll_call, see_people, take_back_seen
from shelter.rolls import RollCall
from shelter.undoing import void_bedding
from tests.build import make_room, make_site, make_user, person, register_family
from tests.houses.conftest import agree
from tests.promises.world import change

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _told_as_it_happens(settings):
    """As in a demonstration, whose past is played as if that were now."""
    settings.DEMONSTRATION = True


@pytest.fixture
def told_late(settings, _told_as_it_happens):
    """What these tests tell of days ago was recorded today."""
    settings.DEMONSTRATION = False


@pytest.fixture
def by(db):
    """A coordinator of all sites."""
    return make_user()


@pytest.fixture
def one(goris, by, hour):
    """A family of one, registered at noon of the day before."""
    return register_family(goris, by, person(), at=hour(12, -1))


@pytest.fixture
def room(goris):
    return make_room(goris, 4)


def night(site, day):
    (row,) = read_bed_nights([site.pk], day, day, timezone.now())
    return row


def nights(site, day, count=3):
    return read_bed_nights([site.pk], day, day + DAY * (count - 1), timezone.now())


def used(site, day, count=3):
    return [row.used for row in nights(site, day, count)]


def test_an_evening_into_a_morning_is_one_night_of_the_evening(goris, by, one, room, day, hour):
    place_household(one, rooms=[room], by=by, at=hour(22))
    end_stays([Stay.objects.get()], by=by, at=hour(9, 1))
    assert used(goris, day) == [1, 0, 0]


def test_who_comes_after_midnight_and_leaves_in_the_morning_spends_no_night(goris, by, one, room, day, hour):
    place_household(one, rooms=[room], by=by, at=hour(1, 1))
    end_stays([Stay.objects.get()], by=by, at=hour(9, 1))
    assert used(goris, day) == [0, 0, 0]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (-MINUTE, MINUTE, [0, 1, 0]),
        (timedelta(0), MINUTE, [0, 1, 0]),
        (MINUTE, 2 * MINUTE, [0, 0, 0]),
        (-2 * MINUTE, -MINUTE, [0, 0, 0]),
        (-MINUTE, timedelta(0), [0, 0, 0]),
        (-DAY, DAY + MINUTE, [1, 1, 1]),
    ],
)
def test_who_sleeps_at_midnight_has_the_night(goris, by, one, room, day, hour, since, until, expected):
    midnight = hour(0, 2)  # at the end of the second of the three days
    place_household(one, rooms=[room], by=by, at=hour(1))
    change(Stay.objects.get(), during=DateTimeTZRange(midnight + since, midnight + until))
    assert used(goris, day) == expected


@pytest.mark.parametrize("first_hour", [2, 3])
def test_the_night_in_which_clocks_are_set_back_is_one(goris, by, one, room, hour, first_hour):
    """In Armenia the last such night was that of 29 October 2011."""
    place_household(one, rooms=[room], by=by, at=hour(1))
    utc = {2: 22, 3: 23}[first_hour]
    begun, over = datetime(2011, 10, 28, 17, tzinfo=UTC), datetime(2011, 10, 29, utc, 30, tzinfo=UTC)
    change(Presence.objects.get(), during=DateTimeTZRange(begun, None))
    change(Stay.objects.get(), during=DateTimeTZRange(begun, over))
    assert used(goris, date(2011, 10, 27), 5) == [0, 1, 1, 0, 0]


def test_a_move_within_a_night_is_one_night(goris, by, one, room, day, hour):
    place_household(one, rooms=[room], by=by, at=hour(22))
    for other, at in ((make_room(goris), hour(23)), (make_room(goris), hour(0, 1)), (make_room(goris), hour(2, 1))):
        move([Stay.objects.stays().get(during__upper_inf=True)], rooms=[other], by=by, at=at)
    assert Stay.objects.count() == 4
    assert used(goris, day) == [1, 1, 1]


def test_a_move_to_another_house_leaves_no_night_twice(goris, sisian, by, one, room, day, hour):
    place_household(one, rooms=[room], by=by, at=hour(22))
    move([Stay.objects.get()], rooms=[make_room(sisian)], by=by, at=hour(23))
    assert (used(goris, day), used(sisian, day)) == ([0, 0, 0], [1, 1, 1])


def test_a_stay_that_was_voided_counts_for_nothing(goris, by, one, room, day, hour):
    place_household(one, rooms=[room], by=by, at=hour(22))
    assert used(goris, day) == [1, 1, 1]
    void_bedding([Stay.objects.get().began_by], by=by)
    assert used(goris, day) == [0, 0, 0]


def test_two_more_in_the_room_are_used_nights_too(goris, by, day, hour):
    family = register_family(goris, by, person(), person("Aram", relationship="spouse"), at=hour(12, -1))
    place_household(family, rooms=[make_room(goris, 1)], happened_anyway="full", by=by, at=hour(20))
    assert used(goris, day) == [2, 2, 2]


def test_contracted_and_empty_are_those_of_the_contract_of_the_night(goris, by, one, room, day, hour):
    agree(goris, by, day, day, places=3, rate=Decimal("9000.50"))
    late = agree(goris, by, day + DAY, places=5)
    place_household(one, rooms=[room], by=by, at=hour(22))
    rows = nights(goris, day)
    assert [(row.contracted, row.empty, row.amount) for row in rows] == [
        (3, 2, Decimal("27001.50")),
        (5, 4, 45000),
        (5, 4, 45000),
    ]
    void_contract(late, by=by)
    assert [row.contracted for row in nights(goris, day)] == [3, 0, 0]


def test_a_night_is_confirmed_by_the_check_in_of_its_day_and_amber_after_three(goris, by, one, room, day, hour):
    place_household(one, rooms=[room], by=by, at=hour(22, -1))
    rows = nights(goris, day - DAY, 4)
    assert [(row.confirmed, row.assumed, row.amber) for row in rows] == [(1, 0, 0), (0, 1, 0), (0, 1, 0), (0, 1, 1)]
    assert night(goris, day + 2 * DAY).amber == 1


def test_a_move_of_the_day_confirms_and_begins_anew(goris, by, one, room, day, hour):
    place_household(one, rooms=[room], by=by, at=hour(22, -1))
    move([Stay.objects.get()], rooms=[make_room(goris)], by=by, at=hour(12, 1))
    assert [(row.confirmed, row.amber) for row in nights(goris, day)] == [(0, 0), (1, 0), (0, 0)]


@pytest.mark.parametrize(("persons", "confirms"), [(0, False), (1, True), (3, True), (5, True), (6, False)])
def test_a_report_within_two_of_the_count_confirms_every_night_of_its_day(
    goris, by, room, day, hour, persons, confirms
):
    family = register_family(
        goris, by, person(), person("Aram", relationship="spouse"), person("Vera", relationship="parent"),
        at=hour(12, -2),
    )  # fmt: skip
    place_household(family, rooms=[room], by=by, at=hour(22, -2))
    report_headcount(goris, persons=persons, said_by="Aram", hour=hour(21, 1), by=by)
    rows = nights(goris, day)
    assert [row.confirmed for row in rows] == [0, 3 if confirms else 0, 0]
    assert [row.amber for row in rows] == [0, 0 if confirms else 3, 0 if confirms else 3]


def test_the_last_standing_report_of_a_day_decides(goris, by, one, room, day, hour):
    place_household(one, rooms=[room], by=by, at=hour(22, -1))
    report_headcount(goris, persons=1, said_by="Aram", hour=hour(18), by=by)
    late = report_headcount(goris, persons=9, said_by="Aram", hour=hour(22), by=by)
    assert night(goris, day).confirmed == 0
    void_headcount(_headcount(late), by=by)
    assert night(goris, day).confirmed == 1


def test_a_corrected_report_confirms_as_corrected(goris, by, one, room, day, hour):
    place_household(one, rooms=[room], by=by, at=hour(22, -1))
    wrong = report_headcount(goris, persons=31, said_by="Aram", hour=hour(18), by=by)
    assert night(goris, day).confirmed == 0
    report_headcount(goris, persons=1, said_by="Aram", hour=hour(18), corrects=_headcount(wrong), by=by)
    assert night(goris, day).confirmed == 1


def _headcount(said):
    return ReportedHeadcount.objects.get(pk=said.headcount)


def test_a_hold_whose_people_did_not_come_is_a_no_show_of_its_night(goris, by, one, room, day, hour):
    hold_places(one, rooms=[room], until=hour(22), by=by, at=hour(18))
    assert [row.no_show for row in nights(goris, day)] == [1, 0, 0]


def test_who_came_late_or_gave_the_place_back_is_no_no_show(goris, by, one, room, day, hour):
    hold_places(one, rooms=[room], until=hour(22), by=by, at=hour(18))
    place_household(one, rooms=[room], by=by, at=hour(23))
    hold = register_family(goris, by, person("Hayk"), at=hour(12, -1))
    held = hold_places(hold, rooms=[room], until=hour(22), by=by, at=hour(18))
    end_stays(list(Stay.objects.filter(pk__in=held.stays)), by=by, at=hour(19))
    assert [(row.no_show, row.used) for row in nights(goris, day)] == [(0, 1), (0, 1), (0, 1)]


def test_a_hold_over_two_midnights_is_missed_on_both(goris, by, one, room, day, hour):
    hold_places(one, rooms=[room], until=hour(10, 2), by=by, at=hour(18))
    assert [row.no_show for row in nights(goris, day)] == [1, 1, 0]


def test_a_bed_kept_for_who_is_away_is_no_no_show(goris, by, one, room, day, hour):
    place_household(one, rooms=[room], by=by, at=hour(20, -1))
    keep_beds([Stay.objects.get()], until=hour(20, 2), reason="in hospital", by=by, at=hour(12))
    assert [(row.no_show, row.used) for row in nights(goris, day)] == [(0, 0), (0, 0), (0, 0)]


def test_a_night_that_is_not_over_is_not_read(goris):
    today = timezone.localdate()
    assert read_bed_nights([goris.pk], today, today, timezone.now()) == []
    assert len(read_bed_nights([goris.pk], today - DAY, today + DAY, timezone.now())) == 1


def test_a_month_has_its_days():
    assert month_of(date(2024, 2, 29)) == (date(2024, 2, 1), date(2024, 2, 29))
    assert month_of(date(2026, 12, 31)) == (date(2026, 12, 1), date(2026, 12, 31))


def test_a_night_is_confirmed_for_those_whom_a_roll_call_saw(goris, by, one, room, day, hour):
    place_household(one, rooms=[room], by=by, at=hour(22, -1))
    assert [row.confirmed for row in nights(goris, day - DAY, 2)] == [1, 0]
    begun = begin_roll_call(goris, by=by, at=hour(21))
    roll = RollCall.objects.get(pk=begun.roll_call)
    see_people(roll, people=[Stay.objects.get().individual_id], by=by, at=hour(21))
    assert [row.confirmed for row in nights(goris, day - DAY, 2)] == [1, 1]
    take_back_seen(roll, people=[Stay.objects.get().individual_id], by=by, at=hour(22))
    assert [row.confirmed for row in nights(goris, day - DAY, 2)] == [1, 0]


def test_a_house_without_contract_or_invoice_has_a_page_of_nights(client, db):
    site, user = make_site("goris"), make_user()
    family = register_family(site, user)
    place_household(family, rooms=[make_room(site, 3)], by=user)
    client.force_login(user)
    assert client.get("/houses/nights/").status_code == 200


def sure(site, day, count=3):
    return [(row.used, row.confirmed, row.amber) for row in nights(site, day, count)]


def test_a_check_in_that_was_told_days_later_confirms_no_night_and_turns_amber_sooner(
    told_late, goris, by, one, room, day, hour
):
    place_household(one, rooms=[room], by=by, at=hour(22))
    assert sure(goris, day) == [(1, 0, 0), (1, 0, 0), (1, 0, 1)]


def test_a_check_in_that_was_told_the_next_day_confirms_its_night(told_late, goris, by, one, room, day, hour):
    place_household(one, rooms=[room], by=by, at=hour(22, 2))
    assert sure(goris, day) == [(0, 0, 0), (0, 0, 0), (1, 1, 0)]


def test_a_roll_call_that_was_told_days_later_confirms_no_night(told_late, goris, by, one, room, day, hour):
    place_household(one, rooms=[room], by=by, at=hour(22))
    for days in range(3):
        roll = RollCall.objects.get(pk=begin_roll_call(goris, by=by, at=hour(23, days)).roll_call)
        see_people(roll, people=[Stay.objects.get().individual_id], by=by, at=hour(23, days))
    assert sure(goris, day) == [(1, 0, 0), (1, 0, 0), (1, 1, 0)]  # that of yesterday is in time


def test_a_report_that_was_told_days_later_confirms_no_night(told_late, goris, by, one, room, day, hour):
    place_household(one, rooms=[room], by=by, at=hour(20))
    report_headcount(goris, persons=1, said_by="Aram", hour=hour(21), by=by)
    report_headcount(goris, persons=1, said_by="Aram", hour=hour(21, 2), by=by)
    assert sure(goris, day) == [(1, 0, 0), (1, 0, 0), (1, 1, 0)]


def test_a_report_in_time_confirms_nobody_who_was_told_of_later(told_late, goris, by, one, room, day, hour):
    place_household(one, rooms=[room], by=by, at=hour(20))
    act = Stay.objects.get().began_by.act
    ReportedHeadcount.objects.create(
        site=goris, happened_at=hour(21), recorded_at=hour(21), persons=1, said_by="Aram", act=act
    )
    assert sure(goris, day) == [(1, 0, 0), (1, 0, 0), (1, 0, 1)]
