"""Who is found: while a family is typed, and by the search."""

from datetime import date

import pytest

from centre.access import Role
from centre.models import LogLine
from desk.merging import merge_individuals
from registrations.facts import Birth
from registrations.matches import find_matches
from registrations.models import Individual
from registrations.search import search_individuals
from tests.build import make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db


@pytest.fixture
def goris():
    return make_site("goris")


@pytest.fixture
def desk():
    return make_user()


def found(query):
    return [p.full_name for p in search(query)]


def search(query, by=None):
    by = by or make_user(Role.COORDINATOR)
    return search_individuals(Individual.objects.visible_to(by), query, by=by)


@pytest.mark.parametrize(
    "query",
    [
        "Hakobyan Anna",
        "anna hakobyan",
        "Աննա Հակոբյան",
        "Акопян Анна",
        "Hakobian Ana",
        "Hakopyan Anna",
        "Anna Arami Hakobyan",
        "Акопян Анна Арамовна",
        "Hakobyan",
        "Anna",
        "Anna Arami",
    ],
)
def test_a_person_is_found_in_any_script_order_and_spelling(goris, desk, query):
    register_family(goris, desk, person(fathers_name="Aram"))
    register_family(goris, desk, person("Narek", "Grigoryan", sex="M"))
    assert found(query) == ["Hakobyan Anna"]


@pytest.mark.parametrize("query", ["Anna-Maria", "maria hakobyan anna", "Ana Marya Hakobyan", "Hakobyan Anna-Maria"])
def test_a_name_of_two_words_is_found(goris, desk, query):
    register_family(goris, desk, person("Anna-Maria"))
    assert found(query) == ["Hakobyan Anna-Maria"]


def test_a_name_of_three_words_comes_before_one_that_shares_two(goris, desk):
    register_family(goris, desk, person("Hripsime", "Margaryan"))
    register_family(goris, desk, person("Hripsime-Anahit-Margarita"))
    assert found("Hripsime-Anahit-Margarita")[0] == "Hakobyan Hripsime-Anahit-Margarita"


def test_two_words_do_not_find_everyone_named_by_the_first(goris, desk):
    register_family(goris, desk, person("Anahit", "Petrosyan"))
    assert found("Anahit Zurabyan") == []


def test_the_fathers_name_ranks_the_right_one_first(goris, desk):
    register_family(goris, desk, person(fathers_name="Vardan"))
    household = register_family(goris, desk, person(fathers_name="Aram"))
    first = search("Hakobyan Anna Arami")[0]
    assert first.memberships.get().household == household


def test_a_number_finds_its_household_and_a_wrong_letter_nobody(goris, desk):
    household = register_family(goris, desk, person(), person("Narek", relationship="son", sex="M"))
    register_family(goris, desk, person("Mane"))
    number = str(household)
    assert found(number.lower().replace(" ", "")) == ["Hakobyan Anna", "Hakobyan Narek"]
    assert found(number[:-1] + ("A" if number[-1] != "A" else "B")) == []


def test_nothing_asked_finds_nobody(goris, desk):
    register_family(goris, desk)
    assert found("") == found("  .,- ") == []


def test_search_stays_within_the_queryset(goris, desk):
    register_family(goris, desk)
    other = register_family(make_site("sisian"), desk)
    volunteer = make_user(Role.VOLUNTEER, goris)
    seen = search("Hakobyan Anna", by=volunteer)
    assert len(seen) == 1
    assert seen[0].memberships.get().household != other


def test_search_asks_the_same_number_of_questions_for_one_and_for_three(goris, desk, django_assert_num_queries):
    coordinator = make_user(Role.COORDINATOR)
    register_family(goris, desk)
    assert coordinator.all_assignments
    with django_assert_num_queries(4):
        list(search("Hakobyan Anna", by=coordinator))
    register_family(goris, desk, person("Ana"), person("Hanna", relationship="sibling"))
    with django_assert_num_queries(4):
        list(search("Hakobyan Anna", by=coordinator))


