"""What is hidden behaves as what does not exist: every address, filter and field is asked twice, in two worlds.

In the first a confidential site stands with its family, rooms, aid, counts and cases; in the second it never was. Who
may not know of it must be answered the same, byte for byte, and with as many questions to the database.
"""

import json
import re
import sys
import uuid
from collections import defaultdict
from collections.abc import Container, Iterator
from typing import Any, NamedTuple

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from centre.access import Role
from centre.bursts import KEPT
from centre.models import Site, User
from tests.api.conftest import Machine
from tests.api.world import World, furnish
from tests.build import make_user
from tests.centre.test_pages import addresses
from tests.promises.looked_up import Noting, is_the_same

pytestmark = pytest.mark.django_db

UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
PASSING = re.compile(
    r'csrfmiddlewaretoken" value="\w+"|"csrf": "\w+"|nonce-\w+|nonce="[^"]+"|data-draft-key="[^"]*"|asked=[\w-]+'
    r'|X-CSRFToken[^}]*|\d\d:\d\d(:\d\d)?|"cursor[^,]*|data-\w*mark="\w*"|mark=\w*|data-since="[^"]*"|data-acts="\d+"'
    r'|<datalist id="untils">.*</datalist>'  # which hours are offered changes with the quarter of an hour
)
SUMS = (
    "/census/",
    "/board/",
    "/api/v1/census",
    "/api/v1/case-numbers",
    "/api/v1/snapshots/take/",
    "/settings/operation/",  # a census that is missing after the cut-off hour
)  # those hidden are counted in them
OTHERWISE = (
    "/accounts/", "/api/docs", "/api/schema", "/metrics", "/healthz",  # of nobody
    "/settings/sessions/",  # of the asker, and changed by asking
    "/settings/log/", "/api/v1/log/",  # whoever may read them may know who works here
    "/shelter/changed/",  # tests/shelter/test_changed_unseen.py: it is asked with an instant
    "/aid/scan/",  # that a number is some family's is no secret: they follow each other
)  # fmt: skip


AT_ONCE = 100  # requests under one session and token: once a minute each is noted as used, which is a question more
SHUT = (403, 405)  # to the role, or to the verb


class Asked(NamedTuple):
    """One request."""

    verb: str
    address: str
    data: Any = None


def _names(world: World) -> dict[str, list[str]]:
    """By what a parameter is called: how somebody could name what is hidden."""
    code = str(world.rows["households"]).replace(" ", "")
    keys = {kind: [str(row.pk)] for kind, row in world.rows.items()}
    sites = [world.site.code, str(world.site.pk)]
    return {
        "site": sites, "to": sites, "present_at": sites, "sites": sites, "destination_site": sites, "from_site": sites,
        "household": keys["households"], "individual": keys["individuals"], "members": keys["individuals"],
        "room": keys["rooms"], "rooms": keys["rooms"], "distribution": keys["distributions"],
        "handout": keys["handouts"], "stays": keys["stays"], "number": [code], "family": [code], "search": [code],
        "into": keys["individuals"], "one": [code], "other": [code], "presence": keys["presences"],
    }  # fmt: skip


def _addresses(world: World) -> Iterator[str]:
    """Every address, with what is hidden in its gaps."""
    gaps = {name: row.pk for name, row in world.rows.items()}
    gaps |= {"undo": gaps["handouts"], "count": gaps["gate-counts"], "duplicates": uuid.UUID(int=3)}
    gaps |= dict.fromkeys(("family", "families", "done"), str(world.rows["households"]).replace(" ", ""))
    gaps |= {"stock": world.site.code, "staff": uuid.UUID(int=4), "census": timezone.localdate().isoformat()}
    for route in addresses(get_resolver().url_patterns):
        plain = re.sub(r"[\^$?\\]", "", re.sub(r"\(\?P<\w+>(?:\[\^[^]]*\]|[^()])*\)|<[\w:]+>", "\0", route))
        own = gaps if plain.startswith("api/") else gaps | {"sites": world.site.code}
        yield "/" + re.sub(r"([\w-]+)/\0", lambda gap, own=own: f"{gap[1]}/{own.get(gap[1], uuid.UUID(int=5))}", plain)


def _requests(world: World) -> Iterator[Asked]:
    """Every address plainly and with every name in its parameters; every act and filter of the API name by name."""
    names = _names(world)
    by_code, by_key = ({name: values[place] for name, values in names.items()} for place in (0, -1))
    for address in dict.fromkeys(_addresses(world)):  # in an order in which no key of the world has a part
        if not address.startswith((*SUMS, *OTHERWISE)):
            yield Asked("get", address)
            if not address.startswith("/api/"):
                yield from (
                    Asked(*one, told) for one in (("get", address), ("post", address)) for told in (by_code, by_key)
                )
    schema = SchemaGenerator().get_schema(request=None, public=True)
    for path, verbs in schema["paths"].items():
        if not path.startswith((*SUMS, *OTHERWISE, "/api/v1/sign-in")):
            row = world.rows.get(path.split("/")[3])
            address = re.sub(r"\{[a-z]+\}", str(row.pk) if row else str(uuid.UUID(int=6)), path)
            yield from _of_the_api(address, verbs, names, schema["components"]["schemas"])


