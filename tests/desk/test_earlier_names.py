"""What somebody was called before a correction still finds them, and the list says that it was that."""

import pytest

from desk.correcting import Said, correct
from registrations.models import Individual
from registrations.search import search_individuals
from tests.api.conftest import Machine
from tests.build import make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db

SAYS_SO = "found under an earlier name: "


@pytest.fixture
def by():
    return make_user()


@pytest.fixture
def family(by):
    return register_family(make_site("goris"), by, person("Nune", "Petrosyan"))


@pytest.fixture
def renamed(family, by):
    rename(family, by, given_name="Lusine", family_name="Hakobyan")
    return Individual.objects.members_of(family).get()


def rename(family, by, **names):
    who = Individual.objects.members_of(family).get().pk
    correct(family, said=[Said(field, now, person=who) for field, now in names.items()], reason="heard", by=by)


def search(query, by):
    return search_individuals(Individual.objects.visible_to(by), query, by=by)


@pytest.mark.parametrize("query", ["Nune Petrosyan", "petrosian nune", "Нуне", "Պետրոսյան", "N. Petrosyan"])
def test_search_finds_by_an_earlier_name(query, renamed, by):
    found = search(query, by)
    assert (found.keys, found.earlier) == ([renamed.pk], {renamed.pk: "Petrosyan Nune"})


def test_search_by_the_name_of_today_says_nothing_of_the_one_before(renamed, by):
    found = search("Lusine Hakobyan", by)
    assert (found.keys, found.earlier) == ([renamed.pk], {})


def test_search_shows_who_is_called_so_today_before_who_was(renamed, by):
    today = Individual.objects.members_of(register_family(make_site(), by, person("Nune", "Petrosyan"))).get()
    assert search("Nune Petrosyan", by).keys == [today.pk, renamed.pk]


def test_search_after_a_name_was_given_back_finds_once_and_as_today(renamed, family, by):
    rename(family, by, given_name="Nune", family_name="Petrosyan")
    found = search("Nune Petrosyan", by)
    assert (found.keys, found.earlier) == ([renamed.pk], {})


def test_search_by_an_earlier_name_finds_nobody_whom_one_may_not_see(renamed):
    assert search("Nune Petrosyan", make_user(site=make_site("sisian"))).keys == []


def test_the_list_of_families_says_under_which_name_somebody_was_found(client, renamed, by):
    client.force_login(by)
    page = client.post("/families/", {"search": "Petrosyan"}, follow=True).content.decode()
    assert ("Hakobyan Lusine" in page, f"{SAYS_SO}Petrosyan Nune" in page) == (True, True)
    assert SAYS_SO not in client.post("/families/", {"search": "Hakobyan"}, follow=True).content.decode()


@pytest.mark.parametrize("rows", ["individuals", "households"])
def test_the_api_finds_by_an_earlier_name(rows, renamed, family, by):
    results = Machine(by).post(f"{rows}/search/", {"search": "Petrosyan"}).json()["results"]
    assert [row["id"] for row in results] == [str({"individuals": renamed, "households": family}[rows].pk)]
