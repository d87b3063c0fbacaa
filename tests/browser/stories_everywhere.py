"""What the buttons of the frame do, and those of setting up and of the census."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.utils import timezone
from playwright.sync_api import expect

from census.actions import take_snapshots
from census.models import Snapshot
from centre.access import Role
from centre.models import Assignment, LogLine, Operation, Session, Site, Token, User
from centre.sessions import SessionStore, begin
from centre.shift import CHOSEN
from centre.staff_acts import give_role
from centre.tokens import make_token
from reception.celery import app as celery
from tests.browser.buttons import OPENS, SCRIPT, Desk, button, code
from tests.build import make_user

PASSWORD = "seven-dry-apricots"
OWN = "own-apricot-garden-7"


def with_password(desk: Desk, role: str = Role.COORDINATOR) -> User:
    """Somebody whose password is kept as a real server keeps it."""
    desk.user = make_user(role, desk.site)
    desk.user.password = make_password(PASSWORD, hasher=PBKDF2PasswordHasher())
    desk.user.save(update_fields=["password"])
    return desk.user


def administer(desk: Desk, address: str) -> None:
    desk.open(address, Role.ADMINISTRATOR, everywhere=True)


# The frame of every page


@button("English|Հայերեն|Русский", "centre:language", pick="Русский")
def speak_russian(desk: Desk) -> Iterator[None]:
    desk.open("/help/")
    yield
    desk.user.refresh_from_db()
    assert desk.user.language == "ru"
    User.objects.filter(pk=desk.user.pk).update(language="en")
    desk.open("/help/")


@button(".+", "centre:shift")
def work_at_another_site(desk: Desk) -> Iterator[None]:
    other = desk.works_at_another()
    desk.open("/settings/shift/")
    desk.page.locator(f"button[name=site]:not([value='{other.pk}'])").evaluate_all(
        "others => others.forEach((one) => one.remove())"
    )
    yield
    assert SessionStore(desk.session)[CHOSEN] == str(other.pk)


@button("Sign out", "account_logout")
def sign_out(desk: Desk) -> Iterator[None]:
    desk.open("/help/")
    yield
    assert not Session.objects.filter(pk=desk.session).exists()
    assert urlsplit(desk.page.url).query == ""  # whoever left is not told that a session ended


@button("Language: .+", OPENS)
def choice_of_languages(desk: Desk) -> Iterator[None]:
    desk.open("/help/")
    yield


@button("Site of this shift: .+", OPENS)
def choice_of_sites(desk: Desk) -> Iterator[None]:
    desk.works_at_another()
    desk.open("/help/")
    yield


@button(r"user-\d+", OPENS)
def who_i_am(desk: Desk) -> Iterator[None]:
    desk.open("/help/")
    yield


@button("More", OPENS)
def more_ways(desk: Desk) -> Iterator[None]:
    desk.page.set_viewport_size({"width": 360, "height": 740})
    desk.open("/help/")
    yield


# Accounts


@button("Sign in", "account_login", on="account_login", enter="[name=password]")
def sign_in(desk: Desk) -> Iterator[None]:
    user = with_password(desk)
    desk.page.context.clear_cookies()
    desk.page.goto("/accounts/login/")
    desk.page.locator("[name=login]").fill(user.username)
    desk.page.locator("[name=password]").fill(PASSWORD)
    yield
    user.refresh_from_db()
    assert user.last_login is not None


@button("Change password", "account_change_password", on="account_change_password", enter="[name=password2]")
def change_password(desk: Desk) -> Iterator[None]:
    user = with_password(desk)
    page = desk.open("/accounts/password/change/")
    for name, typed in (("oldpassword", PASSWORD), ("password1", OWN), ("password2", OWN)):
        page.locator(f"[name={name}]").fill(typed)
    yield
    user.refresh_from_db()
    assert PBKDF2PasswordHasher().verify(OWN, user.password)


# Setting up


@button("Search", "desk:log", on="desk:log", enter="main [name=number]")
def search_the_log(desk: Desk) -> Iterator[None]:
    family = desk.family()
    administer(desk, "/settings/log/")
    desk.page.locator("main [name=number]").fill(code(family))
    yield
    expect(desk.page.get_by_text("Nothing like this is in the log.")).to_be_visible()


@button("Download the list", "desk:shown", on="desk:shown", enter="[name=why]", stays=True)
def take_out_which_families_were_shown(desk: Desk) -> Iterator[None]:
    administer(desk, "/settings/log/shown/")
    desk.page.locator("[name=why]").fill("a telephone was stolen")
    yield
    expect(desk.page.get_by_text("Downloaded.")).to_be_visible()
    assert LogLine.objects.filter(by=desk.user, verb="exported", subject="log").count() == 1


@button("Turn keyboard shortcuts (on|off)", SCRIPT, on="centre:settings", stays=True)
def turn_shortcuts_off(desk: Desk) -> Iterator[None]:
    desk.open("/settings/").evaluate("localStorage.removeItem('keys-off')")
    desk.page.reload()
    yield
    expect(desk.page.locator("[data-keys]")).to_have_text("Turn keyboard shortcuts on")
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("/")
    expect(desk.page.locator("#search")).not_to_be_focused()
    desk.page.evaluate("localStorage.removeItem('keys-off')")


@button("Sign that device out", "centre:end_session", on="centre:sessions")
def sign_that_device_out(desk: Desk) -> Iterator[None]:
    desk.open("/help/")
    other = SessionStore(desk.server.sign_in(desk.user).session)
    begin(other, "Firefox Windows")
    other.save()
    desk.open("/settings/sessions/")
    yield
    assert not Session.objects.filter(pk=other.session_key).exists()


@button("Stop that program", "centre:end_token", on="centre:sessions")
def stop_that_program(desk: Desk) -> Iterator[None]:
    desk.open("/help/")
    make_token(desk.user, "census", timezone.now() + timedelta(hours=1))
    desk.open("/settings/sessions/")
    yield
    assert Token.objects.get(user=desk.user).revoked_at is not None


@button("Open the site", "centre:sites", on="centre:sites", does=["add_site"], enter="[name=name_en]")
def open_the_site(desk: Desk) -> Iterator[None]:
    administer(desk, "/settings/sites/")
    name = f"new-{desk.site.code}"
    desk.page.locator("[name=code]").fill(name)
    desk.page.locator("[name=name_en]").fill("Jermuk")
    yield
    assert Site.objects.get(code=name).closed_at is None


@button("Save", "centre:site", on="centre:site", does=["change_site"], enter="[name=name_en]")
def save_the_site(desk: Desk) -> Iterator[None]:
    administer(desk, f"/settings/sites/{desk.site.code}/")
    desk.page.locator("[name=name_en]").fill("Another name")
    yield
    desk.site.refresh_from_db()
    assert desk.site.name_en == "Another name"


@button("Search", "centre:staff", on="centre:staff", enter="main [type=search]")
def search_the_staff(desk: Desk) -> Iterator[None]:
    other = make_user(site=desk.site)
    administer(desk, "/settings/staff/")
    desk.page.locator("main [type=search]").fill(other.username)
    yield
    expect(desk.page.locator("tbody tr")).to_have_count(User.objects.filter(username__contains=other.username).count())


@button("Add the person", "centre:staff", on="centre:staff", does=["add_staff"], enter="[name=first_name]")
def add_the_person(desk: Desk) -> Iterator[None]:
    administer(desk, "/settings/staff/")
    name = f"anna-{desk.site.code}"
    for field, typed in (("username", name), ("first_name", "Anna"), ("last_name", "Hakobyan")):
        desk.page.locator(f"[name={field}]").fill(typed)
    desk.page.locator("[name=role]").select_option(Role.OFFICIAL)
    yield
    assert list(User.objects.get(username=name).assignments.values_list("role", flat=True)) == [Role.OFFICIAL]


def colleague(desk: Desk) -> User:
    """A coordinator of the site, opened by an administrator."""
    user = make_user(Role.COORDINATOR, desk.site)
    administer(desk, f"/settings/staff/{user.pk}/")
    return user


@button("End this role", "centre:end_role", on="centre:person", does=["end_role"])
def end_this_role(desk: Desk) -> Iterator[None]:
    user = colleague(desk)
    yield
    assert Assignment.objects.get(user=user).ends_at <= timezone.now()


def waiting_colleague(desk: Desk) -> Assignment:
    """A coordinator whose role another administrator gave, opened by an administrator."""
    user, giver = make_user(Role.OFFICIAL, desk.site), make_user(Role.ADMINISTRATOR)
    give_role(user, role=Role.COORDINATOR, site=desk.site, by=giver)
    administer(desk, f"/settings/staff/{user.pk}/")
    return user.assignments.get(role=Role.COORDINATOR)


@button("Agree to this role", "centre:agree_to_role", on="centre:person", does=["agree_to_role"])
def agree_to_a_role(desk: Desk) -> Iterator[None]:
    role = waiting_colleague(desk)
    yield
    role.refresh_from_db()
    assert (role.agreed_by, role.covers(timezone.now())) == (desk.user, True)


@button("Withdraw this role", "centre:withdraw_role", on="centre:person", does=["withdraw_role"])
def withdraw_a_role(desk: Desk) -> Iterator[None]:
    role = waiting_colleague(desk)
    yield
    role.refresh_from_db()
    assert (role.withdrawn_by, role.starts_at) == (desk.user, None)


@button("Give the role", "centre:person", on="centre:person", does=["give_role"])
def give_the_role(desk: Desk) -> Iterator[None]:
    user = colleague(desk)
    desk.page.locator("[name=role]").select_option(Role.OFFICIAL)
    yield
    assert set(user.assignments.values_list("role", flat=True)) == {Role.COORDINATOR, Role.OFFICIAL}


@button("Give a new password", "centre:new_password", on="centre:person", does=["give_password"])
def give_a_new_password(desk: Desk) -> Iterator[None]:
    user = colleague(desk)
    before = user.password
    yield
    user.refresh_from_db()
    assert (user.password != before, user.password_given_by) == (True, desk.user)


@button("Block sign-in", "centre:let_in", on="centre:person", does=["block_sign_in"])
def block_sign_in(desk: Desk) -> Iterator[None]:
    user = colleague(desk)
    yield
    user.refresh_from_db()
    assert user.is_active is False


@button("Allow sign-in again", "centre:let_in", on="centre:person", does=["allow_sign_in"])
def allow_sign_in_again(desk: Desk) -> Iterator[None]:
    user = make_user(Role.COORDINATOR, desk.site, is_active=False)
    administer(desk, f"/settings/staff/{user.pk}/")
    yield
    user.refresh_from_db()
    assert user.is_active is True


@button("Earlier roles", OPENS, on="centre:person")
def earlier_roles(desk: Desk) -> Iterator[None]:
    user = make_user(Role.COORDINATOR, desk.site)
    user.assignments.update(ends_at=timezone.now())
    administer(desk, f"/settings/staff/{user.pk}/")
    yield


@button("Save", "cards:complaints", on="cards:complaints", does=["say_where_to_complain"], enter="[name=complaints_to]")
def save_where_to_complain(desk: Desk) -> Iterator[None]:
    administer(desk, "/cards/complaints/")
    number = f"0-800-{desk.site.code}"
    desk.page.locator("[name=complaints_to]").fill(number)
    yield
    assert Operation.objects.get().complaints_to == number


# The census


@button("Take a snapshot now", "census:take", on="census:days")
def take_a_snapshot(desk: Desk) -> Iterator[None]:
    desk.open("/census/", everywhere=True)
    before = sent_for()
    yield
    assert sent_for() == before + 1


def sent_for() -> int:
    """How many snapshots the worker has still to take."""
    with celery.connection_for_read() as broker:
        return broker.default_channel.queue_declare("celery", durable=True).message_count


@button("Revise the snapshot", "census:revise", on="census:revise", does=["revise_snapshot"], enter="[name=reason]")
def revise_a_snapshot(desk: Desk) -> Iterator[None]:
    at = timezone.now() - timedelta(hours=1)
    take_snapshots(at)  # the page of its day is that of the whole operation
    snapshot = Snapshot.objects.create(site=desk.site, at=at, known_at=at, tally={"places": {}})
    desk.open(f"/census/snapshots/{snapshot.pk}/revise/").locator("[name=reason]").fill("paper lists")
    yield
    assert Snapshot.objects.get(site=desk.site, revision=2).revised_in.by == desk.user


@button("Download", "census:day_file", on="census:day_file", enter="[name=why]", stays=True)
def download_the_census(desk: Desk) -> Iterator[None]:
    desk.open(f"/census/{timezone.localdate():%Y-%m-%d}/file/").locator("[name=why]").fill("for the ministry")
    yield
    expect(desk.page.get_by_text("Downloaded.")).to_be_visible()
    assert LogLine.objects.filter(by=desk.user, verb="exported").count() == 1
