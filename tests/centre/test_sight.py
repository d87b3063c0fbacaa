"""Who may know that a confidential site exists."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from centre.access import Role
from centre.models import Assignment, Site
from centre.shift import sites_of_shift
from tests.build import make_site, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role.values)
def test_a_confidential_site_is_seen_by_who_is_assigned_there_by_name(role):
    hidden, other = make_site("safe-house", confidential=True), make_site("goris")
    assert hidden in Site.objects.visible_to(make_user(role, hidden))
    assert list(Site.objects.visible_to(make_user(role, other))) == [other]


@pytest.mark.parametrize("role", Role.values)
def test_of_those_assigned_to_all_sites_only_protection_and_administration_see_it(role):
    hidden = make_site("safe-house", confidential=True)
    seen = hidden in Site.objects.visible_to(make_user(role))
    assert seen == (role in {Role.PROTECTION, Role.ADMINISTRATOR})


def test_an_assignment_that_ended_shows_nothing():
    hidden = make_site("safe-house", confidential=True)
    user = make_user(Role.COORDINATOR, hidden)
    Assignment.objects.filter(user=user).update(ends_at=timezone.now() - timedelta(seconds=1))
    assert hidden not in Site.objects.visible_to(user)


def test_sites_stand_in_menus_by_the_name_that_the_reader_is_shown():
    make_site("kuestuse-ba5d", name_en="Guesthouse Aram", name_hy="Հյուրատուն Արամ")
    make_site("a", name_en="masis", name_hy="Մասիս")
    make_site("b", name_en="Goris", name_hy="Գորիս")
    make_site("c", name_en="", name_hy="Աբովյան")
    shown = {}
    for language in ("en", "hy"):
        with translation.override(language):
            shown[language] = [site.code for site in Site.objects.by_name()]
            assert [site.code for site in sites_of_shift(make_user())] == shown[language]
    assert shown == {"en": ["b", "kuestuse-ba5d", "a", "c"], "hy": ["c", "b", "kuestuse-ba5d", "a"]}
