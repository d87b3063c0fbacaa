"""A role that opens files: two administrators give it, or one alone with an hour's wait and a word to all."""

import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from centre.access import Permission, Role
from centre.errors import NotOneself, NotTheSecond, PasswordFromTheFirst, RoleDecided, RoleHeld
from centre.models import Assignment, LogLine, User
from centre.staff_acts import add_staff, agree_to_role, block_sign_in, end_role, give_password, give_role, withdraw_role
from tests.build import make_site, make_user

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def admin():
    return make_user(Role.ADMINISTRATOR, first_name="Armine")


@pytest.fixture
def anna():
    return make_user(Role.OFFICIAL, make_site("goris"), username="anna")


def may_see(user):
    return User.objects.get(pk=user.pk).reach(Permission.SEE_FAMILIES) != set()


def given(user, by, role=Role.COORDINATOR, **facts):
    give_role(user, role=role, by=by, **facts)
    return user.assignments.get(role=role, withdrawn_at=None)


def test_a_role_that_opens_files_counts_when_a_second_administrator_agrees(admin, anna):
    second = make_user(Role.ADMINISTRATOR)
    role = given(anna, admin)
    assert (role.starts_at, may_see(anna)) == (None, False)
    with pytest.raises(NotTheSecond):
        agree_to_role(role, by=admin)
    assert not may_see(anna)
    agree_to_role(role, by=second)
    assert may_see(anna)
    with pytest.raises(RoleDecided):
        agree_to_role(role, by=second)
    with pytest.raises(RoleDecided):
        withdraw_role(role, by=admin)
    assert LogLine.objects.filter(verb="role_agreed", by=second, subject_id=str(anna.pk)).count() == 1


def test_nobody_agrees_to_a_role_of_their_own(admin):
    second, third = make_user(Role.ADMINISTRATOR), make_user(Role.ADMINISTRATOR)
    role = given(second, admin, Role.PROTECTION)
    with pytest.raises(NotOneself):
        agree_to_role(role, by=second)
    agree_to_role(role, by=third)
    assert may_see(second)


def test_a_role_that_one_administrator_gives_alone_counts_an_hour_later(admin, anna):
    role = given(anna, admin)
    assert role.starts_at >= role.given_at + HOUR
    assert not may_see(anna)
    assert role.covers(role.starts_at)


def test_a_role_told_late_waits_all_the_same(admin, anna):
    role = given(anna, admin, at=timezone.now() - 5 * HOUR)
    assert role.starts_at >= role.given_at + HOUR


@pytest.mark.parametrize("of", ["one blocked long ago", "one ended long ago", "the person's own", "another site's"])
def test_who_could_not_agree_is_no_second_administrator(admin, anna, of, monkeypatch):
    second = make_user(Role.ADMINISTRATOR) if of.startswith("one") else None
    if second:
        monkeypatch.setattr("centre.seconds.AFTER_AN_END", timedelta(0))
        make_alone(admin, second, "blocked" if "blocked" in of else "ended")
        role = given(anna, admin)
    elif of == "the person's own":
        role = given(make_user(Role.ADMINISTRATOR), admin)
    else:
        make_user(Role.ADMINISTRATOR, make_site("vayk"))
        role = given(anna, admin)
    assert role.starts_at is not None


def make_alone(admin, other, how):
    block_sign_in(other, by=admin) if how == "blocked" else end_role(other.assignments.get(), by=admin)


@pytest.mark.parametrize("how", ["blocked", "ended"])
def test_nobody_is_alone_by_blocking_or_ending_the_other(admin, anna, how):
    make_alone(admin, make_user(Role.ADMINISTRATOR), how)
    assert given(anna, admin).starts_at is None


def test_nobody_agrees_who_was_given_a_password_by_who_asked(admin, anna):
    """Or whoever reads the slip would be both."""
    second = make_user(Role.ADMINISTRATOR)
    role = given(anna, admin)
    give_password(second, by=admin)
    with pytest.raises(PasswordFromTheFirst):
        agree_to_role(role, by=second)
    assert not may_see(anna)
    agree_to_role(given(make_user(Role.OFFICIAL, username="davit"), second), by=admin)
    agree_to_role(role, by=make_user(Role.ADMINISTRATOR))


@pytest.mark.parametrize("how", ["blocked", "ended"])
def test_what_a_blocked_or_ended_administrator_proposed_is_withdrawn(admin, anna, how):
    second, third = make_user(Role.ADMINISTRATOR), make_user(Role.ADMINISTRATOR)
    role = given(anna, second)
    make_alone(admin, second, how)
    with pytest.raises(RoleDecided):
        agree_to_role(role, by=third)
    role.refresh_from_db()
    assert role.withdrawn_by == admin


