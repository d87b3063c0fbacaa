"""Sites and staff as an administrator sets them up on the pages: what is written, what is refused, who is kept out."""

import time
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.utils import timezone, translation

from centre.access import Role
from centre.errors import NotOneself
from centre.models import Act, LogLine, Site, User
from shelter.actions import hold_places
from tests.build import STAFF, make_room, make_site, make_user, register_family

pytestmark = pytest.mark.django_db


@pytest.fixture
def goris():
    return make_site("goris", name_en="Goris")


@pytest.fixture
def admin(client):
    user = make_user(Role.ADMINISTRATOR, username="armine")
    client.force_login(user)
    return user


def new_site(**facts):
    return {
        "id": uuid.uuid4(), "code": "Kapan", "kind": "reception", "marz": "AM-SU",
        "name_en": "Kapan", "name_hy": "Կապան",
    } | facts  # fmt: skip


def new_person(site, **facts):
    return {
        "id": uuid.uuid4(), "username": "Anna.H", "first_name": "Աննա", "last_name": "Հակոբյան", "language": "hy",
        "role": "volunteer", "site": site.pk, "last_day": (timezone.localdate() + timedelta(days=1)).isoformat(),
    } | facts  # fmt: skip


def text_of(answer):
    return " ".join(answer.content.decode().split())


# Sites


@pytest.mark.parametrize(("field", "name"), [("name_en", "Kapan"), ("name_hy", "Կապան"), ("name_ru", "Капан")])
def test_a_site_needs_a_name_in_any_one_language_and_is_shown_with_it(client, admin, field, name):
    only = {"name_en": "", "name_hy": "", "name_ru": ""} | {field: name}
    assert client.post("/settings/sites/", new_site(**only)).status_code == 303
    for language in ("en", "hy", "ru"):
        with translation.override(language):
            assert Site.objects.get().name == name
    nameless = client.post("/settings/sites/", new_site(code="none", name_en="", name_hy="", name_ru=" "))
    assert nameless.status_code == 422
    assert "Write the name in at least one language." in text_of(nameless)
    with pytest.raises(IntegrityError, match="site_has_a_name"):
        Site.objects.update(name_en="", name_hy="", name_ru="")


def test_a_site_is_opened_once_however_often_it_is_sent(client, admin):
    form = new_site()
    assert [client.post("/settings/sites/", form).status_code for _ in range(2)] == [303, 303]
    site = Site.objects.get()
    assert (site.code, site.name_hy, site.marz) == ("kapan", "Կապան", "AM-SU")
    assert "Kapan" in text_of(client.get("/settings/sites/"))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"code": "goris"}, "Another site has this code"),
        ({"code": "two words"}, "Latin letters, digits and hyphens alone"),
        ({"name_en": " ", "name_hy": ""}, "at least one language"),
        ({"marz": "AM-XX"}, "valid choice"),
        ({"cut_off_hours": "25:00"}, "Write hours as"),
        ({"presumed_left_after": "0"}, "greater than or equal to 1"),
        ({"coordinates": "91, 46.3"}, "the latitude, a comma and the longitude"),
        ({"coordinates": "39.5"}, "the latitude, a comma and the longitude"),
        ({"p_code": "am 5"}, "Capital Latin letters"),
    ],
)
def test_what_a_site_cannot_be_is_said_and_nothing_is_written(client, admin, goris, facts, words):
    answer = client.post("/settings/sites/", new_site(**facts))
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert Site.objects.get() == goris


def test_a_site_is_renamed(client, admin, goris):
    form = {"id": uuid.uuid4(), "name_en": "Goris, school", "name_hy": "Գորիս, դպրոց", "cut_off_hours": "08:00, 20:00"}
    assert client.post("/settings/sites/goris/", form).status_code == 303
    goris.refresh_from_db()
    assert (goris.name_en, len(goris.cut_off_hours), goris.code) == ("Goris, school", 2, "goris")
    assert client.get("/settings/sites/nowhere/").status_code == 404


