"""A right is held at a site: who has every right elsewhere does and reads no more here than who has none elsewhere.

Three people are asked at every door. One has every role at another site, one a weak role here, and one has both. Who
has both may do what one of the two may, and reads what one of the two reads: a right from there with a role from here
opens nothing. The doors are found by going through the house as somebody who may do everything everywhere.
"""

import html
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, get_resolver, resolve
from django.utils import timezone
from django.utils.translation.trans_real import translation
from drf_spectacular.generators import SchemaGenerator

from centre.access import OUTSIDE, Role
from centre.models import Site, User
from centre.refusals import Refusal
from centre.shift import CHOSEN
from desk.actions import record_death
from desk.telling_deaths import tell_family_of_death
from tests.api.conftest import Machine
from tests.build import LONG_AGO, child, make_site, person
from tests.centre.test_pages import addresses, is_plain
from tests.promises.test_acts import ACTS
from tests.promises.test_every_act_sent_again import ADDRESSES
from tests.promises.test_hidden_is_nothing import OTHERWISE, PASSING, UUID, forget_tries
from tests.promises.world import HOUR, World

pytestmark = pytest.mark.django_db

# A receptionist with no other role is shown one door alone; who has another role too is shown all
WEAK = {Role.VOLUNTEER: (), Role.AID_VOLUNTEER: (), Role.RECEPTIONIST: (Role.OFFICIAL,)}
OF_THE_ASKER = "/settings/staff/"
SHOWN = (200, 422)
# What is no site's: who may do it somewhere does it here too
OF_NO_SITE = {
    "open_operation": "there is nothing yet",
    "open_in_emergency": "who sees families anywhere breaks the glass, and is named",
    "begin_house": "of a province where they coordinate a site",
    "ask_plan": "places are held at other sites too, as many as those are open for",
    "search_plan": "as they are planned",
    "stop_plan": "as they are planned",
    "add_item": "what there is to give is the same at every site",
    "categorise_item": "what there is to give is the same at every site",
}
FEW = 1  # rows of each kind that are opened
AT_ONCE = 100  # requests under one session and token
GOES_BY = re.compile(r'value="eyJ[^"]*"|\d+ (?:min|h)\b')  # what was signed for one page, and how long ago
SCRIPTS = re.compile(r"<script.*?</script>|<style.*?</style>", re.DOTALL)
SAID_IN = re.compile(r'(?:value|title|aria-label)="([^"]*)"')
LINK = re.compile(r'(?:href|hx-get|src)="(/[^"#]*)')


@dataclass(frozen=True)
class Crew:
    """Who has every role elsewhere; by their role here who has no other, and who has both."""

    away: Site
    elsewhere: uuid.UUID
    here: dict[str, uuid.UUID]
    both: dict[str, uuid.UUID]


def _with_roles(name: str, *roles: tuple[str, Site | None]) -> uuid.UUID:
    user = User.objects.create(username=name, first_name="Aram")
    for role, site in roles:
        user.assignments.create(role=role, site=site, starts_at=LONG_AGO, ends_at=timezone.now() + 24 * HOUR)
    return user.pk


def _anew(key: uuid.UUID) -> User:
    return User.objects.get(pk=key)


def _browser(key: uuid.UUID, site: Site) -> Client:
    client = Client()
    client.force_login(_anew(key))
    session = client.session
    session[CHOSEN] = str(site.pk)
    session.save()
    return client


def _ask(client: Client, headers: dict[str, str], address: str) -> tuple[int, str]:
    forget_tries()
    with transaction.atomic():
        answer = client.get(address, headers=headers if address.startswith("/api/") else None)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    return answer.status_code, body.decode("utf-8", "replace")


def _kind_of(address: str) -> tuple[str, ...]:
    """By what an address is like another; of none that is not walked, nothing."""
    asked = urlsplit(address)
    try:
        route = resolve(asked.path).route
    except Resolver404:
        return ()
    return (
        () if address.startswith((*OTHERWISE, OF_THE_ASKER)) else (route, *sorted(re.findall(r"(\w+)=", asked.query)))
    )


@pytest.fixture(scope="module")
def doors(world: World) -> list[str]:
    """Every address of the house that somebody who may do everything finds; one died there, and the family was told."""
    family = world.make_family(person("Sirvard"), child("Narek"))
    dead = family.memberships.get(position=1).individual
    record_death(dead, site=world.goris, by=world.coordinator, at=world.before + HOUR / 2)
    tell_family_of_death(dead, to_whom="Sirvard", how="in_person", by=world.officer)
    everybody = _with_roles("everybody", *((role, None) for role in Role.values if role not in OUTSIDE))
    client, machine, found = _browser(everybody, world.goris), Machine(_anew(everybody)), list[str]()
    plain = [f"/{route}" for route in addresses(get_resolver().url_patterns) if is_plain(route) and "<" not in route]
    waiting, times = [*plain, *_of_the_api(machine)], Counter[tuple[str, ...]]()
    known = set(waiting)
    for address in waiting:  # it grows
        kind = _kind_of(address)
        times[kind] += 1
        if kind and times[kind] <= FEW:
            found.append(address)
            status, body = _ask(client, machine.headers, address)
            links = dict.fromkeys(html.unescape(link) for link in LINK.findall(body) if status in SHOWN)
            waiting += [link for link in links if link not in known]
            known |= links.keys()
    return found


