"""A form that was saved says so when it is sent again, in another session too, whatever has happened since."""

import uuid

import pytest
from django.test import Client
from django.utils import timezone

from centre.access import Role
from centre.models import Assignment, Site
from registrations.models import GateCount
from tests.build import make_site, make_user

pytestmark = pytest.mark.django_db


def signed_in(user, site):
    client = Client()
    client.force_login(user)
    client.post("/settings/shift/", {"site": site.pk})
    return client


def test_a_form_sent_again_under_a_new_session_after_the_role_has_ended_is_saved_once():
    site = make_site()
    user = make_user(Role.VOLUNTEER, site)
    form = {"id": str(uuid.uuid4()), "people": "7", "vehicles": "0"}
    assert signed_in(user, site).post("/intake/count/", form).status_code == 303
    later = signed_in(user, site)
    Assignment.objects.filter(user=user).update(ends_at=timezone.now())
    Site.objects.update(closed_at=timezone.now())
    answer = later.post("/intake/count/", form, follow=True)
    assert answer.redirect_chain[0][1] == 303
    assert "This was saved the first time you sent it." in answer.content.decode()
    assert GateCount.objects.get().people == 7
