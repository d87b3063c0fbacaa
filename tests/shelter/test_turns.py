"""Whose turn it is: the order said in words, moved up for a reason, an offer declined; over the sites one may read."""

from datetime import timedelta

import pytest
from django.utils import timezone

from centre.access import NotAllowed, Role
from centre.models import Site
from desk.correcting import Said, correct
from registrations.errors import AlreadyVoided
from registrations.facts import Birth
from shelter.actions import end_stays, place_household
from shelter.board import read_board, reasons_of
from shelter.errors import NotWaiting
from shelter.models import Stay, WaitingFact
from shelter.sight import sites_that_wait
from shelter.turns import decline_offer, move_up, void_waiting_fact
from shelter.waiting import who_waits
from tests.build import make_room, make_site, make_user, person, register_family
from tests.shelter.conftest import make_family

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def played(settings):
    """What is told here of hours before counts as if it had been told then."""
    settings.DEMONSTRATION = True


def rows(user, at):
    return who_waits(user, sites_that_wait(user, at), at)[0]


def numbers(user, at):
    return [row.number for row in rows(user, at)]


def test_who_is_moved_up_goes_before_who_needs_it_more_and_the_reason_is_kept(goris, coordinator, now):
    baby = person("Mane", relationship="daughter", birth=Birth((now - 90 * 24 * HOUR).date(), "day"))
    infant = register_family(goris, coordinator, person(), baby, at=now - HOUR)
    later = make_family(goris, coordinator, now - HOUR / 2, 2)
    assert numbers(coordinator, now) == [infant.number, later.number]
    move_up(later, reason="slept in a car two nights", by=coordinator, at=now)
    assert numbers(coordinator, now) == [later.number, infant.number]
    assert reasons_of(rows(coordinator, now)[0])[0] == "moved up: slept in a car two nights"
    fact = WaitingFact.objects.get()
    assert (fact.reason, fact.act.by, fact.happened_at) == ("slept in a car two nights", coordinator, now)


def test_moved_up_lasts_until_they_have_a_place(family, goris, coordinator, now):
    move_up(family, reason="ill", by=coordinator, at=now)
    place_household(family, rooms=[make_room(goris, 3)], by=coordinator, at=now + HOUR)
    end_stays(list(Stay.objects.stays()), by=coordinator, at=now + 2 * HOUR)
    (row,) = rows(coordinator, now + 2 * HOUR)
    assert row.moved_up is None


def test_an_offer_that_was_declined_costs_neither_place_nor_turn(family, goris, sisian, coordinator, now):
    other = make_family(goris, coordinator, now, 1)
    before = [(row.number, row.since) for row in rows(coordinator, now)]
    decline_offer(family, site=sisian, reason="far from the hospital", by=coordinator, at=now)
    after = rows(coordinator, now)
    assert (
        [(row.number, row.since) for row in after]
        == before
        == [
            (family.number, now - HOUR),
            (other.number, now),
        ]
    )
    assert after[0].declined == [(sisian.pk, "far from the hospital")]


def test_the_name_of_a_site_that_one_may_not_know_is_not_told_with_what_was_declined(family, goris, now):
    hidden = make_site("refuge", Site.Kind.CRISIS, confidential=True)
    decline_offer(family, site=hidden, reason="too near", by=make_user(site=hidden), at=now)
    board = read_board(make_user(site=goris), now, {}, None)
    assert board.waiting[0].declined == [("another site", "too near")]


def test_what_was_recorded_of_a_turn_is_taken_back_once(family, coordinator, now):
    move_up(family, reason="ill", by=coordinator, at=now)
    fact = WaitingFact.objects.get()
    void_waiting_fact(fact, reason="another family", by=coordinator, at=now)
    assert rows(coordinator, now)[0].moved_up is None
    with pytest.raises(AlreadyVoided):
        void_waiting_fact(fact, reason="again", by=coordinator, at=now)
    with pytest.raises(AlreadyVoided):
        void_waiting_fact(fact.voided_by, reason="and that", by=coordinator, at=now)


def test_who_could_not_say_who_goes_first_does_not_take_it_back(family, coordinator, sisian, now):
    """Whoever has a bed for the family at another site sees it, and gives no turns where it waits."""
    move_up(family, reason="ill", by=coordinator, at=now)
    with pytest.raises(NotWaiting):
        void_waiting_fact(WaitingFact.objects.get(), reason="no", by=make_user(Role.COORDINATOR, sisian), at=now)
    assert rows(coordinator, now)[0].moved_up is not None


