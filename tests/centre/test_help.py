"""The help pages: each role's steps, with a picture in each language for each step that names one."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.html import escape

from centre.access import Role
from centre.guides import GUIDES, picture_of
from tests.build import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role)
def test_each_role_has_its_page(client, role):
    client.force_login(make_user(role))
    answer = client.get("/help/", follow=True)
    assert answer.redirect_chain[0][0] == f"/help/{role.value}/"
    text = answer.content.decode()
    for step in GUIDES[role]:
        assert str(escape(step.do)) in text


def test_a_role_that_is_none_has_no_page(client):
    client.force_login(make_user())
    assert client.get("/help/beneficiary/").status_code == 404


def test_every_picture_is_there_in_every_language():
    names = {step.picture for steps in GUIDES.values() for step in steps if step.picture}
    lost = []
    for language, _word in settings.LANGUAGES:
        for name in names:
            path = finders.find(picture_of(name, language))
            if path is None or not Path(path).read_bytes().startswith(b"RIFF"):
                lost.append(picture_of(name, language))
    assert lost == []
