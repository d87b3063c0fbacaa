"""The journal reads the same whatever the order in which it was learnt, in Python and in SQL."""

import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from centre.models import Act
from registrations.journal import Fact, came_after_death, read_stints, whereabouts_of
from registrations.models import Individual, Merge, Movement, Presence
from registrations.presences import lay_out_presences
from registrations.whereabouts import find_people
from tests.build import make_site, make_user, register_family

START = datetime(2023, 9, 24, tzinfo=UTC)
SITES = [uuid.UUID(int=n) for n in (1, 2, 3)]
KINDS = ["arrived", "arrived", "arrived", "departed", "departed", "born", "died"]


@st.composite
def journals(draw, most: int = 8):
    """Facts of one person: some at the same minute, some void others, some void those."""
    facts: list[Fact] = []
    for number in range(draw(st.integers(1, most))):
        voids = None
        free = [f.id for f in facts if f.id not in {g.voids_id for g in facts}]
        kind = draw(st.sampled_from(KINDS))
        if free and draw(st.integers(0, 3)) == 0:
            voids = draw(st.sampled_from(free))
            kind = draw(st.sampled_from([kind, "voided"]))
        facts.append(
            Fact(
                id=uuid.UUID(int=1000 + number),
                kind=kind,
                site_id=draw(st.sampled_from(SITES)),
                happened_at=START + timedelta(minutes=draw(st.integers(0, 12))),
                recorded_at=START + timedelta(hours=1, minutes=number),
                voids_id=voids,
            )
        )
    return facts


@given(journals(), st.randoms())
def test_any_order_of_the_same_facts_gives_the_same_stints(facts, random):
    shuffled = list(facts)
    random.shuffle(shuffled)
    assert read_stints(shuffled) == read_stints(facts)


@given(journals())
def test_stints_never_overlap_and_run_forward(facts):
    stints = read_stints(facts)
    for stint in stints:
        assert stint.ended_at is None or stint.started_at <= stint.ended_at
    for earlier, later in pairwise(stints):
        assert earlier.ended_at is not None
        assert earlier.ended_at <= later.started_at


@given(journals())
def test_voiding_a_fact_gives_back_what_was(facts):
    *before, last = facts
    void = Fact(uuid.UUID(int=5000), "voided", last.site_id, last.happened_at, last.recorded_at, last.id)
    assert read_stints([*facts, void]) == read_stints(before)


@given(journals(), st.sampled_from(SITES), st.integers(0, 12))
def test_a_late_arrival_leaves_everyone_else_where_they_were(facts, site, minute):
    """What was read before its time stands; at its own time the person is where it says, until the next fact."""
    at = START + timedelta(minutes=minute, seconds=30)
    late = Fact(uuid.UUID(int=6000), "arrived", site, at, START + timedelta(days=9))
    after = read_stints([*facts, late])
    assert _where(after, at) == site
    for minute_before in range(minute + 1):
        then = START + timedelta(minutes=minute_before)
        assert _where(after, then) == _where(read_stints(facts), then)


def _where(stints, at):
    return next((s.site_id for s in stints if s.started_at <= at and (s.ended_at is None or at < s.ended_at)), None)


@pytest.fixture
def someone(db):
    site = make_site("kornidzor")
    household = register_family(site, make_user())
    return Individual.objects.members_of(household).get()


def _write(facts: list[Fact], someone: Individual, sites: dict, act: Act) -> None:
    Movement.objects.bulk_create(
        Movement(
            id=fact.id,
            kind=fact.kind,
            individual=someone,
            counted_as=someone,
            site_id=sites[fact.site_id],
            destination="unknown" if fact.kind == "departed" else "",
            happened_at=fact.happened_at,
            recorded_at=fact.recorded_at,
            voids_id=fact.voids_id,
            act=act,
        )
        for fact in facts
    )


def _whereabouts(at: datetime, known_at: datetime, people: list[uuid.UUID] | None = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            whereabouts_of("chosen AS (SELECT unnest(%(people)s::uuid[]) AS id)" if people else "")
            + "SELECT person, place, site_id FROM whereabouts",
            {"at": at, "known_at": known_at, "people": people},
        )
        return cursor.fetchall()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=journals())
