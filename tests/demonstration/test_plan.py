"""The plan of a replay meets every announced figure exactly, at every scale, and is the same each time."""

from collections import defaultdict
from datetime import datetime, timedelta

import pytest

from demonstration.parties import PlanImpossible
from demonstration.plan import Kind, Plan, make_plan
from demonstration.series import accommodated_by_marz, announcements, curves
from demonstration.sites import HOUSES, all_sites
from demonstration.targets import YEREVAN


@pytest.fixture(scope="module", params=[0.001, 0.005, 0.02])
def plan(request) -> Plan:
    return make_plan(request.param, seed=7)


def _day(day: int, month: int = 9) -> datetime:
    return datetime(2023, month, day, tzinfo=YEREVAN)


def test_announcements_are_read_whole():
    read = announcements()
    assert len(read) == 34
    assert (read[0].arrived, read[-1].arrived, read[-1].registered) == (30, 100_632, 96_940)
    assert max(said.accommodated or 0 for said in read) == 48_000
    assert sum(said.remembered for said in read) == 3


def test_list_by_marz_that_does_not_add_up_is_kept_as_published():
    assert sum(accommodated_by_marz()[datetime.fromisoformat("2023-09-28T20:00+04:00")].values()) == 17_153 - 300


def test_curves_never_house_more_than_are_registered_nor_register_more_than_arrived():
    at, until = curves().arrived.times[0], curves().arrived.times[-1]
    while at <= until:
        housed, registered, arrived = (getattr(curves(), c).at(at) for c in ("accommodated", "registered", "arrived"))
        assert housed <= registered <= arrived
        at += timedelta(minutes=10)


@pytest.mark.parametrize("count", [1, 1060, 1061, 50_000, 96_940])
def test_curve_reaches_a_count_when_it_says(count):
    curve = curves().registered
    assert curve.at(curve.when(count)) == pytest.approx(count)


@pytest.mark.parametrize("figure", ["arrived", "registered", "accommodated", "vehicles"])
def test_plan_meets_each_announcement_exactly(plan, figure):
    target = getattr(plan.targets, figure)
    assert [(at, getattr(plan, figure)(at)) for at in target.given()] == [(at, target.by(at)) for at in target.given()]
    assert getattr(plan, figure)(plan.targets.end) == target.total


def test_plan_follows_the_announcements_at_its_scale():
    plan = make_plan(0.1)
    last = [(plan.arrived, 100_632), (plan.registered, 96_940), (plan.accommodated, 48_000)]
    assert [count(plan.targets.end) for count, _ in last] == [round(announced * 0.1) for _, announced in last]


def test_plan_between_announcements_stays_near_the_curve(plan):
    for hour in range(0, 240, 5):
        at = plan.targets.start + timedelta(hours=hour)
        assert plan.registered(at) == pytest.approx(
            plan.targets.registered.by(at), abs=9 + plan.targets.registered.total / 50
        )


def test_plan_is_the_same_for_the_same_arguments_and_another_for_another_seed():
    def told(seed):
        return [(s.id, s.kind, s.at, s.sent_at, s.desk, s.site, s.facts) for s in make_plan(0.002, seed=seed).steps]

    assert told(3) == told(3)
    assert told(3) != told(4)


def test_acts_of_one_party_are_sent_by_one_desk_in_the_order_they_happened(plan):
    for steps in _by_party(plan).values():
        assert len({step.desk for step in steps}) == 1
        assert [step.at for step in steps] == sorted(step.at for step in steps)
        assert all(step.sent_at >= step.at for step in steps)


def test_each_party_is_registered_once_and_in_a_bed_only_afterwards(plan):
    for steps in _by_party(plan).values():
        kinds = [step.kind for step in steps]
        assert kinds.count(Kind.REGISTER) <= 1
        beds = [kind for kind in kinds if kind in (Kind.CHECK_IN, Kind.PLACE)]
        assert len(beds) <= 1
        if beds:
            assert kinds.index(Kind.REGISTER) < kinds.index(beds[0])
            assert beds == [Kind.PLACE] or kinds.index(Kind.HOLD) < kinds.index(Kind.CHECK_IN)


def test_messy_plan_sends_some_late_some_twice_and_some_after_the_last_census():
    plan = make_plan(0.05)
    sent_after_their_census = [
        step for hour, steps in plan.nights() for step in steps if step.at <= hour - timedelta(days=1)
    ]
    assert any(step.late for step in plan.steps)
    assert sent_after_their_census
    assert any(step.twice for step in plan.steps)
    assert any(step.cut for step in plan.steps)
    leavers = [step.party for step in plan.steps if step.kind == Kind.CHECK_IN]
    assert 0.4 < sum(party.silent for party in leavers) / len(leavers) < 0.6


def test_tidy_plan_sends_each_act_once_and_in_time():
    assert not any(step.late or step.twice or step.cut for step in make_plan(0.01, messy=False).steps)


def test_every_act_is_sent_before_a_census_or_after_the_last(plan):
    steps = [step for _, night in plan.nights() for step in night] + plan.after()
    assert steps == list(plan.steps)


def test_window_counts_from_its_first_day():
    plan = make_plan(0.02, start=_day(27), end=_day(28))
    target = plan.targets.arrived
    assert plan.targets.nights() == [_day(27) + timedelta(hours=20), _day(28) + timedelta(hours=20)]
    assert (
        plan.arrived(plan.targets.end)
        == target.total
        == round(76_407 * 0.02) - round(curves().arrived.at(_day(27)) * 0.02)
    )


def test_window_that_would_house_more_than_it_registers_is_refused():
    with pytest.raises(PlanImpossible):
        make_plan(0.02, start=_day(30))


@pytest.mark.parametrize("places", [1_500, 6_000, 60_000])
def test_ground_has_the_places_asked_for_and_each_site_once(places):
    sites = all_sites(places)
    assert sum(site.places for site in sites) == pytest.approx(places, rel=0.05)
    assert len({site.code for site in sites}) == len({site.names for site in sites}) == len(sites)
    assert all(len(site.code) <= 20 for site in sites)
    assert len(sites) >= HOUSES


def _by_party(plan: Plan):
    by_party = defaultdict(list)
    for step in plan.steps:
        if step.party:
            by_party[id(step.party)].append(step)
    return by_party
