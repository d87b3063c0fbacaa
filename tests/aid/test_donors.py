"""Who gave what came into a store: one donor a movement, offered again, and never of a handout."""

import uuid

import pytest

from aid.actions import hand_out
from aid.models import StockMovement
from aid.storing import receive_stock, void_stock
from tests.api.conftest import Machine
from tests.build import make_user

pytestmark = pytest.mark.django_db

RECEIVING = "/aid/stock/goris/receive/"


def text(answer):
    return answer.content.decode()


def test_receive_from_a_donor_is_said_on_the_page_and_offered_again(client, planner, sisian, parcel):
    client.force_login(planner)
    receive_stock(sisian, item=parcel, quantity=5, donor="Somebody of Sisian", by=make_user())
    for _ in range(2):
        facts = {"id": uuid.uuid4(), "item": parcel.pk, "quantity": 40, "donor": "Red Cross", "note": "waybill 12"}
        assert client.post(RECEIVING, facts).status_code == 303
    assert "<b>Red Cross</b> waybill 12" in text(client.get("/aid/stock/goris/"))
    offered = text(client.get(RECEIVING))
    assert offered.count('<option value="Red Cross">') == 1
    assert "Sisian" not in offered


def test_receive_from_a_name_that_is_too_long_shows_the_form_again(client, planner, parcel):
    client.force_login(planner)
    facts = {"id": uuid.uuid4(), "item": parcel.pk, "quantity": 40, "donor": "x" * 81}
    assert client.post(RECEIVING, facts).status_code == 422


def test_the_api_lists_what_a_donor_gave(goris, planner, parcel):
    for donor in ("Red Cross", "", "Caritas"):
        slip = receive_stock(goris, item=parcel, quantity=5, donor=donor, by=planner).movement
    machine = Machine(planner)
    (row,) = machine.get("stock-movements/", donor="Red Cross").json()["results"]
    assert (row["donor"], row["quantity"]) == ("Red Cross", 5)
    void_stock(StockMovement.objects.get(pk=slip), reason="a slip", by=planner)
    assert machine.get("stock-movements/", donor="Caritas", standing="true").json()["results"] == []


def test_hand_out_names_no_donor(goris, round_one, family, planner, parcel):
    receive_stock(goris, item=parcel, quantity=5, donor="Red Cross", by=planner)
    hand_out(round_one, family, by=planner)
    assert set(StockMovement.objects.exclude(handout=None).values_list("donor", flat=True)) == {""}
