"""The census as files: what stands in them, that programs read them, who took them out and why."""

import csv
import io
import json
from datetime import timedelta
from zipfile import ZipFile

import hxl
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from census.actions import take_snapshots
from census.balance import LINES
from census.profiles import SMALL, for_the_public
from centre.access import Role
from centre.models import LogLine, Operation
from centre.sheets import list_separator
from registrations.facts import Birth
from tests.build import make_site, make_user, person, register_family
from tests.libreoffice import needs_libreoffice, open_book

pytestmark = pytest.mark.django_db

WHY = "Daily report to the governor"
SEX_KEYS = {"F", "M", "X", "unknown"}
SCHEMA = """#valid_tag,#valid_required,#valid_datatype
#date+occurred,true,date
#loc+code,true,
#loc+name,true,
#affected+ind,true,number
#affected+f+age_18_59,true,number
#meta+why,true,
"""


@pytest.fixture(autouse=True)
def _demonstration(settings):
    settings.DEMONSTRATION = True


@pytest.fixture
def goris():
    site = make_site("goris", p_code="AM0901", name_hy="Գորիս, դրամատիկական թատրոն", name_ru="Горис", name_en="=Goris")
    by = make_user(username="armine")
    register_family(site, by, person(), person("Ani", relationship="daughter", birth=Birth.in_year(2019)))
    for _family in range(12):
        register_family(site, by, person())
    Operation.objects.create(name="Գորիս 2026", code="GORI", purpose="practice", opened_at=timezone.now(), opened_by=by)
    return site


@pytest.fixture
def official(client):
    client.force_login(make_user(Role.OFFICIAL, username="official", first_name="Lilit", last_name="Sahakyan"))
    return client


@pytest.fixture
def frozen(goris):
    now = timezone.now()
    take_snapshots(now, known_at=now + timedelta(seconds=1))


def today():
    return timezone.localdate().isoformat()


def take(client, suffix="csv", **asked):
    return client.get(f"/api/v1/census/{today()}.{suffix}", {"why": WHY, "lang": "hy"} | asked)


def rows_of(answer):
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    return {row[1 + lines[1].index("#loc+code") - 1]: dict(zip(lines[1], row, strict=True)) for row in lines[2:]}


def test_the_csv_is_hxl_that_programs_validate(official, goris, tmp_path):
    answer = take(official)
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="census-{today()}-official-hy.csv"'
    assert answer.content.startswith("\ufeff".encode())
    file, schema = tmp_path / "census.csv", tmp_path / "schema.csv"
    file.write_bytes(answer.content)
    schema.write_text(SCHEMA)
    source = hxl.data(str(file), hxl.InputOptions(allow_local=True))
    assert "#affected+f+age_18_59" in source.display_tags
    wrong = []
    rules = hxl.schema(hxl.data(str(schema), hxl.InputOptions(allow_local=True)), wrong.append)
    assert rules.validate(hxl.data(str(file), hxl.InputOptions(allow_local=True)))
    assert not wrong
    row = next(row for row in source if row.get("#loc+code") == "goris")
    assert row.get("#loc+name") == "Գորիս, դրամատիկական թատրոն"
    assert row.get("#adm1+code") == "AM-SU"
    assert row.get("#loc+code+v_pcode") == "AM0901"
    assert (row.get("#affected+ind"), row.get("#affected+f+age_18_59")) == ("14", "13")


def test_the_file_says_who_when_why_and_that_it_is_practice(official, goris):
    row = rows_of(take(official))["goris"]
    assert row["#meta+author"] == "Lilit Sahakyan"
    assert row["#meta+why"] == WHY
    assert row["#meta+operation"] == "Գորիս 2026 (GORI)"
    assert row["#meta+purpose"]
    assert row["#meta+made_at"].startswith(today())
    line = LogLine.objects.get(verb="exported")
    assert (line.by.username, line.subject, line.subject_id, line.why) == ("official", "census", today(), WHY)
    assert line.fields == ["format=csv", "profile=official"]


