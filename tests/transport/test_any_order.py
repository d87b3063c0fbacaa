"""Whatever is done at buses in whatever order, each person is on one at most, and no seat is sold twice."""

from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from centre.refusals import Refusal
from registrations.models import Absence, Presence
from tests.build import make_room, make_site, make_user
from tests.transport.conftest import expected_family, make_run
from transport.actions import cancel_bus, end_bus, put_on_bus, send_bus, take_off_bus
from transport.models import Passenger, TransportRun
from transport.rerouting import reroute_bus
from transport.riding import board_bus, get_off_bus, void_boarding

ACTS = ("fill", "take_off", "board", "void", "send", "get_off", "reroute", "end", "cancel")
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.integers(0, 2)), min_size=1, max_size=25)


class AnyOrder(TestCase):
    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps=STEPS)
    def test_any_order_of_acts_leaves_everybody_in_one_place(self, steps):
        by, (start, stop, other) = make_user(), [make_site() for _ in range(3)]
        make_room(other, 3)
        families = [expected_family(start, stop, by) for _ in range(3)]
        runs = [make_run(start, stop, by=by, seats=4) for _ in range(2)]
        ways = {
            "fill": lambda run, family: put_on_bus(run, household=family, by=by),
            "take_off": lambda run, family: take_off_bus(run, household=family, by=by),
            "board": lambda run, family: board_bus(run, household=family, by=by),
            "void": lambda run, family: void_boarding(run, household=family, by=by),
            "send": lambda run, _family: send_bus(run, by=by),
            "get_off": lambda run, family: get_off_bus(run, household=family, site=stop, by=by),
            "reroute": lambda run, _family: reroute_bus(run, old=stop, new=other, by=by),
            "end": lambda run, _family: end_bus(run, site=stop, by=by),
            "cancel": lambda run, _family: cancel_bus(run, by=by),
        }
        for verb, run, family in steps:
            try:
                ways[verb](TransportRun.objects.get(pk=runs[run].pk), families[family])
            except Refusal:
                continue
            self.look()

    def look(self) -> None:
        now = timezone.now()
        seats = list(Passenger.objects.open().values_list("individual", flat=True))
        assert len(seats) == len(set(seats))
        for run in TransportRun.objects.with_counts():
            assert run.taken <= run.seats
        here = list(Presence.objects.filter(during__contains=now).values_list("individual", flat=True))
        away = list(Absence.objects.filter(during__contains=now).values_list("individual", flat=True))
        assert len(here) + len(away) == len({*here, *away}) == 6
        on_the_way = set(Passenger.objects.aboard().values_list("individual", flat=True))
        assert on_the_way == set(away)