@pytest.mark.parametrize(
    ("query", "family", "given"),
    [
        ("Գայանե Գրիորյան", "Գրիգորյան", "Գայանե"),
        ("Սրգսյան Արմեն", "Саргсян", "Армен"),
        ("Նիկոլ Փաշիյան", "Փաշինյան", "Նիկոլ"),
        ("Aram Khacaturian", "Խաչատրյան", "Արամ"),
        ("Sagsyan Armen", "Սարգսյան", "Արմեն"),
        ("Anahit Hovhnnisyan", "Հովհաննիսյան", "Անահիտ"),
    ],
)
def test_one_letter_amiss_early_in_the_word_finds(goris, desk, query, family, given):
    register_family(goris, desk, person(given, family))
    assert found(query) == [f"{family} {given}"]


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        (("Иван", "Баграмян"), ("Հովհաննես", "Բաղրամյան")),
        (("Joseph", "Orbeli"), ("Иосиф", "Орбели")),
        (("Саак", "Саакян"), ("Սահակ", "Սահակյան")),
        (("Амо", "Бек-Назаров"), ("Համո", "Բեկնազարյան")),
        (("Համո", "Բեկնազարյան"), ("Амо", "Бек-Назаров")),
        (("Левон", "Меликшахназарян"), ("Լևոն", "Մելիք-Շահնազարյան")),
        (("Левон", "Мелик-Шахназарян"), ("Լևոն", "Մելիքշահնազարյան")),
    ],
)
def test_a_name_as_another_language_has_it_finds_and_matches(goris, desk, asked, known):
    household = register_family(goris, desk, person(*known))
    assert found(" ".join(asked)) == [f"{known[1]} {known[0]}"]
    assert [match.number for match in find_matches([person(*asked)], by=desk)] == [str(household)]


def test_whose_name_all_the_words_are_comes_before_one_nearer_in_letters(goris, desk):
    for given, family in (("Ата", "Богосян"), ("Ада", "Погосня")):
        register_family(goris, desk, person(given, family))
    assert found("Ада Погосян") == ["Богосян Ата", "Погосня Ада"]


def test_of_names_that_sound_the_same_the_one_in_the_letters_typed_comes_first(goris, desk):
    for family in ("Погосян", "Богосян"):  # the latest comes first where nothing else tells
        register_family(goris, desk, person("Арам", family))
    assert found("Погосян Арам") == ["Погосян Арам", "Богосян Арам"]


@pytest.mark.parametrize("query", ["Ղուկասյան Աննա", "Марья Гукасян", "Ghukasyan Maria", "Մարիա"])
def test_half_of_a_double_name_finds(goris, desk, query):
    register_family(goris, desk, person("Աննա-Մարիա", "Ղուկասյան"))
    assert found(query) == ["Ղուկասյան Աննա-Մարիա"]


def test_half_of_a_double_surname_finds_and_matches(goris, desk):
    register_family(goris, desk, person("Աննա", "Ղուկասյան-Չիլինգարյան"))
    assert found("Chilingaryan Anna") == ["Ղուկասյան-Չիլինգարյան Աննա"]
    assert find_matches([person("Աննա", "Ղուկասյան")], by=desk)
    assert find_matches([person("Աննա", "Չիլինգարյան")], by=desk)


@pytest.mark.parametrize("half", ["Աննա", "Մարիա", "Աննա-Մարիա"])
def test_half_of_a_double_name_matches(goris, desk, half):
    household = register_family(goris, desk, person("Աննա-Մարիա"))
    assert [match.number for match in find_matches([person(half)], by=desk)] == [str(household)]


@pytest.mark.parametrize("query", ["Թորգոմյան Զ.", "Թորգոմյան Զ", "Զ․ Թորգոմյան", "Torgomyan Z.", "Թորգոմիան Զ."])
def test_a_surname_and_an_initial_find_everyone_of_that_initial(goris, desk, query):
    register_family(goris, desk, person("Զարեհ", "Թորգոմյան"))
    register_family(goris, desk, person("Զոյա", "Թորգոմյան"))
    register_family(goris, desk, person("Արամ", "Թորգոմյան"))
    assert sorted(found(query)) == ["Թորգոմյան Զարեհ", "Թորգոմյան Զոյա"]


def test_one_name_with_birth_date_and_village_matches(goris, desk):
    old = {"birth": Birth(date(1938, 2, 2), "day"), "fathers_name": "Ղուկաս"}
    household = register_family(goris, desk, person("Սաթենիկ", "", **old), last_residence_settlement="Ճարտար")
    for again in (person("Սաթենիկ", "", **old), person("Սաթենիկ", "Պետրոսյան", **old), person("", "Սաթենիկ", **old)):
        assert [m.number for m in find_matches([again], settlement="Ճարտար", by=desk)] == [str(household)]


def test_one_name_and_a_birth_year_alone_are_no_match(goris, desk):
    register_family(goris, desk, person("Սաթենիկ", "", birth=Birth.in_year(1938)))
    assert find_matches([person("Սաթենիկ", "", birth=Birth.in_year(1938))], by=desk) == []


def test_names_in_each_others_columns_match_where_something_else_agrees(goris, desk):
    household = register_family(goris, desk, person("Նուարդ", "Չիլինգարյան", fathers_name="Վահրամի"))
    (match,) = find_matches([person("Չիլինգարյան", "Նուարդ")], by=desk)
    assert match.number == str(household)
    assert find_matches([person("Չիլինգարյան", "Նուարդ", birth=Birth(), sex=None)], by=desk) == []


