"""A list of rooms by telephone: typed into a grid or pasted from a sheet, in the words of three languages."""

import uuid

import pytest
from django.test import Client

from centre.access import Role
from shelter.inventory import RoomFacts
from shelter.models import Room
from shelter.room_lines import CELLS, read_lines, split_sheet
from shelter.selectors import rooms_now
from tests.build import make_room, make_site, make_user

ADDRESS = "/shelter/rooms/enter/"


@pytest.fixture
def desk(coordinator):
    client = Client()
    client.force_login(coordinator)
    return client


def pasted(site, sheet, **grid):
    return {"id": uuid.uuid4(), "site": site.pk, "sheet": sheet, **grid}


@pytest.mark.parametrize(
    ("line", "room"),
    [
        ("101\t2", RoomFacts("101", 2)),
        ("101\t2,0\t1.0", RoomFacts("101", 2, floor=1)),
        ("A\t20\t0\tհղ\t".replace("հղ", "սրահ"), RoomFacts("A", 20, "hall", 0)),
        ("Б\t3\t−1\tПалатка\tотопление, детская кроватка", RoomFacts("Б", 3, "tent", -1, heating=True, cot=True)),
        ("Գ\t3\tգետնահարկ\tՍենյակ\tջեռուցում; միայն կանայք", RoomFacts("Գ", 3, floor=0, heating=True, women_only=True)),
        ("7\t1\t\t\tStep-free, near a hospital", RoomFacts("7", 1, step_free=True, near_hospital=True)),
        ("7\t1\t\t\theating\t\tcot", RoomFacts("7", 1, heating=True, cot=True)),
        ("7;4;2;room;heating, cot", RoomFacts("7", 4, floor=2, heating=True, cot=True)),
        ("7, 4, 2, room, heating, cot", RoomFacts("7", 4, floor=2, heating=True, cot=True)),
        ("7\t4 մարդ\t2-րդ", RoomFacts("7", 4, floor=2)),
        ("7\t4 չել.\t2-й этаж".replace("չել", "чел"), RoomFacts("7", 4, floor=2)),
        ("7\t4 Places\t2nd floor", RoomFacts("7", 4, floor=2)),
        ("7\t4 տեղ\t1-ին հարկ", RoomFacts("7", 4, floor=1)),
        ("7\t４\t２", RoomFacts("7", 4, floor=2)),
        ("7\t4․0", RoomFacts("7", 4)),
        ("B  7\t4", RoomFacts("B 7", 4)),
        ("\u202e7\u200b\t4", RoomFacts("7", 4)),
    ],
)  # fmt: skip
def test_a_line_is_read_in_any_language(line, room):
    (read,) = read_lines(split_sheet(line), ())
    assert (read.wrong, read.room) == ({}, room)


def test_a_pasted_line_is_as_many_rooms_as_its_name_says():
    sheet = "201-240\t4\t2\n001–003\t2\nA-3\t1\n9-7\t1"
    lines = read_lines(split_sheet(sheet), ())
    names = [*map(str, range(201, 241)), "001", "002", "003", "A-3", "9-7"]
    assert [(line.cells["name"], line.wrong) for line in lines] == [(name, {}) for name in names]
    assert {line.room.floor for line in lines[:40]} == {2}


def test_more_rooms_than_one_act_takes_are_not_written_out(desk, goris):
    for sheet in ("1-201\t1", "1-99999\t1", "1-100\t1\n101-201\t1"):
        assert desk.post(ADDRESS, pasted(goris, sheet)).status_code == 422
    assert not goris.rooms.exists()


