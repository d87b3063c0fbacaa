"""Whatever door an urgent need comes in by, the matter that it calls for is open; an administrator changes which."""

import pytest

from casework.actions import set_case_rule
from casework.models import Case
from centre.access import NotAllowed, Role
from desk.actions import complete, pre_register, record_birth
from desk.belonging import join
from desk.needing import change_needs
from registrations.facts import Group, HouseholdFacts
from registrations.models import Household, Individual, NeedCode
from tests.build import make_user, newborn, person, register_family

SHELTER = HouseholdFacts(going="shelter")


def at_the_desk(goris, by):
    register_family(goris, by, person("Suren", needs=("SM-CC",)))


def at_the_gate(goris, by):
    pre_register(goris, groups=[Group(1, "M", "60+")], facts=SHELTER, urgent_need="SM-CC", by=by)


def when_named(goris, by):
    counted = pre_register(goris, groups=[Group(1, "M", "18-59")], facts=SHELTER, by=by)
    family = Household.objects.get(pk=counted.household)
    complete(family, site=goris, members=[person("Suren", sex="M", needs=("SM-CC",))], facts=SHELTER, by=by)


def as_one_more(goris, by):
    family = register_family(goris, by, person("Anna"))
    join(family, site=goris, person=person("Suren", relationship="parent", needs=("SM-CC",)), by=by)


def at_birth(goris, by):
    family = register_family(goris, by, person("Anna"))
    record_birth(family, site=goris, child=newborn(needs=("SM-CC",)), by=by)


def afterwards(goris, by):
    register_family(goris, by, person("Suren"))
    change_needs(Individual.objects.get(), add=["SM-CC"], by=by)


@pytest.mark.parametrize("door", [at_the_desk, at_the_gate, when_named, as_one_more, at_birth, afterwards])
def test_the_wounded_are_seen_at_every_door(door, goris):
    door(goris, make_user())
    case = Case.objects.get()
    assert (case.kind, case.urgency, case.reason, case.site) == ("medical", "now", "urgent_need", goris)


def test_needs_of_one_kind_are_one_matter_as_urgent_as_the_first_of_them(goris):
    register_family(goris, make_user(), person("Anna", needs=("SM-DP", "SM-CC", "ER")))
    assert set(Case.objects.values_list("kind", "urgency")) == {("medical", "now"), ("older_person", "today")}


def test_a_need_without_a_rule_opens_nothing(goris):
    register_family(goris, make_user(), person("Anna", needs=("DS",)))
    assert not Case.objects.exists()


def test_an_administrator_changes_what_opens_a_case_from_now_on(goris):
    admin = make_user(Role.ADMINISTRATOR)
    register_family(goris, make_user(), person("Anna", needs=("DS", "SM-CC")))
    set_case_rule(NeedCode.objects.get(pk="DS"), kind="disability", urgency="today", by=admin)
    set_case_rule(NeedCode.objects.get(pk="SM-CC"), kind="", by=admin)
    register_family(goris, make_user(), person("Vera", needs=("DS", "SM-CC")))
    assert list(Case.objects.values_list("individual__given_name", "kind")) == [
        ("Anna", "medical"), ("Vera", "disability"),
    ]  # fmt: skip


@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.ADMINISTRATOR}))
def test_nobody_else_changes_it(role, goris):
    with pytest.raises(NotAllowed):
        set_case_rule(NeedCode.objects.get(pk="DS"), kind="other", urgency="now", by=make_user(role))
