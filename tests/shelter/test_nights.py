"""Reading nights, without a database: whatever the order in which the facts were learnt."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shelter.nights import EARLY, Attendance, BeddingFact, read_nights

START = datetime(2023, 9, 27, tzinfo=UTC)
HOUR = timedelta(hours=1)
SITES = [uuid.UUID(int=n) for n in (1, 2)]
ROOMS = {uuid.UUID(int=10 + n): SITES[n % 2] for n in range(4)}


@st.composite
def attendances(draw):
    """Times at sites, one after another, with or without gaps."""
    cuts = sorted(draw(st.sets(st.integers(0, 60), min_size=2, max_size=8)))
    times = []
    for since, until in pairwise(cuts):
        if draw(st.booleans()):
            times.append(Attendance(draw(st.sampled_from(SITES)), START + since * HOUR, START + until * HOUR))
    if times and draw(st.booleans()):
        times[-1] = replace(times[-1], until=None)
    return times


@st.composite
def bedding(draw):
    """Facts of one person, some of them voided, some of these voids voided again."""
    facts = []
    for number in range(draw(st.integers(0, 8))):
        voids = draw(
            st.sampled_from([None, None, *[f.id for f in facts if not any(g.voids_id == f.id for g in facts)]])
        )
        kind = "voided" if voids else draw(st.sampled_from(["checked_in", "moved", "left"]))
        room = draw(st.sampled_from(list(ROOMS)))
        facts.append(
            BeddingFact(
                id=uuid.UUID(int=100 + number),
                kind=kind,
                room_id=room,
                site_id=ROOMS[room],
                place_id=None,
                happened_at=START + draw(st.integers(0, 60)) * HOUR,
                recorded_at=START + draw(st.integers(60, 62)) * HOUR,
                voids_id=voids,
            )
        )
    return facts


@given(bedding(), attendances(), st.randoms())
def test_nights_read_the_same_whatever_was_learnt_first(facts, times, order):
    shuffled, times_shuffled = list(facts), list(times)
    order.shuffle(shuffled)
    order.shuffle(times_shuffled)
    assert read_nights(shuffled, times_shuffled) == read_nights(facts, times)


@given(bedding(), attendances())
def test_nights_last_follow_each_other_and_lie_within_a_presence(facts, times):
    nights = read_nights(facts, times)
    for night in nights:
        assert night.until is None or night.since < night.until
        assert night.fact.kind in {"checked_in", "moved"}
        assert night.fact.happened_at <= night.since <= night.fact.happened_at + EARLY
        assert _attended(night, times)
    for one, other in pairwise(nights):
        assert one.until is not None
        assert one.until <= other.since
    assert len({night.fact.id for night in nights}) == len(nights)


@given(bedding(), attendances())
def test_a_voided_fact_is_as_if_it_had_never_been_told(facts, times):
    voids = {fact.voids_id for fact in facts if fact.voids_id}
    if any(fact.id in voids and fact.kind == "voided" for fact in facts):
        return
    told = [fact for fact in facts if fact.id not in voids and fact.kind != "voided"]
    assert read_nights(facts, times) == read_nights(told, times)


def _attended(night, times):
    """Whether every hour of the night lies in a time at the site; ranges here begin and end at full hours."""
    end = night.until or START + 100 * HOUR
    hour = night.since
    while hour < end:
        if not any(
            t.site_id == night.fact.site_id and t.since <= hour and (t.until is None or hour < t.until) for t in times
        ):
            return False
        hour += HOUR
    return True