@pytest.mark.parametrize(
    ("line", "cell"),
    [
        ("\t2", "name"),
        ("x" * 41 + "\t2", "name"),
        ("10\x001\t2", "name"),
        ("10\u202c1\t2", "name"),
        ("101\t2", "name"),
        ("102\t", "places"),
        ("102\t0", "places"),
        ("102\t501", "places"),
        ("102\ttwo", "places"),
        ("102\t2\tup", "floor"),
        ("102\t2\t1\tcave", "kind"),
        ("102\t2\t1\troom\theating, gold", "features"),
        ("102\t2\t1\troom\theating\tgold", "features"),
        ("102\t4 or 5", "places"),
        ("102\t2\t4 մարդանոցային", "floor"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_cell(line, cell):
    (read,) = read_lines(split_sheet(line), {"101"})
    assert (list(read.wrong), read.room) == ([cell], None)


@pytest.mark.parametrize(
    "header", ["Room\tPlaces\tFloor", "Սենյակ\tՏեղեր", "Номер\tСколько мест\t\tТип", "Room\tPlaces\t\t\tFeatures"]
)
def test_a_header_is_no_room(header):
    (read,) = read_lines(split_sheet(f"{header}\n101\t2"), ())
    assert (read.number, read.wrong, read.room) == (1, {}, RoomFacts("101", 2))


def test_the_first_line_is_a_room_where_it_has_a_number_or_stands_alone():
    assert [len(split_sheet(text)) for text in ("Hall A\t20\nHall B\t4", "Room\tPlaces", "Hall\nRoom\t2")] == [2, 1, 2]


def test_a_line_in_one_piece_is_told_how_columns_are_parted():
    (read,) = read_lines(split_sheet("101 2 1"), ())
    assert read.wrong["places"].endswith("Part the columns with tabs, semicolons or commas.")


def test_a_name_that_stands_twice_is_wrong_the_second_time():
    assert [list(line.wrong) for line in read_lines(split_sheet("1\t2\n\n1\t2"), ())] == [[], ["name"]]


def test_forty_rooms_are_pasted_in_one_act(desk, goris):
    sheet = "\n".join(f"{number}\t{1 + number % 4}\t{number // 100}\troom\theating" for number in range(101, 141))
    assert desk.post(ADDRESS, pasted(goris, sheet)).status_code == 303
    rooms = rooms_now([goris.pk], goris.opened_at.now(goris.opened_at.tzinfo))
    assert (len(rooms), sum(room.total for room in rooms)) == (40, sum(1 + number % 4 for number in range(101, 141)))
    assert all(room.heating for room in rooms)


def test_one_bad_line_and_nothing_is_written_and_all_stands_in_the_grid(desk, goris):
    make_room(goris, 2, "101")
    answer = desk.post(ADDRESS, pasted(goris, "101\t2\n102\tmany\n103\t4"))
    assert answer.status_code == 422
    page = answer.text
    assert "The site already has a room of this name." in page
    assert "Write how many places, from 1 to 500." in page
    assert "2 lines cannot be read." in page
    assert 'value="103"' in page
    assert Room.objects.count() == 1
    grid = {"room_name": ["101a", "102", "103"], "room_places": ["2", "3", "4"]}
    grid |= {f"room_{name}": ["", "", ""] for name in CELLS if f"room_{name}" not in grid}
    assert desk.post(ADDRESS, pasted(goris, "104\t1", **grid)).status_code == 303
    assert set(Room.objects.values_list("name", flat=True)) == {"101", "101a", "102", "103", "104"}


def test_an_empty_grid_and_too_many_lines_are_refused(desk, goris):
    assert desk.post(ADDRESS, pasted(goris, "")).status_code == 422
    assert desk.post(ADDRESS, pasted(goris, "\n".join(f"{n}\t1" for n in range(201)))).status_code == 422
    assert not Room.objects.exists()


@pytest.mark.parametrize("sheet", ["\n".join(f"{n}\t1" for n in range(201)), "9\t1\n" * 5001, "7\t1\n\x00"])
def test_a_sheet_that_the_grid_cannot_take_stays_in_its_box(desk, goris, sheet):
    grid = {"room_name": ["hall"], "room_places": ["20"], "room_floor": [""], "room_kind": [""], "room_features": [""]}
    answer = desk.post(ADDRESS, pasted(goris, sheet, **grid))
    form = answer.context["form"]
    assert (answer.status_code, form["sheet"].value(), bool(form.errors["sheet"])) == (422, sheet, True)
    assert [line.cells["name"] for line in form.grid if any(line.cells.values())] == ["hall"]


@pytest.mark.parametrize("name", ["10\x001", "10\x071"])
def test_a_name_that_cannot_be_read_is_said_beside_it_in_the_grid(desk, goris, name):
    grid = {"room_name": [name], "room_places": ["20"], "room_floor": [""], "room_kind": [""], "room_features": [""]}
    answer = desk.post(ADDRESS, pasted(goris, "", **grid))
    assert answer.status_code == 422
    assert "It has a character that cannot be read." in answer.text
    assert not Room.objects.exists()


def test_no_rooms_are_entered_at_a_site_that_one_does_not_set_up(goris):
    other = make_site("sisian")
    client = Client()
    client.force_login(make_user(Role.COORDINATOR, goris))
    assert client.post(ADDRESS, pasted(other, "1\t1")).status_code == 422
    assert not Room.objects.exists()
