"""The rules of the house, held by reading its files and asking its models and addresses."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.template.loader import get_template
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.urls import URLPattern, URLResolver, get_resolver

from centre.access import Role
from tests.build import make_user

ROOT = Path(settings.BASE_DIR)
APPS = (
    "centre", "registrations", "casework", "shelter", "cards", "plans", "houses", "transport", "aid", "desk", "census",
    "upkeep",
)  # fmt: skip
OWN_MODELS = [model for app in APPS for model in apps.get_app_config(app).get_models()]

WRITES = {"create", "bulk_create", "save", "delete", "update", "get_or_create", "update_or_create", "bulk_update"}

# Steps of acts that stand in a file of their own, and what every act itself needs.
ALSO_WRITE = {
    "registrations/presences.py": "lay_out_presences, and nothing else, writes presences and absences",
    "plans/searching.py": "what the worker writes: how far the search is, and what it found",
    "transport/riding.py": "acts: families read on and off",
    "transport/merged.py": "parts of merge and unmerge: the seats of records that count as one person",
    "transport/linking.py": "acts: the driver's link made and withdrawn",
    "transport/rerouting.py": "act: a bus taken elsewhere",
    "transport/closing.py": "acts: a site closed, a house taken back",
    "shelter/keeping.py": "a part of keep_beds and its like: holds beds while their people are away",
    "shelter/babies.py": "a part of the acts that give beds: a child without a place goes along with its carer",
    "shelter/apart.py": "acts: two families kept apart, and no longer",
    "shelter/rollcalls.py": "acts: a roll call begun, people seen in it",
    "shelter/begun.py": "act: a coordinator begins a house",
    "shelter/dividing.py": "act: a room to be divided becomes rooms",
    "shelter/inventory.py": "acts: rooms and places set up, changed, blocked and taken away",
    "shelter/reach.py": "act: a site opened to those who place elsewhere",
    "shelter/turns.py": "acts: a family moved up, an offer declined, and either taken back",
    "shelter/nights.py": "lay_out_stays, and nothing else, writes stays",
    "casework/laying.py": "lay_out, and nothing else, writes how the steps of a case read",
    "casework/tracing_actions.py": "acts: a search asked for, answered and ended",
    "casework/referral_actions.py": "acts: a referral offered, answered and ended",
    "casework/letter_actions.py": "acts: a letter kept with a case, and gone in time",
    "houses/telephone.py": "acts: what is said on the telephone, and the differences that come of it",
    "census/case_actions.py": "the numbers of cases are read for the day",
    "casework/service_actions.py": "acts: services set up, their accounts and their end",
    "casework/tracing_parts.py": "a part of them and of register: tells of a likely match",
    "centre/sealing.py": "seals the same words with another key",
    "registrations/said.py": "a part of correct and its like: keeps what a field said before it is said anew",
    "aid/storing.py": "acts: stock received, sent, confirmed, written off and counted",
    "desk/taking_back.py": "a part of void and never_was",
    "desk/correcting.py": "acts: correct and settle",
    "desk/needing.py": "act: needs begin and end",
    "desk/belonging.py": "acts: join, split, never_was and their like",
    "desk/filling.py": "a part of complete: names the rows counted at the gate",
    "desk/gate.py": "acts: a count at the gate made and taken back",
    "desk/telling_deaths.py": "act: a family is told of a death",
    "desk/merging.py": "acts: merge and unmerge",
    "centre/acts.py": "writes the act itself, first",
    "centre/factor_acts.py": "acts: a second factor that was lost",
    "centre/staff_acts.py": "acts: accounts opened and closed, roles given and ended",
    "centre/factors.py": "uses up a code of a person's own second factor",
    "centre/log.py": "writes the line of the log",
    "centre/sessions.py": "keeps and ends a person's own sessions",
    "centre/tokens.py": "makes and revokes a person's own tokens",
    "upkeep/backup/restoring.py": "writes back what a backup holds",
    "centre/repeated.py": "keeps in the session, which is no table of ours, where a form led",
    "centre/forms.py": "ActForm copies what was typed: no row",
}

# Instants that nobody is the author of, or whose author stands elsewhere.
INSTANTS_WITHOUT_AUTHOR = {
    "recorded_at": "PostgreSQL's transaction time; the author is the act's",
    "happened_at": "the fact's own time; the author is the act's",
    "at": "the act's own time, beside `by`",
    "opened_at": "of a site: set up with it",
    "closed_at": "of a site: set up with it",
    "starts_at": "planned",
    "ends_at": "planned",
    "departs_at": "planned",
    "arrives_at": "planned",
    "from_at": "planned",
    "due_at": "planned; the author is the step's",
    "gone_at": "of a letter: by the step that took it back, or in time",
    "first_action_at": "how the steps of a case read; the author is the step's",
    "joined_at": "of a membership; the author is its act's",
    "left_at": "of a membership; the author is its act's",
    "undone_recorded_at": "transaction time; the author is the undoing act's",
    "found_at": "of a match: by the search that was asked for",
    "wished_at": "planned; the author is who offered it",
    "appointment_at": "planned; the author is the step's",
    "known_at": "what a snapshot knew",
    "began_at": "of a session: by its user",
    "seen_at": "of a session: by its user",
    "given_at": "transaction time; the author is given_by",
    "made_at": "of a token: by its user",
    "expires_at": "of a token",
    "revoked_at": "of a token: by its user",
    "search_began_at": "of a plan: by the worker",
    "search_ended_at": "of a plan: by the worker",
}

PUBLIC_ADDRESSES = {
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/inactive/",
    "/settings/language/",
    "/healthz",  # the process lives; no data
    "/d/",  # where a driver's link opens: no data without what stands behind its #
    "/readyz",  # which engine answers; no data
    "/api/schema/",  # the API's description: no data
    "/api/docs/",
}

INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|<style\b|\sstyle=[\"']|\son[a-z]+=[\"']", re.I
)


def own_files(pattern: str = "*.py") -> Iterator[Path]:
    """The project's own source, without migrations."""
    for app in (*APPS, "demonstration", "reception"):
        for path in sorted((ROOT / app).rglob(pattern)):
            if "migrations" not in path.parts and "static" not in path.parts:
                yield path


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _is_database_write(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITES:
        return False
    chain = ast.unparse(call.func.value)
    if call.func.attr in {"update", "delete", "create"}:
        return "objects" in chain or ".filter(" in chain or chain.endswith("queryset")
    return call.func.attr != "save" or any(keyword.arg == "update_fields" for keyword in call.keywords) or not call.args


def test_only_actions_and_parts_write():
    found = []
    for path in own_files():
        name = relative(path)
        if (
            path.name in {"actions.py", "parts.py"}
            or name in ALSO_WRITE
            or name.startswith(("reception/", "demonstration/"))
        ):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _is_database_write(node):
                found.append(f"{name}:{node.lineno} {ast.unparse(node.func)}")
    assert found == []


def test_saves_name_their_columns():
    found = []
    for path in own_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "save"
                and not any(keyword.arg == "update_fields" for keyword in node.keywords)
                and ast.unparse(node.func) not in ("session.save", "sheet.save")  # whole: a session, and a picture
            ):
                found.append(f"{relative(path)}:{node.lineno}")
    assert found == []


