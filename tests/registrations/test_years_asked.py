"""Who asks about one name with many birth years is told no more of families that they do not see."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.utils import timezone

from centre.access import Role
from centre.bursts import bursts
from centre.limits import count_apart
from registrations.facts import Birth
from registrations.matches import find_matches
from registrations.years_asked import MOST_YEARS
from tests.api.conftest import Machine, intake, member
from tests.build import make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db

BORN = 1988
ELSEWHERE = range(1940, 1940 + MOST_YEARS)  # as many years as one may try, and none of theirs


@pytest.fixture
def goris():
    cache.clear()
    return make_site("goris")


@pytest.fixture(autouse=True)
def _anna(goris):
    """A family that nobody of Goris sees."""
    sisian = make_site("sisian")
    register_family(sisian, make_user(site=sisian), born(BORN))


@pytest.fixture
def desk(goris):
    return make_user(Role.VOLUNTEER, goris)


def born(year, given="Anna", family="Hakobyan"):
    return person(given, family, birth=Birth.in_year(year))


def may_be_known(by, *people):
    return any(match.household is None for match in find_matches(people, by=by))


def by_questions(by, years, _client):
    return [may_be_known(by, born(year)) for year in years][-1]


def by_rows(by, years, _client):
    return may_be_known(by, *map(born, years))


def by_other_spellings(by, years, _client):
    """Each year with a name that folds otherwise, and is near enough to be hers."""
    spellings = ("Annia", "Anka", "Anya", "Annae", "Anna")[-len(years) :]
    return [may_be_known(by, born(year, given)) for year, given in zip(years, spellings, strict=True)][-1]


def by_columns(by, years, _client):
    """Each second year with the names in each other's columns, the others with another name beside hers."""
    names = (("Hakobyan", "Anna"), ("Anna-Zulfia", "Hakobyan"))
    return [may_be_known(by, born(year, *names[place % 2])) for place, year in enumerate(years)][-1]


def by_page(by, years, client):
    client.force_login(by)
    typed = {"going": "shelter", "member-TOTAL_FORMS": str(len(years)), "member-INITIAL_FORMS": "0"}
    for row, year in enumerate(years):
        facts = {"given_name": "Anna", "family_name": "Hakobyan", "sex": "F", "birth": str(year)}
        typed |= {f"member-{row}-{name}": value for name, value in facts.items()}
    return "May be known" in client.post("/intake/matches/", typed).content.decode()


def by_api(by, years, _client):
    machine = Machine(by)
    people = [member(birth_date=f"{year}-05-01") for year in years]
    answers = [machine.post("intakes/", intake(one)).json()["matches"] for one in people]
    return any(match["household"] is None for match in answers[-1])


WAYS = [by_questions, by_rows, by_other_spellings, by_columns, by_page, by_api]


@pytest.mark.parametrize("ask", WAYS, ids=lambda ask: ask.__name__)
def test_a_fifth_birth_year_of_a_name_is_told_nothing_of_families_not_seen(client, desk, ask):
    assert ask(desk, [*ELSEWHERE[1:], BORN], client)
    assert bursts(timezone.now()) == []
    cache.clear()
    assert not ask(desk, [*ELSEWHERE, BORN], client)
    assert not may_be_known(desk, person(birth=Birth()))
    assert not may_be_known(desk, born(ELSEWHERE[0]), born(BORN))


def test_it_is_told_to_who_supervises(client, goris, desk):
    by_questions(desk, [*ELSEWHERE, BORN], client)
    assert [(one.user, one.years) for one in bursts(timezone.now())] == [(desk, 1)]
    for role, told in ((Role.COORDINATOR, True), (Role.VOLUNTEER, False)):
        client.force_login(make_user(role, goris))
        assert (f"{desk} asked about one name with many" in client.get("/").content.decode()) is told


def test_who_sees_everybody_of_the_name_is_told_of_them_and_nobody_else_of_it(goris, client):
    everywhere = make_user(Role.COORDINATOR)
    by_questions(everywhere, ELSEWHERE, client)
    assert [match.household for match in find_matches([born(BORN)], by=everywhere)]
    assert bursts(timezone.now()) == []


def test_of_another_name_and_to_another_desk_it_is_told_as_before(client, goris, desk):
    by_questions(desk, [*ELSEWHERE, BORN], client)
    sisian = make_site("sisian-2")
    register_family(sisian, make_user(site=sisian), born(BORN, "Tigran"))
    assert may_be_known(desk, born(BORN, "Tigran"))
    assert may_be_known(make_user(Role.VOLUNTEER, goris), born(BORN))


def test_brothers_and_sisters_are_no_one_name(client, desk):
    others = ("Narek", "Mane", "Davit", "Lilit", "Tigran", "Hasmik")
    family = [born(BORN), *(born(2000 + age, given) for age, given in enumerate(others))]
    for row in range(len(family)):
        assert may_be_known(desk, *family[: row + 1])  # as they are typed
    assert bursts(timezone.now()) == []


def test_while_the_broker_is_away_it_is_told_as_before(desk, settings, client):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere/valkey.sock?db=0"}}
    assert by_questions(desk, [*ELSEWHERE, BORN], client)


def test_of_questions_at_the_same_time_each_counts_the_years_of_the_others():
    with ThreadPoolExecutor(8) as hands:
        counts = [
            pair for found in hands.map(lambda year: count_apart({"years:x": [year]}, 60), ELSEWHERE) for pair in found
        ]
    assert sorted(now for _before, now in counts) == list(range(1, MOST_YEARS + 1))
    assert count_apart({"years:x": [], "years:y": [1, 1]}, 60) == [(MOST_YEARS, MOST_YEARS), (0, 1)]