@pytest.mark.parametrize(
    "said",
    ["39.5111, 46.3389", "39,5111; 46,3389", "39.5111 46.3389", "geo:39.5111,46.3389?z=12", "39.5111° N, 46.3389° E"],
)
def test_where_a_site_lies_is_read_as_maps_show_it_and_shown_again(client, admin, goris, said):
    form = {"name_en": "Goris", "coordinates": said, "p_code": "AM0901"}
    assert client.post("/settings/sites/goris/", {"id": uuid.uuid4()} | form).status_code == 303
    goris.refresh_from_db()
    assert (goris.coordinates, goris.p_code) == ((Decimal("39.51110"), Decimal("46.33890")), "AM0901")
    assert 'value="39.5111, 46.3389"' in text_of(client.get("/settings/sites/goris/"))
    assert client.post("/settings/sites/goris/", {"id": uuid.uuid4(), "name_en": "Goris"}).status_code == 303
    goris.refresh_from_db()
    assert goris.coordinates is None


def test_coordinates_the_wrong_way_round_are_asked_back_where_other_sites_tell(client, admin, goris):
    make_site("sisian", latitude=Decimal("39.52"), longitude=Decimal("46.03"))
    turned = {"name_en": "Goris", "coordinates": "46.34, 39.51"}
    answer = client.post("/settings/sites/goris/", {"id": uuid.uuid4()} | turned)
    assert answer.status_code == 422
    assert "the wrong way round" in text_of(answer)
    goris.refresh_from_db()
    assert goris.coordinates is None
    far = {"name_en": "Goris", "coordinates": "52.52, 13.40"}
    assert client.post("/settings/sites/goris/", {"id": uuid.uuid4()} | far).status_code == 303


def test_a_site_with_people_is_not_closed(client, admin, goris):
    family = register_family(goris, make_user())
    closing = "/settings/sites/goris/close/"
    assert "Close Goris?" in text_of(client.get(closing))
    refused = client.post(closing, {"id": uuid.uuid4()})
    assert refused.status_code == 422
    assert "People are still here" in text_of(refused)
    room = make_room(make_site("sisian"))
    held_until = timezone.now() + timedelta(seconds=1)
    hold_places(family, rooms=[room], until=held_until, by=make_user())
    held = client.post("/settings/sites/sisian/close/", {"id": uuid.uuid4()})
    assert "places are kept for them" in text_of(held)
    time.sleep(1)  # the hold ends by itself
    assert client.post("/settings/sites/sisian/close/", {"id": uuid.uuid4()}).status_code == 303
    assert Site.objects.get(code="sisian").closed_at
    again = client.post("/settings/sites/sisian/close/", {"id": uuid.uuid4()})
    assert "already closed" in text_of(again)


# Staff


def test_a_person_gets_a_role_and_a_slip(client, admin, goris):
    form = new_person(goris)
    answers = [client.post("/settings/staff/", form) for _ in range(2)]
    assert {answer["Location"] for answer in answers} == {answers[0]["Location"]}
    user = User.objects.get(username="anna.h")
    assert user.assignments.get().ends_at > timezone.now()
    slip = client.get(answers[0]["Location"])
    password = slip.context["password"]
    assert user.check_password(password)
    assert password in text_of(slip)
    assert "no-store" in slip["Cache-Control"]
    assert password not in str(list(Act.objects.values())) + str(list(LogLine.objects.values()))
    other = make_user(Role.ADMINISTRATOR)
    client.force_login(other)
    assert client.get(answers[0]["Location"]).status_code == 409


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"username": "ARMINE"}, "Another person has this user name"),
        ({"username": "a b"}, "valid username"),
        ({"last_day": ""}, "needs a last day"),
        ({"site": ""}, "Choose the site they work at"),
        ({"last_day": "2020-01-01"}, "The last day has passed"),
        ({"last_day": "soon"}, "Write the day as"),
        ({"role": "king"}, "valid choice"),
        ({"first_name": ""}, "required"),
    ],
)
def test_what_a_person_cannot_be_is_said_and_nothing_is_written(client, admin, goris, facts, words):
    answer = client.post("/settings/staff/", new_person(goris) | facts)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert User.objects.count() == 1


