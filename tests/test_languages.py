"""Armenian and Russian for every message: in the catalogues, on the pages, in answers of forms and of the API."""

import ast
import json
import re
import uuid
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import polib
import pytest
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.test import Client
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from aid.models import Distribution, Handout, Item
from centre.access import Role
from centre.models import Site, User
from centre.templatetags.figures import figure
from registrations.models import Household, Individual, SpecificNeed
from shelter.models import Room
from tests.api.conftest import API, Machine
from tests.api.world import furnish
from tests.build import STAFF, make_site, make_user, person, register_family
from tools.languages.catalogues import LANGUAGES, catalogues, compile_all, path_of
from tools.languages.checking import faults, faults_of
from tools.languages.extracting import Message, apps, messages_of_python, messages_of_template

ROOT = Path(settings.BASE_DIR)


def test_every_message_stands_in_armenian_and_russian():
    assert "\n".join(faults()) == ""


@pytest.mark.parametrize(
    ("text", "words", "language", "fault"),
    [
        ("Registered", "", "hy", "not translated"),
        ("Registered", "Հաշվառված", "hy", "address registration"),
        ("Card %(number)s", "Քարտ %(num)s", "hy", "other placeholders"),
        ("Card {number}", "Карточка", "ru", "other placeholders"),
        ("<b>Card</b>", "Карточка", "ru", "other tags"),
        ("Card ", "Карточка", "ru", "other blanks"),
        ("It is done.", "Արված է:", "hy", "does not end in ։"),
        ("Who?", "Ով", "hy", "asks without ՞"),
        ("Card", "Кapточка", "ru", "another alphabet"),
        ("Card", "Карточка", "hy", "another alphabet"),
    ],
)
def test_a_wrong_translation_is_found(text, words, language, fault):
    assert any(fault in line for line in faults_of(polib.POEntry(msgid=text, msgstr=words), language))


def test_each_form_of_a_counted_word_is_looked_at():
    entry = polib.POEntry(msgid="%(n)s bed", msgid_plural="%(n)s beds", msgstr_plural={0: "%(n)s место", 1: "места"})
    found = list(faults_of(entry, "ru"))
    assert any("2 forms for 4" in line for line in found)
    assert any("other placeholders in 'места'" in line for line in found)


def test_an_unsure_translation_is_no_translation():
    assert list(faults_of(polib.POEntry(msgid="Card", msgstr="Քարտ", flags=["fuzzy"]), "hy")) == ["unsure"]


def test_messages_are_found_in_python_whatever_gettext_is_called():
    source = (
        "from django.utils.translation import gettext_lazy as _, ngettext as many\n"
        'a = _("one" " word")\nb = many("%(n)d bed", "%(n)d beds", n)\nc = other("no message")\n'
    )
    assert list(messages_of_python(source)) == [Message("one word"), Message("%(n)d bed", "%(n)d beds")]


def test_messages_are_found_in_templates_with_context_and_plural():
    source = (
        '{% load i18n %}{% translate "Sign \\"in\\"" %}{% translate "May" context "month" %}{{ _("Filtered") }}'
        "{% blocktranslate count n=rows|length trimmed %}\n  One row.\n{% plural %}\n  {{ n }} rows.\n"
        "{% endblocktranslate %}"
    )
    found = list(messages_of_template(source, "page.html"))
    assert Message("May", context="month") in found
    assert Message("Filtered") in found
    assert Message("One row.", "%(n)s rows.") in found
    assert any(message.text.startswith("Sign") for message in found)


def test_catalogues_are_compiled_when_they_are_newer():
    compile_all()
    assert compile_all() == 0
    path_of("centre", "hy").touch()
    assert compile_all() == 1


def test_counted_words_take_their_form():
    years = ("%(age)d year", "%(age)d years")
    with translation.override("ru"):
        said = [ngettext(*years, age) % {"age": age} for age in (1, 3, 11, 21, 25)]
    assert said == ["1 год", "3 года", "11 лет", "21 год", "25 лет"]
    with translation.override("hy"):
        assert {ngettext(*years, age) % {"age": age} for age in (1, 5)} == {"1 տարեկան", "5 տարեկան"}


def test_the_names_of_the_provinces_are_the_official_ones():
    with translation.override("hy"):
        assert (gettext("Vayots Dzor"), gettext("Syunik")) == ("Վայոց ձոր", "Սյունիք")


