"""Referrals: offered, answered by the service or for it, seen, ended; and the last place of a day goes to one."""

import threading
from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from casework.actions import close_case, open_case, reopen_case
from casework.errors import (
    AlreadyAccepted,
    AlreadyOffered,
    NotAccepted,
    NotOutside,
    NoTransport,
    ReferralEnded,
    ServiceEnded,
    ServiceFull,
)
from casework.kinds import ReferralState
from casework.models import Case, Referral, Service, Step
from casework.referral_actions import (
    accept_referral,
    appoint_referral,
    decline_referral,
    end_referral,
    name_driver,
    refer,
    say_came,
    withdraw_referral,
)
from casework.referrals import STATES
from casework.service_actions import add_service, end_service, give_service_account
from centre.access import NotAllowed, Role
from centre.clock import local_instant
from registrations.models import Individual
from tests.build import make_site, make_user, person, register_family


def make_service(**facts) -> Service:
    said = add_service(**{"name": "Burn centre", "offers": "medical"} | facts, by=make_user(Role.PROTECTION))
    return Service.objects.get(pk=said.service)


def make_answerer(service: Service):
    user = make_user(Role.SERVICE)
    give_service_account(service, user=user, by=make_user(Role.ADMINISTRATOR))
    return user


def make_referral(case, service, by, **facts) -> Referral:
    said = refer(case, service=service, **{"words": "burns on both hands"} | facts, by=by)
    return Referral.objects.get(pk=said.referral)


def another_case(case, officer) -> Case:
    home = register_family(case.site, make_user(), person("Suren"))
    opened = open_case(Individual.objects.members_of(home).get(), kind="medical", urgency="today", by=officer)
    return Case.objects.get(pk=opened.case)


def tomorrow(hour: int) -> datetime:
    return local_instant(timezone.localdate() + timedelta(days=1), time(hour))


@pytest.fixture
def service(db) -> Service:
    return make_service()


@pytest.fixture
def answerer(service):
    return make_answerer(service)


@pytest.fixture
def referral(case, service, officer) -> Referral:
    return make_referral(case, service, officer)


def state(referral) -> ReferralState:
    referral.refresh_from_db()
    (told,) = [name for name, rows in STATES.items() if Referral.objects.filter(rows, pk=referral.pk).exists()]
    assert told == referral.state
    return referral.state


def test_a_referral_is_read_from_top_to_bottom_in_the_case(case, service, officer, answerer, referral):
    assert state(referral) == ReferralState.OFFERED
    accept_referral(referral, appointment_at=tomorrow(11), by=answerer)
    assert state(referral) == ReferralState.ACCEPTED
    say_came(referral, came=False, by=answerer)
    assert state(referral) == ReferralState.MISSED
    appoint_referral(referral, appointment_at=tomorrow(15), by=officer)
    assert state(referral) == ReferralState.ACCEPTED
    say_came(referral, came=True, by=officer)
    assert state(referral) == ReferralState.CAME
    end_referral(referral, words="a new dressing in a week", by=answerer)
    assert state(referral) == ReferralState.HELPED
    steps = list(Step.objects.filter(case=case).exclude(kind="opened").values_list("kind", flat=True))
    assert steps == ["referred", "accepted", "missed", "appointed", "came", "result"]
    assert Step.objects.get(kind="result").words == "Burn centre\na new dressing in a week"
    assert f"{timezone.localtime(tomorrow(11)):%d.%m.%Y %H:%M}" in Step.objects.get(kind="accepted").words
    assert Step.objects.get(kind="accepted").by == answerer


def test_a_service_declines_with_a_reason_and_may_be_asked_again(case, service, officer, answerer, referral):
    decline_referral(referral, why="full", words="all week", by=answerer)
    assert state(referral) == ReferralState.DECLINED
    step = Step.objects.get(kind="declined")
    assert (step.declined, step.words) == ("full", "Burn centre\nall week")
    for again in (
        lambda: decline_referral(referral, why="other", by=officer),
        lambda: accept_referral(referral, by=answerer),
        lambda: withdraw_referral(referral, by=officer),
    ):
        with pytest.raises(ReferralEnded):
            again()
    assert make_referral(case, service, officer).pk != referral.pk


