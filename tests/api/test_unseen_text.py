"""A text of which nobody sees anything is empty: where one is needed it is refused, and no door breaks."""

import json
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from rest_framework.serializers import ValidationError

from centre.access import Role
from centre.fields import Text
from centre.forms import ActForm
from tests.api.conftest import Machine
from tests.api.test_plain_words import bodies, inside
from tests.api.world import World, furnish
from tests.build import STAFF, make_room, make_user

pytestmark = pytest.mark.django_db

UNSEEN = ["\u200b", "\u00ad", " \u200b\u2060 "]


@pytest.fixture
def world() -> World:
    return furnish("goris")


@pytest.fixture
def machine(world) -> Machine:
    """Of somebody who may do everything."""
    user = make_user(Role.COORDINATOR)
    ends_at = timezone.now() + timedelta(days=9)
    for role in set(STAFF) - {Role.COORDINATOR}:
        user.assignments.create(role=role, starts_at=world.site.opened_at, ends_at=ends_at)
    return Machine(user)


def posts() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Every address that is posted to, with its body's schema and all schemas."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    for path, verbs in schema["paths"].items():
        content = verbs.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json", {})
        name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
        if name:
            yield path, schema["components"]["schemas"][name], schema["components"]["schemas"]


def example(field: dict[str, Any], schemas: dict[str, Any], world: World, text: str, name: str = "") -> Any:
    """Something that the field's schema takes; its text is the one given."""
    field = field | next(iter(field.get("allOf") or field.get("oneOf") or [{}]))
    if "$ref" in field:
        field = schemas[field["$ref"].rpartition("/")[2]]
    kind = field.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {
            key: example(one, schemas, world, text, key)
            for key, one in field.get("properties", {}).items()
            if not one.get("readOnly")
        }
    if kind == "array":
        return [example(field["items"], schemas, world, text, name)]
    if kind != "string":
        return {"integer": 1, "number": 1, "boolean": False}.get(kind)
    return _string(field, world, text, name)


def _string(field: dict[str, Any], world: World, text: str, name: str) -> str:
    if "enum" in field:
        return next(one for one in field["enum"] if one)
    if field.get("format") == "uuid":
        named = world.rows.get(name) or world.rows.get(f"{name}s")
        return str(named.pk if named else uuid.uuid4())  # type: ignore[attr-defined]  # a row
    if field.get("format") in ("date-time", "date"):
        return {"date-time": "2026-11-28T12:00:00+04:00", "date": "2026-11-28"}[field["format"]]
    return world.site.code if "site" in name else text


@pytest.mark.parametrize("text", UNSEEN)
def test_no_door_breaks_at_text_that_nobody_sees(world, machine, text):
    asked = 0
    for path, body, schemas in posts():
        row = world.rows.get(path.split("/")[3])
        address = re.sub(r"\{[a-z]+\}", str(row.pk if row else uuid.UUID(int=6)), path).removeprefix("/api/v1/")
        whole = example(body, schemas, world, text)
        for facts in (whole, {name: whole[name] for name in body.get("required", ()) if name in whole}):
            with transaction.atomic():
                answer = machine.post(address, json.loads(json.dumps({**facts, "id": str(uuid.uuid4())})))
                transaction.set_rollback(True)
            assert answer.status_code < 500, (path, facts)
            asked += 1
    assert asked > 200


@pytest.mark.parametrize("text", UNSEEN)
def test_no_field_of_any_body_takes_it_where_text_is_needed(text):
    walked = 0
    for body in bodies():
        for field in inside(body()):
            if isinstance(field, Text) and field.trim_whitespace:
                walked += 1
                assert_empty(field, text)
    assert walked > 80


def assert_empty(field: Any, text: str) -> None:
    if field.allow_blank:
        assert not field.run_validation(text), field.field_name
        return
    with pytest.raises(ValidationError) as refused:
        field.run_validation(text)
    assert refused.value.get_codes() == ["blank"], field.field_name


class Why(ActForm):
    """A form of an act whose text is no line of ours."""

    reason = forms.CharField()
    note = forms.CharField(required=False)


@pytest.mark.parametrize("text", UNSEEN)
def test_no_form_of_an_act_takes_it_where_text_is_needed(text):
    sent = QueryDict(mutable=True)
    sent.update({"id": str(uuid.uuid4()), "reason": text, "note": text})
    form = Why(sent)
    assert form.errors == {"reason": ["This field is required."]}
    assert form.cleaned_data["note"] == ""


@pytest.mark.parametrize("text", UNSEEN)
def test_no_place_is_blocked_for_a_reason_that_nobody_sees(client, world, text):
    room = make_room(world.site, 1)
    client.force_login(make_user(Role.COORDINATOR))
    sent = {"id": uuid.uuid4(), "places": [room.places.get().pk], "reason": text}
    assert client.post(f"/shelter/rooms/{room.pk}/", sent).status_code == 422
