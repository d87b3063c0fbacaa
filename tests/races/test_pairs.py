"""Two acts of different kinds on one family at the same instant: each is done or refused in words, and none waits for
the other in a circle."""

import uuid
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.db import connection, transaction
from django.db.models import Q, Sum

from aid.actions import Rule, categorise_item, hand_out, withdraw_distribution
from aid.counts import StockCount
from aid.models import Handout, StockMovement
from aid.storing import confirm_count, confirm_stock, count_stock, receive_stock, send_stock, void_stock, withdraw_count
from centre.access import Role
from centre.refusals import Refusal
from desk.belonging import change_household, split
from desk.merging import merge_individuals
from registrations.models import Household, Individual, Merge
from tests.aid.conftest import make_distribution, make_family, make_item
from tests.aid.test_one_share import going, members
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


def test_handing_out_against_a_split_gives_each_person_one_share(committed_database):
    site, planner = make_site(), make_user()
    running = make_distribution(site, planner, Rule(make_item("Split parcel", planner), "person", 1))
    families = [make_family(site, 3) for _ in range(RUNS)]
    with serve() as server:
        table = server.sign_in(make_user(Role.AID_VOLUNTEER, site))
        for turn, family in enumerate(families, start=1):
            facts = {"site": site, "members": going(members(family)[1:]), "by": planner}
            answers = at_once([scan_at(table, running, family), beside(split, family, **facts)])
            assert [answer.status for answer in answers] == [303, 303]
            scan_at(table, running, Household.objects.latest("act__recorded_at"))()
            assert pieces(running) == 3 * turn
    assert deadlocks() == 0


def test_handing_out_at_two_tables_against_going_over_gives_nobody_two_shares(committed_database):
    site, planner = make_site(), make_user()
    running = make_distribution(site, planner, Rule(make_item("Over parcel", planner), "person", 1))
    pairs = [(make_family(site, 3), make_family(site, 2)) for _ in range(RUNS)]
    with serve() as server:
        tables = [server.sign_in(make_user(Role.AID_VOLUNTEER, site)) for _ in range(2)]
        for family, other in pairs:
            before = pieces(running)
            facts = {"to": other, "members": going(members(family)[2:], first="other"), "by": planner}
            scans = [scan_at(table, running, one) for table, one in zip(tables, (family, other), strict=True)]
            answers = at_once([*scans, beside(change_household, family, **facts)])
            assert {answer.status for answer in answers} == {303}
            assert pieces(running) - before in (4, 5)
    assert deadlocks() == 0


def test_like_goods_of_two_rounds_at_two_sites_are_given_once(committed_database):
    sites, planner = [make_site(), make_site()], make_user()
    rounds = []
    for number, site in enumerate(sites):
        item = make_item(f"Like parcel {number}", planner)
        categorise_item(item, category="food", by=planner)
        rounds.append(make_distribution(site, planner, Rule(item, "person", 1, every_days=7)))
    for turn in range(RUNS):
        cards = [make_family(sites[0], 1)] * 2
        if turn % 2:  # two cards of one family after a merge
            cards[1] = make_family(sites[0], 1)
            merge_individuals(members(cards[1])[0], into=members(cards[0])[0], reason="told so", by=planner)
        tables = zip(rounds, cards, strict=True)
        answers = at_once([beside(hand_out, one, household=card, by=planner) for one, card in tables])
        assert sorted(answer.status for answer in answers) == [303, 422]
    assert Handout.objects.filter(distribution__in=rounds).count() == RUNS
    assert deadlocks() == 0


@pytest.mark.parametrize("withdrawn_first", [True, False])
def test_of_a_handout_and_the_withdrawal_of_its_round_the_second_waits_and_is_refused(
    committed_database, withdrawn_first
):
    site, planner = make_site(), make_user()
    running = make_distribution(site, planner, Rule(make_item(f"Parcel {withdrawn_first}", planner), "person", 1))
    giving = hand_out, {"household": make_family(site, 1), "by": planner}
    withdrawing = withdraw_distribution, {"reason": "a slip", "by": planner}
    (act, facts), (other, others) = (withdrawing, giving) if withdrawn_first else (giving, withdrawing)
    with ThreadPoolExecutor() as desks:
        with transaction.atomic():
            act(running, **facts)
            answer = desks.submit(beside(other, running, **others))
            wait([answer], timeout=1)  # for a second that does not wait
        assert answer.result().status == 422
    running.refresh_from_db()
    assert (running.handouts.exists(), running.withdrawn_at is None) == (not withdrawn_first, not withdrawn_first)


def test_what_was_sent_is_confirmed_at_two_desks_and_taken_back_once(committed_database):
    store, other, planner = make_site(), make_site(), make_user()
    item = make_item("Sent parcel", planner)
    for turn in range(RUNS):
        answer = send_stock(store, to_site=other, item=item, quantity=9, by=planner)
        sent = StockMovement.objects.get(pk=answer.movement)
        racers = [beside(confirm_stock, sent, quantity=count, by=planner) for count in (7, 8)]
        if turn % 2:
            racers[1] = beside(void_stock, sent, reason="never went", by=planner)
        assert sorted(answer.status for answer in at_once(racers)) == [303, 422]
        assert StockMovement.objects.filter(Q(answers=sent) | Q(voids=sent)).count() == 1
    assert deadlocks() == 0


def test_a_count_is_closed_at_two_desks_once(committed_database):
    store, counting, others = make_site(), make_user(), [make_user() for _ in range(2)]
    for turn in range(RUNS):
        item = make_item(f"Counted {turn}", counting)
        receive_stock(store, item=item, quantity=9, by=counting)
        count = StockCount.objects.get(pk=count_stock(store, item=item, quantity=7, by=counting).count)
        racers = [beside(confirm_count, count, by=by) for by in others]
        if turn % 2:
            racers[1] = beside(withdraw_count, count, reason="a shelf was forgotten", by=counting)
        answers = at_once(racers)
        assert sorted(answer.status for answer in answers) == [303, 422]
        count.refresh_from_db()
        by = count.confirmed_by or count.withdrawn_by
        assert f"{by} already" in next(answer.body for answer in answers if answer.status == 422)
        assert StockMovement.objects.filter(count=count).count() == bool(count.confirmed_by)
    assert deadlocks() == 0


def pieces(distribution):
    given = StockMovement.objects.filter(handout__distribution=distribution, kind="handed_out")
    return given.aggregate(pieces=Sum("quantity"))["pieces"] or 0


def beside(act, subject, **facts):
    """The act, by another desk of its own."""

    def do() -> Answer:
        try:
            act(subject, **facts)
        except Refusal as refusal:
            return Answer(422, str(refusal), 0.0)
        finally:
            connection.close()
        return Answer(303, "", 0.0)

    return do


def merging(merged, into, by):
    """The merge, by another desk of its own."""
    return beside(merge_individuals, merged, into=into, reason="told so", by=by)


def scan_at(table, running, family):
    """Enter, pressed on green."""
    fields = {"id": uuid.uuid4(), "distribution": running.pk, "shown": str(family), "number": ""}
    return table.posting("/aid/scan/", fields)
