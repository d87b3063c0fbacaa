"""What the docs say of the house is so: each page is in the index, each step of a family's way is there."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import resolve
from django.utils.translation import override

from centre.access import GIVEN_TO, Role

ROOT = Path(settings.BASE_DIR)
INDEX = (ROOT / "docs" / "README.md").read_text()
ROWS = re.findall(r"^\|(.*)\|$", INDEX.split("## The way of a family")[1], re.M)
WAY = [row.split("|") for row in ROWS[2:]]  # without the heading and the line below it
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def code(cells: list[str]) -> set[str]:
    """What is set as code in these cells."""
    return {word for cell in cells for word in re.findall(r"`([^`]+)`", cell)}


def layers() -> list[set[str]]:
    """The floors of the house, from the top, as `make check` holds them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return [set(layer.split(" | ")) for layer in contracts[0]["layers"]]


def test_index_names_every_page():
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")} - {"README.md"}
    assert pages - set(LINK.findall(INDEX)) == set()


@pytest.mark.parametrize("path", [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], ids=lambda path: path.name)
def test_every_link_leads_somewhere(path):
    assert [link for link in LINK.findall(path.read_text()) if not (path.parent / link).exists()] == []


def test_way_of_a_family_names_pages_acts_and_tables_that_are_there():
    acts = {name for path in ROOT.glob("*/*.py") for name in re.findall(r'^@act\("(\w+)"', path.read_text(), re.M)}
    tables = {model._meta.db_table for model in apps.get_models()}
    assert len(WAY) > 10
    assert code([acts_of for _step, _page, acts_of, _table in WAY]) - acts == set()
    assert code([table for *_rest, table in WAY]) - tables == set()
    for page in code([page for _step, page, *_rest in WAY]):
        resolve(page)


def test_picture_of_the_house_has_its_rooms_and_floors():
    names = dict(re.findall(r'(\w+)\["([\w.]+)', INDEX))
    drawn = {(names[above], names[below]) for above, below in re.findall(r"(\w+) --> (\w+)", INDEX)}
    floors = layers()
    assert set(names.values()) == set().union(*floors)
    assert drawn == {(a, b) for upper, lower in pairwise(floors) for a in upper for b in lower}


def test_table_of_rooms_in_contributing_has_every_room():
    rooms = re.findall(r"^\| `([\w/]+)/` \|", (ROOT / "CONTRIBUTING.md").read_text(), re.M)
    assert {room.replace("/", ".") for room in rooms} == set().union(*layers())


@pytest.mark.parametrize("language", ["en", "hy", "ru"])
def test_page_of_access_says_of_each_role_what_the_house_says(language):
    text = (ROOT / "docs" / "access.md").read_text()
    assert set(GIVEN_TO) == set(Role)
    with override(language):
        assert [row for role, why in GIVEN_TO.items() if (row := f"| **{role.label}** | {why} |") not in text] == []
