"""Rooms as they are typed into a grid or pasted from a sheet, a line each, with words of any of the three languages."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from centre.lines import LineField
from shelter.inventory import RoomFacts
from shelter.models import FEATURES, MOST_PLACES, Room
from shelter.room_names import MOST_ROOMS, spread

LONGEST_NAME: int = Room._meta.get_field("name").max_length or 0

CELLS = ("name", "places", "floor", "kind", "features")
"""The columns of a line, in their order."""

KIND_WORDS: dict[str, tuple[str, ...]] = {
    Room.Kind.ROOM: ("room", "սենյակ", "комната", "номер"),
    Room.Kind.TENT: ("tent", "վրան", "палатка"),
    Room.Kind.HALL: ("hall", "սրահ", "դահլիճ", "зал"),
    Room.Kind.CONTAINER: ("container", "կոնտեյներ", "контейнер"),
    Room.Kind.UNDIVIDED: ("to be divided", "undivided", "դեռ չբաժանված", "բաժանման ենթակա", "к разделению"),
}
FEATURE_WORDS: dict[str, tuple[str, ...]] = {
    "step_free": ("step-free", "step free", "no stairs", "առանց աստիճանների", "без ступеней", "без ступенек"),
    "women_only": ("women only", "women", "միայն կանանց համար", "միայն կանայք", "только для женщин", "женская"),
    "families_only": (
        "families only", "families", "միայն ընտանիքների համար", "միայն ընտանիքներ", "только для семей", "семейная",
    ),
    "heating": ("heating", "ջեռուցում", "отопление"),
    "cot": ("cot", "մանկական մահճակալ", "օրորոց", "детская кроватка"),
    "near_hospital": ("near a hospital", "near hospital", "հիվանդանոցի մոտ", "рядом с больницей"),
}  # fmt: skip
NUMBER_WORDS = "|".join(
    (
        r"\s*(?:places?|people|persons?|beds?|pax)",
        r"\s*(?:մարդ|հոգի|տեղ|մահճակալ)(?:անոց)?",
        r"\s*(?:чел(?:\.|овека?)?|мест[оа]?|кроват[ьи]|кроватей)",
        r"(?:st|nd|rd|th|\s*-\s*(?:ին|րդ|ий|ый|ой|й))?(?:\s*(?:floor|հարկ|этаж))?",
    )
)
"""What may stand after a number: of whom, or of which floor."""  # fmt: skip

GROUND = ("ground", "ground floor", "գետնահարկ", "нулевой")


@dataclass(frozen=True)
class Line:
    """A line as it was typed, and what of it cannot be read, in words, by its cell."""

    number: int
    cells: dict[str, str]
    wrong: dict[str, str]
    room: RoomFacts | None


def split_sheet(text: str) -> list[dict[str, str]]:
    """The cells of each room of a pasted sheet, without its header and empty lines; what stands further on is features.

    A line is a room, or as many as its name says. Of too many, no more are written out than are refused.

    Lines are parted by tabs; where the sheet has none, by semicolons, and else by commas.
    """
    parted = next((sign for sign in "\t;" if sign in text), ",")
    lines = [[cell.strip() for cell in line.split(parted)] for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and _is_header(lines[0]):
        del lines[0]
    rooms: list[dict[str, str]] = []
    for line in lines:
        if len(rooms) > MOST_ROOMS:
            break
        cells = _cells_of(line)
        rooms += ({**cells, "name": name} for name in spread(cells["name"]) or [cells["name"]])
    return rooms


def _is_header(line: Sequence[str]) -> bool:
    """Words over the columns: places are given in words, and no number stands anywhere."""
    return len(line) > 1 and all(line[:2]) and not any(character.isdigit() for cell in line for character in cell)


def _cells_of(line: Sequence[str]) -> dict[str, str]:
    last = len(CELLS) - 1
    features = ", ".join(filter(None, line[last:]))
    return dict.fromkeys(CELLS, "") | dict(zip(CELLS, [*line[:last], features], strict=False))


def read_lines(rows: Sequence[dict[str, str]], taken: Collection[str]) -> list[Line]:
    """Each line as a room, or what is wrong with it; a name is wrong that stands twice or that the site has."""
    names = [_read_name(row["name"])[0] for row in rows]
    return [_read_line(number, row, names[: number - 1], taken) for number, row in enumerate(rows, start=1)]


def _read_line(number: int, row: dict[str, str], before: Collection[str], taken: Collection[str]) -> Line:
    name, unreadable = _read_name(row["name"])
    cells = {name: row[name].strip() for name in CELLS} | {"name": name}
    wrong: dict[str, str] = {}
    if problem := unreadable or _name_problem(name, before, taken):
        wrong["name"] = problem
    places = _read_number(cells["places"])
    if places is None or not 1 <= places <= MOST_PLACES:
        wrong["places"] = _("Write how many places, from 1 to %(most)d.") % {"most": MOST_PLACES}
        if not any(cells[name] for name in CELLS[1:]):
            wrong["places"] += " " + _("Part the columns with tabs, semicolons or commas.")
    floor = 0 if cells["floor"].casefold() in GROUND else _read_number(cells["floor"])
    if cells["floor"] and (floor is None or not -5 <= floor <= 100):
        wrong["floor"] = _("Write the floor as a number. 0: no stairs, even where the house calls it the first floor.")
    kind = _meant_by(cells["kind"], KIND_WORDS) if cells["kind"] else Room.Kind.ROOM
    if kind is None:
        wrong["kind"] = _("There is no such kind: %(word)s.") % {"word": cells["kind"][:LONGEST_NAME]}
    features, unknown = _read_features(cells["features"])
    if unknown:
        wrong["features"] = _("There is no such feature: %(word)s.") % {"word": unknown[:LONGEST_NAME]}
    if wrong or places is None or kind is None:
        return Line(number, cells, wrong, None)
    return Line(number, cells, wrong, RoomFacts(cells["name"], places, kind, floor, None, **features))


def _read_name(text: str) -> tuple[str, str]:
    """The name as every other page of rooms reads it, and what is wrong where it cannot be read."""
    try:
        return LineField().to_python(text), ""
    except ValidationError as error:
        return text.strip(), error.messages[0]


def _name_problem(name: str, before: Collection[str], taken: Collection[str]) -> str:
    if not name:
        return _("The room needs a name.")
    if len(name) > LONGEST_NAME:
        return _("A name is too long.")
    if name in before:
        return _("A name stands twice.")
    return _("The site already has a room of this name.") if name in taken else ""


def _read_number(text: str) -> int | None:
    """A whole number of at most three digits, also as a sheet or a hand writes it; nothing for any other text.

    4.0 is four, and so is what names it: 4 people, 4 մարդ, 4 чел., 4-րդ, 4-й этаж.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()  # of a keyboard with wide digits, or stops of one dot
    found = re.fullmatch(rf"([-−]?[0-9]{{1,3}})(?:[.,]0+)?(?:{NUMBER_WORDS})?", plain)
    return int(found[1].replace("−", "-")) if found else None


def _read_features(text: str) -> tuple[dict[str, bool], str]:
    """The features that are named, with commas or semicolons, and the first word that names none."""
    words = [word.strip() for word in re.split(r"[,;՝]", text) if word.strip()]
    found = {word: _meant_by(word, FEATURE_WORDS) for word in words}
    unknown = next((word for word, feature in found.items() if feature is None), "")
    return {name: name in found.values() for name in FEATURES}, unknown


def _meant_by(word: str, words: dict[str, tuple[str, ...]]) -> str | None:
    said = word.casefold()
    return next((code for code, meanings in words.items() if said in meanings or said == code), None)