DOORS = ("django.http", "django.shortcuts", "django.forms", "rest_framework", "celery", "django.core.management")


def _imports(path: Path) -> set[str]:
    """The modules a file imports, whole."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_no_door_opens_a_part():
    """Whatever takes a request, a form, a task or a command goes through an action."""
    found = []
    for path in own_files():
        imports = _imports(path)
        is_door = any(name.startswith(DOORS) for name in imports)
        if is_door and any(name.endswith(".parts") for name in imports):
            found.append(relative(path))
    assert found == []


def test_every_instant_has_its_author():
    found = []
    for model in OWN_MODELS:
        names = {field.name for field in model._meta.fields}
        for name in names:
            if name.endswith("_at") or name == "at":
                author = name.removesuffix("at") + "by"
                if author not in names and name not in INSTANTS_WITHOUT_AUTHOR:
                    found.append(f"{model.__name__}.{name}")
    assert found == []


def test_every_reference_is_protected():
    found = [
        f"{model.__name__}.{field.name}"
        for model in OWN_MODELS
        for field in model._meta.fields
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is not models.PROTECT
    ]
    assert found == []


def test_every_constraint_is_named_for_what_it_promises():
    generated = [
        f"{model.__name__}.{constraint.name}"
        for model in OWN_MODELS
        for constraint in model._meta.constraints
        if constraint.name.startswith(model._meta.db_table) or re.search(r"_[0-9a-f]{6,}", constraint.name)
    ]
    assert generated == []


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model.__name__)
def test_every_model_says_what_it_is(model):
    assert model.__doc__
    assert not model.__doc__.startswith(f"{model.__name__}(")


def test_every_public_function_has_a_docstring_where_acts_and_answers_are():
    named = {"actions.py", "parts.py", "selectors.py", "errors.py", "journal.py", "facts.py", "access.py", "acts.py"}
    found = []
    for path in own_files():
        text = path.read_text()
        if path.name not in named and "\n@act(" not in text:
            continue
        for node in ast.parse(text).body:
            is_public = isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")
            if is_public and not ast.get_docstring(node):
                found.append(f"{relative(path)}:{node.lineno} {node.name}")
    assert found == []


def _addresses(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _addresses(entry, before + str(entry.pattern))
        else:
            yield before + str(entry.pattern), entry


EXAMPLES = {
    "uuid": "00000000-0000-4000-8000-000000000000",
    "day": "2023-09-24",
    "int": "1",
    "number": "1000J",
    "household": "1000J",
}


def _example(route: str) -> str:
    """An address for a route, with something in each of its gaps."""
    route = re.sub(r"\(\?P<(\w+)>([^)]*)\)", lambda m: _first_of(m[2]), route)
    route = re.sub(r"<(?:(\w+):)?(\w+)>", lambda m: EXAMPLES.get(m[1] or m[2], "x"), route)
    return "/" + re.sub(r"\\Z|[\^$?\\]", "", route).lstrip("/")


def _first_of(pattern: str) -> str:
    """The first of the words that may be there, or an id."""
    return pattern.split("|")[0] if re.fullmatch(r"[a-z|]+", pattern) else EXAMPLES["uuid"]


@pytest.mark.django_db
def test_every_address_turns_an_anonymous_visitor_away(client):
    let_in = []
    for route, _entry in _addresses(get_resolver()):
        address = _example(route)
        if address in PUBLIC_ADDRESSES:
            continue
        status = client.get(address, follow=False)
        to_sign_in = status.status_code in (302, 401, 403, 404, 405)
        if not to_sign_in or (status.status_code == 302 and "/accounts/login/" not in status.headers["Location"]):
            let_in.append(f"{address} {status.status_code} {status.headers.get('Location', '')}")
    assert let_in == []


# What answers a POST without looking for the token of a form, and why nobody can be made to send it unawares.
WITHOUT_A_TOKEN = {
    "/d/": "what is sent is the link itself, and no session is asked",
    "/api/v1/tokens/": "name and password are sent, and no session is asked",
    "/api/v1/tokens/current/": "takes no POST",
    "/api/docs/": "takes no POST",
}


@pytest.mark.django_db
def test_every_address_refuses_what_is_sent_from_another_house():
    """Signed in, without the token of a form: a new door cannot forget it."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_user(Role.COORDINATOR))
    taken = {}
    for route, _entry in _addresses(get_resolver()):
        address = _example(route)
        kind = "application/json" if address.startswith("/api/") else MULTIPART_CONTENT
        answer = browser.post(address, {}, kind)
        text = answer.content.decode()
        refused = answer.status_code == 403 and ("This page was too old" in text or "CSRF" in text)
        if not refused:
            taken[address] = answer.status_code
    assert taken.keys() == WITHOUT_A_TOKEN.keys(), taken


