"""Two acts of different kinds on one family at the same instant: each is done or refused in words, and none waits for
the other in a circle."""

import uuid

import pytest
from django.db import connection

from aid.actions import Rule, receive_stock
from aid.models import Handout
from centre.access import Role
from desk.merging import merge_individuals
from registrations.models import Individual, Merge
from tests.aid.conftest import make_distribution, make_family, make_item
from tests.build import make_site, make_user
from tests.servers import Answer, at_once, deadlocks, serve

pytestmark = pytest.mark.races

RUNS = 25


def test_handing_out_against_merging_and_undoing_it(committed_database):
    """The card of a family whose people count elsewhere opens the other's entitlement: two households to lock."""
    site, planner = make_site(), make_user()
    parcel = make_item("Pair parcel", planner)
    receive_stock(site, item=parcel, quantity=100_000, by=planner)
    ones, others = [make_family(site, 1) for _ in range(RUNS)], [make_family(site, 1) for _ in range(RUNS)]
    with serve() as server:
        table, desk = server.sign_in(make_user(Role.AID_VOLUNTEER, site)), server.sign_in(planner)
        for turn, (one, other) in enumerate(zip(ones, others, strict=True)):
            merged, into = (Individual.objects.members_of(family).get() for family in (one, other))
            running = make_distribution(site, planner, Rule(parcel, "person", 1))
            if turn % 2:
                undone = merge_individuals(merged, into=into, reason="told so", by=planner).merge
                second = desk.posting(f"/duplicates/{undone}/undo/", {"id": uuid.uuid4()})
            else:
                second = merging(merged, into, planner)
            answers = at_once([scan_at(table, running, one), scan_at(table, running, other), second])
            assert {answer.status for answer in answers} <= {303, 422}
            assert Handout.objects.filter(distribution=running).count() in (1, 2)
    assert deadlocks() == 0
    assert Merge.objects.count() == RUNS


def merging(merged, into, by):
    """The merge, by another desk of its own."""

    def act() -> Answer:
        merge_individuals(merged, into=into, reason="told so", by=by)
        connection.close()
        return Answer(303, "", 0.0)

    return act


def scan_at(table, running, family):
    """Enter, pressed on green."""
    fields = {"id": uuid.uuid4(), "distribution": running.pk, "shown": str(family), "number": ""}
    return table.posting("/aid/scan/", fields)
