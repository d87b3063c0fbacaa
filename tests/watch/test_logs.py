"""What is written down of a request and of an error: where and when, never who or what was typed."""

import io
import json
import logging
import uuid

import kombu.exceptions
import pytest
import redis
from django.db import DataError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import path

from centre.access import Role
from centre.models import User
from reception.urls import handler400, handler500, urlpatterns
from tests.build import make_site, make_user, register_family
from upkeep.watch.logs import JsonLines, Lines

__all__ = ["handler400", "handler500"]

NAME = "Հակոբյան"

pytestmark = pytest.mark.django_db


def break_on_a_row(request):
    """A view that violates a constraint with a row that holds a name."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE written (name text UNIQUE)")
        cursor.execute("INSERT INTO written VALUES (%s), (%s)", [NAME, NAME])


def break_on_what_was_typed(request):
    """A view that fails on what was typed."""
    return int(request.GET["q"])


urlpatterns = [
    path("break/row/", break_on_a_row, name="row"),
    path("break/typed/", break_on_what_was_typed),
    *urlpatterns,
]


@pytest.fixture(params=[JsonLines, Lines], ids=["json", "line"])
def written(request, caplog):
    """All that is logged, as the handler of a server writes it."""
    caplog.set_level(logging.INFO)
    caplog.handler.setFormatter(request.param())
    return caplog


def text_of(caplog) -> str:
    return "\n".join(caplog.handler.formatter.format(record) for record in caplog.records)


@pytest.fixture
def visitor():
    client = Client(raise_request_exception=False)
    client.force_login(make_user(Role.VOLUNTEER, make_site(), first_name=NAME))
    return client


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("address", ["/break/row/", f"/break/typed/?q={NAME}"])
def test_an_error_is_told_without_the_row_or_what_was_typed(visitor, written, address):
    assert visitor.get(address).status_code == 500
    text = text_of(written)
    assert "test_logs.py:" in text or "test_logs.py\\" in text  # where it broke is told
    assert len([line for line in text.splitlines() if "ERROR" in line]) == len(text.splitlines()) == 1
    assert NAME not in text
    assert "\\u0540" not in text


def test_a_real_violation_names_the_constraint_and_not_the_person(written):
    household = register_family(make_site(), make_user())
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registrations_individual SELECT (jsonb_populate_record(old, %s::jsonb)).*"
            " FROM registrations_individual old LIMIT 1",
            [json.dumps({"given_name": NAME})],
        )
    assert household
    assert NAME in str(caught.value) or "DETAIL" in str(caught.value)
    try:
        raise RuntimeError(NAME) from caught.value
    except RuntimeError:
        logging.getLogger("reception").exception("It broke")
    text = text_of(written)
    assert "registrations_individual" in text
    assert "DETAIL" not in text
    assert NAME not in text


def test_an_error_given_as_an_argument_keeps_its_words(written):
    with pytest.raises(DataError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::integer", [NAME])
    assert NAME in str(caught.value)
    logging.getLogger("reception").error("Not read: %s", caught.value)
    logging.getLogger("gunicorn.error").error("Error handling request %s", f"/families/?q={NAME}")
    logging.getLogger("gunicorn.error").warning(f"Invalid request from ip=1.2.3.4: {NAME}")
    logging.getLogger("gunicorn.error").exception(caught.value)
    logging.getLogger("django.security.DisallowedHost").error(f"Invalid HTTP_HOST header: '{NAME}'")
    assert NAME not in text_of(written)


@pytest.mark.parametrize("kind", [kombu.exceptions.OperationalError, redis.ConnectionError, redis.TimeoutError])
def test_a_broker_that_does_not_answer_is_named_in_words(written, kind):
    logging.getLogger("celery.beat").error("beat: %s", kind("Error 111 connecting to broker:6379."))
    try:
        raise kind("Connection refused.")
    except kind:
        logging.getLogger("reception").exception("It broke")
    assert "beat: Error 111 connecting to broker:6379." in text_of(written)
    assert "Connection refused." in text_of(written)


def test_a_failed_task_is_told_without_its_words(written):
    said = {"name": "census.tasks.x", "id": "1", "description": "raised unexpected", "exc": NAME, "args": NAME}
    message = "Task %(name)s[%(id)s] %(description)s: %(exc)s"
    logging.getLogger("celery.app.trace").error(message, said, extra={"data": said})
    assert NAME not in text_of(written)
    assert "Task census.tasks.x[1] raised unexpected" in text_of(written)


def test_a_request_is_one_line_with_its_id_view_user_and_time(caplog):
    caplog.set_level(logging.INFO, "reception.requests")
    user = make_user(Role.VOLUNTEER, make_site(), first_name=NAME)
    client = Client()
    client.force_login(user)
    answer = client.get(f"/families/?q={NAME}")
    [record] = [one for one in caplog.records if one.name == "reception.requests"]
    assert NAME not in JsonLines().format(record)
    assert record.figures["status"] == 200
    assert record.figures["milliseconds"] > 0
    assert uuid.UUID(answer.headers["X-Request-ID"])


@pytest.mark.urls(__name__)
def test_the_line_of_an_error_carries_the_number_that_its_page_shows(visitor):
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    logging.getLogger("django.request").addHandler(handler)
    answer = visitor.get("/break/row/")
    logging.getLogger("django.request").removeHandler(handler)
    number = answer.headers["X-Request-ID"]
    assert number in answer.content.decode()
    [line] = [json.loads(one) for one in written.getvalue().splitlines()]
    assert line["request_id"] == number
    assert line["view"] == "row"
    assert line["user"] == str(User.objects.get(first_name=NAME).pk)
    assert line["message"] == "Internal Server Error"
