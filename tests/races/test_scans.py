"""One card at two tables at once: one hands out, the other reads that the card was used."""

import uuid

import pytest

from aid.actions import Rule
from aid.models import Handout, StockMovement
from aid.selectors import stock_at
from aid.storing import receive_stock
from centre.access import Role
from tests.aid.conftest import make_distribution, make_family, make_item
from tests.build import make_site, make_user
from tests.servers import at_once

pytestmark = pytest.mark.races

RUNS = 30
TABLES = 2
IN_STORE = 10_000


def test_one_card_at_two_tables_is_handed_out_once(server):
    site, planner = make_site(), make_user()
    parcel = make_item("Race parcel", planner)
    receive_stock(site, item=parcel, quantity=IN_STORE, by=planner)
    running = make_distribution(site, planner, Rule(parcel, "person", 1))
    families = [make_family(site, 2) for _ in range(RUNS)]
    tables = [server.sign_in(make_user(Role.AID_VOLUNTEER, site)) for _ in range(TABLES)]
    for family in families:
        answers = at_once(scan_at(table, running, family) for table in tables)
        assert sorted(answer.status for answer in answers) == [303, 422]
        (refused,) = (answer.body for answer in answers if answer.status == 422)
        assert "This card was already used" in refused
    assert sorted(Handout.objects.values_list("household", flat=True)) == sorted(family.pk for family in families)
    assert StockMovement.objects.filter(kind="handed_out").count() == RUNS
    assert [stock.quantity for stock in stock_at(site)] == [IN_STORE - 2 * RUNS]


def test_parts_of_one_share_at_two_tables_are_never_more_than_the_share(server):
    site, planner = make_site(), make_user()
    parcel = make_item("Part parcel", planner)
    running = make_distribution(site, planner, Rule(parcel, "person", 1))
    families = [make_family(site, 3) for _ in range(RUNS)]
    tables = [server.sign_in(make_user(Role.AID_VOLUNTEER, site)) for _ in range(TABLES)]
    for family in families:
        part = {f"given-{parcel.code}": 2}
        answers = at_once(scan_at(table, running, family, **part) for table in tables)
        assert sorted(answer.status for answer in answers) == [303, 422]
    assert [stock.quantity for stock in stock_at(site)] == [-2 * RUNS]


def test_one_act_sent_twice_at_once_is_done_once_and_answered_alike(server):
    site, planner = make_site(), make_user()
    parcel = make_item("Twin parcel", planner)
    running = make_distribution(site, planner, Rule(parcel, "person", 1))
    volunteer = make_user(Role.AID_VOLUNTEER, site)
    table = server.sign_in(volunteer)
    for family in [make_family(site, 1) for _ in range(RUNS)]:
        act = uuid.uuid4()
        answers = at_once(scan_at(table, running, family, act) for _ in range(TABLES))
        assert [answer.status for answer in answers] == [303, 303]
    assert Handout.objects.filter(distribution=running).count() == RUNS


def scan_at(table, running, family, act=None, **part):
    """Enter, pressed on green."""
    fields = {"id": act or uuid.uuid4(), "distribution": running.pk, "shown": str(family), "number": ""}
    return table.posting("/aid/scan/", fields | part)