def test_an_announced_role_of_who_was_blocked_never_counts(admin, anna):
    role = given(anna, admin)
    block_sign_in(admin, by=make_user(Role.ADMINISTRATOR))
    role.refresh_from_db()
    assert role.starts_at is None


def test_who_could_agree_later_is_proposed_by_two_as_well(admin, anna):
    """Or one administrator would make the second, and agree as them."""
    assert given(anna, admin, Role.ADMINISTRATOR).starts_at > timezone.now()


def test_a_role_that_opens_no_file_counts_at_once(admin, anna):
    assert given(anna, admin, Role.AUDITOR).covers(timezone.now())


def test_the_first_role_of_a_new_account_waits_too(admin):
    make_user(Role.ADMINISTRATOR)
    names = {"username": "davit", "first_name": "Davit", "last_name": "Petrosyan", "language": "hy"}
    saved = add_staff(**names, role=Role.COORDINATOR, by=admin)
    assert not may_see(User.objects.get(pk=saved.user))


def test_a_role_given_at_the_terminal_counts_at_once_and_leaves_a_line(admin, anna):
    said, last = StringIO(), timezone.localdate() + timedelta(days=1)
    call_command("role", "anna", "volunteer", site="goris", last_day=last, stdout=said)
    assert said.getvalue() == f"anna is volunteer at goris from now on, to the end of {last:%d.%m.%Y}.\n"
    assert may_see(anna)
    assert LogLine.objects.filter(verb="role_given", by=None, subject_id=str(anna.pk)).count() == 1
    for wrong in (["nobody", "auditor"], ["anna", "auditor", "--site", "nowhere"], ["anna", "volunteer"]):
        with pytest.raises(CommandError):
            call_command("role", *wrong)


def test_a_role_that_waits_counts_when_it_is_given_at_the_terminal(admin, anna):
    role, said = given(anna, admin), StringIO()
    call_command("role", "anna", "coordinator", stdout=said)
    assert said.getvalue() == "anna is coordinator at all sites from now on.\n"
    assert may_see(anna)
    assert anna.assignments.get(role=Role.COORDINATOR) == role


def test_the_last_day_said_at_the_terminal_counts_for_a_role_that_waits(admin, anna):
    given(anna, admin)
    call_command("role", "anna", "coordinator", last_day=timezone.localdate() + timedelta(days=1))
    assert anna.assignments.get(role=Role.COORDINATOR).ends_at < timezone.now() + timedelta(days=3)


def test_a_withdrawn_role_never_counts_and_may_be_given_anew(admin, anna):
    role = given(anna, admin)
    with pytest.raises(RoleHeld):
        given(anna, admin)
    withdraw_role(role, by=admin)
    role.refresh_from_db()
    assert (role.starts_at, role.withdrawn_by) == (None, admin)
    with pytest.raises(RoleDecided):
        agree_to_role(role, by=make_user(Role.ADMINISTRATOR))
    assert given(anna, admin).pk != role.pk


def test_the_database_lets_no_role_count_before_it_may(admin, anna):
    role = given(anna, admin)
    for columns in (
        {"starts_at": timezone.now()},
        {"starts_at": timezone.now(), "agreed_at": timezone.now(), "agreed_by": admin},
        {"starts_at": timezone.now(), "agreed_at": timezone.now(), "agreed_by": anna},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Assignment.objects.filter(pk=role.pk).update(**columns)


@pytest.mark.parametrize("language", ["en", "hy", "ru"])
def test_all_are_told_while_the_hour_runs(client, admin, anna, language):
    User.objects.filter(pk=anna.pk).update(language=language)
    client.force_login(anna)
    role = given(make_user(Role.AUDITOR, first_name="Hrant"), admin)
    said = client.get("/").content.decode()
    assert "Armine" in said
    assert "Hrant" in said
    withdraw_role(role, by=admin)
    assert "Hrant" not in client.get("/").content.decode()


def test_two_administrators_on_their_pages(client, admin, anna):
    second = make_user(Role.ADMINISTRATOR)
    page = f"/settings/staff/{anna.pk}/"
    client.force_login(admin)
    client.post(page, {"id": uuid.uuid4(), "role": "coordinator", "site": "", "last_day": ""})
    role = anna.assignments.get(role="coordinator")
    agree, withdraw = (f"{page}roles/{role.pk}/{verb}/" for verb in ("agree", "withdraw"))
    own = client.get(page).content.decode()
    assert (agree in own, withdraw in own) == (False, True)
    assert client.post(agree, {"id": uuid.uuid4()}).status_code == 422
    client.force_login(second)
    assert page in client.get("/settings/staff/").content.decode()
    assert agree in client.get(page).content.decode()
    assert client.post(agree, {"id": uuid.uuid4()}).status_code == 303
    assert may_see(anna)
    later = client.post(withdraw, {"id": uuid.uuid4()})
    assert "no longer waits" in later.content.decode()
