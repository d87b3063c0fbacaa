"""A demonstration is loaded into an empty database, once, and never beside real families."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from centre.actions import open_operation
from centre.models import Assignment, Operation, Site, User
from centre.public_logins import logins
from demonstration.management.commands import demonstrate
from registrations.models import Household
from shelter.models import Place
from tests.build import make_site, make_user, register_family

pytestmark = pytest.mark.django_db


def _demonstrate(**options) -> str:
    said = StringIO()
    call_command(demonstrate.Command(), stdout=said, **options)
    return said.getvalue()


def test_demonstrate_is_refused_where_the_settings_say_no_demonstration():
    with pytest.raises(CommandError, match="no demonstration"):
        _demonstrate()
    assert not Site.objects.exists()


def test_demonstrate_is_refused_beside_families_who_are_none(demonstration):
    register_family(make_site(), make_user())
    with pytest.raises(CommandError, match="Nothing was loaded"):
        _demonstrate()
    assert Site.objects.count() == 1


@pytest.mark.parametrize("purpose", ["real", "practice"])
def test_demonstrate_is_refused_where_an_operation_was_opened(demonstration, purpose):
    open_operation(name="Goris", code="GORI", purpose=purpose, username="armine", password="a-long-word")
    with pytest.raises(CommandError, match="Nothing was loaded"):
        _demonstrate()
    assert not Site.objects.exists()
    assert Operation.objects.get().purpose == purpose


def test_demonstration_of_an_older_release_is_told_for_what_it_is(demonstration):
    _demonstrate(ground_only=True, places=600)
    Operation.objects.all().delete()
    assert "already" in _demonstrate(ground_only=True)
    assert Operation.objects.get().purpose == "demonstration"


def test_ground_has_places_names_in_three_languages_and_a_login_for_each_role(demonstration):
    assert "nobody has arrived" in _demonstrate(ground_only=True, places=600)
    assert Operation.objects.get().purpose == "demonstration"
    assert "already" in _demonstrate(ground_only=True, places=600)
    assert 540 <= Place.objects.count() <= 660
    assert not Site.objects.filter(name_hy="").exists()
    assert not Site.objects.filter(name_ru="").exists()
    assert Site.objects.get(code="kornidzor").presumed_left_after == 12
    assert {user.username for user in User.objects.all()} == {login.username for login in logins()}
    assert User.objects.get(username="volunteer").check_password(logins()[0].password)
    assert not Assignment.objects.filter(role="volunteer", ends_at=None).exists()
    assert not User.objects.filter(username__in=["protection", "protection_2"]).exclude(assignments__site=None).exists()
    assert all(re.fullmatch(r"[Ա-և]+ [Ա-և]+", str(user)) for user in User.objects.all())
    assert not Household.objects.exists()
