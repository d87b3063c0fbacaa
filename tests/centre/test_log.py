"""What the log says of accounts: sign-ins that failed, passwords and roles that were changed."""

import pytest

from centre.access import Role
from centre.log import digest_of_account
from centre.models import LogLine, User
from centre.staff_acts import add_staff, agree_to_role, allow_sign_in, block_sign_in, end_role, give_password, give_role
from tests.build import make_site, make_user

pytestmark = pytest.mark.django_db

PASSWORD = "reception-desk-1"  # of make_user


def test_a_failed_sign_in_names_a_digest_of_the_account(client):
    make_user(Role.VOLUNTEER, username="gate")
    for typed in ("Gate ", "my-password-by-mistake"):
        client.post("/accounts/login/", {"login": typed, "password": "wrong"})
    lines = LogLine.objects.filter(verb="sign_in_failed").order_by("pk")
    assert [line.subject_id for line in lines] == [
        digest_of_account("gate"),
        digest_of_account("my-password-by-mistake"),
    ]
    assert "mistake" not in str(list(lines.values()))
    client.force_login(make_user(Role.AUDITOR))
    assert "failed to sign in – gate" in client.get("/settings/log/").content.decode()


def test_a_password_that_was_changed_leaves_a_line(client):
    user = make_user(Role.VOLUNTEER)
    client.force_login(user)
    new = {"oldpassword": PASSWORD, "password1": "another-long-one", "password2": "another-long-one"}
    assert client.post("/accounts/password/change/", new).status_code == 302
    assert LogLine.objects.filter(by=user, verb="password_changed", subject_id=str(user.pk)).count() == 1


def test_what_is_done_to_an_account_leaves_a_line_each():
    admin, site = make_user(Role.ADMINISTRATOR), make_site("goris")
    facts = {"username": "anna", "first_name": "Anna", "last_name": "H", "language": "hy"}
    anna = User.objects.get(pk=add_staff(**facts, role=Role.COORDINATOR, site=site, by=admin).user)
    give_role(anna, role=Role.PROTECTION, site=site, by=admin)
    agree_to_role(anna.assignments.get(role=Role.PROTECTION), by=make_user(Role.ADMINISTRATOR))
    end_role(anna.assignments.get(role=Role.PROTECTION), by=admin)
    give_password(anna, by=admin)
    block_sign_in(anna, by=admin)
    allow_sign_in(anna, by=admin)
    lines = LogLine.objects.filter(by=admin, subject="user", subject_id=str(anna.pk)).order_by("pk")
    assert [line.verb for line in lines] == [
        "role_given",
        "role_given",
        "role_ended",
        "password_changed",
        "sign_in_blocked",
        "sign_in_allowed",
    ]
