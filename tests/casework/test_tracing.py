"""Somebody is sought and found when registered, whatever the alphabet; nobody at the desk knows."""

import pytest

from casework.actions import close_case, observe, set_urgency
from casework.errors import AnsweredOtherwise, NotAgreed, SearchEnded
from casework.kinds import Kind, Sign
from casework.models import Case, Step, TracingMatch, TracingRequest
from casework.tracing_actions import answer_match, ask_seeker, end_search, rematch_open_searches, seek_person
from centre.access import NotAllowed, Role
from desk.actions import complete, pre_register
from desk.belonging import join
from desk.correcting import Said, correct
from desk.merging import merge_individuals, unmerge
from registrations.facts import Birth, Group, HouseholdFacts
from registrations.models import Household, Individual, Merge
from tests.build import child, make_user, person
from tests.casework.matching import let_the_worker_match, register_family

MOTHER = {"given_name": "Անահիտ", "family_name": "Հարությունյան", "birth": Birth.in_year(1980), "sex": "F"}
MOTHERS = (("Анаит", "Арутюнян"), ("Anahit", "Harutyunian"), ("Անահիտ", "Հարութունյան"))


def mother(given="Anahit", family="Harutyunyan", **facts):
    return person(given, family, **{"birth": Birth.in_year(1980)} | facts)


@pytest.fixture
def girl(alone):
    return Individual.objects.get(memberships__household=alone)


@pytest.fixture
def seek(girl, officer):
    def asked(**facts):
        answer = seek_person(girl, by=officer, **(MOTHER | facts))
        return TracingRequest.objects.get(pk=answer.search)

    return asked


@pytest.mark.parametrize(("given", "family"), MOTHERS)
def test_seek_person_before_she_is_registered_elsewhere_in_another_script(seek, sisian, given, family):
    search = seek()
    desk = make_user(Role.VOLUNTEER, sisian)
    home = register_family(sisian, desk, mother(given, family), person("Armen", family, sex="M", relationship="son"))
    match = search.matches.get()
    assert match.individual == home.memberships.get(position=0).individual
    assert {"given_name", "birth_year"} <= set(match.agrees)
    assert match.found_in == home.act


@pytest.mark.parametrize(("given", "family"), MOTHERS)
def test_seek_person_who_is_registered_already(seek, sisian, given, family):
    register_family(sisian, make_user(), mother(given, family))
    assert seek().matches.count() == 1


def test_seek_person_by_a_short_form_of_the_name(seek, sisian):
    search = seek(given_name="Саша", family_name="Арутюнян", sex="M")
    register_family(sisian, make_user(), mother("Aleksandr", sex="M"))
    assert search.matches.count() == 1


def test_seek_person_of_the_same_name_and_another_year_comes_after(seek, sisian):
    register_family(sisian, make_user(), mother(birth=Birth.in_year(1981)))
    same = register_family(sisian, make_user(), mother())
    first, second = seek().matches.all()
    assert first.individual == same.memberships.get().individual
    assert first.score > second.score


def test_seek_person_of_an_age_apart_is_not_told(seek, sisian):
    search = seek()
    register_family(sisian, make_user(), mother(birth=Birth.in_year(1950)))
    register_family(sisian, make_user(), mother("Karine"))
    assert not search.matches.exists()


def test_match_opens_nothing_at_the_desk_and_is_to_be_read_today(seek, sisian, officer):
    search = seek()
    desk = make_user(Role.VOLUNTEER, sisian)
    home = register_family(sisian, desk, mother())
    told = Step.objects.get(kind=Step.Kind.MATCHED)
    assert (told.case, told.by, told.act) == (search.case, officer, search.act)
    assert home.act.answer["cases"] == []


def test_match_makes_a_case_of_this_week_one_of_today(girl, officer, sisian, seek):
    search = seek()
    set_urgency(search.case, urgency="week", by=officer)
    register_family(sisian, make_user(), mother())
    assert Case.objects.get(pk=search.case_id).urgency == "today"


def test_complete_and_join_and_correct_match_too(seek, sisian):
    search, by = seek(), make_user()
    going = HouseholdFacts(going="shelter")
    counted = pre_register(sisian, groups=[Group(1, "F", "18-59")], facts=going, by=by)
    family = Household.objects.get(pk=counted.household)
    complete(family, site=sisian, members=[mother()], facts=going, by=by)
    let_the_worker_match()
    assert search.matches.count() == 1
    join(family, site=sisian, person=mother(relationship="sibling"), by=by)
    let_the_worker_match()
    assert search.matches.count() == 2
    other = register_family(sisian, by, mother("Karine"))
    assert search.matches.count() == 2
    karine = other.memberships.get().individual_id
    correct(other, said=[Said("given_name", "Anahit", was="Karine", person=karine)], by=by)
    let_the_worker_match()
    assert search.matches.count() == 3


def test_seek_person_joins_the_case_of_who_was_seen_to_look_for_somebody(girl, officer, goris, seek):
    observe(girl, sign=Sign.LOST_RELATIVE, site=goris, by=make_user(Role.VOLUNTEER, goris))
    seek()
    case = Case.objects.get(kind=Kind.TRACING)
    assert [step.kind for step in case.steps.all()] == ["opened", "sought"]


def test_seek_person_finds_nobody_of_the_own_family(seek, alone, goris):
    join(alone, site=goris, person=mother(relationship="parent"), by=make_user())
    assert not seek().matches.exists()


