"""The census adds up, and shouts when it does not."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from census.actions import take_due_snapshots, take_snapshots
from census.balance import Balance
from census.errors import NotSettled
from census.models import Snapshot
from census.selectors import Tally
from centre.models import Site
from desk.actions import arrive, depart, pre_register, record_birth, record_death
from desk.gate import count_gate
from desk.voiding import void_movement
from registrations.facts import Birth, Group, HouseholdFacts
from registrations.models import Household, Individual, Movement, Presence
from shelter.actions import place_household
from shelter.models import Stay
from tests.build import make_room, make_site, person, register_family

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


def balance_of(snapshot: Snapshot, key: str) -> dict[str, int]:
    """The lines of a place that are not nought."""
    return {line: count for line, count in snapshot.tally["places"][key]["balance"].items() if count}


def take(at, known_at=None) -> Snapshot:
    return take_snapshots(at, known_at=known_at or timezone.now())[0]


@pytest.fixture(autouse=True)
def _demonstration(settings):
    """Facts of this very second are known at once; a real server waits until they have settled."""
    settings.DEMONSTRATION = True


def test_a_day_of_everything_balances_by_site_on_the_way_and_in_total(now, desk):
    kornidzor, goris = make_site("kornidzor", presumed_left_after=3), make_site("goris")
    hotel = make_site("hotel", kind=Site.Kind.HOTEL)
    take(now - 20 * HOUR, known_at=now - 20 * HOUR)
    to_goris = register_family(kornidzor, desk, person(), person("Narek", relationship="son"), at=now - 10 * HOUR)
    arrive(to_goris, site=goris, by=desk, at=now - 9 * HOUR)
    place_household(to_goris, rooms=[make_room(hotel)], by=desk, at=now - 5 * HOUR)
    register_family(kornidzor, desk, going="own_address", at=now - 8 * HOUR)
    register_family(kornidzor, desk, at=now - 7 * HOUR)  # drives on without a word
    sent = register_family(goris, desk, at=now - 6 * HOUR)
    depart(sent, site=goris, destination="site", destination_site=hotel, by=desk, at=now - 4 * HOUR)
    mother = register_family(goris, desk, at=now - 6 * HOUR)
    child = person("Mane", relationship="daughter", birth=Birth(timezone.localdate(now - 3 * HOUR), "day"))
    record_birth(mother, site=goris, child=child, by=desk, at=now - 3 * HOUR)
    dead = register_family(goris, desk, at=now - 6 * HOUR)
    record_death(Individual.objects.members_of(dead).get(), site=goris, by=desk, at=now - 2 * HOUR)
    snapshot = take(now)
    assert balance_of(snapshot, "kornidzor") == {
        "arrivals": 4, "departures": 1, "presumed_left": 1, "transfers_out": 2,
    }  # fmt: skip
    assert balance_of(snapshot, "goris") == {
        "arrivals": 3, "births": 1, "transfers_in": 2, "transfers_out": 3, "deaths": 1, "closing": 2,
    }  # fmt: skip
    assert balance_of(snapshot, "hotel") == {"transfers_in": 2, "closing": 2}
    assert balance_of(snapshot, "on_the_way") == {"transfers_in": 1, "closing": 1}
    total = Balance.read(snapshot.tally["places"]["total"]["balance"])
    assert (total.difference, total.closing, total.lines["transfers_in"]) == (0, 5, total.lines["transfers_out"])


def test_who_departs_after_the_hours_ran_out_is_on_the_way_and_arrives_from_there(now, desk):
    kornidzor, hotel = make_site("kornidzor", presumed_left_after=3), make_site("hotel", kind=Site.Kind.HOTEL)
    sent = register_family(kornidzor, desk, at=now - 10 * HOUR)
    take(now - 6 * HOUR)
    depart(sent, site=kornidzor, destination="site", destination_site=hotel, by=desk, at=now - 5 * HOUR)
    first = take(now - 4 * HOUR)
    assert balance_of(first, "on_the_way") == {"arrivals": 1, "closing": 1}
    assert (first.tally["figures"]["on_the_way"], first.tally["figures"]["not_known"]) == (1, 0)
    arrive(sent, site=hotel, by=desk, at=now - 3 * HOUR)
    second = take(now)
    assert balance_of(second, "on_the_way") == {"opening": 1, "transfers_out": 1}
    assert balance_of(second, "hotel") == {"transfers_in": 1, "closing": 1}
    assert balance_of(second, "total")["closing"] == 1


def test_the_next_day_opens_with_what_is_stored(now, desk):
    goris = make_site("goris")
    family = register_family(goris, desk, person(), person("Ani", relationship="daughter"), at=now - 5 * HOUR)
    take(now - 4 * HOUR)
    depart(family, site=goris, destination="abroad", by=desk, at=now - HOUR)
    snapshot = take(now)
    assert balance_of(snapshot, "goris") == {"opening": 2, "departures": 2}


def test_a_presence_deleted_by_sql_shows_as_a_difference(now, desk):
    goris = make_site("goris")
    register_family(goris, desk, person(), person("Ani", relationship="daughter"), at=now - 2 * HOUR)
    Presence.objects.filter(pk=Presence.objects.first().pk).delete()
    snapshot = take(now)
    assert balance_of(snapshot, "goris") == {"arrivals": 2, "closing": 1, "difference": -1}
    assert balance_of(snapshot, "total")["difference"] == -1


def test_a_late_fact_is_a_line_of_its_own_and_the_old_figure_reads_the_same(now, desk):
    goris = make_site("goris")
    register_family(goris, desk, at=now - 5 * HOUR)
    first = take(now - 2 * HOUR)
    register_family(goris, desk, person("Late"), at=now - 3 * HOUR)
    second = take(now)
    assert balance_of(second, "goris") == {"opening": 1, "late": 1, "closing": 2}
    again = Tally(first.at, first.known_at).row(None, first.opening)
    assert again["places"] == first.tally["places"]


def test_a_voided_fact_is_corrected_and_the_old_figure_reads_the_same(now, desk):
    goris, sisian = make_site("goris"), make_site("sisian")
    family = register_family(goris, desk, at=now - 5 * HOUR)
    arrive(family, site=sisian, by=desk, at=now - 4 * HOUR)
    first = take(now - 2 * HOUR)
    void_movement(Movement.objects.get(site=sisian), by=desk)
    second = take(now)
    assert balance_of(second, "sisian") == {"opening": 1, "corrected": -1}
    assert balance_of(second, "goris") == {"corrected": 1, "closing": 1}
    assert Tally(first.at, first.known_at).row(None, first.opening)["places"] == first.tally["places"]


def test_figures_stand_beside_each_other_and_the_registered_add_up(now, desk):
    kornidzor = make_site("kornidzor", presumed_left_after=2)
    hotel, hospital = make_site("hotel"), make_site("hospital", kind=Site.Kind.HOSPITAL)
    count_gate(kornidzor, people=3, vehicles=1, by=desk, at=now - 5 * HOUR)
    housed = register_family(kornidzor, desk, person(), person("Ani", relationship="daughter"), at=now - 5 * HOUR)
    place_household(housed, rooms=[make_room(hotel)], by=desk, at=now - 4 * HOUR)
    ill = register_family(kornidzor, desk, at=now - 5 * HOUR)
    arrive(ill, site=hospital, by=desk, at=now - 4 * HOUR)
    register_family(kornidzor, desk, at=now - 5 * HOUR)
    register_family(kornidzor, desk, going="own_address", destination_marz="AM-KT", at=now - 4 * HOUR)
    groups = [Group(2, "F", "18-59"), Group(1, "M", "5-11")]
    pre_register(kornidzor, groups=groups, facts=HouseholdFacts(going="shelter"), by=desk, at=now - HOUR)
    figures = Tally(now, timezone.now()).figures
    assert (figures.gate_people, figures.gate_vehicles, figures.registered, figures.pre_registered) == (3, 1, 5, 3)
    assert (figures.ever_accommodated, figures.accommodated, figures.present) == (2, 2, 6)
    where = (figures.at_sites, figures.in_hospital, figures.own_address, figures.not_known)
    assert where == (2, 1, {"AM-KT": 1}, 1)
    assert figures.registered == 2 + 1 + 1 + 1


def test_people_are_counted_by_sex_and_cohort_on_the_local_day(now, desk):
    goris = make_site("goris")
    turns_five = timezone.localdate(now).replace(year=timezone.localdate(now).year - 5)
    register_family(
        goris,
        desk,
        person(),
        person("Aram", relationship="son", sex="M", birth=Birth(turns_five, "day")),
        person("Hayk", relationship="son", sex="M", birth=Birth(turns_five + timedelta(days=1), "day")),
        person("Old", relationship="parent", sex=None, birth=Birth(date(1940, 1, 1), "year")),
        person("Unsaid", relationship="sibling", sex="F", birth=Birth()),
        at=now - HOUR,
    )
    people = Tally(now, timezone.now()).place("goris", None).people
    assert people == {"": {"60+": 1}, "F": {"": 1, "18-59": 1}, "M": {"0-4": 1, "5-11": 1}}


def test_accommodated_agrees_with_the_stays_and_ends_with_the_presence(now, desk):
    hotel = make_site("hotel")
    family = register_family(hotel, desk, at=now - 5 * HOUR)
    place_household(family, rooms=[make_room(hotel)], by=desk, at=now - 4 * HOUR)
    depart(family, site=hotel, destination="unknown", by=desk, at=now - 3 * HOUR)
    arrive(Household.objects.get(), site=hotel, by=desk, at=now - 2 * HOUR)
    for back, nights in ((3.5, 1), (1, 0)):
        at = now - back * HOUR
        assert Tally(at, timezone.now()).figures.accommodated == Stay.objects.stays().at(at).count() == nights


def test_a_snapshot_is_taken_once_and_never_changes(now, desk):
    make_site("goris")
    assert len(take_snapshots(now - HOUR, known_at=now, sites=list(Site.objects.all()))) == 2
    assert take_snapshots(now - HOUR, known_at=now, sites=list(Site.objects.all())) == []
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Snapshot.objects.update(at=now)


def test_an_instant_that_has_not_settled_is_refused(settings):
    settings.DEMONSTRATION = False
    with pytest.raises(NotSettled):
        take_snapshots(timezone.now() - timedelta(seconds=60))
    assert not Snapshot.objects.exists()


def test_missed_hours_are_caught_up_each_as_of_its_own_hour(settings, desk):
    settings.DEMONSTRATION = False
    goris = make_site("goris")
    now = timezone.now()
    take_due_snapshots(now - timedelta(days=3))
    caught_up = take_due_snapshots(now)
    for site in (None, goris):
        ats = [snapshot.at for snapshot in caught_up if snapshot.site == site]
        assert len(ats) == 3
        assert all(timezone.localtime(at).hour == 20 for at in ats)
        assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(ats))
    assert all(snapshot.known_at == snapshot.at for snapshot in caught_up)
    assert take_due_snapshots(now) == []


def test_an_hour_before_the_first_site_was_opened_is_nobodys_census(settings):
    settings.DEMONSTRATION = False
    opened = timezone.now() - timedelta(days=2)
    make_site("goris", opened_at=opened)
    ats = {snapshot.at for snapshot in take_due_snapshots(opened + HOUR / 60)}
    assert ats == set()
