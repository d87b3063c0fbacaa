"""The figures agree with what stands in the tables, also after merges, corrections and facts told out of order."""

from datetime import timedelta

import pytest
from django.utils import timezone

from census.actions import take_snapshots
from census.errors import NotSettled
from census.models import Snapshot
from census.selectors import Figures, Tally
from desk.actions import arrive, record_death
from desk.merging import merge_individuals
from desk.voiding import void_movement
from registrations.models import Individual, Movement
from shelter.actions import end_stays, place_household
from shelter.models import Bedding, Stay
from shelter.undoing import void_bedding
from tests.build import make_room, make_site, register_family

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


def figures_at(at) -> Figures:
    return Tally(at, timezone.now()).figures


def only(household) -> Individual:
    return Individual.objects.members_of(household).get()


def test_who_was_registered_and_whose_arrival_was_taken_back_is_not_known(now, desk):
    register_family(make_site(), desk, at=now - HOUR)
    void_movement(Movement.objects.get(), by=desk)
    figures = figures_at(now)
    assert (figures.registered, figures.at_sites, figures.not_known) == (1, 0, 1)


def test_a_death_without_an_arrival_reads_alike_from_the_journal_and_from_the_intervals(now, desk):
    site = make_site()
    family = register_family(site, desk, at=now - 2 * HOUR)
    record_death(only(family), site=site, by=desk, at=now - HOUR)
    void_movement(Movement.objects.get(kind="arrived"), by=desk)
    known_at, figures = timezone.now(), figures_at(now)
    assert (figures.registered, figures.died) == (1, 1)
    arrive(family, site=make_site(), by=desk, at=now - 3 * HOUR)  # from now on the instant is read from the journal
    assert vars(Tally(now, known_at).figures) == vars(figures)


def test_accommodated_follows_a_person_through_a_merge(now, desk):
    hotel, goris = make_site("hotel"), make_site("goris")
    sleeps = register_family(hotel, desk, at=now - 5 * HOUR)
    place_household(sleeps, rooms=[make_room(hotel)], by=desk, at=now - 4 * HOUR)
    seen_later = register_family(goris, desk, at=now - 2 * HOUR)
    merge_individuals(only(sleeps), into=only(seen_later), reason="alike", by=desk)
    for at in (now - 3 * HOUR, now):
        assert figures_at(at).accommodated == Stay.objects.at(at).count()
    assert (figures_at(now - 3 * HOUR).accommodated, figures_at(now).accommodated) == (1, 0)


def test_accommodated_counts_a_bed_told_before_the_arrival_it_belongs_to(now, desk):
    hotel = make_site("hotel")
    family = register_family(hotel, desk, at=now - 5 * HOUR)
    place_household(family, rooms=[make_room(hotel)], by=desk, at=now - 4 * HOUR)
    void_movement(Movement.objects.get(), by=desk)
    arrive(family, site=hotel, by=desk, at=now - 2 * HOUR)
    assert [figures_at(now - back * HOUR).accommodated for back in (3, 1)] == [0, 1]
    assert Stay.objects.get().during.lower == now - 2 * HOUR


def test_accommodated_is_not_ended_by_leaving_a_room_where_they_no_longer_slept(now, desk):
    hotel = make_site("hotel")
    first, second = make_room(hotel), make_room(hotel)
    family = register_family(hotel, desk, at=now - 6 * HOUR)
    place_household(family, rooms=[first], by=desk, at=now - 5 * HOUR)
    end_stays([Stay.objects.get()], by=desk, at=now - 2 * HOUR)
    place_household(family, rooms=[second], happened_anyway="told late", by=desk, at=now - 3 * HOUR)
    assert figures_at(now).accommodated == Stay.objects.at(now).count() == 1


def test_accommodated_again_when_the_correction_of_a_bed_was_taken_back(now, desk):
    hotel = make_site("hotel")
    family = register_family(hotel, desk, at=now - 2 * HOUR)
    place_household(family, rooms=[make_room(hotel)], by=desk, at=now - HOUR)
    for _ in range(2):
        void_bedding([Bedding.objects.latest("recorded_at")], by=desk)
    assert figures_at(now).accommodated == Stay.objects.at(now).count() == 1


def differences(snapshot) -> dict[str, int]:
    rows = {place: row["balance"]["difference"] for place, row in snapshot.tally["places"].items()}
    return {place: difference for place, difference in rows.items() if difference}


def test_who_came_to_a_site_before_it_opened_is_counted_there(now, desk, settings):
    settings.DEMONSTRATION = True
    early = make_site("early", opened_at=now - HOUR)
    register_family(early, desk, at=now - 4 * HOUR)
    for at in (now - 2 * HOUR, now):
        (snapshot,) = take_snapshots(at, known_at=timezone.now())
        assert differences(snapshot) == {}
        assert snapshot.tally["places"]["total"]["balance"]["closing"] == snapshot.tally["figures"]["at_sites"] == 1


def test_a_snapshot_that_knows_less_than_the_one_before_it_balances(now, desk, settings):
    settings.DEMONSTRATION = True
    site = make_site("goris")
    register_family(site, desk, at=now - 5 * HOUR)
    knew_one = timezone.now()
    register_family(site, desk, at=now - 4 * HOUR)
    take_snapshots(now - 3 * HOUR, known_at=timezone.now())
    (snapshot,) = take_snapshots(now - 2 * HOUR, known_at=knew_one)
    balance = snapshot.tally["places"]["goris"]["balance"]
    assert (balance["opening"], balance["late"], balance["closing"], balance["difference"]) == (2, -1, 1, 0)


def test_an_instant_later_than_what_is_known_is_not_frozen(now, settings):
    settings.DEMONSTRATION = True
    with pytest.raises(NotSettled):
        take_snapshots(now, known_at=now - HOUR)
    assert not Snapshot.objects.exists()


def test_a_correction_stays_a_correction_when_its_person_is_merged_days_later(now, desk, settings):
    settings.DEMONSTRATION = True
    site = make_site("goris")
    wrong = register_family(site, desk, at=now - 5 * HOUR)
    other = register_family(make_site(), desk, at=now - 5 * HOUR)
    take_snapshots(now - 3 * HOUR, known_at=timezone.now())
    void_movement(Movement.objects.get(site=site), by=desk)
    (snapshot,) = take_snapshots(now - 2 * HOUR, known_at=timezone.now())
    assert snapshot.tally["places"]["goris"]["balance"]["corrected"] == -1
    merge_individuals(only(wrong), into=only(other), reason="alike", by=desk)
    again = Tally(snapshot.at, snapshot.known_at).row(None, snapshot.opening)
    assert again["places"] == snapshot.tally["places"]
