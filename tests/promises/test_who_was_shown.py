"""Whoever is shown anybody leaves a line that says whom: at every address of the house, in every role."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from centre.access import Role
from centre.models import LogLine, User
from desk.merging import merge_individuals
from registrations.models import Household, Membership, Merge
from tests.api.conftest import Machine
from tests.api.world import World, furnish
from tests.build import make_user, person, register_family
from tests.centre.test_pages import addresses

SHOWN = (200, 422)
OF_THE_LOG = ("/settings/log/", "/api/v1/log/")  # who reads it is written there, not whom its lines are about
MORE = (
    "/families/?search=Mane",
    "/families/list/?suffix=csv&language=en&why=the+evening+list",
    "/api/v1/households.csv?why=the+evening+list",
    "/api/v1/individuals/?search=Mane",
    "/api/v1/households/?search=Mane",
    "/shelter/?family={0}",
    "/intake/?card={0}",
    "/aid/scan/?number={0}",
    "/duplicates/?one={0}&other={1}",
)
TYPED = {"members-TOTAL_FORMS": "1", "member-0-given_name": "Mane", "member-0-family_name": "Hakobyan"}


@pytest.fixture
def world(db) -> World:
    return furnished()


def furnished() -> World:
    """A site with three families of one; two of them are the same person, written twice."""
    world = furnish("goris")
    staff = make_user(Role.PROTECTION)
    twice = [register_family(world.site, staff, person(name)) for name in ("Anahit", "Zaruhi")]
    one, other = (family.memberships.get().individual for family in twice)
    merge_individuals(one, into=other, reason="written twice", by=staff)
    return world


def _code(household: Household) -> str:
    return str(household).replace(" ", "")


def everywhere(world: World) -> Iterator[str]:
    """Every address; into its gaps come the rows of the world, by the word before them, or nobody's id."""
    gaps = {name: row.pk for name, row in world.rows.items()}
    gaps |= {"undo": gaps["handouts"], "count": gaps["gate-counts"], "duplicates": Merge.objects.get().pk}
    gaps |= dict.fromkeys(("family", "families", "done"), _code(world.rows["households"]))
    gaps |= {"stock": world.site.code, "staff": User.objects.first().pk, "census": timezone.localdate().isoformat()}
    for route in addresses(get_resolver().url_patterns):
        plain = re.sub(r"[\^$?\\]", "", re.sub(r"\(\?P<\w+>(?:\[\^[^]]*\]|[^()])*\)|<[\w:]+>", "\0", route))
        at_sites = gaps | ({} if plain.startswith("api/") else {"sites": world.site.code})
        yield "/" + re.sub(
            r"([\w-]+)/\0", lambda gap, rows=at_sites: f"{gap[1]}/{rows.get(gap[1], uuid.uuid4())}", plain
        )
    numbers = [_code(household) for household in Household.objects.order_by("number")]
    yield from (address.format(*numbers) for address in MORE)


def _words() -> dict[str, uuid.UUID]:
    """By what a page or an answer shows somebody, and whose id must stand in the log."""
    words = {}
    for one in Membership.objects.select_related("household", "individual"):
        words |= dict.fromkeys((one.individual.given_name, str(one.individual_id)), one.individual_id)
        words |= dict.fromkeys((str(one.household), _code(one.household), str(one.household_id)), one.household_id)
    return words


def _logged(since: int) -> set[str]:
    """Whose ids stand in the lines since, and in them the families of people and the people of families."""
    lines = list(LogLine.objects.filter(pk__gt=since).exclude(verb="refused"))
    keys = {str(key) for line in lines for key in line.keys} | {line.subject_id for line in lines}
    for one in Membership.objects.all():
        if {str(one.individual_id), str(one.household_id)} & keys:
            keys |= {str(one.individual_id), str(one.household_id)}
    return keys


def _unsaid(answer: Any, asked: str, since: int, words: dict[str, uuid.UUID]) -> list[str]:
    """Who was shown in this answer to this address without a line."""
    if answer.status_code not in SHOWN:
        return []
    body = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode("utf-8", "replace")
    told = [word for word in words if word not in asked and re.search(rf"\b{re.escape(word)}\b", body)]
    logged = _logged(since) if told else set()
    return [f"{answer.wsgi_request.method} {asked}: {word}" for word in told if str(words[word]) not in logged]


@pytest.mark.parametrize("role", Role.values)
def test_nobody_is_shown_without_a_line(role, world):
    machine, client, words = Machine(make_user(role, world.site)), Client(), _words()
    client.force_login(machine.user)
    unsaid = []
    for address in everywhere(world):
        of_the_api = address.startswith("/api/")
        if address.startswith(("/accounts/", *OF_THE_LOG)):
            continue
        for ask in ("get",) if of_the_api else ("get", "post"):
            last = LogLine.objects.latest("pk").pk if LogLine.objects.exists() else 0
            told = {"headers": machine.headers} if of_the_api else {"data": TYPED if ask == "post" else None}
            answer = getattr(client, ask)(address, **told)
            unsaid += _unsaid(answer, address, last, words)
    assert unsaid == []
    if role in (Role.VOLUNTEER, Role.COORDINATOR, Role.PROTECTION):
        assert LogLine.objects.filter(by=machine.user, verb="opened").count() > len(MORE)


def test_a_line_says_from_where_it_was_asked(client, world, settings):
    client.force_login(make_user(Role.VOLUNTEER, world.site))
    page = f"/families/{_code(world.rows['households'])}/"
    client.get(page, headers={"X-Forwarded-For": "203.0.113.9"})
    assert LogLine.objects.latest("pk").address == "127.0.0.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client.get(page, headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})
    assert LogLine.objects.latest("pk").address == "203.0.113.9"


def test_a_page_beyond_the_role_leaves_a_line(client, world):
    official = make_user(Role.OFFICIAL)
    client.force_login(official)
    assert client.get("/cases/").status_code == 403
    assert LogLine.objects.filter(by=official, verb="refused", subject="casework:cases").count() == 1