def test_a_given_password_opens_one_door_until_it_is_changed(client, admin, goris):
    slip = client.get(client.post("/settings/staff/", new_person(goris))["Location"])
    password = slip.context["password"]
    client.logout()
    assert client.login(username="anna.h", password=password)
    for address in ("/", "/intake/", "/families/", "/settings/"):
        assert client.get(address)["Location"] == "/accounts/password/change/"
    assert client.get("/api/v1/sites/").status_code == 403
    machine = {"username": "anna.h", "password": password, "label": "x", "hours": 1, "reads": ["sites"]}
    refused = type(client)().post("/api/v1/tokens/", machine, content_type="application/json")  # nobody is signed in
    assert refused.status_code == 403
    assert "password of your own" in refused.json()["detail"]
    own = "own-apricot-garden-7"
    changed = client.post("/accounts/password/change/", {"oldpassword": password, "password1": own, "password2": own})
    assert changed.status_code == 302
    assert User.objects.get(username="anna.h").password_given_at is None
    assert client.get("/settings/").status_code == 200


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "older than 24 hours"), ("hy", "24 ժամից"), ("ru", "больше 24 часов")],
)
def test_a_given_password_lasts_a_day(client, admin, goris, language, words):
    slip = client.get(client.post("/settings/staff/", new_person(goris))["Location"])
    form = {"login": "anna.h", "password": slip.context["password"]}
    User.objects.filter(username="anna.h").update(password_given_at=timezone.now() - timedelta(hours=25))
    desk = type(client)(headers={"Accept-Language": language})
    assert words in text_of(desk.post("/accounts/login/", form))
    machine = {"username": "anna.h", "password": form["password"], "label": "x", "hours": 1, "reads": ["sites"]}
    assert desk.post("/api/v1/tokens/", machine, content_type="application/json").status_code == 403
    User.objects.filter(username="anna.h").update(password_given_at=timezone.now() - timedelta(hours=23))
    assert desk.post("/accounts/login/", form).status_code == 302


def test_a_forgotten_password_ends_what_is_signed_in(client, admin, goris):
    user = make_user(Role.VOLUNTEER, goris, username="davit")
    desk = type(client)()
    desk.force_login(user)
    assert desk.get("/intake/").status_code == 200
    answer = client.post(f"/settings/staff/{user.pk}/password/", {"id": uuid.uuid4()})
    assert "/slip/" in answer["Location"]
    assert desk.get("/intake/").status_code == 302
    own = client.post(f"/settings/staff/{admin.pk}/password/", {"id": uuid.uuid4()})
    assert own.status_code == 422
    assert "your own account" in text_of(own)


def test_roles_are_given_and_ended(client, admin, goris):
    user = make_user(Role.VOLUNTEER, goris, username="davit")
    page = f"/settings/staff/{user.pk}/"
    form = {"id": uuid.uuid4(), "role": "official", "site": "", "last_day": ""}
    assert client.post(page, form).status_code == 303
    held = client.post(page, form | {"id": uuid.uuid4()})
    assert "already has this role" in text_of(held)
    role = user.assignments.get(role="official")
    assert client.post(f"{page}roles/{role.pk}/end/", {"id": uuid.uuid4()}).status_code == 303
    assert "already ended" in text_of(client.post(f"{page}roles/{role.pk}/end/", {"id": uuid.uuid4()}))
    assert client.post(f"{page}sign-in/", {"id": uuid.uuid4()}).status_code == 303
    user.refresh_from_db()
    assert not user.is_active


