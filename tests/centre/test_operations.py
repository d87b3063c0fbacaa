"""What an installation is for is shown on every page, and an operation is never run as a demonstration."""

import pytest
from django.core.checks import run_checks
from django.db import connection

from centre import operations, views
from centre.models import Operation
from centre.operations import why_no_demonstration
from tests.build import LONG_AGO, make_user

pytestmark = pytest.mark.django_db


def _open(purpose: str) -> Operation:
    return Operation.objects.create(
        name="Goris 2026", code="GORI", purpose=purpose, opened_at=LONG_AGO, opened_by=make_user("administrator")
    )


@pytest.mark.parametrize(
    ("purpose", "said"), [("real", ""), ("practice", 'data-mark="practice"'), ("demonstration", "are invented")]
)
def test_every_page_says_what_it_is_for(client, purpose, said):
    operation = _open(purpose)
    pages = [client.get("/accounts/login/").content.decode()]
    client.force_login(operation.opened_by)
    pages += [client.get(address).content.decode() for address in ("/settings/", "/no-such-page/")]
    for page in pages:
        assert said in page
        assert ("data-mark" in page) is bool(said)


def test_what_is_known_is_not_asked_again(client, rf, django_assert_num_queries):
    opened = _open("practice")
    operations.remember(opened)
    try:
        with django_assert_num_queries(0):
            page = client.get("/accounts/login/").content.decode()
            broken = views.broken(rf.get("/")).content.decode()
    finally:
        operations.forget()
    assert 'data-mark="practice"' in page
    assert 'data-mark="practice"' in broken


@pytest.mark.parametrize(("purpose", "errors"), [("real", 1), ("practice", 1), ("demonstration", 0), (None, 0)])
def test_an_operation_is_not_run_as_a_demonstration(settings, purpose, errors):
    if purpose:
        _open(purpose)
    settings.DEMONSTRATION = True
    found = run_checks(databases=["default"], tags=["database"])
    assert [error.id for error in found] == ["centre.E001"] * errors
    settings.DEMONSTRATION = False
    assert run_checks(databases=["default"], tags=["database"]) == []


def test_an_upgrade_is_not_stopped_by_a_column_that_is_not_there_yet(db):
    """The system check runs before the migration that would add it."""
    _open("real")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE centre_operation DROP COLUMN complaints_to")
    assert "was opened here as a real operation" in why_no_demonstration()
