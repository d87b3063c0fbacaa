"""Which rooms suit a family best, and the reasons in words."""

import uuid
from dataclasses import replace

from shelter.fitting import Needed, best_fits, judge
from shelter.selectors import RoomNow
from shelter.wants import COT, GROUND, HOSPITAL, STEP_FREE

HERE, THERE, FAR = (uuid.UUID(int=n) for n in (1, 2, 3))


def room(name, free, *, total=None, site=HERE, floor=None, step_free=False):
    total = total or free
    return RoomNow(uuid.uuid4(), site, name, "room", floor, step_free, None, total, free, total - free, 0, 0, 0)


def needed(people, step_free=False):
    return Needed(people, wants=frozenset({STEP_FREE}) if step_free else frozenset())


def names(rooms, people, *, step_free=False, here=HERE):
    return [fit.names for fit in best_fits(rooms, needed(people, step_free), here=here)]


def test_the_smallest_room_that_takes_all_comes_first():
    assert names([room("hall", 40), room("six", 6), room("five", 5), room("four", 4)], 5) == ["five", "six", "hall"]


def test_an_empty_room_comes_before_one_shared_with_strangers():
    assert names([room("shared", 3, total=4), room("empty", 3)], 3) == ["empty", "shared"]


def test_rooms_where_they_are_come_before_other_sites():
    assert names([room("elsewhere", 3, site=THERE), room("here", 9)], 3) == ["here", "elsewhere"]


def test_one_room_of_each_other_site_is_shown():
    rooms = [room("a", 3, site=THERE), room("b", 3, site=THERE), room("c", 4, site=FAR)]
    assert names(rooms, 3) == ["a", "c"]


def test_a_step_free_room_comes_first_when_it_is_needed():
    rooms = [room("upstairs", 2), room("ground", 4, step_free=True)]
    first, second = best_fits(rooms, needed(2, True), here=HERE)
    assert (first.names, first.doubts, "step-free" in first.reasons) == ("ground", (), True)
    assert (second.names, second.doubts) == ("upstairs", ("not step-free",))


def test_a_large_family_gets_the_fewest_rooms_of_one_floor():
    rooms = [room("11", 4, floor=1), room("12", 4, floor=1), room("21", 5, floor=2), room("22", 2, floor=2)]
    (fit,) = best_fits(rooms, needed(8), here=HERE)
    assert fit.names == "11 + 12"
    assert "in 2 rooms of one floor" in fit.reasons
    assert names([room("1", 4, floor=1), room("2", 3, floor=2), room("3", 1, floor=3)], 7) == ["1 + 2"]


def test_the_last_of_several_rooms_is_the_smallest_that_does():
    assert names([room("a", 5), room("b", 5), room("c", 1)], 6) == ["a + c"]


def test_no_room_is_suggested_when_there_are_too_few_places():
    assert names([room("a", 2), room("b", 2)], 5) == []
    assert names([], 1) == []


def test_the_reasons_say_who_else_sleeps_there_and_what_is_left():
    fit = judge([room("14", 4, total=6)], needed(3), here=THERE)
    assert fit.reasons == ("all together", "shared with 2 others", "1 place left over")
    assert not fit.here


def test_a_house_that_is_to_be_divided_is_no_room_of_their_own():
    fit = judge([replace(room("to be divided", 10), kind="undivided")], needed(3), here=THERE)
    assert fit.reasons == ("which room, the house says",)


def test_a_room_chosen_by_hand_that_is_too_small_says_so():
    fit = judge([room("14", 2)], needed(5), here=HERE)
    assert (fit.short, fit.doubts) == (3, ("3 people without a place",))


def test_of_rooms_that_do_equally_well_the_neighbours_are_taken():
    assert names([room(str(number), 4, floor=2) for number in (201, 202, 290)], 8) == ["201 + 202"]


def test_each_need_is_met_or_said():
    plain = room("plain", 2, floor=2)
    cot = replace(room("cot", 2, floor=2), cot=True)
    ground, hospital = room("ground", 2, floor=0), replace(room("hospital", 2, floor=3), near_hospital=True)
    for wants, suits, has, lacks in (
        ({COT}, cot, "a cot", "no cot"),
        ({GROUND}, ground, "ground floor or step-free", "neither on the ground floor nor step-free"),
        ({GROUND}, room("ramp", 2, floor=2, step_free=True), "ground floor or step-free", "neither"),
        ({HOSPITAL}, hospital, "near a hospital", "not near a hospital"),
    ):
        first, second = best_fits([plain, suits], Needed(2, wants=frozenset(wants)), here=HERE)
        assert (first.names, first.doubts, has in first.reasons) == (suits.name, (), True)
        assert (second.names, lacks in second.doubts[0]) == ("plain", True)


def test_a_cot_comes_after_being_near_and_before_the_right_size():
    far = replace(room("far", 2, site=THERE), cot=True)
    large = replace(room("large", 4), cot=True)
    fits = best_fits([far, room("near", 2), large], Needed(2, wants=frozenset({COT})), here=HERE)
    assert [fit.names for fit in fits] == ["large", "near", "far"]


def test_one_alone_comes_last_into_a_room_of_families_and_no_man_into_one_of_women():
    families, women = replace(room("families", 1), families_only=True), replace(room("women", 1), women_only=True)
    any_room = room("any", 3)
    fits = best_fits([families, women, any_room], Needed(1, size=1, men=True), here=HERE)
    assert [fit.names for fit in fits] == ["any", "families"]
    assert fits[1].doubts == ("for families only, and this is one person",)
    assert judge([women], Needed(1, men=True), here=HERE).doubts == ("for women only",)
    assert judge([women], Needed(1), here=HERE).doubts == ()