def _templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", _templates(), ids=relative)
def test_no_template_sets_a_latin_colon_between_two_words(path):
    sentences = re.compile(r"\{% blocktranslate.*?\{% endblocktranslate %\}", re.DOTALL)
    assert re.findall(r"(?:\}\}|%\}): ", sentences.sub("%}", path.read_text())) == [], "in Armenian it is a full stop"


@pytest.mark.parametrize("path", _templates(), ids=relative)
def test_templates_read_and_have_nothing_inline(path):
    get_template(path.relative_to(ROOT / "templates").as_posix())
    assert INLINE.findall(path.read_text()) == []


OUTSIDE_ITS_FORM = re.compile(r"<(?:button|input type=\"submit\")[^>]*\sform=", re.I)
LITERAL = re.compile(r"(?<![\w-])(?:href|action|formaction|hx-(?:get|post))=[\"']/[^\"']*", re.I)


@pytest.mark.parametrize("path", _templates(), ids=relative)
def test_buttons_stand_in_their_forms_and_addresses_are_named(path):
    text = path.read_text()
    assert OUTSIDE_ITS_FORM.findall(text) + LITERAL.findall(text) == []


POSTED = re.compile(r"<form[^>]*method=\"post\".*?</form>", re.S)
ID_OF_ACT = re.compile(r"name=\"id\"|\.id ?}}|act_id|{{ form }}|hidden_fields|as_hidden|\.fields %}|_departure\.html")
LEADS_TO = re.compile(r"action=\"{% url '([^']*)'")