@pytest.mark.parametrize(("language", "written"), [("en", "100,632"), ("hy", "100 632"), ("ru", "100 632")])
def test_numbers_and_days_are_written_as_the_language_writes_them(language, written):
    with translation.override(language):
        assert figure(100_632).replace("\N{NO-BREAK SPACE}", " ") == written
        day = timezone.make_aware(timezone.datetime(2023, 9, 28, 20, 5))
        template = "{{ day|date:'DATETIME_FORMAT' }}"
        from_template = _render(template, day=day)
    assert from_template == "28.09.2023 20:05"


def _render(source: str, **context: object) -> str:
    from django.template import Context, Template  # noqa: PLC0415 - templates of a line, only here

    return Template(source).render(Context(context))


# Everything that is shown is marked for translation

WORD = re.compile(r"[A-Za-z]{2,}")
NO_WORDS = {
    "Reception",
    "Enter",
    "Ctrl",
    "CSV",
    "XLSX",
    "JSON",
    "PDF",
    "QR",
    "API",
}  # names of keys, files and the house


def _untranslated_words(path: Path) -> Iterator[str]:
    """Words that stand bare in a template, in its text or in attributes that are read out."""
    bare, inside = [], False
    for token in Lexer(path.read_text()).tokenize():
        if token.token_type == TokenType.BLOCK:
            name = token.split_contents()[0]
            aside = name == "blocktranslate" or token.contents == "block body_class"
            inside = aside or (inside and name not in ("endblocktranslate", "endblock"))
            bare.append("\N{OBJECT REPLACEMENT CHARACTER}")
        elif token.token_type == TokenType.TEXT and not inside:
            bare.append(token.contents)
    reader = Reader(skip=("script", "style", "code", "kbd"))
    reader.feed("".join(bare))
    for text in reader.shown:
        yield from (word for word in WORD.findall(text) if word not in NO_WORDS)


class Reader(HTMLParser):
    """What a person reads or hears of a page: its text, and what some attributes say."""

    READ_OUT = {"title", "aria-label", "placeholder", "alt"}

    def __init__(self, skip: tuple[str, ...]) -> None:
        super().__init__()
        self.skip, self.open, self.shown = skip, [], []
        self.links, self.forms = [], []

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        if tag in ("br", "img", "input", "meta", "link", "hr", "path", "circle", "rect", "line", "use", "source"):
            pass
        else:
            self.open.append((tag, "lang" in values and tag != "html"))
        if tag == "input" and values.get("type") in ("submit", "button", "reset"):
            self.shown.append(values.get("value", ""))
        if tag == "a" and "download" not in values:
            self.links.append(values.get("href", ""))
        if tag == "form" and values.get("method", "").lower() == "post":
            self.forms.append(values.get("action", ""))
        for name, value in values.items():
            if name in self.READ_OUT or (name.startswith("data-") and " " in value and not value.startswith("{")):
                self.shown.append(value)

    def handle_endtag(self, tag):
        while self.open:
            if self.open.pop()[0] == tag:
                return

    def handle_data(self, data):
        if not any(tag in self.skip or foreign for tag, foreign in self.open):
            self.shown.append(data)


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_every_text_of_a_template_is_marked(path):
    assert sorted(set(_untranslated_words(path))) == []


SHOWN_ARGUMENTS = {"label", "help_text", "verbose_name", "verbose_name_plural", "empty_label"}


