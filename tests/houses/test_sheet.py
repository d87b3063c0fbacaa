"""The sheet of a month: as page, XLSX and CSV, against the invoice, with who typed it and nobody who slept there."""

import csv
import html
import io
import re
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from centre.access import Role
from centre.models import LogLine
from houses.models import Invoice
from houses.sheets import read_months
from shelter.actions import place_household
from tests.api.conftest import Machine
from tests.build import make_room, make_site, make_user, person, register_family
from tests.houses.conftest import agree

WHY = "the invoice of the hotel"


@pytest.fixture
def month(settings, goris, coordinator, day, hour):
    """The month of the night; a contract of 40 places for that one night, two people, and an invoice of 41."""
    settings.DEMONSTRATION = True  # whose past is played as if that were now
    agree(goris, coordinator, day, day)
    family = register_family(goris, coordinator, person("Zaruhi"), person("Bagrat", relationship="spouse"), at=hour(12))
    place_household(family, rooms=[make_room(goris, 2)], by=coordinator, at=hour(22))
    body = {"month": f"{day:%Y-%m}", "nights": 41, "amount": "369000.00", "number": "A-7"}
    assert Machine(coordinator).post("invoices/", site="goris", **body).status_code == 201
    return f"{day:%Y-%m}"


def expected_nights(day):
    """How many nights since that day are over, in its month."""
    return sum(1 for n in range(3) if (day + timedelta(days=n)).month == day.month)


def test_the_page_shows_the_house_against_its_invoice(client, goris, coordinator, month, day):
    client.force_login(coordinator)
    for page in (f"/houses/nights/?month={month}", f"/houses/sites/goris/nights/?month={month}"):
        shown = client.get(page).content.decode()
        assert "Zaruhi" not in shown
        assert "38" in shown  # paid but empty in that night
    assert "A-7" in shown
    assert f"typed in by {coordinator}" in shown
    assert "Against the contract: 1 nights, 9,000 dram" in shown


def test_every_way_from_the_settings_of_a_site_without_rooms_leads_to_a_page(client, db):
    make_site("sisian")
    client.force_login(make_user(Role.ADMINISTRATOR))
    main = client.get("/settings/sites/sisian/").content.decode().partition("<main")[2]
    ways = [html.unescape(way) for way in re.findall(r'href="(/[^"#]+)"', main)]
    assert "/houses/sites/sisian/nights/" in ways
    assert {way: client.get(way).status_code for way in ways} == dict.fromkeys(ways, 200)


def test_nights_of_the_invoice_that_nobody_used_stand_in_sight_beside_what_the_contract_says(
    client, goris, coordinator, month, day
):
    make_room(make_site("sisian"), 3)  # a house without an invoice
    used = 2 * expected_nights(day)
    client.force_login(make_user(Role.ADMINISTRATOR))
    whole = client.get(f"/houses/nights/?month={month}").content.decode()
    assert whole.count(f'<span class="mark bad">{41 - used}</span>') == 2  # of the house, and the sum in the first row
    assert whole.index("Total") < whole.index("Goris</a>")
    own = client.get(f"/houses/sites/goris/nights/?month={month}").content.decode()
    assert f"Used {used}, invoiced 41: {41 - used} invoiced but not used" in own


def test_no_night_is_invoiced_but_not_used_where_more_were_used_than_invoiced(goris, coordinator, month, day):
    (read,) = read_months([goris], day.replace(day=1), timezone.now())
    own = replace(read, invoice=Invoice(nights=1))
    assert (own.invoiced, own.unused) == (1, 0)


def test_a_house_without_an_invoice_is_shown_beside_one_with(client, coordinator, month, goris):
    make_room(make_site("sisian"), 3)
    client.force_login(make_user(Role.ADMINISTRATOR))
    for address in ("/houses/nights/", f"/houses/nights/?month={month}"):
        page = client.get(address)
        assert page.status_code == 200
        assert "Sisian" in page.text
    assert client.get("/houses/nights/?month=11/2026").status_code == 422


def test_the_page_types_an_invoice_and_takes_it_back(client, goris, coordinator, month, day):
    client.force_login(coordinator)
    page = f"/houses/sites/goris/nights/?month={month}"
    said = {"month": month, "nights": "40", "amount": "360 000", "number": "A-8"}
    assert client.post(page, said | {"id": str(uuid.uuid4())}).status_code == 422
    void = f"/houses/invoices/{Invoice.objects.get().pk}/void/"
    assert client.post(void, {"id": str(uuid.uuid4())}).status_code == 303
    for month in ("11/2026", "2026-13", "հոկտեմբեր 2026"):
        refused = client.post(page, said | {"id": str(uuid.uuid4()), "month": month})
        assert (refused.status_code, refused.context["form"].errors["month"]) == (422, ["Write the month as 2026-11."])
    assert client.post(page, said | {"id": str(uuid.uuid4())}).status_code == 303
    row = Invoice.objects.standing().get()
    assert (row.number, row.nights, row.amount, row.act.by) == ("A-8", 40, 360000, coordinator)