def test_two_officers_offer_the_same_once(case, service, officer, referral, goris):
    with pytest.raises(AlreadyOffered):
        make_referral(case, service, make_user(Role.PROTECTION, goris))
    assert Referral.objects.get() == referral


def test_a_service_that_accepted_at_another_desk_has_accepted(officer, answerer, referral):
    accept_referral(referral, by=officer)
    with pytest.raises(AlreadyAccepted):
        accept_referral(referral, appointment_at=tomorrow(9), by=answerer)
    referral.refresh_from_db()
    assert (referral.accepted_by, referral.appointment_at) == (officer, None)


def test_what_was_not_accepted_has_no_appointment_no_visit_and_no_result(officer, referral):
    for act in (
        lambda: appoint_referral(referral, appointment_at=tomorrow(9), by=officer),
        lambda: say_came(referral, came=True, by=officer),
        lambda: end_referral(referral, words="well", by=officer),
    ):
        with pytest.raises(NotAccepted):
            act()


def test_who_drives_is_said_where_a_car_was_asked_for(case, service, officer, referral):
    with pytest.raises(NoTransport):
        name_driver(referral, driver="Armen", by=officer)
    withdraw_referral(referral, by=officer)
    with_car = make_referral(case, service, officer, transport="car")
    name_driver(with_car, driver="Armen", phone="+37491123456", by=officer)
    with_car.refresh_from_db()
    assert (with_car.driver, with_car.driver_phone) == ("Armen", "+37491123456")


def test_a_closed_service_is_offered_nothing_and_answers_what_it_has(case, service, officer, answerer, referral):
    end_service(service, by=make_user(Role.PROTECTION))
    with pytest.raises(ServiceEnded):
        make_referral(another_case(case, officer), service, officer)
    accept_referral(referral, by=answerer)


def test_when_the_case_is_closed_the_service_is_told_only_that_the_offer_ended(case, officer, answerer, referral):
    close_case(case, outcome="helped", happened_anyway="they telephoned", by=officer)
    with pytest.raises(ReferralEnded):
        accept_referral(referral, by=answerer)


