"""Every menu of sites on every page: by name as the reader is shown it, and none that was closed."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from centre.access import Role
from centre.models import Site, User
from tests.api.world import furnish
from tests.build import make_site, make_user
from tests.promises.test_hidden_is_nothing import OTHERWISE, _addresses

pytestmark = pytest.mark.django_db

MENU = re.compile(r"<select[^>]*>.*?</select>", re.DOTALL)
VALUE = re.compile(r'<option value="([^"]*)"')
PAGES = {"/buses/", "/cases/", "/families/", "/shelter/rooms/enter/"}  # some of which it is known that they have one


def everywhere(role: str) -> User:
    user = make_user(role)
    for other in (Role.ADMINISTRATOR, Role.PROTECTION, Role.COORDINATOR):
        user.assignments.create(role=other, starts_at=user.assignments.get(role=role).starts_at)
    return User.objects.get(pk=user.pk)


def test_every_menu_of_sites_is_in_order_of_names_and_offers_none_that_was_closed():
    world = furnish("goris")
    named = [make_site(code, kind="hotel", name_en=name) for code, name in (("a1", "Zangezur"), ("z9", "Ani"))]
    gone = make_site("m5", kind="hotel", name_en="Mistaken")
    Site.objects.filter(pk=gone.pk).update(closed_at=timezone.now())
    named_by = Site.objects.values_list("pk", "name_en")
    by_key = {str(key): name.casefold() for key, name in named_by}
    client = Client()
    client.force_login(everywhere(Role.COORDINATOR))
    client.post("/settings/shift/", {"site": str(world.site.pk)})
    met = set()
    for address in sorted({one for one in _addresses(world) if not one.startswith(("/api/", *OTHERWISE))}):
        answer = client.get(address)
        for menu in MENU.findall("" if answer.streaming else answer.text):
            offered = [by_key[value] for value in VALUE.findall(menu) if value in by_key]
            assert offered == sorted(offered), (address, offered)
            assert "mistaken" not in offered, address
            if len(offered) > len(named):
                met.add(address)
    assert met >= PAGES, met