def _of_the_api(
    address: str, verbs: dict[str, Any], names: dict[str, list[str]], schemas: dict[str, Any]
) -> Iterator[Asked]:
    for parameter in verbs.get("get", {}).get("parameters", ()):
        yield from (Asked("get", address, {parameter["name"]: value}) for value in names.get(parameter["name"], ()))
    if "post" in verbs:
        body = verbs["post"].get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        properties = schemas.get(body.get("$ref", "").rpartition("/")[2], {}).get("properties", {})
        for name, said in [("id", [str(uuid.UUID(int=7))]), *((name, names.get(name, ())) for name in properties)]:
            several = properties.get(name, {}).get("type") == "array"
            yield from (Asked("post", address, json.dumps({name: [one] if several else one})) for one in said)


class Answer(NamedTuple):
    """What was answered, after how many questions to the database, and by what names it was looked up what was sent."""

    status: int
    location: str
    body: str
    questions: int
    looked_up: frozenset[str]


def forget_tries() -> None:
    """Nobody was asked before: the cache is empty but for who opened too many, which each page would count anew."""
    kept = cache.get(KEPT)
    cache.clear()
    if kept is not None:
        cache.set(KEPT, kept, timeout=None)


def _ask(machine: Machine, client: Client, asked: Asked, own: set[str]) -> Answer:
    of_the_api = asked.address.startswith("/api/")
    more: dict[str, Any] = {"headers": machine.headers} if of_the_api else {}
    if isinstance(asked.data, str):
        more["content_type"] = "application/json"
    forget_tries()  # of both worlds, so that both are asked as often
    with transaction.atomic():  # what an act writes is taken back, so that each is asked of the same world
        connection.queries_log.clear()  # it holds 9,000, and counts no more when it is full
        with CaptureQueriesContext(connection) as asked_of:
            answer = getattr(client, asked.verb)(asked.address, asked.data, **more)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    text = UUID.sub(lambda found: found[0] if found[0] in own else "", body.decode("utf-8", "replace"))
    told = PASSING.sub("", answer.get("Location", "")), PASSING.sub("", text)
    return Answer(answer.status_code, *told, len(asked_of), frozenset(answer.wsgi_request.looked_up))


def _answers(user: User, requests: list[Asked], own: set[str]) -> Iterator[Answer]:
    """The answer to each; a door where nothing was looked up that is sent otherwise now is not asked again."""
    known: dict[tuple[str, str], list[tuple[Any, Answer]]] = defaultdict(list)
    cache.clear()
    for place, asked in enumerate(requests):
        if place % AT_ONCE == 0:
            machine, client = Machine(user), Client()
            client.handler = Noting(enforce_csrf_checks=False)
            client.force_login(user)
        before = known[asked.verb, asked.address]
        answer = next((answer for data, answer in before if _is_answered(asked.data, data, answer)), None)
        if answer is None:
            answer = _ask(machine, client, asked, own)
            before.append((asked.data, answer))
        yield answer


def _is_answered(data: Any, earlier: Any, answer: Answer) -> bool:
    """Whether what was answered to the earlier is answered to this too."""
    unnamed = earlier is None or str(earlier).startswith('{"id"')
    if answer.status in SHUT and unnamed:  # the door is shut before anything is named there
        return True
    if isinstance(data, str) or isinstance(earlier, str):
        return not answer.looked_up
    return is_the_same(earlier or {}, data or {}, answer.looked_up)


def _told_apart(user: User, places: Container[int]) -> dict[int, Asked]:
    """Which of these requests tell the world with what is hidden from the one without."""
    world = transaction.savepoint()
    hidden = furnish("haven")
    Site.objects.filter(pk=hidden.site.pk).update(confidential=True)
    hidden.site.refresh_from_db()
    own = {str(row.pk) for row in hidden.rows.values()}
    requests = {
        place: asked for place, asked in enumerate(_requests(hidden)) if place in places and asked.address != "/"
    }
    there = list(_answers(user, list(requests.values()), own))
    transaction.savepoint_rollback(world)
    never = _answers(user, list(requests.values()), own)
    return {place: requests[place] for place, one, other in zip(requests, there, never, strict=True) if one != other}


@pytest.mark.parametrize("role", sorted(Role.values))
def test_what_is_hidden_is_answered_as_what_does_not_exist(role):
    user = make_user(role, furnish("goris").site)
    told_apart = _told_apart(user, range(sys.maxsize))
    if told_apart:  # the minutes for which somebody has waited may have gone on between the two worlds
        told_apart = _told_apart(user, told_apart)
    assert list(told_apart.values()) == []