def test_no_line_says_that_a_file_left_without_a_reason(official):
    with pytest.raises(IntegrityError, match="exported_with_a_reason"), transaction.atomic():
        LogLine.objects.create(by=None, verb="exported", subject="census")


def test_text_is_no_formula_in_any_program(official, goris):
    row = rows_of(take(official, lang="en", why="=HYPERLINK(1) they asked"))["goris"]
    assert row["#loc+name"] == "'=Goris"
    assert row["#meta+why"].startswith("'=")
    book = CalamineWorkbook.from_filelike(io.BytesIO(take(official, "xlsx", lang="en").content))
    assert any("=Goris" in line for line in book.get_sheet_by_name("Sites").to_python())


def test_the_book_has_numbers_days_and_where_it_comes_from(official, goris):
    book = CalamineWorkbook.from_filelike(io.BytesIO(take(official, "xlsx").content))
    places, total, figures, about = (
        book.get_sheet_by_index(place).to_python() for place in (0, 1, 2, len(book.sheet_names) - 1)
    )
    goris_row = next(row for row in places if row[0] == "goris")
    assert goris_row[1] == "Գորիս, դրամատիկական թատրոն"
    assert goris_row[places[1].index("#affected+ind")] == 14.0
    assert [row[1] for row in about if "GORI" in str(row[1])] == ["Գորիս 2026 (GORI)"]
    assert WHY in [row[1] for row in about]
    assert [row[places[1].index("#affected+ind")] for row in total[2:]] == [14.0]
    assert len(figures) > 10


def by_hxl(content, folder, suffix="csv"):
    (folder / f"census.{suffix}").write_bytes(content)
    return hxl.data(str(folder / f"census.{suffix}"), hxl.InputOptions(allow_local=True))


def summed(rows, tag):
    return sum(int(row.get(tag) or 0) for row in rows)


@pytest.fixture
def places_small_and_large(goris):
    """Four sites, two of whose numbers are too small for the public; 36 people in all."""
    for code, families in (("kapan", 18), ("sisian", 3), ("tegh", 1)):
        site = make_site(code)
        for _family in range(families):
            register_family(site, make_user(), person(sex="M" if code == "sisian" else "F"))
    now = timezone.now()
    take_snapshots(now, known_at=now + timedelta(seconds=1))
    return 14 + 18 + 3 + 1


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("profile", ["official", "public"])
def test_the_tagged_rows_sum_to_all_people(official, places_small_and_large, tmp_path, profile, suffix):
    content = take(official, suffix, profile=profile).content
    assert summed(by_hxl(content, tmp_path, suffix), "#affected+ind") == places_small_and_large
    rows = list(by_hxl(content, tmp_path, suffix))
    assert {int(row.get("#indicator+all_people")) for row in rows} == {places_small_and_large}
    assert "total" not in {row.get("#loc+code") for row in rows}


@pytest.mark.parametrize("language", ["en", "ru", "hy"])
def test_hxl_tools_read_the_file_of_the_page_too(official, places_small_and_large, tmp_path, language):
    asked = {"profile": "official", "suffix": "csv", "language": language, "why": WHY}
    content = official.get(f"/census/{today()}/file/", asked).content
    separator = list_separator(language)
    assert content.decode("utf-8-sig").splitlines()[1].count(f'"{separator}"#') > 30
    assert summed(by_hxl(content, tmp_path), "#affected+ind") == places_small_and_large


def test_no_rows_that_overlap_are_tagged_to_be_summed(official, places_small_and_large):
    for profile in ("official", "public"):
        book = CalamineWorkbook.from_filelike(io.BytesIO(take(official, "xlsx", profile=profile).content))
        sheets = [book.get_sheet_by_index(place).to_python() for place in range(len(book.sheet_names))]
        for rows in (rows for rows in sheets if "#affected+ind" in rows[1]):
            column = rows[1].index("#affected+ind")
            assert sum(row[column] or 0 for row in rows[2:]) == places_small_and_large


