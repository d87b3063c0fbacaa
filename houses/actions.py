"""Contracts with the owners of houses, and their invoices. What is wrong is taken back and written anew."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from centre.access import Permission, require
from centre.acts import act
from centre.models import Act, Site, User
from centre.refusals import refused_on
from houses.errors import ContractsOverlap, InvoiceThere, NightsBackwards, TakenBackBefore
from houses.models import CONTRACT_DAYS_APART, INVOICE_OF_MONTH_ONCE, Contract, Invoice


@dataclass(frozen=True)
class Agreed:
    """The contract that was written or taken back."""

    contract: str


@act("add_contract", answers=Agreed)
def add_contract(
    site: Site,
    *,
    contact: str,
    phone: str,
    first_night: date,
    last_night: date | None = None,
    places: int,
    rate: Decimal,
    by: User,
    at: datetime,
    act: Act,
) -> Agreed:
    """The owner of the house keeps so many places for these nights, at `rate` dram for a place and a night.

    Without a last night until it is taken back. Refuses with NightsBackwards or ContractsOverlap.
    """
    require(by, Permission.SET_UP_ROOMS, site, at)
    if last_night and last_night < first_night:
        raise NightsBackwards
    days = DateRange(first_night, last_night + timedelta(days=1) if last_night else None, "[)")
    with refused_on(CONTRACT_DAYS_APART, ContractsOverlap()):
        contract = Contract.objects.create(
            site=site, contact=contact, phone=phone, days=days, places=places, rate=rate, act=act
        )
    return Agreed(str(contract.pk))


@act("void_contract", answers=Agreed)
def void_contract(contract: Contract, *, by: User, at: datetime, act: Act) -> Agreed:
    """The contract was wrong: it counts for no night. Refuses with TakenBackBefore."""
    require(by, Permission.SET_UP_ROOMS, contract.site, at)
    if not Contract.objects.standing().filter(pk=contract.pk).update(voided_at=at, voided_by=by):
        raise TakenBackBefore
    return Agreed(str(contract.pk))


@dataclass(frozen=True)
class Typed:
    """The invoice that was typed in or taken back."""

    invoice: str


@act("type_invoice", answers=Typed)
def type_invoice(
    site: Site,
    *,
    month: date,
    nights: int,
    amount: Decimal,
    number: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Typed:
    """The owner asks for so many nights of one place and so many dram, for the month of this day.

    Refuses with InvoiceThere.
    """
    require(by, Permission.SET_UP_ROOMS, site, at)
    with refused_on(INVOICE_OF_MONTH_ONCE, InvoiceThere()):
        invoice = Invoice.objects.create(
            site=site, month=month.replace(day=1), number=number, nights=nights, amount=amount, act=act
        )
    return Typed(str(invoice.pk))


@act("void_invoice", answers=Typed)
def void_invoice(invoice: Invoice, *, by: User, at: datetime, act: Act) -> Typed:
    """The invoice was typed in wrong. Refuses with TakenBackBefore."""
    require(by, Permission.SET_UP_ROOMS, invoice.site, at)
    if not Invoice.objects.standing().filter(pk=invoice.pk).update(voided_at=at, voided_by=by):
        raise TakenBackBefore
    return Typed(str(invoice.pk))
