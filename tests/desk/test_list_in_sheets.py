"""The list of families as the sheets of its readers open it: columns, births as they were said, telephones."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from centre.access import Role
from registrations.facts import Birth
from tests.build import make_site, make_user, person, register_family
from tests.libreoffice import LOCALES, needs_libreoffice, open_book, open_csv

pytestmark = pytest.mark.django_db

WHY = "For the night without power"
BORN, AGE, REGISTERED, TELEPHONE = 5, 6, 8, 13  # columns
PARTED_BY = {"en": ",", "ru": ";", "hy": ";"}
DAY = date(1989, 5, 4)
SAID = [
    Birth(DAY, "day"),
    Birth(date(1989, 5, 1), "month"),
    Birth.in_year(1989),
    Birth.of_age(33, date(2026, 11, 26)),
    Birth(None, "age_group", "5-11"),
    Birth(),
]
FOR_MACHINES = ["1989-05-04", "1989-05", "1989", "", "", ""]
AS_SAID = [DAY, "05.1989", "1989", "", "", ""]


@pytest.fixture
def coordinator(client):
    goris = make_site("goris", name_en="Goris", name_hy="Գորիս", name_ru="Горис")
    people = [
        person(f"Անի {place}", "Petros;=1+1" if place else "Հակոբյան, «Ա»", sex="F", birth=birth,
               relationship="daughter" if place else "head")
        for place, birth in enumerate(SAID)
    ]  # fmt: skip
    register_family(goris, make_user(), *people, phones=("+37493112233",))
    client.force_login(make_user(Role.COORDINATOR, goris, username="coordinator"))
    return client


def of_page(client, language, suffix="csv"):
    answer = client.get("/families/list/", {"why": WHY, "language": language, "suffix": suffix})
    assert answer["Content-Disposition"].endswith(f'-{language}.{suffix}"')
    return b"".join(answer.streaming_content)


def of_api(client, suffix, **asked):
    return b"".join(client.get(f"/api/v1/households.{suffix}", {"why": WHY} | asked).streaming_content)


def book(content):
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("language", LOCALES)
def test_programs_get_commas_in_every_language_and_people_what_their_sheets_part_by(coordinator, language):
    by_comma = list(csv.reader(io.StringIO(of_api(coordinator, "csv", lang=language).decode("utf-8-sig"))))
    text = of_page(coordinator, language).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text), delimiter=PARTED_BY[language])) == by_comma
    assert len(by_comma[0]) == len(by_comma[1]) == TELEPHONE + 1


def test_a_birth_leaves_as_it_was_said(coordinator):
    rows = list(csv.reader(io.StringIO(of_api(coordinator, "csv", lang="en").decode("utf-8-sig"))))[1:-1]
    years = timezone.localdate().year - DAY.year - ((timezone.localdate().month, timezone.localdate().day) < (5, 4))
    of_month = timezone.localdate().year - 1989 - (timezone.localdate().month < 5)
    ages = [f"{years} years", f"{of_month} years", f"≈ {timezone.localdate().year - 1989} years", "≈ 33 years", "5–11"]
    assert [row[BORN] for row in rows] == FOR_MACHINES
    assert [row[AGE] for row in rows] == [*ages, ""]
    cells = book(of_api(coordinator, "xlsx", lang="en"))[1:-1]
    assert [row[BORN] for row in cells] == AS_SAID
    assert [row[AGE] for row in cells] == [*ages, ""]


def test_the_book_says_what_the_lines_say(coordinator):
    rows = list(csv.reader(io.StringIO(of_api(coordinator, "csv", lang="hy").decode("utf-8-sig"))))
    cells = book(of_api(coordinator, "xlsx", lang="hy"))
    told = [place for place in range(TELEPHONE + 1) if place not in (BORN, 8)]  # a day and an instant
    assert len(cells) == len(rows)
    for row, line in zip(cells[:-1], rows[:-1], strict=True):
        assert [row[place] for place in told] == [line[place].replace(";'=", ";=") for place in told]
    assert cells[-1][0] == rows[-1][0]
    assert abs(cells[1][REGISTERED] - timezone.make_naive(timezone.now())) < timedelta(minutes=5)


@needs_libreoffice
@pytest.mark.parametrize("language", LOCALES)
def test_the_lines_open_in_columns_in_the_sheets_of_their_reader(coordinator, tmp_path, language):
    content = of_page(coordinator, language)
    opened = open_csv(content, tmp_path, language=language, separator=PARTED_BY[language])
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=PARTED_BY[language]))
    assert not opened.has_formula
    assert opened.rows[0] == lines[0]
    for row, line in zip(opened.rows[1:-1], lines[1:-1], strict=True):
        assert row[:BORN] == line[:BORN]
        assert row[AGE] == line[AGE]
        assert str(int(row[TELEPHONE])) == line[TELEPHONE].removeprefix("+")  # a sheet takes it for a number
    assert [row[BORN] for row in opened.rows[1:-1]] == [DAY, "1989-05", 1989.0, "", "", ""]


@needs_libreoffice
@pytest.mark.parametrize("language", LOCALES)
def test_the_book_opens_as_it_was_written(coordinator, tmp_path, language):
    content = of_page(coordinator, language, "xlsx")
    opened = open_book(content, tmp_path)
    assert opened.rows == book(content)
    assert not opened.has_formula
    assert [row[BORN] for row in opened.rows[1:-1]] == AS_SAID
    assert {row[TELEPHONE] for row in opened.rows[1:-1]} == {"+37493112233"}
    assert opened.rows[2][1] == "Petros;=1+1"


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("language", LOCALES)
def test_no_list_holds_what_no_eye_sees(coordinator, language, suffix):
    content = of_api(coordinator, suffix, lang=language)
    text = str(book(content)) if suffix == "xlsx" else content.decode("utf-8-sig")
    assert not set(text) & set("\u00ad\u200b\u00a0\u202f\u200c\u200d\ufeff")