def test_the_last_administrator_stays(client, admin):
    page = f"/settings/staff/{admin.pk}/"
    role = admin.assignments.get()
    refused = client.post(f"{page}roles/{role.pk}/end/", {"id": uuid.uuid4()})
    assert refused.status_code == 422
    assert "Make another administrator first" in text_of(refused)


@pytest.mark.parametrize("lasts", [True, False])
def test_an_administrator_whose_role_ends_soon_is_not_the_one_who_stays(client, admin, lasts):
    other = make_user(Role.ADMINISTRATOR, username="davit")
    other.assignments.update(ends_at=timezone.now() + timedelta(days=8 if lasts else 6))
    client.post(f"/settings/staff/{admin.pk}/roles/{admin.assignments.get().pk}/end/", {"id": uuid.uuid4()})
    assert (admin.assignments.get().ends_at <= timezone.now()) is lasts


def test_the_last_lasting_administrator_is_not_blocked_by_one_whose_role_ends_soon(client, admin):
    other = make_user(Role.ADMINISTRATOR, username="davit")
    admin.assignments.update(ends_at=timezone.now() + timedelta(minutes=1))
    refused = client.post(f"/settings/staff/{other.pk}/sign-in/", {"id": uuid.uuid4()})
    assert refused.status_code == 422
    assert "Make another administrator first" in text_of(refused)
    volunteer = make_user(Role.VOLUNTEER, username="anna")
    assert client.post(f"/settings/staff/{volunteer.pk}/sign-in/", {"id": uuid.uuid4()}).status_code == 303


@pytest.mark.parametrize("language", ["en", "hy", "ru"])
def test_nobody_gives_themselves_a_role(client, admin, language):
    User.objects.filter(pk=admin.pk).update(language=language)
    form = {"id": uuid.uuid4(), "role": "protection", "site": "", "last_day": ""}
    refused = client.post(f"/settings/staff/{admin.pk}/", form)
    assert refused.status_code == 422
    with translation.override(language):
        assert str(NotOneself.message) in text_of(refused)
    assert admin.assignments.get().role == Role.ADMINISTRATOR


def test_staff_are_found_by_any_part_of_a_name(client, admin, goris):
    make_user(Role.VOLUNTEER, goris, username="davit", first_name="Դավիթ", last_name="Մարտիրոսյան")
    assert "Դավիթ" in text_of(client.get("/settings/staff/", {"search": "մարտ դավ"}, follow=True))
    assert "No staff member has this name" in text_of(client.get("/settings/staff/", {"search": "xyz"}, follow=True))


@pytest.mark.parametrize("role", [role for role in STAFF if role != Role.ADMINISTRATOR])
def test_others_set_up_nothing(client, goris, role):
    user = make_user(role, goris)
    client.force_login(user)
    pages = ("sites/", "sites/goris/", "sites/goris/close/", "staff/", f"staff/{user.pk}/")
    nothing = 404 if role == Role.RECEPTIONIST else 403  # whose page is her door alone
    assert {client.get(f"/settings/{page}").status_code for page in pages} == {nothing}


def test_an_administrator_of_one_site_sets_up_that_one(client, goris):
    sisian = make_site("sisian")
    client.force_login(make_user(Role.ADMINISTRATOR, goris))
    stranger = make_user(Role.VOLUNTEER, sisian, username="stranger")
    assert "sisian" not in text_of(client.get("/settings/sites/"))
    assert client.get("/settings/sites/sisian/").status_code == 404
    assert "stranger" not in text_of(client.get("/settings/staff/"))
    assert client.get(f"/settings/staff/{stranger.pk}/").status_code == 404
    refused = client.post("/settings/staff/", new_person(sisian))
    assert refused.status_code == 422
    assert client.post("/settings/staff/", new_person(goris) | {"site": ""}).status_code == 422
    assert not User.objects.filter(username="anna.h").exists()