def test_sql_and_python_read_the_same(someone, facts):
    assume(not came_after_death(facts))  # refused when it is laid out
    with transaction.atomic():
        sites = {key: make_site().pk for key in SITES}
        extra = Individual.objects.create(
            registered_at=START, registered_by=someone.registered_by, registered_in=someone.registered_in
        )
        _write(facts, extra, sites, someone.registered_in)
        lay_out_presences([extra.pk])
        for known in (facts[: len(facts) // 2], facts):
            stints = read_stints(known)
            known_at = known[-1].recorded_at if known else START
            for minute in range(-1, 14):
                at = START + timedelta(minutes=minute)
                site = _where(stints, at)
                rows = _whereabouts(at, known_at, [extra.pk])
                assert [r[2] for r in rows if r[1] == "site"] == ([sites[site]] if site else [])
                if known is facts:
                    found = find_people([extra.pk], at).get(extra.pk)
                    assert ([(extra.pk, found.place, found.site and found.site.pk)] if found else []) == rows
        presences = Presence.objects.filter(individual=extra).order_by("during")
        assert [(p.movement_id, p.during.lower, p.during.upper) for p in presences] == [
            (s.began_by, s.started_at, s.ended_at)
            for s in read_stints(facts)
            if s.ended_at is None or s.started_at < s.ended_at
        ]
        transaction.set_rollback(True)


def test_presumed_left_is_read_and_not_stored(someone):
    site = someone.memberships.get().household.site
    site.presumed_left_after = 12
    site.save(update_fields=["presumed_left_after"])
    arrived = Movement.objects.get(individual=someone).happened_at
    far = arrived + timedelta(days=1)

    def place(hours: float) -> str:
        return _whereabouts(arrived + timedelta(hours=hours), far)[0][1]

    assert (place(11.9), place(12)) == ("site", "presumed_left")
    assert Presence.objects.at(arrived + timedelta(hours=11.9)).count() == 1
    assert Presence.objects.at(arrived + timedelta(hours=12)).count() == 0
    assert Presence.objects.get().during.upper is None


def test_a_merge_counts_two_as_one_from_when_it_was_known(someone):
    desk = someone.registered_by
    site = make_site()
    other = Individual.objects.members_of(register_family(site, desk)).get()
    act = Act.objects.create(kind="merge", at=START, by=desk, digest="")
    merge = Merge.objects.create(merged=other, into=someone, reason="same", act=act)
    now = merge.recorded_at + timedelta(seconds=1)
    assert len(_whereabouts(now, merge.recorded_at)) == 1
    assert len(_whereabouts(now, merge.recorded_at - timedelta(microseconds=1))) == 0  # nothing was known before
    Merge.objects.filter(pk=merge.pk).update(recorded_at=merge.recorded_at + timedelta(hours=1))
    assert len(_whereabouts(now, now)) == 2


@pytest.mark.parametrize("change", [{"kind": "died"}, {"happened_at": START}, {"site": None}])
def test_a_fact_is_never_changed(someone, change):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Movement.objects.update(**change)


def test_a_fact_is_never_deleted(someone):
    Presence.objects.all().delete()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Movement.objects.all()._raw_delete("default")


def test_nobody_is_at_two_sites_at_once(someone):
    elsewhere = make_site()
    presence = Presence.objects.get()
    fact = Movement.objects.create(
        kind="arrived",
        individual=someone,
        counted_as=someone,
        site=elsewhere,
        happened_at=START,
        act=someone.registered_in,
    )
    with pytest.raises(IntegrityError, match="present_once"), transaction.atomic():
        Presence.objects.create(movement=fact, individual=someone, site=elsewhere, during=presence.during)


def test_stints_of_many_are_counted_apart(someone):
    site = make_site()
    for _ in range(3):
        register_family(site, someone.registered_by)
    far = Movement.objects.latest("recorded_at").recorded_at + timedelta(seconds=1)
    assert Counter(row[2] for row in _whereabouts(far, far))[site.pk] == 3