def test_no_name_of_the_staff_leaves_for_the_public(official, places_small_and_large):
    for suffix in ("csv", "xlsx", "json"):
        content = take(official, suffix, profile="public").content
        told = read_all(content, suffix)
        assert WHY in told
        assert not any(name in told for name in ("Lilit", "Sahakyan", "armine"))
        assert "Lilit Sahakyan" in read_all(take(official, suffix).content, suffix)
    assert LogLine.objects.filter(verb="exported", by__username="official").count() == 6


def read_all(content, suffix):
    if suffix != "xlsx":
        return content.decode("utf-8-sig")
    with ZipFile(io.BytesIO(content)) as parts:
        return "".join(parts.read(part).decode() for part in parts.namelist())


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "json"])
@pytest.mark.parametrize("profile", ["official", "public"])
@pytest.mark.parametrize("language", ["en", "ru", "hy"])
def test_no_file_holds_what_no_eye_sees(official, places_small_and_large, language, profile, suffix):
    told = read_all(take(official, suffix, profile=profile, lang=language).content, suffix)
    assert not set(told) & set("\u00ad\u200b\u00a0\u202f\u200c\u200d")


@pytest.mark.parametrize(("language", "word"), [("en", "yes"), ("ru", "да"), ("hy", "այո")])
def test_whether_it_adds_up_is_said_in_the_language_of_the_file(official, goris, language, word):
    assert rows_of(take(official, lang=language))["goris"]["#indicator+adds_up"] == word


@needs_libreoffice
def test_libreoffice_reads_the_armenian_of_the_book(official, goris, tmp_path):
    opened = open_book(take(official, "xlsx").content, tmp_path)
    assert opened.rows[2][:2] == ["goris", "Գորիս, դրամատիկական թատրոն"]
    assert "#affected+f+age_18_59" in opened.rows[1]


def test_the_official_file_marks_the_numbers_that_could_point_at_a_person(official, places_small_and_large):
    said = json.loads(take(official, "json").content)
    for row in said["places"]:
        people = [number for key, number in row.items() if key == "persons" or key.split("_")[0] in SEX_KEYS]
        small = [number for number in people if 0 < number < SMALL]
        assert len(row["small"].split("; ")) == len(small) if small else row["small"] == ""
    assert any(row["small"] for row in said["places"])
    assert "do not publish" in read_all(take(official, "xlsx", lang="en").content, "xlsx")


def test_json_says_the_same(official, goris):
    said = json.loads(take(official, "json").content)
    assert (said["about"]["why"], said["about"]["frozen"], said["about"]["profile"]) == (WHY, False, "official")
    place = next(row for row in said["places"] if row["place"] == "goris")
    assert (place["persons"], place["F_18-59"], place["adds_up"]) == (14, 13, True)
    assert said["about"]["made_by"] == "Lilit Sahakyan"
    assert [row["persons"] for row in said["total"]] == [14]
    assert "total" not in {row["place"] for row in said["places"]}
    assert "Hakobyan" not in json.dumps(said)


def test_the_page_takes_out_the_same_file(official, goris):
    page = official.get(f"/census/{today()}/file/")
    assert page.status_code == 200
    asked = {"profile": "official", "suffix": "xlsx", "language": "ru", "why": WHY}
    answer = official.get(f"/census/{today()}/file/", asked)
    assert answer["Content-Disposition"].endswith('-official-ru.xlsx"')
    nothing = official.get(f"/census/{today()}/file/", asked | {"why": " . "})
    assert nothing.status_code == 422
    assert "Write in a few words why" in nothing.content.decode()
    assert LogLine.objects.filter(verb="exported").count() == 1


