"""What docs/api.md says is so; and the page that shows the schema obeys the content security policy."""

import json
import re
from pathlib import Path

from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from tests.api.conftest import API

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def test_every_address_of_the_text_is_in_the_schema_and_the_other_way_round():
    there = set(SchemaGenerator().get_schema(request=None, public=True)["paths"])
    after = r"(?:\{id\}/|take/|current/|search/|begin/|receive/|send/|write-off/)"
    told = set(re.findall(rf"/api/v1/[a-z-]+/(?:{after}(?:[a-z-]+/)?)?(?!\{{on\}})", TEXT))
    told |= set(re.findall(r"/api/v1/[a-z-]+(?:/\{on\}|/shown)?\.\{suffix\}", TEXT))
    assert told <= there
    assert {address for address in there if not re.fullmatch(r"/api/v1/[a-z-]+/\{[a-z]+\}/", address)} <= told


def test_the_intake_of_the_text_is_taken(volunteer):
    body = json.loads(re.search(r"```json\n(.*?)```", TEXT, re.S)[1])
    answer = volunteer.post("intakes/", body | {"at": timezone.now().isoformat()})
    assert answer.status_code == 201, answer.json()
    assert len(answer.json()["cases"]) == 1
    assert set(answer.json()) == {"household", "number", "card", "individuals", "cases", "nameless", "matches"}


def test_the_schema_and_its_script_are_open_to_read(client, db):
    assert client.get("/api/schema/?format=json").json()["openapi"] == "3.1.0"
    script = client.get("/api/docs/?script=")
    assert (script.status_code, script["Content-Type"]) == (200, "application/javascript")
    assert client.get(f"{API}sites/").status_code == 401
