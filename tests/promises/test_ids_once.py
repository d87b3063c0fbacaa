"""No page says an id twice: a label, an error and a script would find the wrong one."""

import html.parser
from collections import Counter

import pytest
from django.test import Client
from django.utils import timezone

from centre.access import Role
from tests.build import make_site, make_user
from tests.promises.test_who_was_shown import everywhere, furnished
from tests.transport.conftest import HOUR, expected_family
from transport.actions import plan_bus, put_on_bus, send_bus
from transport.models import TransportRun
from transport.riding import board_bus

pytestmark = pytest.mark.django_db


class Ids(html.parser.HTMLParser):
    """Counts the ids of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.update(value or "" for name, value in attributes if name == "id")


def said_twice(page: str) -> list[str]:
    reader = Ids()
    reader.feed(page)
    return [name for name, times in reader.found.items() if times > 1]


def everyone(**facts):
    user = make_user(Role.COORDINATOR, **facts)
    for role in (Role.PROTECTION, Role.ADMINISTRATOR, Role.AUDITOR):
        user.assignments.create(role=role, starts_at=timezone.now() - 9 * HOUR)
    return user


def test_an_id_said_twice_is_found():
    assert said_twice('<p id="a"><b id="b"></b></p><p id="a"></p>') == ["a"]


def test_no_page_says_an_id_twice():
    world, client = furnished(), Client()
    client.force_login(everyone())
    wrong, read = {}, 0
    for address in everywhere(world):
        if address.startswith(("/api/", "/accounts/logout/")):
            continue
        answer = client.get(address, follow=True)
        if answer.streaming:
            b"".join(answer.streaming_content)  # a cursor left open would close in the next test's transaction
        if "text/html" not in answer.get("Content-Type", "") or answer.streaming:
            continue
        read += answer.status_code == 200
        if twice := said_twice(answer.content.decode()):
            wrong[address] = twice
    assert not wrong
    assert read > 50


@pytest.mark.parametrize("leaves", [False, True])
def test_a_bus_that_stops_twice_says_no_id_twice(leaves):
    goris, sisian, vayk, by, now = make_site(), make_site(), make_site(), everyone(), timezone.now()
    plan = {"seats": 20, "departs_at": now + HOUR, "arrives_at": now + 4 * HOUR, "by": by}
    run = TransportRun.objects.get(pk=plan_bus(goris, stops=[sisian, vayk], **plan).run)
    for stop in (sisian, vayk):
        family = expected_family(goris, stop, by)
        put_on_bus(run, household=family, by=by)
        board_bus(run, household=family, by=by)
    if leaves:
        send_bus(run, by=by)
    client = Client()
    client.force_login(by)
    assert said_twice(client.get(f"/buses/{run.pk}/").content.decode()) == []
    if leaves:
        facts = {"id": "7d8be0a4-7a64-4e0a-9a44-7d5c6f1f0a11", "site": vayk.pk, "card": "?"}
        page = client.post(f"/buses/{run.pk}/scan/off/", facts)
        assert page.status_code == 422
        assert said_twice(page.content.decode()) == []
        assert [bool(form.errors) for _stop, form in page.context["getting_off"]] == [False, True]