@pytest.mark.parametrize(
    ("suffix", "asked", "wrong"),
    [
        ("csv", {"why": ""}, "why"),
        ("csv", {"why": "  "}, "why"),
        ("csv", {"why": "x" * 250}, "why"),
        ("csv", {"why": "see\x00this"}, "why"),
        ("csv", {"lang": "fr"}, "lang"),
        ("csv", {"lang": "hy\r\nX-Evil: 1"}, "lang"),
        ("csv", {"profile": "secret"}, "profile"),
        ("csv", {"known_at": "yesterday"}, "known_at"),
        ("csv", {"more": "1"}, "more"),
        ("pdf", {}, "suffix"),
        ("exe", {}, "suffix"),
        ("csv", {"profile": "public", "known_at": "2026-01-01T10:00:00Z"}, "known_at"),
    ],
)
def test_what_cannot_be_asked_is_named(official, goris, suffix, asked, wrong):
    answer = take(official, suffix, **asked)
    assert answer.status_code == 400
    assert wrong in answer.json()
    assert not LogLine.objects.filter(verb="exported").exists()


@pytest.mark.parametrize("on", ["2019-01-01", "2999-01-01", "2026-02-30", "yesterday"])
def test_a_day_that_is_none_is_named(official, on):
    answer = official.get(f"/api/v1/census/{on}.csv", {"why": WHY})
    assert answer.status_code == 400
    assert "on" in answer.json()


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.AID_VOLUNTEER, Role.PROTECTION])
def test_others_take_nothing_out(client, goris, role):
    client.force_login(make_user(role))
    assert take(client).status_code == 403


def test_the_public_gets_only_what_is_frozen(official, goris):
    answer = take(official, profile="public")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_frozen")
    asked = {"profile": "public", "suffix": "csv", "language": "en", "why": WHY}
    page = official.get(f"/census/{today()}/file/", asked)
    assert page.status_code == 422
    assert "A public file needs a snapshot" in page.content.decode()


def test_the_public_file_hides_what_is_small_and_names_no_confidential_site(client, goris):
    home = make_site("home", kind="children", confidential=True, name_hy="Մանկատուն", name_en="Secret home")
    register_family(
        home, make_user(site=home), *(person(f"N{n}", relationship="head" if not n else "son") for n in range(11))
    )
    now = timezone.now()
    take_snapshots(now, known_at=now + timedelta(seconds=1))
    client.force_login(make_user(Role.ADMINISTRATOR))
    answer = take(client, profile="public", lang="en")
    text = answer.content.decode()
    assert "Secret home" not in text
    assert "home" not in {row["#loc+code"] for row in rows_of(answer).values()}
    said = json.loads(take(client, "json", profile="public").content)
    people = {row["sex"]: row for row in said["people"]}
    assert all(
        value is None or value == 0 or value >= SMALL for row in people.values() for value in list(row.values())[1:]
    )
    official_rows = rows_of(take(client, profile="official", lang="en"))
    assert official_rows["goris"]["#affected+f+age_5_11"] == "1"


@given(st.lists(st.lists(st.integers(0, 40), min_size=6, max_size=6), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_nothing_small_is_shown_to_the_public_nor_left_as_the_only_gap(counts):
    people = {sex: dict(zip(["0-4", "5-11", "12-17", "18-59", "60+", ""], row, strict=True))
              for sex, row in zip(["F", "M", "X", ""], counts, strict=False)}  # fmt: skip
    whole = sum(map(sum, counts))
    balance = dict.fromkeys(LINES, 0) | {"closing": whole}
    figures = dict.fromkeys(("gate_people", "registered", "ever_accommodated", "present", "accommodated"), whole)
    shown = for_the_public({"places": {"total": {"people": people, "balance": balance}}, "figures": figures})
    assert set(shown.figures.values()) == {None if 0 < whole < SMALL else whole}
    rows = list(shown.people.values())
    for line in [*rows, shown.cohorts, *zip(*rows, strict=True)]:
        assert all(value is None or value == 0 or value >= SMALL for value in line if value != whole)
    for row in rows:
        assert row.count(None) != 1 or row[-1] is None
    assert not rows or shown.cohorts[-1] == whole
