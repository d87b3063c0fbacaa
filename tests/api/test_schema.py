"""The schema says what the API does: it is valid, and thousands of generated requests find no answer it lacks."""

import warnings
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, settings
from rest_framework import serializers
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig

from centre.access import Role
from centre.tokens import make_token
from reception.wsgi import application
from tests.api.world import furnish
from tests.build import make_user

ROLES = (Role.COORDINATOR, Role.PROTECTION, Role.ADMINISTRATOR)
BRIEF = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
load_all_checks()
SENSELESS = CHECKS.get_by_names(["positive_data_acceptance"])  # a schema cannot say that a site exists


def answer(environ: dict[str, Any], start_response: Any) -> Any:
    """The application, with the address of a client as a server gives it."""
    return application({"REMOTE_ADDR": "127.0.0.1", **environ}, start_response)


# To send each bad value of each field by itself, thousands an operation, is what tests of the fields do.
CONFIG = SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": False}}})
generated = schemathesis.openapi.from_wsgi("/api/schema/?format=json", answer, config=CONFIG)
pointed = schemathesis.openapi.from_wsgi("/api/schema/?format=json", answer, config=CONFIG)
REAL: dict[str, Any] = {}
NEVER_MISSING = {("DifferenceRow", "reported")}  # a report that says no number differs from none


@pytest.fixture
def token(db) -> Iterator[str]:
    """A token of somebody who may do everything, in a world with one row of each."""
    world = furnish("goris")
    user = make_user(ROLES[0])
    for role in ROLES[1:]:
        user.assignments.create(role=role, starts_at=world.site.opened_at)
    REAL.update({name: str(row.pk) for name, row in world.rows.items()}, number=str(world.rows["households"]))
    REAL["movements"] = REAL["presences"]
    for signal in (request_started, request_finished):  # as Django's own test client does: the transaction is ours
        signal.disconnect(close_old_connections)
    yield make_token(user, "schemathesis", timezone.now() + timedelta(hours=1))
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.schema
@generated.parametrize()
@BRIEF
def test_whatever_is_sent_the_answer_is_one_the_schema_has(case, token):
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, excluded_checks=SENSELESS)


@pointed.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Point the address at a row that is there."""
    if path_parameters is None:
        return None
    rows = context.operation.path.split("/")[3]
    return path_parameters | {"id": REAL[rows]} if rows in REAL else path_parameters


@pointed.hook
def map_body(context: Any, body: Any) -> Any:
    """Name the site, the rooms and the time of the world, so that acts get as far as the database."""
    if not isinstance(body, dict):
        return body
    true = {
        "site": "goris",
        "at": timezone.now().isoformat(),
        "rooms": [REAL.get("rooms")],
        "distribution": REAL.get("distributions"),
        "number": REAL.get("number"),
        "merged": REAL.get("individuals"),
    }
    return body | {name: value for name, value in true.items() if name in body}


@pytest.mark.schema
@pointed.include(method="POST").parametrize()
@BRIEF
def test_acts_on_rows_that_are_there_are_done_or_refused(case, token):
    sound = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS.get_by_names(sound))


def test_the_schema_is_valid_openapi_3_1_without_a_warning():
    GENERATOR_STATS.reset()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        schema = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(schema)
    assert schema["openapi"] == "3.1.0"
    assert not GENERATOR_STATS


def test_every_operation_says_what_it_is_for():
    schema = SchemaGenerator().get_schema(request=None, public=True)
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            assert operation.get("description"), (path, method)


def _row_serializers(base: Any = serializers.ModelSerializer) -> Iterator[Any]:
    """Every serializer of rows that this house wrote."""
    for one in base.__subclasses__():
        if hasattr(getattr(one, "Meta", None), "model"):
            yield one
        yield from _row_serializers(one)


def _may_be_null(model: Any, source: str) -> bool:
    """Whether the column at the end of this path, or a row on the way to it, may be missing."""
    for part in source.split("."):
        if model is None or part not in {field.name for field in model._meta.get_fields()}:
            return False  # a property: its own serializer says what it is
        field = model._meta.get_field(part)
        if field.concrete and field.null:
            return True
        model = field.related_model
    return False


def test_what_may_be_missing_may_be_null():
    """What a row may not have is said to be null: null is no string."""
    schemas = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]
    wrong = {
        (row.__name__, name)
        for row in _row_serializers()
        for name, field in row().fields.items()
        if _may_be_null(row.Meta.model, field.source)
        and (row.__name__, name) not in NEVER_MISSING
        and "null" not in str(schemas[row.__name__]["properties"][name]).lower()
    }
    assert wrong == set()


def test_an_act_below_a_list_says_what_it_takes():
    schema = SchemaGenerator().get_schema(request=None, public=True)
    takes = schema["paths"]["/api/v1/sites/begin/"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    said = schema["components"]["schemas"][takes["$ref"].rpartition("/")[2]]
    assert {"id", "name", "kind", "marz", "places", "phone"} <= said["properties"].keys()