def _bare_texts(tree: ast.Module) -> Iterator[str]:
    """English sentences that Python would show as they are."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            first = node.args[:1] if name.endswith("ValidationError") else []
            second = node.args[1:2] if name.startswith("messages.") else []
            named = [keyword.value for keyword in node.keywords if keyword.arg in SHOWN_ARGUMENTS]
            yield from (f"{node.lineno}: {ast.unparse(value)}" for value in [*first, *second, *named] if _bare(value))
        elif isinstance(node, ast.ClassDef):
            for line in node.body:
                if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "message" and _bare(line.value):
                    yield f"{line.lineno}: {ast.unparse(line.value)}"


def _bare(value: ast.expr) -> bool:
    is_text = isinstance(value, ast.JoinedStr) or (isinstance(value, ast.Constant) and isinstance(value.value, str))
    return is_text and WORD.search(ast.unparse(value)) is not None


# Read by those who write programs, in the API's description, which is English as the API's own words are.
DESCRIPTIONS = ("api.py", "schema.py", "bodies.py", "viewsets.py", "filters.py")  # desk/list_api.py too


def test_every_text_of_a_form_a_refusal_and_a_notice_is_marked():
    found = []
    for app in apps():
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" in path.parts or path.name.endswith(DESCRIPTIONS) or "management" in path.parts:
                continue
            found += [f"{path.relative_to(ROOT)}:{line}" for line in _bare_texts(ast.parse(path.read_text()))]
    assert "\n".join(found) == ""


# Pages as people see them

LEFT_OUT = ("/accounts/logout/", "/settings/language/", "/settings/shift/", "/api/")
LATIN = re.compile(r"[A-Za-z]{3,}")
GAP = re.compile(r"__number__|[\w-]*[A-Z]+_FORMS")  # filled by a script; named when a form comes without its own count
KEPT = {
    "csv",
    "xlsx",
    "json",
    "pdf",
    "hxl",
    "excel",
    "libreoffice",
    "anna",
    "enter",
    "ctrl",
    "esc",
    "utc",
    "javascript",
    "api",
    "reception",
}
KEPT |= {"manage", "backup", "migrate", "beat", "debug", "tls", "ntp"}  # what is typed to repair a machine


@pytest.fixture
def world(db):
    """Two sites with one of everything, named in the two languages."""
    site = furnish("goris", households=2).site
    Site.objects.update(name_en="Q", name_hy="Գորիս", name_ru="Горис")
    Item.objects.update(code="b", name_en="Q", name_hy="Վերմակ", name_ru="Одеяло")
    Distribution.objects.update(name="77")
    for number, room in enumerate(Room.objects.all(), start=1):
        Room.objects.filter(pk=room.pk).update(name=str(number))
    register_family(site, make_user(Role.COORDINATOR), person("Աննա", "Հակոբյան"))
    Individual.objects.update(given_name="Աննա", family_name="Հակոբյան")
    User.objects.update(first_name="", last_name="")
    return site


@pytest.fixture
def everyone(world) -> User:
    """Someone who may see every page."""
    user = make_user(Role.COORDINATOR)
    for role in (Role.PROTECTION, Role.ADMINISTRATOR, Role.AUDITOR):
        user.assignments.create(role=role, starts_at=world.opened_at)
    return user


def _browser(user: User, language: str) -> Client:
    User.objects.filter(pk=user.pk).update(language=language)
    client = Client(raise_request_exception=True)
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def _read(answer) -> Reader:
    reader = Reader(skip=("script", "style", "code"))
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        reader.feed(answer.content.decode())
    return reader


def _english(reader: Reader) -> set[str]:
    """Latin words on a page that are neither names of staff nor of keys and files."""
    staff = {word for name in User.objects.values_list("username", flat=True) for word in LATIN.findall(name.lower())}
    words = {word.lower() for text in reader.shown for word in LATIN.findall(GAP.sub(" ", text))}
    return words - KEPT - staff


def _walk(client: Client) -> Iterator[tuple[str, Reader]]:
    """Every page that links lead to, once a view, and what each of its forms answers when sent empty."""
    in_need = SpecificNeed.objects.first().individual.memberships.get().household
    seen, waiting = set(), [f"/families/{in_need}/".replace(" ", ""), "/"]
    while waiting:
        address = waiting.pop(0)
        name = re.sub(r"[0-9a-f-]{36}|\d{4}[A-Z]|\d{4}-\d\d-\d\d", "x", urlsplit(address).path)
        if name in seen or not address.startswith("/") or address.startswith((*LEFT_OUT, "/static/")):
            continue
        seen.add(name)
        answer = client.get(address)
        reader = _read(answer)
        yield f"{address} {answer.status_code}", reader
        waiting += reader.links
        for action in dict.fromkeys(reader.forms):
            if not action.startswith(LEFT_OUT) and ("form", action) not in seen:
                seen.add(("form", action))
                refused = client.post(action or address)
                if refused.status_code not in (302, 303, 204):
                    yield f"{action or address} sent empty {refused.status_code}", _read(refused)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_speaks_english_to_others(everyone, language):
    found, pages = [], 0
    for name, reader in _walk(_browser(everyone, language)):
        pages += 1
        found += [f"{name}: {word}" for word in sorted(_english(reader))]
    assert "\n".join(found) == ""
    assert pages > 25


@pytest.mark.parametrize("role", [role for role in STAFF if role != Role.COORDINATOR])
def test_no_board_speaks_english_to_others(world, role):
    client = _browser(make_user(role, None if role == Role.OFFICIAL else world), "hy")
    answer = client.get("/", follow=True)
    assert _english(_read(answer)) == set()
    assert '<html lang="hy"' in answer.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_sign_in_speaks_the_language_the_browser_asks_for(db, language):
    client = Client(headers={"Accept-Language": language})
    for answer in (client.get("/accounts/login/"), client.post("/accounts/login/", {"login": "x", "password": "y"})):
        assert f'<html lang="{language}"' in answer.content.decode()
        assert _english(_read(answer)) == set()


def test_the_language_chosen_before_sign_in_stays_and_keeps_the_page(db):
    client, user = Client(), make_user(Role.VOLUNTEER, make_site())
    answer = client.post("/settings/language/", {"language": "hy", "next": "/accounts/login/?next=/families/"})
    assert answer.headers["Location"] == "/accounts/login/?next=/families/"
    assert '<html lang="hy"' in client.get("/accounts/login/").content.decode()
    client.post("/accounts/login/", {"login": user.username, "password": "reception-desk-1"})
    user.refresh_from_db()
    assert user.language == "hy"
    assert '<html lang="hy"' in client.get("/").content.decode()


def test_a_language_chosen_by_one_is_not_the_next_ones(db):
    first, second = (make_user(Role.VOLUNTEER, make_site()) for _ in range(2))
    client = Client()
    for user in (first, second):
        client.post("/accounts/login/", {"login": user.username, "password": "reception-desk-1"})
        if user == first:
            client.post("/settings/language/", {"language": "ru", "next": "/"})
            client.post("/accounts/logout/")
    second.refresh_from_db()
    assert second.language == "en"
    assert '<html lang="en"' in client.get("/").content.decode()


@pytest.mark.parametrize("asked", ["user", "browser"])
def test_the_api_refuses_in_the_readers_language(world, asked):
    user = make_user(Role.VOLUNTEER, world)
    client = _browser(user, "hy" if asked == "user" else "en")
    body = {"id": "x", "members": "none"}
    answer = client.post("/api/v1/intakes/", body, content_type="application/json")
    said = str(answer.json())
    assert answer.status_code == 400
    assert bool(re.search("[ա-և]", said)) == (asked == "user")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_api_refuses_a_machine_in_the_language_it_asks_for(world, language):
    family = Household.objects.first()
    volunteer = Machine(make_user(Role.VOLUNTEER, world))
    said = []
    arrival = family.memberships.get().individual.movements.get()
    for address, site in (
        (f"households/{family.pk}/arrive/", "goris"),
        (f"households/{family.pk}/arrive/", "nowhere"),
        (f"households/{uuid.uuid4()}/arrive/", "goris"),
        (f"movements/{arrival.pk}/void/", None),
    ):
        body = json.dumps({"id": str(uuid.uuid4())} | ({"site": site} if site else {}))
        headers = volunteer.headers | {"Accept-Language": language}
        answer = volunteer.client.post(f"{API}{address}", body, "application/json", headers=headers)
        told = answer.json()
        said.append((answer.status_code, LATIN.findall(str(told.get("detail") or told["site"]))))
    assert said == [(409, []), (400, []), (404, []), (403, [])]


def test_own_reasons_are_read_in_the_readers_language(everyone):
    handout = Handout.objects.first()
    handout.reversed_reason = Handout.OwnReason.UNDONE_AT_ONCE
    with translation.override("ru"):
        assert handout.why_reversed == "отменено сразу"
    handout.reversed_reason = "the tablet was offline"
    assert handout.why_reversed == "the tablet was offline"


def test_registration_is_never_address_registration():
    """Հաշվառում cost people their eligibility."""
    said = [entry.msgstr for _app, language, file in catalogues() if language == "hy" for entry in file]
    assert [text for text in said if "հաշվառ" in text.lower()] == []
    assert any("գրանց" in text.lower() for text in said)


def test_a_day_without_its_year_has_no_full_stop_behind_it():
    """26.11. 19:53 is German; the house writes 26.11, 19:53."""
    files = [*(ROOT / "templates").rglob("*.html"), *(path for app in apps() for path in (ROOT / app).rglob("*.py"))]
    assert [str(path.relative_to(ROOT)) for path in files if "d.m. " in path.read_text()] == []
    day = timezone.make_aware(timezone.datetime(2023, 11, 26, 19, 53))
    for language in ("en", *LANGUAGES):
        with translation.override(language):
            assert _render("{{ day|date:'DAY_HOUR_FORMAT' }}", day=day) == "26.11, 19:53"
