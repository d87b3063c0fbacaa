"""A replay through a real server and a real worker: no error, each day balances, each announced figure is met."""

import os
from datetime import datetime
from functools import partial
from io import StringIO

import pytest
from django.conf import global_settings
from django.core.management import CommandError, call_command

from census.models import Snapshot
from census.selectors import Tally
from demonstration.comparing import compare, table
from demonstration.management.commands import demonstrate, replay
from demonstration.plan import Kind, make_plan
from demonstration.replaying import carry_out
from demonstration.second_days import with_second_days
from demonstration.targets import YEREVAN
from demonstration.wire import Refused
from registrations.models import Household, Individual
from tests.census.test_any_day import plain
from tests.servers import fresh_database, serve, work

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("demonstration")]

FIRST, LAST = datetime(2023, 9, 24, tzinfo=YEREVAN), datetime(2023, 9, 26, tzinfo=YEREVAN)
SCALE, DESKS, SEED = 0.005, 3, 13  # with which some acts are sent late, some twice, and some over a line that is cut


@pytest.fixture
def server(django_db_blocker, settings, monkeypatch):
    """A demonstration with a ground and nobody in it, served with a worker."""
    monkeypatch.setenv("RECEPTION_DEMONSTRATION", "1")
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS  # those the server knows
    with django_db_blocker.unblock(), fresh_database(f"replay_{os.getpid()}"):
        call_command(demonstrate.Command(), ground_only=True, places=600, stdout=StringIO())
        with serve(workers=2) as running, work():
            yield f"http://127.0.0.1:{running.port}"


def test_replay_meets_the_announcements_and_every_census_adds_up(server):
    plan = make_plan(
        SCALE, desks=DESKS, seed=SEED, start=FIRST, end=LAST, second_days=partial(with_second_days, often=7)
    )
    said_anew = {Kind.JOIN, Kind.CORRECT, Kind.SPLIT, Kind.NEVER_WAS}
    assert said_anew <= {step.kind for step in plan.steps}
    told, said = [], []
    outcome = carry_out(plan, server, told=lambda: told.append(1), say=said.append)
    assert outcome.problems == []
    assert outcome.acts == len(plan.steps) == len(told)
    assert said_anew <= {kind for kind in Kind if outcome.tally.acts[kind]}
    snapshots = Snapshot.objects.select_related("site", "opening")
    moved = [one for one in snapshots if plain(Tally(one.at, one.known_at).row(one.site, one.opening)) != one.tally]
    assert (len(snapshots) > 3, moved) == (True, [])
    assert outcome.tally.late
    assert outcome.tally.twice
    assert outcome.tally.cut
    assert [night.differences for night in outcome.nights] == [{}, {}, {}]
    assert any(night.late for night in outcome.nights)
    compared = list(compare(plan, outcome))
    assert [one for one in compared if one.difference] == []
    end = [(one.announced, one.counted) for one in compared if one.at == plan.targets.end]
    assert end == [(141, 141), (104, 104), (16, 16)]
    assert Individual.objects.filter(registered_at__isnull=False).count() == 104
    assert table(plan, outcome).row_count == len({one.at for one in compared})
    with pytest.raises(Refused, match="There are families in it already"):
        carry_out(plan, server, told=lambda: None, say=said.append)
    families = outcome.tally.acts["register"] + outcome.tally.acts["split"]
    assert Household.objects.filter(registered_at__isnull=False).count() == families


def test_replay_says_so_when_nobody_answers():
    with pytest.raises(CommandError, match="Nobody answers"):
        call_command(replay.Command(), url="http://127.0.0.1:9", scale=0.001, stdout=StringIO())