# Where a form that posts does no act, or one that is the same however often it is done.
WITHOUT_AN_ACT = {
    "account_logout", "centre:language", "centre:shift", "aid:choose",  # the same twice
    "centre:end_session", "centre:end_token",  # ended once
    "desk:families", "centre:staff", "aid:card", "{{ to }}",  # look somebody up: what is typed is in no address
}  # fmt: skip


@pytest.mark.parametrize("path", _templates(), ids=relative)
def test_a_form_that_does_an_act_carries_its_id_so_that_trying_again_does_it_once(path):
    if {"account", "mfa"} & set(path.parts):
        return  # signing in is allauth's
    forms = [one for one in POSTED.findall(path.read_text()) if not ID_OF_ACT.search(one)]
    leads = [found[1] if (found := LEADS_TO.search(one)) else "{{ to }}" for one in forms]
    assert set(leads) <= WITHOUT_AN_ACT


# Files that write an address down, and why each has to.
LITERAL_ADDRESSES = {
    "reception/settings.py": "settings are read before there are addresses",
    "demonstration/wire.py": "a client over HTTP, which knows the API as every other client does",
}


def _literals() -> Iterator[tuple[str, str]]:
    """Each file of ours with each text that is written down in it, also as a part of a longer one."""
    for path in own_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield relative(path), node.value
    for path in _own_scripts():
        yield from ((relative(path), literal) for literal in re.findall(r"[\"'`](/[^\"'`]*)", path.read_text()))


def test_addresses_are_asked_for_by_name():
    """An address that is written down in a second place leads nowhere once it is changed in the first."""
    firsts = {route.split("/")[1] for route, _entry in _addresses(get_resolver())}
    addresses = tuple(f"/{first}/" for first in firsts if first.isalpha())
    assert {"/families/", "/api/"} <= set(addresses)
    found = [(name, literal) for name, literal in _literals() if literal.startswith(addresses)]
    assert {name for name, _literal in found} >= set(LITERAL_ADDRESSES), "an exception that nothing needs any more"
    assert [one for one in found if one[0] not in LITERAL_ADDRESSES] == []


def test_no_template_is_unused():
    ours = {path.relative_to(ROOT / "templates").as_posix() for path in _templates()}
    called_by_name = {name for name in ours if re.fullmatch(r"\d{3}(_csrf)?\.html", name)}
    called_by_libraries = {name for name in ours if name.startswith(("account/", "mfa/", "django/", "allauth/"))}
    text = "\n".join(path.read_text() for path in [*_templates(), *own_files()])
    unused = {name for name in ours - called_by_name - called_by_libraries if f'"{name}"' not in text}
    assert unused == set()


