"""What a browser is told to keep of people: nothing."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.utils import timezone

from centre.access import Role
from tests.api.conftest import Machine
from tests.build import make_site, make_user, register_family

NAMES = (
    "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME)"
)


@pytest.mark.django_db
def test_signing_out_empties_the_browser(client):
    client.force_login(make_user(Role.VOLUNTEER))
    assert "Clear-Site-Data" not in client.get("/").headers
    assert client.post("/accounts/logout/")["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in client.post("/accounts/logout/").headers


@pytest.mark.django_db
def test_no_page_may_use_camera_or_place(client):
    assert "camera=()" in client.get("/accounts/login/")["Permissions-Policy"]


@pytest.mark.django_db
def test_no_answer_of_the_api_is_stored():
    site = make_site()
    machine = Machine(make_user(Role.VOLUNTEER, site))
    household = register_family(site, machine.user)
    for address in ("individuals/", f"households/{household.pk}/", "nowhere/"):
        assert machine.get(address)["Cache-Control"] == "no-store"


TOO_LARGE = {"CONTENT_LENGTH": str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)}
IN_ITS_STEAD = {
    "not here": ("get", {}, 404),
    "too large": ("post", TOO_LARGE, 413),
    "a page too large": ("get", TOO_LARGE, 413),
    "somebody else's": ("post", {"HTTP_X_PAGE_OF": "nobody"}, 409),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "sent", "status"), IN_ITS_STEAD.values(), ids=IN_ITS_STEAD)
def test_what_answers_in_a_pages_stead_is_neither_stored_nor_framed(client, method, sent, status):
    client.force_login(make_user(Role.VOLUNTEER))
    assert_kept_by_nobody(getattr(client, method)("/nowhere/", **sent), status)


@pytest.mark.django_db
def test_what_leads_elsewhere_is_neither_stored_nor_framed(client):
    first = make_user(Role.SERVICE, password_given_at=timezone.now(), password_given_by=make_user())
    for user in (first, make_user(Role.SERVICE)):
        client.force_login(user)
        assert_kept_by_nobody(client.get("/"), 302)


def assert_kept_by_nobody(answer, status):
    kept = answer.headers.get("Cache-Control", ""), answer.headers.get("X-Frame-Options", "")
    assert (answer.status_code, *kept) == (status, "no-store", "DENY")


@pytest.mark.parametrize(("https", "prefix"), [("1", "__Host-"), ("0", "")])
def test_under_https_no_other_site_can_set_our_cookies(https, prefix):
    said = os.environ | {"RECEPTION_HTTPS": https, "DJANGO_SETTINGS_MODULE": "reception.settings"}
    names = subprocess.run([sys.executable, "-c", NAMES], env=said, capture_output=True, text=True, check=True).stdout
    assert names.split() == [f"{prefix}{name}" for name in ("sessionid", "csrftoken", "language")]
