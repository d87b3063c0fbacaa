"""Every button of a page carries an act of its own: what one of them sent says nothing of another."""

import re

import pytest
from django.test import Client

from aid.models import Item
from aid.storing import count_stock
from centre.access import Role
from centre.forms import ActForm
from registrations.models import Household
from tests.build import make_site, make_user
from tests.transport.conftest import expected_family, make_run
from transport.models import Passenger

pytestmark = pytest.mark.django_db

SENT_BY = re.compile(r'<form[^>]*action="([^"]+)"(?:(?!</form>).)*?name="id" value="([^"]+)"', re.DOTALL)


def acts_on(client: Client, address: str) -> dict[str, str]:
    """The act of each form on the page, by the address it is sent to."""
    return dict(SENT_BY.findall(client.get(address).content.decode()))


def test_a_form_that_is_drawn_again_is_another_act_and_one_that_was_sent_is_its_own():
    form = ActForm()
    assert str(form["id"]) != str(form["id"])
    sent = ActForm({"id": "7b0e0f56-6f0b-4b53-8a51-0a4a1f4e4a11"})
    assert "7b0e0f56-6f0b-4b53-8a51-0a4a1f4e4a11" in str(sent["id"])


def test_a_bus_after_a_lost_answer_takes_another_family_by_the_next_button(client):
    goris, sisian = make_site("goris"), make_site("sisian")
    by = make_user(Role.COORDINATOR)
    first, second = (expected_family(goris, sisian, by) for _turn in range(2))
    run = make_run(goris, sisian, by=by)
    client.force_login(by)
    acts = acts_on(client, f"/buses/{run.pk}/")
    for family in (first, second):
        address = f"/buses/{run.pk}/{str(family).replace(' ', '')}/fill/"
        assert client.post(address, {"id": acts[address]}).status_code == 303
    seated = Passenger.objects.waiting().values_list("household", flat=True).distinct()
    assert set(Household.objects.filter(pk__in=seated)) == {first, second}


def test_two_counts_of_a_store_are_confirmed_from_one_page(client):
    goris = make_site("goris")
    counted_by, by = (make_user(Role.COORDINATOR, goris) for _turn in range(2))
    for name in ("parcel", "blanket"):
        item = Item.objects.create(code=name, name_en=name)
        count_stock(goris, item=item, quantity=4, by=counted_by)
    client.force_login(by)
    acts = {to: act for to, act in acts_on(client, "/aid/stock/goris/").items() if to.endswith("/confirm/")}
    assert len(acts) == 2
    assert [client.post(to, {"id": act}).status_code for to, act in acts.items()] == [303, 303]