def test_a_person_of_two_records_is_found_once(goris, desk):
    register_family(goris, desk, person("Anahit", "Zurabyan"))
    register_family(goris, desk, person("Anahit", "Zurabian"))
    one, other = Individual.objects.order_by("registered_at")
    coordinator = make_user(Role.COORDINATOR)
    merge_individuals(other, into=one, reason="the same woman", by=coordinator)
    assert list(search("Anahit Zurabyan", by=coordinator)) == [one]


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("+37491123456", True),
        ("091 12-34-56", True),
        ("ZX 1234567", True),
        ("zx1234567", True),
        ("9112345", False),
        ("1234567", False),
        ("1234", False),
    ],
)
def test_a_whole_telephone_or_document_finds_and_a_part_does_not(goris, desk, query, finds):
    papers = ({"kind": "passport", "number": "ZX1234567"},)
    register_family(goris, desk, person(documents=papers), phones=("+37491123456",))
    assert found(query) == ["Hakobyan Anna"] * finds


def test_a_telephone_of_a_family_one_may_not_see_finds_nobody(goris, desk):
    register_family(make_site("sisian"), desk, person(), phones=("+37491123456",))
    assert list(search("+37491123456", by=make_user(Role.VOLUNTEER, goris))) == []


def test_more_than_a_page_of_one_surname_is_counted(goris, desk):
    for number in range(1, 53):
        register_family(goris, desk, person("Anna", "Bazumyan", birth=Birth.in_year(1940 + number)))
    everybody = search("Bazumyan")
    assert len(everybody) == 52
    assert len({one.pk for one in [*everybody[:50], *everybody[50:]]}) == 52


def test_a_match_says_what_agrees_and_no_more(goris, desk):
    household = register_family(
        goris,
        desk,
        person(fathers_name="Aram"),
        person("Narek", relationship="son", sex="M"),
        last_residence_settlement="Chartar",
    )
    (match,) = find_matches([person("Աննա", "Հակոբյան", birth=Birth(), sex=None)], by=desk)
    assert (match.number, match.site, match.size) == (str(household), "Goris", 2)
    assert match.agrees == ("family_name", "given_name")
    assert not match.same_family
    (match,) = find_matches([person(fathers_name="Arami")], settlement="Չարտար", by=desk)
    assert match.agrees == ("family_name", "given_name", "fathers_name", "birth_year", "settlement")
    assert match.same_family


def test_somebody_else_of_the_same_name_is_no_match(goris, desk):
    register_family(goris, desk, person(fathers_name="Vardan"))
    assert find_matches([person(birth=Birth.in_year(1950))], by=desk) == []
    assert find_matches([person(birth=Birth(), fathers_name="Aram")], by=desk) == []
    assert find_matches([person("", "Hakobyan")], by=desk) == []


def test_an_age_may_be_a_year_off(goris, desk):
    register_family(goris, desk)
    (match,) = find_matches([person(birth=Birth(date(1990, 1, 1), "age"))], by=desk)
    assert "birth_year" in match.agrees


def test_at_most_five_are_shown_the_likeliest_first_and_each_leaves_a_line(goris, desk):
    for year in range(1985, 1992):
        register_family(goris, desk, person(birth=Birth.in_year(year)))
    best = register_family(goris, desk, person(birth=Birth.in_year(1988), fathers_name="Aram"))
    matches = find_matches([person(birth=Birth.in_year(1988), fathers_name="Aram")], by=desk)
    assert matches[0].number == str(best)
    assert len(matches) <= 5
    lines = LogLine.objects.filter(verb=LogLine.Verb.MATCHED)
    assert {line.subject_id for line in lines} == {m.household for m in matches}


def test_a_whole_family_ranks_before_one_member(goris, desk):
    register_family(goris, desk, person())
    family = register_family(goris, desk, person(), person("Narek", relationship="son", sex="M"))
    asked = [person(), person("Narek", relationship="son", sex="M")]
    assert find_matches(asked, by=desk)[0].number == str(family)


def test_a_confidential_site_is_not_named(desk):
    home = make_site("shelter-7", confidential=True)
    register_family(home, make_user(site=home))
    (match,) = find_matches([person()], by=desk)
    assert match.site == ""


def test_the_household_being_completed_does_not_match_itself(goris, desk):
    household = register_family(goris, desk)
    assert find_matches([person()], by=desk, but=household.pk) == []


def test_a_baby_of_so_many_months_may_be_born_a_month_to_either_side_of_the_new_year(goris, desk):
    baby = person("Mane", relationship="daughter", birth=Birth(date(2023, 1, 5), "day"))
    register_family(goris, desk, person(), baby)
    (match,) = find_matches([person("Mane", birth=Birth(date(2022, 12, 28), "age_months"))], by=desk)
    assert "birth_year" in match.agrees
    (match,) = find_matches([person("Mane", birth=Birth(date(2022, 6, 28), "age_months"))], by=desk)
    assert "birth_year" not in match.agrees