def _of_the_api(machine: Machine) -> Iterator[str]:
    """Every list of the API, and some rows of each."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    for path in (path for path, verbs in schema["paths"].items() if "get" in verbs and not path.startswith(OTHERWISE)):
        if "{" not in path:
            yield path
            continue
        listed = machine.client.get(path.partition("{")[0], headers=machine.headers)
        rows = listed.json().get("results", []) if listed.status_code == 200 else []
        yield from (re.sub(r"\{\w+\}", str(row["id"]), path) for row in rows if "id" in row)


@pytest.fixture(scope="module")
def crew(world: World, doors: list[str]) -> Crew:
    away = make_site("away")
    sites = (world.goris, world.sisian, world.vayk)
    every = [(role, away) for role in Role.values]
    weak = {role: [(one, site) for site in sites for one in (role, *more)] for role, more in WEAK.items()}
    return Crew(
        away,
        _with_roles("elsewhere", *every),
        {role: _with_roles(f"here-{role}", *weak[role]) for role in WEAK},
        {role: _with_roles(f"both-{role}", *every, *weak[role]) for role in WEAK},
    )


def is_opened(crew: Crew, role: str, does: Callable[[uuid.UUID], bool]) -> bool:
    """Whether who has both does what neither of the two does."""
    return does(crew.both[role]) and not does(crew.here[role]) and not does(crew.elsewhere)


@pytest.mark.parametrize("kind", ACTS)
def test_no_act_is_done_with_a_right_from_elsewhere(kind, world, crew):
    act = ACTS[kind](world)

    def does(key: uuid.UUID) -> bool:
        try:
            with transaction.atomic():
                replace(act, by=_anew(key))(uuid.uuid4())
                transaction.set_rollback(True)
        except (PermissionDenied, Refusal):
            return False
        return True

    assert [role for role in WEAK if is_opened(crew, role, does)] == []
    assert does(crew.elsewhere) == (kind in OF_NO_SITE)  # else what they do alone, who has both may do as well


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_act_of_the_api_is_done_with_a_right_from_elsewhere(address, world, crew):
    _by, path, facts = ADDRESSES[address](world)

    def does(key: uuid.UUID) -> bool:
        with transaction.atomic():
            answer = Machine(_anew(key)).post(path, {"id": str(uuid.uuid4())} | facts)
            transaction.set_rollback(True)
        return answer.status_code == 201

    assert [role for role in WEAK if is_opened(crew, role, does)] == []


def _sentences() -> set[str]:
    """What pages say in words that are always the same, which tell of nobody."""
    keys = translation("hy")._catalog.keys()
    return {" ".join((key if isinstance(key, str) else key[0]).split()) for key in keys}


def _said(body: str, address: str) -> set[str]:
    """What is said, each by itself: what a page says between two tags, or the API between two commas."""
    text = GOES_BY.sub("", UUID.sub("", PASSING.sub("", body)))
    if address.startswith("/api/"):
        return set(re.split(r"[{}\[\],]", text))
    text = SCRIPTS.sub("", text)
    return {" ".join(html.unescape(one).split()) for one in (*re.split(r"<[^>]*>", text), *SAID_IN.findall(text))}


def _read(key: uuid.UUID, site: Site, doors: list[str]) -> dict[str, set[str]]:
    read = {}
    for place, address in enumerate(doors):
        if place % AT_ONCE == 0:
            client, machine = _browser(key, site), Machine(_anew(key))
        status, body = _ask(client, machine.headers, address)
        read[address] = _said(body, address) if status in SHOWN else set()
    return read


@pytest.fixture(scope="module")
def read_elsewhere(crew: Crew, doors: list[str]) -> set[str]:
    return set().union(*_read(crew.elsewhere, crew.away, doors).values())


@pytest.mark.parametrize("role", WEAK)
def test_nothing_is_read_with_a_right_from_elsewhere(role, world, crew, doors, read_elsewhere):
    here = _read(crew.here[role], world.goris, doors)
    may_read = read_elsewhere.union(_sentences(), *here.values())
    unlike = set()
    for shift in (world.goris, crew.away):
        for address, said in _read(crew.both[role], shift, doors).items():
            unlike |= {(address, one) for one in said - may_read if crew.away.name not in one}
    assert unlike == set()