def test_seek_person_is_for_who_follows_cases_there(girl, sisian):
    for by in (make_user(Role.VOLUNTEER, sisian), make_user(Role.COORDINATOR), make_user(Role.PROTECTION, sisian)):
        with pytest.raises(NotAllowed):
            seek_person(girl, by=by, **MOTHER)


def test_who_follows_cases_elsewhere_says_nothing_in_a_search(girl, seek, sisian):
    search, by = seek(), make_user(Role.PROTECTION, sisian)
    register_family(sisian, make_user(), mother())
    for act, of, said in (
        (seek_person, girl, MOTHER),
        (ask_seeker, search, {"consent": "yes"}),
        (answer_match, search.matches.get(), {"answer": "asked"}),
        (end_search, search, {"outcome": "found"}),
    ):
        with pytest.raises(NotAllowed):
            act(of, **said, by=by)


def test_rematch_tells_no_match_twice(seek, sisian):
    search = seek()
    register_family(sisian, make_user(), mother())
    assert rematch_open_searches() == 0
    assert search.matches.count() == Step.objects.filter(kind="matched").count() == 1


def test_rematch_finds_whom_nobody_was_told_of(seek, sisian):
    search = seek()
    register_family(sisian, make_user(), mother())
    search.matches.all().delete()
    assert rematch_open_searches() == 1
    assert search.matches.get().found_in is None


def test_rematch_brings_up_nobody_who_is_somebody_else(seek, sisian, officer):
    search = seek()
    register_family(sisian, make_user(), mother())
    answer_match(search.matches.get(), answer="not_them", by=officer)
    assert rematch_open_searches() == 0
    assert search.matches.get().answer == "not_them"


def test_rematch_tells_of_five_at_most_until_they_are_answered(seek, sisian, officer):
    for _ in range(7):
        register_family(sisian, make_user(), mother())
    search = seek()
    assert search.matches.count() == 5
    assert rematch_open_searches() == 0
    answer_match(search.matches.first(), answer="not_them", by=officer)
    assert rematch_open_searches() == 1


@pytest.mark.parametrize("end", ["search", "case"])
def test_an_ended_search_matches_nobody(seek, sisian, officer, end):
    search = seek()
    if end == "search":
        end_search(search, outcome="withdrawn", by=officer)
    else:
        close_case(search.case, outcome="declined", by=officer)
    register_family(sisian, make_user(), mother())
    assert rematch_open_searches() == 0
    assert not search.matches.exists()


def test_contact_is_made_only_when_both_agree(seek, sisian, officer):
    search = seek()
    register_family(sisian, make_user(), mother())
    match = search.matches.get()
    with pytest.raises(AnsweredOtherwise):
        answer_match(match, answer="contacted", by=officer)
    for answer in ("asked", "agrees"):
        answer_match(match, answer=answer, by=officer)
    with pytest.raises(NotAgreed):
        answer_match(match, answer="contacted", by=officer)
    assert not TracingMatch.objects.get().both_agree
    ask_seeker(search, consent="yes", by=officer)
    assert TracingMatch.objects.get().both_agree
    answer_match(match, answer="contacted", by=officer)
    steps = Step.objects.filter(case=search.case).values_list("kind", "traced")
    assert [traced for kind, traced in steps if traced] == ["asked", "agrees", "yes", "contacted"]


def test_who_was_found_is_told_to_nobody_before_they_agree_themselves(seek, sisian, officer):
    search = seek(consent="yes")
    register_family(sisian, make_user(), mother())
    for answer in ("asked", "declines"):
        answer_match(search.matches.get(), answer=answer, by=officer)
        assert not TracingMatch.objects.get().both_agree


def test_a_match_of_an_ended_search_waits_for_nobody(seek, sisian, officer):
    search = seek()
    register_family(sisian, make_user(), mother())
    assert TracingMatch.objects.waiting().get().request == search
    end_search(search, outcome="withdrawn", by=officer)
    assert not TracingMatch.objects.waiting().exists()


def test_end_search_is_done_once(seek, officer):
    search = seek()
    end_search(search, outcome="reunited", by=officer)
    with pytest.raises(SearchEnded):
        end_search(search, outcome="found", by=officer)
    assert TracingRequest.objects.get().outcome == "reunited"


def test_a_match_follows_its_person_through_a_merge_and_back(seek, sisian):
    search, supervisor = seek(), make_user()
    register_family(sisian, supervisor, mother())
    match = search.matches.get()
    twin = register_family(sisian, supervisor, person("Karine", "Petrosyan")).memberships.get().individual
    merge_individuals(match.individual, into=twin, reason="one woman", by=supervisor)
    assert search.matches.get().counted_as == twin
    unmerge(Merge.objects.get(), by=supervisor)
    assert search.matches.get().counted_as == match.individual


def test_searches_go_on_where_two_cases_became_one(seek, goris, sisian, officer, girl):
    search, supervisor = seek(), make_user(Role.PROTECTION)
    other = register_family(goris, supervisor, child("Mane", relationship="other", carer_kind="nobody"))
    double = other.memberships.get().individual
    later = TracingRequest.objects.get(pk=seek_person(double, by=officer, **MOTHER).search)
    merge_individuals(double, into=girl, reason="one girl", by=supervisor)
    assert set(TracingRequest.objects.open()) == {search, later}
    assert set(TracingRequest.objects.of(search.case)) == {search, later}
    register_family(sisian, supervisor, mother())
    assert {step.case for step in Step.objects.filter(kind="matched")} == {search.case}