def test_who_does_not_wait_is_not_moved_up(family, goris, coordinator, now):
    place_household(family, rooms=[make_room(goris, 3)], by=coordinator, at=now)
    with pytest.raises(NotWaiting):
        move_up(family, reason="ill", by=coordinator, at=now)
    with pytest.raises(NotWaiting):
        decline_offer(family, site=goris, reason="far", by=coordinator, at=now)


def test_a_volunteer_moves_nobody_up(family, goris, now):
    with pytest.raises(NotAllowed):
        move_up(family, reason="a cousin", by=make_user(Role.VOLUNTEER, goris), at=now)


def test_a_child_whom_no_parent_looks_after_goes_before_others(goris, now):
    coordinator = make_user(site=goris)
    make_family(goris, coordinator, now - HOUR, 2)
    nephew = person("Aram", relationship="other_relative", birth=Birth.in_year(now.year - 9), carer_kind="relative")
    theirs = register_family(goris, coordinator, person(), nephew, at=now)
    first = rows(coordinator, now)[0]
    assert (first.number, first.cared_for) == (theirs.number, 1)
    assert "child without a parent" in reasons_of(first)


def test_who_places_reads_who_waits_anywhere_without_names(family, goris, sisian, now):
    elsewhere = make_user(site=sisian)
    register_family(goris, make_user(), person("Karen", "Danielyan", needs=("DS",)), at=now)
    first, second = rows(elsewhere, now)
    assert (first.initials, first.needs, first.size) == ("", ("DS",), 1)
    assert (second.number, second.initials, second.size) == (family.number, "", 3)
    assert [row.initials for row in rows(make_user(site=goris), now)] == ["K. D.", "A. H."]


def test_who_places_elsewhere_moves_no_family_up_and_reads_no_reason(client, family, goris, sisian, coordinator, now):
    elsewhere = make_user(site=sisian)
    with pytest.raises(NotWaiting):
        move_up(family, reason="a friend of mine", by=elsewhere, at=now)
    move_up(family, reason="ill, has a fever", by=coordinator, at=now)
    decline_offer(family, site=sisian, reason="afraid of the height", by=elsewhere, at=now)
    (row,) = rows(elsewhere, now)
    assert (row.moved_up, row.declined) == ("", [(sisian.pk, "")])
    assert reasons_of(row)[0] == "moved up"
    client.force_login(elsewhere)
    page = client.get("/shelter/", {"everywhere": 1, "family": family.number}).text
    assert "moved up ·" in page
    assert "offer declined" in page
    for words in ("fever", "afraid", "Let them go first"):
        assert words not in page
    client.force_login(coordinator)
    page = client.get("/shelter/", {"family": family.number}).text
    assert "fever" in page
    assert "afraid" in page


def test_nobody_reads_who_waits_at_a_site_of_which_they_may_not_know(db, now):
    hidden = make_site("refuge", Site.Kind.CRISIS, confidential=True)
    theirs = register_family(hidden, make_user(site=hidden), at=now)
    assert numbers(make_user(site=make_site("goris")), now) == []
    assert numbers(make_user(site=hidden), now) == [theirs.number]


def test_a_family_is_taken_off_the_list_and_put_on_it_again_with_who_and_when(family, goris, coordinator, now):
    def wish(going, at):
        correct(family, said=[Said("going", {"going": going, "destination_marz": ""})], by=coordinator, at=at)

    wish("stays", now)
    assert numbers(coordinator, now) == []
    family.refresh_from_db()
    wish("shelter", now + HOUR)
    (row,) = rows(coordinator, now + 2 * HOUR)
    assert row.since == now + HOUR
    told = list(family.corrections.filter(field="going").order_by("pk").values_list("act__by", "act__at"))
    assert told == [(coordinator.pk, now), (coordinator.pk, now + HOUR)]


def test_the_reasons_are_words_in_the_order_of_the_list(goris, coordinator):
    now = timezone.now()
    register_family(goris, coordinator, person(birth=Birth.in_year(1939), needs=("SM-CC", "DS")), at=now - 13 * HOUR)
    (row,) = rows(coordinator, now)
    assert reasons_of(row) == ["over 60", "disability", "critical illness or injury"]


def test_the_board_lists_those_at_ones_own_sites_and_all_when_asked(family, goris, sisian, now):
    guest = make_user(site=sisian)
    own = register_family(sisian, make_user(), at=now)

    def listed(**asked):
        board = read_board(guest, now, asked, None)
        return [row.family.number for row in board.waiting], board.everywhere

    assert listed() == ([own.number], False)
    assert listed(everywhere="1") == ([family.number, own.number], True)
