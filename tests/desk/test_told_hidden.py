"""What was told of a family leaves out what befell who has left it, and what happened where the reader may not know."""

import pytest
from django.utils import timezone

from casework.actions import open_case
from centre import access
from centre.access import Permission, Role
from centre.models import Site
from desk.actions import arrive, pre_register
from desk.belonging import never_was, split
from desk.correcting import Said, correct
from desk.merging import merge_individuals
from desk.needing import change_needs
from registrations.facts import Group, HouseholdFacts
from registrations.models import Household
from shelter.actions import hold_places, place_household
from tests.api.conftest import Machine
from tests.build import LONG_AGO, child, make_room, make_site, make_user, person, register_family
from tests.desk.test_told import HOUR, line, lines, named

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return make_user(Role.COORDINATOR)


@pytest.fixture
def family(goris, by):
    members = (person("Anna"), person("Aram", sex="M", relationship="spouse"), child("Mane"))
    return register_family(goris, by, *members, at=timezone.now() - 9 * HOUR)


@pytest.fixture
def officer():
    return make_user(Role.PROTECTION)


def they_arrive(other, by):
    arrive(other, site=make_site(), by=by)


def two_desks_disagree(other, by):
    correct(other, said=[Said("given_name", "Armen", was="Artur", person=named("Aram").pk)], by=by)


def a_need_begins(other, by):
    change_needs(named("Aram"), add=["SM-CC"], by=by)


def a_need_ends(other, by):
    change_needs(named("Aram"), end=["SM-CI"], by=by)


def they_get_a_bed(other, by):
    place_household(other, rooms=[make_room(Site.objects.get(code="goris"))], by=by)


def a_place_is_held(other, by):
    room = make_room(Site.objects.get(code="goris"))
    hold_places(other, rooms=[room], until=timezone.now() + HOUR, by=by)


def a_second_record_is_found(other, by):
    register_family(Site.objects.get(code="goris"), by, person("Artur"))
    merge_individuals(named("Artur"), into=named("Aram"), reason="one person", by=by)


def a_case_is_opened(other, by):
    open_case(named("Aram"), kind="medical", urgency="now", by=make_user(Role.PROTECTION))


@pytest.mark.django_db(transaction=True)  # each act is recorded at an instant of its own
@pytest.mark.parametrize(
    "happens",
    [
        they_arrive,
        two_desks_disagree,
        a_need_begins,
        a_need_ends,
        they_get_a_bed,
        a_place_is_held,
        a_second_record_is_found,
        a_case_is_opened,
    ],
)
def test_what_befalls_who_left_is_told_of_where_they_are(happens, family, by, officer):
    change_needs(named("Aram"), add=["SM-CI"], by=by)
    answer = split(family, site=family.site, members=[person(id=named("Aram").pk)], by=by)
    other = Household.objects.get(pk=next(key for key in answer.households if key != str(family.pk)))
    before, of_theirs = lines(family, officer), lines(other, officer)
    happens(other, by)
    assert lines(family, officer) == before
    assert len(lines(other, officer)) > len(of_theirs)


@pytest.mark.django_db(transaction=True)  # each act is recorded at an instant of its own
def test_who_left_reads_nothing_of_the_family_since(family, by):
    split(family, site=family.site, members=[person(id=named("Aram").pk)], by=by)
    before = lines(family, by, named("Aram"))
    correct(family, said=[Said("vehicle", "bus")], by=by)
    assert lines(family, by, named("Aram")) == before


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PROTECTION])
def test_of_who_never_was_nothing_is_told_by_id(family, by, role):
    aram = named("Aram")
    never_was(family, members=[aram.pk], reason="written twice", by=by)
    assert Machine(make_user(role)).get(f"individuals/{aram.pk}/told/").status_code == 404


def test_a_place_held_at_a_confidential_site_leaves_nothing(family, by, goris, officer):
    haven = make_site("haven", kind=Site.Kind.CRISIS, confidential=True)
    before = lines(family, make_user(Role.COORDINATOR, goris))
    until = timezone.now() + HOUR
    hold_places(family, rooms=[make_room(haven, 3)], until=until, by=make_user(Role.COORDINATOR, haven))
    assert lines(family, make_user(Role.COORDINATOR, goris)) == before
    assert line(family, officer, "hold").words.startswith("Place held · Haven")


def test_who_registered_them_at_a_confidential_site_is_not_told(goris, officer):
    haven = make_site("haven", kind=Site.Kind.CRISIS, confidential=True)
    inside = make_user(Role.COORDINATOR, haven)
    family = register_family(haven, inside, person("Anna"), at=timezone.now() - HOUR)
    arrive(family, site=goris, by=officer)
    told = line(family, make_user(Role.COORDINATOR, goris), "register")
    assert (told.words, told.by) == ("Registered · another site", None)
    assert line(family, officer, "register").by.user == inside


def test_who_works_in_confidence_alone_is_named_on_no_page_of_a_family_to_who_may_not_know(client, goris, family, by):
    """Neither as who corrected, nor as who said otherwise; that it was said, is read."""
    haven = make_site("haven", kind=Site.Kind.CRISIS, confidential=True)
    inside = make_user(Role.COORDINATOR, haven, username="within")
    anna, aram = (named(given).pk for given in ("Anna", "Aram"))
    hold_places(family, rooms=[make_room(haven, 3)], until=timezone.now() + HOUR, by=inside)
    correct(family, said=[Said("given_name", "Annah", was="Anna", person=anna)], by=inside)
    correct(family, said=[Said("given_name", "Armen", was="Artur", person=aram)], by=inside)
    read = []
    for user in (make_user(Role.COORDINATOR, goris), make_user(), make_user(Role.PROTECTION)):
        client.force_login(user)
        pages = [client.get(f"{family.get_absolute_url()}{tail}").content.decode() for tail in ("", "told/")]
        assert all("Annah" in page and "Armen" in page for page in pages)
        read.append(["within" in page for page in pages])
    assert read == [[False, False], [False, False], [True, True]]


def test_an_urgent_need_is_told_to_who_may_see_needs_alone(goris, by, monkeypatch):
    facts = HouseholdFacts(going="shelter")
    counted = pre_register(goris, groups=[Group(1, "F", "18-59")], facts=facts, urgent_need="SM-CI", by=by)
    family = Household.objects.get(pk=counted.household)
    assert any("Urgent need" in one for one in line(family, by, "pre_register").more)
    blind = access.MAY[Role.COORDINATOR] - {Permission.SEE_NEEDS}
    monkeypatch.setitem(access.MAY, Role.COORDINATOR, blind)
    assert line(family, make_user(Role.COORDINATOR, goris), "pre_register").more == []


def test_a_role_on_paper_is_the_one_they_had(family, by, goris):
    desk = make_user(Role.OFFICIAL, make_site("ararat"))
    desk.assignments.update(ends_at=timezone.now() - 20 * HOUR)
    desk.assignments.create(site=goris, role=Role.COORDINATOR, starts_at=LONG_AGO)
    correct(family, said=[Said("vehicle", "bus")], by=desk)
    desk.assignments.filter(site=goris).update(ends_at=timezone.now())
    assert line(family, by, "correct").by.role == "Coordinator, Goris"
