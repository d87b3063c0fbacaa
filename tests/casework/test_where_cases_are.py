"""A case is seen where its person is, and by who follows it; through departures, merges and their undoing."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from casework.actions import close_case, note, open_case, plan, reopen_case, set_duty, take_case
from casework.errors import GoesOnElsewhere
from casework.kinds import LETTERS_KEPT
from casework.letter_actions import keep_letter
from casework.models import Case, Letter, Referral, Service, Step, TracingRequest
from casework.reading_letters import read_sheet
from casework.referral_actions import accept_referral, refer
from casework.service_actions import add_service
from casework.tasks import discard
from casework.tracing_actions import seek_person
from centre.access import NotAllowed, Role
from desk.actions import arrive, depart
from desk.belonging import never_was, undo
from desk.merging import merge_individuals, unmerge
from registrations.models import Act, Household, Individual, Merge
from shelter.actions import place_household
from tests.build import make_room, make_site, make_user, person, register_family

HOUR = timedelta(hours=1)


def seen_by(user):
    return set(Case.objects.visible_to(user))


@pytest.fixture
def there(sisian):
    return make_user(Role.PROTECTION, sisian)


def test_it_goes_where_the_child_goes(case, alone, officer, there, sisian):
    assert (seen_by(officer), seen_by(there)) == ({case}, set())
    arrive(alone, site=sisian, by=make_user(Role.PROTECTION))
    assert (seen_by(officer), seen_by(there)) == (set(), {case})


def test_it_is_seen_where_the_child_is_going_and_where_it_was_last(case, alone, goris, officer, there, sisian):
    by = make_user(Role.PROTECTION)
    depart(alone, site=goris, destination="site", destination_site=sisian, by=by)
    assert (seen_by(officer), seen_by(there)) == (set(), {case})
    arrive(alone, site=sisian, by=by)
    depart(alone, site=sisian, destination="own_address", by=by)
    assert (seen_by(officer), seen_by(there)) == (set(), {case})


def test_it_follows_a_child_who_is_placed(case, alone, there, sisian):
    user = make_user(Role.PROTECTION)
    user.assignments.create(role=Role.COORDINATOR, starts_at=timezone.now(), ends_at=None)
    place_household(alone, rooms=[make_room(sisian)], by=user)
    assert seen_by(there) == {case}


def test_who_follows_it_keeps_it_in_sight_with_the_family_and_reads_no_hidden_place(case, alone, officer, client):
    take_case(case, by=officer)
    house = make_site("safe", name_en="Safe house", confidential=True)
    arrive(alone, site=house, by=make_user(Role.PROTECTION))
    keeper, at = make_user(Role.PROTECTION, house, first_name="Keeper"), timezone.now()
    set_duty(house, name="Nune of the house", phone="+37491123456", from_at=at, until=at + HOUR, by=keeper)
    assert seen_by(officer) == {case}
    assert alone in Household.objects.visible_to(officer)
    client.force_login(officer)
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "another site" in page
    assert "Safe house" not in page
    for shown in (page, client.get("/cases/").content.decode()):
        assert "Nune of the house" not in shown
        assert "Keeper" not in shown


def test_closed_it_goes_with_the_child_too_who_has_it_now_reopens_it_and_who_had_it_reads_no_more(
    case, alone, officer, there, sisian, goris
):
    colleague = make_user(Role.PROTECTION, goris)
    take_case(case, by=officer)
    letter = keep_letter(case, sheet=read_sheet(b"%PDF-1.4 burns %%EOF"), words="Referral", by=officer).step
    close_case(case, outcome="helped", happened_anyway="she is well", by=officer)
    assert seen_by(colleague) == {case}
    arrive(alone, site=sisian, by=make_user(Role.PROTECTION))
    assert (seen_by(colleague), seen_by(there)) == (set(), {case})
    assert not Letter.objects.visible_to(colleague).exists()
    assert Letter.objects.visible_to(there).get().pk == UUID(letter)
    assert seen_by(officer) == {case}, "who followed it to its end"
    with pytest.raises(NotAllowed):
        reopen_case(case, by=colleague)
    reopen_case(case, by=there)


def test_a_role_that_ended_sees_nothing_it_followed(case, officer):
    take_case(case, by=officer)
    officer.assignments.update(ends_at=timezone.now())
    del officer.all_assignments
    assert seen_by(officer) == set()


@pytest.fixture
def twice(goris, officer):
    """Two records of one man, each with a case of the same kind, the second with another one besides."""
    first, second = (
        Individual.objects.get(memberships__household=register_family(goris, make_user(), person("Karen")))
        for _ in range(2)
    )
    for record in (first, second):
        open_case(record, kind="medical", urgency="today", by=officer)
    open_case(second, kind="documents", urgency="today", by=officer)
    return first, second


def told(record):
    return dict(Case.objects.filter(individual=record).values_list("kind", "counted_with__individual"))


def test_a_merge_leaves_one_open_matter_of_a_kind_and_its_undoing_gives_each_its_own(twice, officer):
    first, second = twice
    merge_individuals(second, into=first, reason="one man", by=make_user())
    assert told(second) == {"medical": first.pk, "documents": None}
    assert set(Case.objects.open().values_list("counted_as", "kind")) == {
        (first.pk, "medical"),
        (first.pk, "documents"),
    }
    with pytest.raises(GoesOnElsewhere):
        note(Case.objects.get(individual=second, kind="medical"), words="burned", by=officer)
    unmerge(Merge.objects.get(), by=make_user())
    assert told(second) == {"medical": None, "documents": None}
    assert set(Case.objects.open().values_list("counted_as", "kind")) == {
        (first.pk, "medical"), (second.pk, "medical"), (second.pk, "documents"),
    }  # fmt: skip


def test_what_is_in_the_case_of_a_merged_record_is_read_and_gone_with_the_case_in_which_it_goes_on(
    twice, officer, sisian
):
    first, second = twice
    service = Service.objects.get(
        pk=add_service(name="Burn centre", offers="medical", by=make_user(Role.ADMINISTRATOR)).service
    )
    ours, theirs = (Case.objects.get(individual=record, kind="medical") for record in twice)
    searches = [seek_person(record, given_name="Gayane", by=officer) for record in twice]
    letter = keep_letter(theirs, sheet=read_sheet(b"%PDF-1.4 burns %%EOF"), words="Referral", by=officer).step
    refer(theirs, service=service, words="burned hands", by=officer)
    for case in (ours, Case.objects.get(pk=searches[0].case)):
        take_case(case, by=officer)
    merge_individuals(second, into=first, reason="one man", by=make_user())
    arrive(first.memberships.get().household, site=sisian, by=make_user(Role.PROTECTION))
    assert not seen_by(officer) & {theirs, Case.objects.get(pk=searches[1].case)}
    assert Letter.objects.visible_to(officer).get().pk == UUID(letter)
    assert Referral.objects.visible_to(officer).get().case == theirs
    assert {str(row.pk) for row in TracingRequest.objects.visible_to(officer)} == {one.search for one in searches}
    close_case(ours, outcome="helped", by=officer)
    Case.objects.filter(pk=ours.pk).update(closed_at=timezone.now() - LETTERS_KEPT)
    discard()
    assert Letter.objects.get().gone_at is not None


def test_a_merge_into_the_later_record_goes_on_in_the_earlier_case(twice, officer):
    first, second = twice
    merge_individuals(first, into=second, reason="one man", by=make_user())
    assert told(first) == {"medical": None}
    assert told(second) == {"medical": first.pk, "documents": None}
    assert Case.objects.open().filter(counted_as=second, kind="medical").count() == 1


def test_the_file_shows_what_was_said_of_the_merged_record(twice, officer, client):
    first, second = twice
    note(Case.objects.get(individual=second, kind="medical"), words="burned hands", by=officer)
    merge_individuals(second, into=first, reason="one man", by=make_user())
    client.force_login(officer)
    page = client.get(f"/cases/{Case.objects.get(individual=first, kind='medical').pk}/").content.decode()
    assert "burned hands" in page


def test_of_who_never_was_no_case_waits(goris, officer):
    family = register_family(goris, make_user(), person("Karen"), person("Vera", relationship="spouse"))
    vera = Individual.objects.get(given_name="Vera")
    open_case(vera, kind="medical", urgency="today", by=officer)
    never_was(family, members=[vera.pk], reason="typed twice", by=make_user())
    assert not Case.objects.open().exists()
    undo(Act.objects.get(kind="never_was"), by=make_user())
    assert Case.objects.open().exists()


def test_of_who_never_was_no_service_is_asked_and_no_visit_is_expected(goris, officer):
    family = register_family(goris, make_user(), person("Karen"), person("Vera", relationship="spouse"))
    vera = Individual.objects.get(given_name="Vera")
    open_case(vera, kind="medical", urgency="today", by=officer)
    clinic = Service.objects.get(pk=add_service(name="Clinic", offers="medical", by=make_user(Role.PROTECTION)).service)
    refer(Case.objects.get(), service=clinic, words="burns", by=officer)
    soon = timezone.now() + timedelta(hours=1)
    accept_referral(Referral.objects.get(), appointment_at=soon, by=officer)
    plan(Case.objects.get(), words="doctor", due_at=soon, by=officer)

    def asked():
        return (
            Referral.objects.offered_to(clinic).count(),
            Referral.objects.expected(soon + timedelta(hours=1)).count(),
            Step.objects.due(soon).count(),
        )

    never_was(family, members=[vera.pk], reason="typed twice", by=make_user())
    assert asked() == (0, 0, 0)
    undo(Act.objects.get(kind="never_was"), by=make_user())
    assert asked() == (1, 1, 1)
