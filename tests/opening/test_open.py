"""`manage.py open` opens an empty installation whole, or changes nothing."""

import io
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from cards.models import Card
from centre.access import Role
from centre.errors import SiteCodeTaken
from centre.models import Act, Assignment, Operation, Site, User
from demonstration.management.commands import demonstrate
from registrations.models import Household
from shelter.models import Place, Room
from tests.build import make_site, make_user, register_family
from upkeep.opening.acts import CARDS, open_whole
from upkeep.opening.plan import FirstSite, Plan, Wrong

pytestmark = pytest.mark.django_db

SITES = Path(settings.BASE_DIR) / "docs" / "sites.csv"
PASSWORD = "seven-dry-apricots"


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch, tmp_path):
    """Nobody sits at a terminal, and the database of the tests is the one that is named."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
    monkeypatch.setenv("DATABASE_URL", "postgresql://named/")


def _open(**told) -> str:
    said = io.StringIO()
    flags = {
        "name": "Goris 2026",
        "code": "gori",
        "complaints_to": "0-800-01-234",
        "administrator": "armine",
        "password_file": "-",
    }
    call_command("open", stdout=said, **{**flags, "sites": str(SITES), **told})
    return said.getvalue()


def _nothing_was_written() -> bool:
    return not (Operation.objects.exists() or User.objects.exists() or Site.objects.exists() or Act.objects.exists())


def test_open_makes_an_operation_an_administrator_sites_and_rooms():
    said = _open()
    operation = Operation.objects.get()
    assert (operation.name, operation.code, operation.purpose) == ("Goris 2026", "GORI", "real")
    assert operation.opened_by.check_password(PASSWORD)
    assert [(a.user.username, a.role, a.site) for a in Assignment.objects.all()] == [
        ("armine", Role.ADMINISTRATOR, None)
    ]
    assert [site.code for site in Site.objects.all()] == ["goris", "goris-hospital", "kornidzor"]
    assert Site.objects.get(code="kornidzor").presumed_left_after == 12
    assert Site.objects.get(code="goris-hospital").confidential
    assert sorted(Room.objects.values_list("name", flat=True)) == ["1", "2", "3", "4", "hall"]
    assert Place.objects.count() == 100
    assert not Household.objects.exists()
    assert {act.kind for act in Act.objects.all()} == {"open_operation", "add_site", "add_rooms", "print_cards"}
    assert "GORI" in said
    assert PASSWORD not in said
    assert not Act.objects.filter(answer__icontains=PASSWORD).exists()


def test_open_writes_cards_and_intake_sheets_for_their_owner_alone(tmp_path):
    said = _open(papers=tmp_path / "papers")
    written = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "papers").iterdir()}
    sheets = {f"intake-sheet-{language}.html" for language in ("hy", "ru", "en")}
    assert {name for name, mode in written.items() if mode == 0o600} == sheets | {"cards.html"}
    assert (tmp_path / "papers").stat().st_mode & 0o777 == 0o700
    cards = (tmp_path / "papers" / "cards.html").read_text(encoding="utf-8")
    assert cards.count('<article class="two-faces"') == CARDS == Card.objects.live().count()
    assert "0-800-01-234" in cards
    assert "Ով է խնամում" in (tmp_path / "papers" / "intake-sheet-hy.html").read_text(encoding="utf-8").replace("՞", "")
    assert str(tmp_path / "papers" / "cards.html") in said


def test_papers_that_cannot_be_written_leave_the_operation_open(tmp_path, capsys):
    (tmp_path / "papers").write_text("in the way")
    errors = io.StringIO()
    _open(papers=tmp_path / "papers", stderr=errors)
    assert Operation.objects.get().name == "Goris 2026"
    assert "The cards were not written" in errors.getvalue()


def test_practice_says_so():
    assert "practice" in _open(practice=True)
    assert Operation.objects.get().purpose == "practice"


def test_open_twice_is_refused():
    _open()
    with pytest.raises(CommandError, match="open here already"):
        _open(name="Another")
    assert Operation.objects.get().name == "Goris 2026"
    assert User.objects.count() == 1


def test_open_is_refused_beside_a_demonstration(settings):
    settings.DEMONSTRATION = True
    settings.OLDEST_ACT = timedelta(days=3660)
    call_command(demonstrate.Command(), ground_only=True, places=600, stdout=io.StringIO())
    with pytest.raises(CommandError, match="without RECEPTION_DEMONSTRATION"):
        _open()
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="holds a demonstration"):
        _open()
    Operation.objects.all().delete()  # as an older release left it
    with pytest.raises(CommandError, match="holds a demonstration"):
        _open()
    assert not User.objects.filter(username="armine").exists()


def test_open_is_refused_beside_people():
    register_family(make_site(), make_user())
    with pytest.raises(CommandError, match="families already"):
        _open()
    assert not Operation.objects.exists()


@pytest.mark.parametrize("beside", [make_site, make_user])
def test_open_is_refused_beside_sites_or_staff(beside):
    beside()
    with pytest.raises(CommandError, match="not empty"):
        _open()
    assert not Operation.objects.exists()
    assert not User.objects.filter(username="armine").exists()


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"code": "GO1S"}, "Four Latin letters"),
        ({"name": " "}, "Name of the operation"),
        ({"administrator": "an na"}, "valid username"),
        ({"administrator": ""}, "--administrator"),
        ({"password_file": ""}, "--password-file"),
        ({"sites": ""}, "--sites"),
        ({"sites": "nowhere.csv"}, "cannot be read"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(told, why):
    with pytest.raises(CommandError, match=why):
        _open(**told)
    assert _nothing_was_written()


@pytest.mark.parametrize("password", ["", "short", "1234567890", "password123", "armine-armine"])
def test_weak_password_is_refused(monkeypatch, password):
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
    with pytest.raises(CommandError, match=r"(?i)password"):
        _open(administrator="armine-armine")
    assert _nothing_was_written()


HEAD = "code,name_en,name_hy,kind,marz,rooms,places"


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("", "no column"),
        (HEAD, "is empty"),
        (f"{HEAD},colour\n", "colour"),
        (f"{HEAD}\ngoris,Goris,Գորիս,palace,AM-SU,,", "line 2.*palace"),
        (f"{HEAD}\ngoris,,,reception,AM-SU,,", "line 2.*at least one language"),
        (f"{HEAD}\ngoris,Goris,Գորիս,reception,AM-XX,,", "line 2.*AM-XX"),
        (f"{HEAD}\ngoris,Goris,Գորիս,reception,AM-SU,1-3,", "how many places"),
        (f'{HEAD}\ngoris,Goris,Գորիս,reception,AM-SU,"1,1",4', "stands twice"),
        (f"{HEAD}\ngoris,Goris,Գորիս,reception,AM-SU,,\nGORIS,Goris,Գորիս,hotel,AM-SU,,", "line 3.*stands twice"),
        (f"{HEAD}\ngoris,Goris,Գորիս,reception,AM-SU,,,more", "more fields"),
    ],
)
def test_wrong_table_of_sites_is_named_by_its_line(tmp_path, table, why):
    (tmp_path / "sites.csv").write_text(table, encoding="utf-8")
    with pytest.raises(CommandError, match=why):
        _open(sites=str(tmp_path / "sites.csv"))
    assert _nothing_was_written()


def test_table_with_semicolons_and_a_byte_order_mark_is_read(tmp_path):
    table = "code;name_en;name_hy;kind;marz\ngoris;Goris, theatre;Գորիս;reception;AM-SU\n"
    (tmp_path / "sites.csv").write_text(table, encoding="utf-8-sig")
    _open(sites=str(tmp_path / "sites.csv"))
    assert Site.objects.get().name_en == "Goris, theatre"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_open_asks_until_it_is_right(monkeypatch):
    operation = ["Goris 2026", "G1", "gori"]  # only what was wrong is asked again
    account = ["armine", "Armine", ""]
    site = ["", "Գորիս", "goris", "", "", "", "9x", "2", "SU", "9", "hall, hall", "none", "40"]
    site += ["Goris", "hall", "goris", ""]  # nothing of it is asked twice that was right the first time
    answers = iter([*operation, *account, *site])
    passwords = iter(["short", "short", PASSWORD, "another", PASSWORD, PASSWORD])
    monkeypatch.setattr(sys, "stdin", Terminal())
    asked = []
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or next(answers))
    monkeypatch.setattr("getpass.getpass", lambda question: next(passwords))
    said = _open(name=None, code=None, administrator=None, password_file=None, sites=None)
    assert next(answers, None) is None
    assert said.startswith("Making the tables of the database")  # else the first question waits a minute without a word
    assert "  Rooms (12, 14-18; empty: none yet): " in asked
    assert "Four Latin letters" in said
    assert "The two differ" in said
    assert "in at least one language" in said
    assert "A name stands twice" in said
    assert Operation.objects.get().code == "GORI"
    assert User.objects.get().check_password(PASSWORD)
    goris = Site.objects.get()
    assert (goris.code, goris.name_en, goris.name_ru) == ("goris", "Goris", "")
    assert (goris.kind, goris.marz) == ("reception", "AM-SU")
    assert Place.objects.count() == 40


def test_what_the_command_line_told_wrongly_is_asked_alone(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or "gori")
    (tmp_path / "password").write_text(PASSWORD)
    _open(code="G1", given_name="Armine", family_name="Hakobyan", password_file=str(tmp_path / "password"))
    assert asked == ["Code of four letters: "]


def test_open_stopped_half_way_leaves_nothing(monkeypatch):
    def stop(question):
        raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("builtins.input", stop)
    with pytest.raises(CommandError, match="Nothing was opened"):
        _open(name=None, password_file=None, sites=None)
    assert _nothing_was_written()


def _plan(*sites: FirstSite) -> Plan:
    facts = {"name": "Goris", "code": "GORI", "complaints_to": "0-800-01-234"}
    return Plan(facts, {"username": "armine", "password": PASSWORD}, sites)


def _site(code: str) -> FirstSite:
    return FirstSite({"code": code, "name_en": "Goris", "kind": "reception", "marz": "AM-SU"}, {})


def test_opening_that_is_refused_half_way_leaves_nothing():
    with pytest.raises(SiteCodeTaken):
        open_whole(_plan(_site("goris"), _site("goris")), "real")
    assert _nothing_was_written()


def test_opening_itself_looks_for_people_whoever_looked_before():
    register_family(make_site(), make_user())
    with pytest.raises(Wrong, match="families already"):
        open_whole(_plan(_site("goris")), "real")