def test_a_service_answers_nothing_but_its_own(case, officer, referral):
    other = make_answerer(make_service(name="Goris hospital"))
    for act in (
        lambda: accept_referral(referral, by=other),
        lambda: name_driver(referral, driver="Armen", by=other),
        lambda: withdraw_referral(referral, by=other),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_service_neither_takes_back_nor_names_drivers(answerer, referral):
    for act in (
        lambda: name_driver(referral, driver="Armen", by=answerer),
        lambda: withdraw_referral(referral, by=answerer),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_an_account_whose_role_has_ended_answers_nothing(answerer, referral):
    answerer.assignments.update(ends_at=timezone.now() - timedelta(minutes=1))
    answerer = type(answerer).objects.get(pk=answerer.pk)
    with pytest.raises(NotAllowed):
        accept_referral(referral, by=answerer)
    assert answerer.is_outside


def test_who_has_another_role_too_answers_for_no_service(service):
    user = make_user(Role.SERVICE)
    user.assignments.create(role=Role.OFFICIAL, starts_at=timezone.now() - timedelta(days=1))
    with pytest.raises(NotOutside):
        give_service_account(service, user=user, by=make_user(Role.ADMINISTRATOR))


def test_services_are_set_up_by_who_works_at_all_sites(goris):
    for by in (make_user(Role.PROTECTION, goris), make_user(Role.ADMINISTRATOR, goris), make_user(Role.COORDINATOR)):
        with pytest.raises(NotAllowed):
            add_service(name="Burn centre", offers="medical", by=by)


def test_a_service_is_ended_and_given_accounts_by_who_works_at_all_sites(service, goris):
    officer = make_user(Role.PROTECTION, goris)
    with pytest.raises(NotAllowed):
        end_service(service, by=officer)
    with pytest.raises(NotAllowed):
        give_service_account(service, user=make_user(Role.SERVICE), by=officer)


def test_a_day_takes_as_many_as_the_service_says(case, officer):
    service = make_service(places_a_day=1)
    first = make_referral(case, service, officer)
    second = make_referral(another_case(case, officer), service, officer)
    accept_referral(first, appointment_at=tomorrow(9), by=officer)
    with pytest.raises(ServiceFull):
        accept_referral(second, appointment_at=tomorrow(23), by=officer)
    appoint_referral(first, appointment_at=tomorrow(10), by=officer)  # its own place
    accept_referral(second, appointment_at=tomorrow(9) + timedelta(days=1), by=officer)
    with pytest.raises(ServiceFull):
        appoint_referral(second, appointment_at=tomorrow(0), by=officer)
    decline_referral(first, why="unwilling", by=officer)
    appoint_referral(second, appointment_at=tomorrow(0), by=officer)


def test_an_appointment_of_a_closed_case_takes_no_place_of_its_day(case, officer):
    service = make_service(places_a_day=1)
    first = make_referral(case, service, officer)
    accept_referral(first, appointment_at=tomorrow(9), by=officer)
    assert list(Referral.objects.expected(tomorrow(10))) == [first]
    close_case(case, outcome="helped", happened_anyway="she is well", by=officer)
    second = make_referral(another_case(case, officer), service, officer)
    accept_referral(second, appointment_at=tomorrow(10), by=officer)
    assert not Referral.objects.overdue(tomorrow(9)).exists()
    assert not Referral.objects.expected(tomorrow(10)).exists()


@pytest.mark.parametrize("came", [True, False])
def test_who_came_or_did_not_is_expected_no_more(officer, referral, came):
    accept_referral(referral, appointment_at=tomorrow(9), by=officer)
    say_came(referral, came=came, by=officer)
    assert not Referral.objects.expected(tomorrow(10)).exists()


@pytest.mark.parametrize("places", [1, 2])
def test_a_case_that_goes_on_overbooks_no_day(case, officer, places):
    service = make_service(places_a_day=places)
    first = make_referral(case, service, officer)
    accept_referral(first, appointment_at=tomorrow(9), by=officer)
    close_case(case, outcome="helped", happened_anyway="she is well", by=officer)
    accept_referral(
        make_referral(another_case(case, officer), service, officer), appointment_at=tomorrow(10), by=officer
    )
    reopen_case(case, by=officer)
    first.refresh_from_db()
    assert (first.appointment_at, state(first)) == (tomorrow(9) if places == 2 else None, ReferralState.ACCEPTED)
    said = [step.said for step in case.steps.filter(act__kind="reopen_case")]
    assert said == [
        "",
        *([f"{service}\nThe appointment is gone: that day is full. Ask the service for another."] * (places == 1)),
    ]


@pytest.mark.parametrize(("days", "came"), [(0, True), (-2, None)])
def test_a_case_that_goes_on_keeps_an_appointment_that_was(case, officer, days, came):
    then = tomorrow(9) + timedelta(days=days)
    service = make_service(places_a_day=1)
    first = make_referral(case, service, officer)
    accept_referral(first, appointment_at=then, by=officer)
    if came:
        say_came(first, came=came, by=officer)
    close_case(case, outcome="helped", happened_anyway="she is well", by=officer)
    accept_referral(make_referral(another_case(case, officer), service, officer), appointment_at=then, by=officer)
    reopen_case(case, by=officer)
    first.refresh_from_db()
    assert (first.appointment_at, first.came) == (then, came)


@pytest.mark.django_db(transaction=True)
def test_the_last_place_of_a_day_goes_to_one(case, officer):
    service = make_service(places_a_day=1)
    rows = [make_referral(each, service, officer) for each in (case, another_case(case, officer))]
    began, answers = threading.Barrier(2), []

    def accept(row: Referral) -> None:
        began.wait()
        try:
            accept_referral(row, appointment_at=tomorrow(9), by=officer)
            answers.append("placed")
        except ServiceFull:
            answers.append("full")
        finally:
            connection.close()

    desks = [threading.Thread(target=accept, args=[row]) for row in rows]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()
    assert sorted(answers) == ["full", "placed"]
    assert Referral.objects.filter(appointment_at__isnull=False).count() == 1


def test_what_is_said_to_a_service_is_sealed(referral):
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM casework_referral")
        assert "burns" not in cursor.fetchone()[0]


def test_a_referral_is_seen_by_who_may_follow_its_case(case, referral):
    assert Referral.objects.visible_to(make_user(Role.PROTECTION, case.site)).exists()
    assert not Referral.objects.visible_to(make_user(Role.PROTECTION, make_site())).exists()