def _own_scripts() -> set[Path]:
    return set(ROOT.glob("*/static/**/*.js")) - set(ROOT.glob("var/**/*.js"))  # collected: not ours alone


def test_scripts_are_modules_without_eval():
    found = []
    for path in _own_scripts():
        if re.search(r"\beval\(|new Function\(|innerHTML\s*=|document\.write", path.read_text()):
            found.append(relative(path))
    assert found == []


def test_no_path_of_one_machine_is_written_down():
    found = []
    for path in [*own_files(), *own_files("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]:
        if re.search(r"(?<![\w.<>:])/(work|home/\w+|root)/", path.read_text()):
            found.append(relative(path))
    assert found == []


TIMED = re.compile(r"(second|elapsed|took|duration)\w*.*<|perf_counter|process_time|monotonic\(\) -")


def test_no_test_asserts_a_time():
    """How long something takes is measured by `make bench`; a busy machine fails no test."""
    found = []
    for path in (ROOT / "tests").rglob("*.py"):
        if (ROOT / "tests/bench") in path.parents:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Assert) and TIMED.search(ast.unparse(node.test)):
                found.append(f"{relative(path)}:{node.lineno}")
    assert found == []


# A fact that is said in one place: how it is written, where, and who besides may write it so.
SAID_ONCE = {
    "who may be told of a confidential site": (
        r"\.confidential\b|confidential=(True|False)|__confidential",
        {"centre/sight.py"},
    ),
    "a membership of today": (
        r"left_at__isnull|left_at\s*=\s*None|left_at IS NULL",
        {"registrations/today.py", "registrations/models.py"},  # the model's own constraints
    ),
    "presumed left": (
        r"presumed_left_after(__isnull|\s*[*<>])|hours=\w+\.presumed_left_after|F\(.*presumed_left_after",
        {"centre/presumed.py", "centre/models.py"},  # the model's own constraint
    ),
    "an age in years": (r"interval '\S+ years'|\.year - \w+\.year", {"registrations/facts.py"}),
    "the order of locks": (r"select_for_update", {"centre/locks.py"}),
    "how a form's act is done": (r"\.carry_out\(", {"centre/doors.py"}),
    "that a refused form is drawn again": (r"\b422 if\b", {"centre/doors.py"}),
    "what a page with a form answers to": (r'methods\(\["GET", "HEAD", "POST"', {"centre/requests.py"}),
    "which age groups are under twelve": (r'"0-4", "5-11"[)}\]]', {"registrations/facts.py"}),
    "where an act leads on to": (r"\bstatus=303\b", {"centre/doors.py", "centre/views.py"}),  # back to any page of ours
}


@pytest.mark.parametrize("fact", SAID_ONCE)
def test_a_fact_is_said_once(fact):
    written, where = SAID_ONCE[fact]
    said_in = {relative(path) for path in own_files() if re.search(written, path.read_text())}
    found = {name for name in said_in if not name.startswith("demonstration/")}  # which sets up invented sites
    assert found <= where, f"{fact} is said again in {sorted(found - where)}"
    assert found, f"nothing says {fact} as it is written here: this rule holds nothing"


def test_no_view_has_a_door_of_its_own():
    """What leads on and what draws a form is in centre/doors.py, whatever a view would call it."""
    found = [
        f"{relative(path)}:{node.lineno} {node.name}"
        for path in own_files("*views.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name in {"_status", "_to", "_see"}
    ]
    assert found == []


# Where answers of SQL are not read by the names of their columns.
READ_BY_POSITION = {
    "centre/rows.py": "reads them by name for all others",
    "registrations/near_names.py": "the hot path of search: a dataclass for each name takes three times as long",
    "upkeep/backup/manifest.py": "asks any database of one value, without Django",
    "upkeep/backup/restoring.py": "asks any database of one value, without Django",
    "upkeep/backup/writing.py": "asks any database of one value, without Django",
}


def test_answers_of_sql_are_read_by_name():
    reading = {relative(path) for path in own_files() if re.search(r"\.fetch(one|all|many)\(", path.read_text())}
    assert reading == set(READ_BY_POSITION)