def read_csv(answer):
    text = answer.content.decode("utf-8-sig")
    assert "Zaruhi" not in text
    heads, _tags, *rows = csv.reader(io.StringIO(text))
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_csv_by_house_and_by_night(goris, coordinator, month, day):
    machine = Machine(coordinator)
    (row,) = read_csv(machine.get("bed-nights.csv", month=month, why=WHY, lang="en"))
    assert (row["Contracted"], row["Paid but empty"]) == ("40", "38")
    assert (row["Used"], row["Confirmed"]) == (str(2 * expected_nights(day)), "2")
    assert (row["Contracted, dram"], row["Invoice, dram"], row["Difference, dram"]) == ("360000", "369000", "9000")
    assert (row["Difference in nights"], row["Typed in by"], row["Why"]) == ("1", str(coordinator), WHY)
    assert row["Invoiced but not used"] == str(41 - int(row["Used"]))
    rows = read_csv(machine.get("bed-nights.csv", month=month, why=WHY, lang="en", rows="night"))
    (of_day,) = [row for row in rows if row["Night of"] == day.isoformat()]
    assert (of_day["Contracted"], of_day["Used"], of_day["Dram for a place"]) == ("40", "2", "9000")
    line = LogLine.objects.filter(verb="exported").latest("pk")
    assert (line.subject, line.why) == ("bed_nights", WHY)


def test_xlsx_has_houses_nights_and_how_they_are_counted(client, goris, coordinator, month, day):
    client.force_login(coordinator)
    asked = {"month": month, "suffix": "xlsx", "rows": "house", "why": WHY}
    answer = client.get("/houses/nights/file/", asked)
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    houses, nights, about = (book.get_sheet_by_index(place).to_python() for place in range(3))
    assert houses[2][:4] == ["goris", "Goris", 40, 2 * expected_nights(day)]
    assert day in [row[2] for row in nights[2:]]
    assert any("as it is known now" in str(row[1]) for row in about)
    assert client.get("/houses/nights/file/", asked | {"why": ""}).status_code == 422


def test_an_auditor_reads_and_types_nothing(client, goris, sisian, coordinator, month, day):
    auditor = make_user(Role.AUDITOR, goris)
    client.force_login(auditor)
    page = f"/houses/sites/goris/nights/?month={month}"
    shown = client.get(page).content.decode()
    assert "A-7" in shown
    assert "Type in the invoice" not in shown
    assert client.post(page, {"id": str(uuid.uuid4()), "month": month, "nights": 1, "amount": 1}).status_code in (
        403, 422,
    )  # fmt: skip
    assert Machine(auditor).get("bed-nights/", month=month, site="goris").json()[-1]["site"] == "goris"


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.COORDINATOR, Role.OFFICIAL])
def test_nobody_else_reads_the_nights(client, goris, sisian, coordinator, month, role):
    other = make_user(role, sisian if role == Role.COORDINATOR else goris)
    client.force_login(other)
    missing = 404 if role == Role.COORDINATOR else 403
    assert client.get("/houses/sites/goris/nights/").status_code == missing
    assert client.post(f"/houses/invoices/{Invoice.objects.get().pk}/void/").status_code == missing
    machine = Machine(other)
    answer = machine.get("bed-nights/", month=month)
    assert answer.status_code == 403 or answer.json() == []
    assert machine.get(f"invoices/{Invoice.objects.get().pk}/").status_code == 404


def test_a_confidential_house_is_in_no_sheet_of_who_may_not_know_of_it(client, db, day):
    hidden = make_site("crisis", kind="crisis", confidential=True)
    make_room(hidden)
    agree(hidden, make_user(Role.ADMINISTRATOR), day)
    for user in (make_user(), make_user(Role.AUDITOR)):
        client.force_login(user)
        assert "Crisis" not in client.get("/houses/nights/").content.decode()
        assert client.get("/houses/sites/crisis/nights/").status_code == 404
        assert "crisis" not in Machine(user).get("bed-nights/", month=f"{timezone.now():%Y-%m}").content.decode()


@pytest.mark.parametrize(
    ("role", "assigned", "reads"),
    [
        (Role.ADMINISTRATOR, False, False),
        (Role.ADMINISTRATOR, True, True),
        (Role.COORDINATOR, False, False),
        (Role.COORDINATOR, True, True),
        (Role.AUDITOR, False, False),
        (Role.AUDITOR, True, True),
    ],
)
def test_nights_of_a_confidential_house_are_read_by_who_may_be_told_that_somebody_is_there(
    client, db, role, assigned, reads
):
    hidden = make_site("crisis", kind="crisis", confidential=True)
    make_room(hidden)
    user, month = make_user(role, hidden if assigned else None), f"{timezone.now():%Y-%m}"
    client.force_login(user)
    machine, lists = Machine(user), []
    for page in ("/houses/nights/", "/houses/nights/?month=2026-10"):
        assert ("Crisis" in client.get(page).text) == reads
    assert client.get("/houses/sites/crisis/nights/").status_code == (200 if reads else 404)
    for asked in ({}, {"site": str(hidden.pk)}):
        lists.append(machine.get("bed-nights/", month=month, **asked).content)
        lists.append(machine.get("bed-nights.csv", month=month, why=WHY, lang="en", **asked).content)
        book = machine.get("bed-nights.xlsx", month=month, why=WHY, lang="en", **asked).content
        if book.startswith(b"PK"):
            sheets = CalamineWorkbook.from_filelike(io.BytesIO(book))
            lists.append(str(sheets.get_sheet_by_index(0).to_python()).encode())
    assert any(b"crisis" in one for one in lists) == reads
