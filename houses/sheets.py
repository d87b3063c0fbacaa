"""Bed nights of a month as a sheet that an auditor accepts: nights, houses against invoices, and where it is from.

It names nobody who slept there.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from centre.access import Permission
from centre.books import book_chunks
from centre.limits import FILES, bound
from centre.log import write_log
from centre.models import LogLine, Operation, Site, User
from centre.seal import head_of_today
from centre.sheets import COMMA, CONTENT_TYPES, Column, Table, Value, csv_lines, with_columns
from centre.sight import allowed_at, sight_of
from houses.bed_nights import BedNight, month_of, read_bed_nights
from houses.models import Invoice

WIDE, NAME = 18, 34  # characters
BY_HOUSE, BY_NIGHT = "house", "night"


@dataclass(frozen=True)
class HouseMonth:
    """The nights of a house in a month, together, against its invoice; money in dram."""

    site: Site
    nights: Sequence[BedNight]
    invoice: Invoice | None

    def _sum(self, name: str) -> int:
        return sum(getattr(night, name) for night in self.nights)

    @property
    def contracted(self) -> int:
        return self._sum("contracted")

    @property
    def used(self) -> int:
        return self._sum("used")

    @property
    def confirmed(self) -> int:
        return self._sum("confirmed")

    @property
    def assumed(self) -> int:
        return self._sum("assumed")

    @property
    def amber(self) -> int:
        return self._sum("amber")

    @property
    def no_show(self) -> int:
        return self._sum("no_show")

    @property
    def empty(self) -> int:
        return self._sum("empty")

    @property
    def amount(self) -> Decimal:
        """What the contract says is paid."""
        return sum((night.amount for night in self.nights), Decimal(0))

    @property
    def invoiced(self) -> int | None:
        """Nights of the invoice."""
        return self.invoice.nights if self.invoice else None

    @property
    def billed(self) -> Decimal | None:
        """Dram of the invoice."""
        return self.invoice.amount if self.invoice else None

    @property
    def unused(self) -> int | None:
        """Nights of the invoice in which nobody slept there: it asks for more than were used."""
        return max(self.invoice.nights - self.used, 0) if self.invoice else None

    @property
    def nights_beyond(self) -> int | None:
        """Nights of the invoice beyond those contracted; below nothing where it asks for fewer."""
        return self.invoice.nights - self.contracted if self.invoice else None

    @property
    def amount_beyond(self) -> Decimal | None:
        """Dram of the invoice beyond what is contracted."""
        return self.invoice.amount - self.amount if self.invoice else None


@dataclass(frozen=True)
class MonthTotal:
    """All houses of a month together; of invoices, those that are typed in, and nothing where none is."""

    contracted: int
    used: int
    confirmed: int
    assumed: int
    amber: int
    no_show: int
    empty: int
    amount: Decimal
    invoiced: int | None
    unused: int | None
    billed: Decimal | None
    nights_beyond: int | None
    amount_beyond: Decimal | None


def total_of(months: Collection[HouseMonth]) -> MonthTotal:
    """The sums of the columns of these houses."""
    sums: dict[str, Any] = {}
    for field in fields(MonthTotal):
        said = [value for value in (getattr(month, field.name) for month in months) if value is not None]
        sums[field.name] = sum(said[1:], said[0]) if said else None
    return MonthTotal(**sums)


def sites_told(user: User) -> "QuerySet[Site]":
    """The sites whose nights the user may read, also before they have a room: where they set up rooms or read the log.

    A confidential one for who may be told that somebody is there.
    """
    allowed = allowed_at(user, Permission.SET_UP_ROOMS, Permission.SEE_LOG)
    return Site.objects.filter(allowed, sight_of(user).told())  # a night that is used says that somebody is there


def sites_read(user: User) -> "QuerySet[Site]":
    """The houses among them: with rooms or contracts."""
    kept = Q(rooms__isnull=False) | Q(contracts__isnull=False)
    return Site.objects.filter(pk__in=sites_told(user).filter(kept).values("pk"))


def read_months(sites: Iterable[Site], month: date, now: datetime) -> list[HouseMonth]:
    """The month of each of these houses, as known now."""
    known = {site.pk: site for site in sites}
    first, last = month_of(month)
    nights: dict[uuid.UUID, list[BedNight]] = {key: [] for key in known}
    for night in read_bed_nights(known, first, last, now):
        nights[night.site_id].append(night)
    invoices = _invoices(known, first)
    return [HouseMonth(site, nights[key], invoices.get(key)) for key, site in known.items()]


def _invoices(sites: Collection[uuid.UUID], first: date) -> Mapping[uuid.UUID, Invoice]:
    rows = Invoice.objects.standing().filter(site__in=sites, month=first).select_related("act__by")
    return {row.site_id: row for row in rows}


def nights_file(
    sites: Iterable[Site],
    month: date,
    *,
    suffix: str,
    why: str,
    by: User,
    rows: str = BY_HOUSE,
    language: str = "",
    separator: str = COMMA,
) -> HttpResponse:
    """The month of these houses as a file, with a line in the log of who took it out and why.

    XLSX has a sheet of houses, one of nights and one that says where they come from; CSV has `rows` of one of them.
    """
    bound(by, FILES)
    now = timezone.now()
    with translation.override(language or translation.get_language()):
        months = read_months(sites, month, now)
        about = _about(month, by, now, why)
        if suffix == "csv":
            table = night_table(months) if rows == BY_NIGHT else house_table(months)
            content = b"".join(csv_lines(with_columns(table, [], about), separator))
        else:
            tables = [house_table(months), night_table(months), _about_table(about)]
            content = b"".join(book_chunks(tables, made_at=now, title=_("Bed nights")))
    write_log(by, LogLine.Verb.EXPORTED, "bed_nights", [f"month={month:%Y-%m}", f"format={suffix}"], why=why)
    response = HttpResponse(content, content_type=CONTENT_TYPES[suffix])
    response["Content-Disposition"] = f'attachment; filename="bed-nights-{month:%Y-%m}.{suffix}"'
    return response


def house_table(months: Iterable[HouseMonth]) -> Table:
    """A row a house."""
    columns = [
        *_of_house(),
        *_of_nights(),
        Column("amount", _("Contracted, dram"), "#value+contracted", WIDE),
        Column("invoice", _("Invoice"), "#meta+invoice", WIDE),
        Column("invoice_nights", _("Nights on the invoice"), "#indicator+nights+invoiced", WIDE),
        Column("invoice_unused", _("Invoiced but not used"), "#indicator+nights+invoiced+unused", WIDE),
        Column("invoice_amount", _("Invoice, dram"), "#value+invoiced", WIDE),
        Column("nights_beyond", _("Difference in nights"), "#indicator+nights+difference", WIDE),
        Column("amount_beyond", _("Difference, dram"), "#value+difference", WIDE),
        Column("typed_by", _("Typed in by"), "#meta+author+invoice", NAME),
        Column("typed_at", _("Typed in at"), "#meta+typed_at", WIDE),
    ]

    def row(month: HouseMonth) -> list[Value]:
        bill = month.invoice
        billed: list[Value] = [
            bill.number or _("no number") if bill else "",
            month.invoiced,
            month.unused,
            _dram(month.billed),
            month.nights_beyond,
            _dram(month.amount_beyond),
            str(bill.act.by) if bill else "",
            bill.act.recorded_at if bill else None,
        ]
        return [month.site.code, month.site.name, *_counts(month), _dram(month.amount), *billed]

    return Table("houses", _("Houses"), columns, map(row, months), 2)


def night_table(months: Iterable[HouseMonth]) -> Table:
    """A row a house and night."""
    columns = [
        *_of_house(),
        Column("night", _("Night of"), "#date", WIDE),
        *_of_nights(),
        Column("rate", _("Dram for a place"), "#value+rate", WIDE),
        Column("amount", _("Contracted, dram"), "#value+contracted", WIDE),
    ]
    rows = (
        [month.site.code, month.site.name, night.day, *_counts(night), _dram(night.rate), _dram(night.amount)]
        for month in months
        for night in month.nights
    )
    return Table("nights", _("Nights"), columns, rows, 3)


def rule_in_words() -> list[str]:
    """How the nights are counted, for who reads the page or the file."""
    return [
        _("A night belongs to the day on whose evening it begins; it is spent by who sleeps in the house at midnight."),
        _(
            "It is confirmed when they were checked in or moved there that day, or seen there in a roll call, or when"
            " the last number the house said that day is within two of the people counted there at that hour. Else it"
            " is assumed."
        ),
        _("What was recorded later than the end of the day after its evening confirms no night."),
        _("The third assumed night of somebody in a row, and each after it, is amber."),
        _("Not come: a place was held until midnight or until that evening, and its person does not sleep there."),
        _("Empty: contracted places on which nobody slept."),
        _("Invoiced but not used: nights of the invoice beyond those in which somebody slept there."),
        _("The past is read as it is known now: what is recorded or corrected later changes it."),
    ]


def _of_house() -> list[Column]:
    return [Column("place", _("Code"), "#loc+code", WIDE), Column("name", _("Site"), "#loc+name", NAME)]


def _of_nights() -> list[Column]:
    return [
        Column("contracted", _("Contracted"), "#indicator+nights+contracted"),
        Column("used", _("Used"), "#indicator+nights+used"),
        Column("confirmed", _("Confirmed"), "#indicator+nights+confirmed"),
        Column("assumed", _("Assumed"), "#indicator+nights+assumed"),
        Column("amber", _("Assumed three nights or more"), "#indicator+nights+amber", WIDE),
        Column("no_show", _("Not come"), "#indicator+nights+no_show"),
        Column("empty", _("Paid but empty"), "#indicator+nights+empty"),
    ]


def _counts(row: HouseMonth | BedNight) -> list[Value]:
    return [row.contracted, row.used, row.confirmed, row.assumed, row.amber, row.no_show, row.empty]


def _about(month: date, by: User, now: datetime, why: str) -> list[tuple[Column, Value]]:
    operation = Operation.objects.current()
    return [
        (Column("month", _("Month"), "#date+month", WIDE), f"{month:%Y-%m}"),
        (Column("known_at", _("As known at"), "#date+reported", WIDE), now),
        (Column("operation", _("Programme"), "#meta+operation", NAME), str(operation or "")),
        (Column("made_by", _("Made by"), "#meta+author", NAME), str(by)),
        (Column("why", _("Why"), "#meta+why", NAME), why),
        (Column("seal", _("Seal of the log"), "#meta+seal", WIDE), head_of_today()),
    ]


def _about_table(about: list[tuple[Column, Value]]) -> Table:
    rows: list[tuple[Value, Value]] = [(column.heading, value) for column, value in about]
    rows += [(_("How it is counted"), rule) for rule in rule_in_words()]
    columns = [Column("what", _("What"), "", WIDE), Column("value", _("Value"), "", 2 * NAME)]
    return Table("about", _("About"), columns, rows)


def _dram(amount: Decimal | None) -> Value:
    """The amount as a number of a sheet."""
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)
