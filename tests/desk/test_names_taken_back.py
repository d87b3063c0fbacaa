"""Names that were entered for the wrong card are taken back: the family is as it was counted, no past reading moves."""

import uuid

import pytest
from django.utils import timezone

from census.selectors import Tally
from centre.access import Role
from centre.models import Act
from desk.actions import complete, pre_register
from desk.belonging import undo
from desk.correcting import Said, correct
from desk.errors import AskCoordinator
from registrations.errors import SaidOtherwise
from registrations.facts import Group, HouseholdFacts
from registrations.models import Household, Individual, Movement, SpecificNeed
from tests.build import child, make_site, make_user, person
from tests.races.test_every_pair import assert_corrections_follow_each_other

pytestmark = pytest.mark.django_db(transaction=True)  # what was recorded when decides

GATE = HouseholdFacts(going="stays")
NAMED = HouseholdFacts(going="shelter", phones=["+37477123456"], languages=["ru"], vehicle="bus")


@pytest.fixture
def counted(goris, volunteer):
    """A woman and a girl, counted at the gate."""
    groups = [Group(1, "F", "18-59"), Group(1, "F", "5-11")]
    return Household.objects.get(pk=pre_register(goris, groups=groups, facts=GATE, by=volunteer).household)


def name(household, by, *members, site=None, facts=NAMED):
    complete(household, site=site or household.site, members=members, facts=facts, by=by)
    return Act.objects.filter(kind="complete").latest("recorded_at")


def rows(household):
    """Who stands in it, as a desk reads it."""
    return [
        (row.individual.full_name, row.individual.sex, row.individual.birth, row.relationship, row.carer_kind)
        for row in household.memberships.today().select_related("individual").order_by("position")
    ]


def facts(household):
    columns = ("going", "phones", "languages", "vehicle", "registered_at", "registered_by", "registered_in")
    return Household.objects.filter(pk=household.pk).values(*columns).get()


def reading(at, known_at):
    """Everything that the census says of an instant, as known at one."""
    tally = Tally(at, known_at)
    return sorted(map(str, tally.rows)), tally.figures


def test_the_family_is_as_it_was_counted_and_is_named_again(counted, volunteer):
    before = rows(counted), facts(counted)
    done = name(counted, volunteer, person(needs=("SM-CC",)), child(needs=("SM-DP",)))
    undo(done, by=volunteer)
    assert (rows(counted), facts(counted)) == before
    assert counted.memberships.nameless().count() == 2
    assert not SpecificNeed.objects.filter(ended_at=None).exists()
    name(counted, volunteer, person("Zara"), child("Lilit"))
    assert [row[0] for row in rows(counted)] == ["Hakobyan Zara", "Hakobyan Lilit"]


def test_no_past_reading_moves(counted, volunteer):
    moments = [timezone.now()]
    for step in (
        lambda: name(counted, volunteer, person(), child()),
        lambda: undo(Act.objects.filter(kind="complete").latest("recorded_at"), by=volunteer),
        lambda: name(counted, volunteer, person("Zara"), child("Lilit")),
        lambda: undo(Act.objects.filter(kind="complete").latest("recorded_at"), by=volunteer),
    ):
        before = [reading(at, at) for at in moments]
        step()
        assert [reading(at, at) for at in moments] == before
        moments.append(timezone.now())
    assert [reading(at, at)[1].registered for at in moments] == [0, 2, 0, 2, 0]


def test_who_was_added_never_was_and_an_arrival_elsewhere_is_taken_back(counted, volunteer):
    sisian = make_site("sisian")
    coordinator = make_user(Role.COORDINATOR)
    done = name(counted, coordinator, person(), child(), child("Ani"), site=sisian)
    undo(done, by=coordinator)
    assert [row[0] for row in rows(counted)] == ["", ""]
    assert Individual.objects.get(given_name="Ani").never_was
    standing = Movement.objects.filter(site=sisian, voided_by=None).exclude(kind="voided")
    assert not standing.exists()


def test_a_later_part_is_taken_back_alone(counted, volunteer):
    name(counted, volunteer, person())
    done = name(counted, volunteer, child(relationship="daughter"))
    undo(done, by=volunteer)
    assert [row[0] for row in rows(counted)] == ["Hakobyan Anna", ""]
    assert facts(counted)["registered_at"] is not None


def test_what_was_corrected_since_is_not_taken_back_with_the_names(counted, volunteer):
    done = name(counted, volunteer, person(), child())
    anna = Individual.objects.get(given_name="Anna")
    correct(counted, said=[Said("given_name", "Anahit", person=anna.pk)], by=volunteer)
    with pytest.raises(SaidOtherwise):
        undo(done, by=volunteer)
    assert Individual.objects.get(pk=anna.pk).given_name == "Anahit"


def test_another_desk_does_not_take_them_back(counted, volunteer, goris):
    done = name(counted, volunteer, person(), child())
    with pytest.raises(AskCoordinator):
        undo(done, by=make_user(Role.VOLUNTEER, goris))
    undo(done, by=make_user(Role.COORDINATOR, goris))
    assert rows(counted)[0][0] == ""


def test_the_page_after_saving_offers_it(client, counted, volunteer):
    done = name(counted, volunteer, person(), child())
    client.force_login(volunteer)
    text = client.get(f"/intake/done/{str(counted).replace(' ', '')}/").content.decode()
    assert "you can take the names back" in text
    assert str(done.pk) in text


def test_of_one_field_the_corrections_follow_each_other_through_it_all(counted, volunteer):
    for name_of_mother in ("Anna", "Zara"):
        undo(name(counted, volunteer, person(name_of_mother), child()), by=volunteer)
    name(counted, volunteer, person("Vera"), child())
    assert_corrections_follow_each_other()


def test_what_was_saved_offers_to_take_back_the_part_that_was_saved_last(client, counted, volunteer):
    name(counted, volunteer, person())
    later = name(counted, volunteer, child(relationship="daughter"))
    client.force_login(volunteer)
    page = client.get(f"/intake/done/{str(counted).replace(' ', '')}/").content.decode()
    assert f'name="done" value="{later.pk}"' in page
    client.post(f"/families/{str(counted).replace(' ', '')}/undo/", {"id": uuid.uuid4(), "done": later.pk})
    assert [row[0] for row in rows(counted)] == ["Hakobyan Anna", ""]


def test_the_first_part_is_taken_back_after_a_later_one(counted, volunteer):
    done = name(counted, volunteer, person())
    name(counted, volunteer, child(relationship="daughter"))
    undo(done, by=volunteer)
    assert [row[0] for row in rows(counted)] == ["", "Hakobyan Mane"]
