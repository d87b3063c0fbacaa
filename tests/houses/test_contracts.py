"""What is agreed with the owner of a house: several in time, never two for one night."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from centre.access import NotAllowed, Role
from houses.actions import add_contract, type_invoice, void_contract, void_invoice
from houses.errors import ContractsOverlap, InvoiceThere, NightsBackwards, TakenBackBefore
from houses.models import Contract, Invoice
from tests.api.conftest import Machine
from tests.build import make_user
from tests.houses.conftest import agree

WEEK = timedelta(days=7)


def test_contracts_follow_each_other(goris, coordinator, day):
    first = agree(goris, coordinator, day, day + WEEK)
    second = agree(goris, coordinator, day + WEEK + timedelta(days=1))
    assert (first.first_night, first.last_night, second.last_night) == (day, day + WEEK, None)
    assert list(Contract.objects.on(day + WEEK)) == [first]
    assert list(Contract.objects.on(day + WEEK * 9)) == [second]


def test_two_contracts_for_one_night_are_refused_by_the_act_and_by_the_database(goris, coordinator, day):
    first = agree(goris, coordinator, day, day + WEEK)
    with pytest.raises(ContractsOverlap):
        agree(goris, coordinator, day + WEEK)
    beside = Contract(
        site=goris,
        contact="A",
        phone="+37494123456",
        days=DateRange(day + WEEK, None),
        places=1,
        rate=1,
        act=first.act,
    )
    with pytest.raises(IntegrityError, match="contract_days_apart"), transaction.atomic():
        beside.save(force_insert=True)
    assert list(Contract.objects.all()) == [first]


def test_another_house_has_contracts_of_its_own(goris, sisian, day):
    by = make_user()
    agree(goris, by, day)
    agree(sisian, by, day)
    assert Contract.objects.count() == 2


def test_one_taken_back_makes_room_for_another(goris, coordinator, day):
    first = agree(goris, coordinator, day)
    void_contract(first, by=coordinator)
    second = agree(goris, coordinator, day, places=41)
    assert list(Contract.objects.standing()) == [second]
    with pytest.raises(TakenBackBefore):
        void_contract(first, by=coordinator)


def test_the_last_night_is_not_before_the_first(goris, coordinator, day):
    with pytest.raises(NightsBackwards):
        agree(goris, coordinator, day, day - timedelta(days=1))
    assert not Contract.objects.exists()


def test_an_invoice_of_a_month_is_one(goris, coordinator, day):
    facts = {"month": day, "nights": 3, "amount": Decimal("27000.50"), "by": coordinator}
    first = Invoice.objects.get(pk=type_invoice(goris, **facts).invoice)
    assert first.month == day.replace(day=1)
    with pytest.raises(InvoiceThere):
        type_invoice(goris, **facts)
    void_invoice(first, by=coordinator)
    with pytest.raises(TakenBackBefore):
        void_invoice(first, by=coordinator)
    type_invoice(goris, **facts)
    assert Invoice.objects.standing().count() == 1


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.AUDITOR, Role.OFFICIAL, Role.PROTECTION])
def test_who_sets_up_no_rooms_writes_no_contract(goris, day, role):
    with pytest.raises(NotAllowed):
        agree(goris, make_user(role, goris), day)
    assert not Contract.objects.exists()


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.AUDITOR, Role.OFFICIAL, Role.PROTECTION])
def test_who_sets_up_no_rooms_types_no_invoice_and_takes_nothing_back(goris, coordinator, day, role):
    contract, by = agree(goris, coordinator, day), make_user(role, goris)
    bill = Invoice.objects.get(pk=type_invoice(goris, month=day, nights=9, amount=Decimal(9), by=coordinator).invoice)
    for refused in (
        lambda: type_invoice(goris, month=day - WEEK * 9, nights=9, amount=Decimal(9), by=by),
        lambda: void_contract(contract, by=by),
        lambda: void_invoice(bill, by=by),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert (list(Contract.objects.standing()), list(Invoice.objects.standing())) == ([contract], [bill])


def test_the_page_writes_a_contract_and_takes_it_back(client, goris, day):
    client.force_login(make_user(Role.ADMINISTRATOR))
    page = "/houses/sites/goris/contracts/"
    said = {"contact": "Aram", "phone": "094 12 34 56", "first_night": "01.11.2026", "places": "40", "rate": "9 000,50"}
    wrong = client.post(page, said | {"id": "8f14e45f-ceea-467f-a8f6-000000000001", "phone": "12"})
    assert (wrong.status_code, Contract.objects.count()) == (422, 0)
    assert client.post(page, said | {"id": "8f14e45f-ceea-467f-a8f6-000000000002"}).status_code == 303
    row = Contract.objects.get()
    assert (row.phone, row.rate, row.last_night) == ("+37494123456", Decimal("9000.50"), None)
    again = client.post(page, said | {"id": "8f14e45f-ceea-467f-a8f6-000000000003"})
    assert again.status_code == 422
    assert "Another contract of this house" in again.content.decode()
    void = f"/houses/contracts/{row.pk}/void/"
    assert client.post(void, {"id": "8f14e45f-ceea-467f-a8f6-000000000004"}).status_code == 303
    assert not Contract.objects.standing().exists()


def test_a_machine_writes_a_contract_and_takes_it_back(goris, coordinator, day):
    machine = Machine(coordinator)
    body = {
        "id": "8f14e45f-ceea-467f-a8f6-000000000005", "site": "goris", "contact": "Aram", "phone": "+37494123456",
        "first_night": day.isoformat(), "places": 40, "rate": "9000.00",
    }  # fmt: skip
    answer = machine.post("contracts/", body)
    assert answer.status_code == 201, answer.json()
    (row,) = machine.get("contracts/?standing=true").json()["results"]
    assert (row["site"], row["rate"], row["written_by"]) == ("goris", "9000.00", coordinator.username)
    taken = machine.post(f"contracts/{row['id']}/void/", {"id": "8f14e45f-ceea-467f-a8f6-000000000006"})
    assert taken.status_code == 201
    assert machine.get("contracts/?standing=true").json()["results"] == []


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.COORDINATOR])
def test_a_volunteer_and_a_coordinator_of_another_house_find_no_contract(client, goris, sisian, coordinator, day, role):
    row = agree(goris, coordinator, day)
    other = make_user(role, goris if role == Role.VOLUNTEER else sisian)
    client.force_login(other)
    missing = 403 if role == Role.VOLUNTEER else 404
    assert client.get("/houses/sites/goris/contracts/").status_code == missing
    assert client.post(f"/houses/contracts/{row.pk}/void/").status_code == missing
    assert Machine(other).get(f"contracts/{row.pk}/").status_code == 404
    with pytest.raises(NotAllowed):
        add_contract(goris, contact="A", phone="+37494123456", first_night=day, places=1, rate=Decimal(1), by=other)
