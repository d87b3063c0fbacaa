"""The intake as a browser sends it: what is written, what is refused beside its field, and that nothing is lost."""

import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from casework.models import Case
from centre.access import Role
from centre.models import LogLine
from desk.actions import pre_register
from registrations.facts import Birth, Group, HouseholdFacts, months_before
from registrations.living import known_deaths
from registrations.models import GateCount, Household, Individual, Membership, NeedCode, Presence, SpecificNeed
from tests.build import make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db

FIELDS = ("family_name", "given_name", "fathers_name", "sex", "birth", "relationship", "carer", "needs")


@pytest.fixture
def page(client, volunteer):
    client.force_login(volunteer)
    return client


def intake(*rows, **household):
    """The form as it is sent: rows of fields, and what the household says."""
    data = {
        "id": str(uuid.uuid4()),
        "going": "shelter",
        "member-TOTAL_FORMS": str(len(rows)),
        "member-INITIAL_FORMS": "0",
    } | household
    for place, row in enumerate(rows):
        data |= {f"member-{place}-{name}": value for name, value in row.items()}
    return data


def row(given="Anna", family="Hakobyan", **fields):
    return {"given_name": given, "family_name": family, "sex": "F", "birth": "04.05.1989"} | fields


def test_a_family_of_five_is_registered_in_one_post(page, goris, volunteer):
    needs = NeedCode.objects.filter(at_desk=True).first()
    answer = page.post(
        "/intake/",
        intake(
            row(fathers_name="Արամ", needs=[needs.pk]),
            row("Narek", "", sex="M", birth="34", relationship="spouse"),
            row("Mane", "", birth="2015", relationship="daughter"),
            row("Davit", "Grigoryan", sex="M", birth="03.2019", relationship="son"),
            row("Սոնա", "", birth="", relationship="parent"),
            {},
            last_residence_district="MTN",
            last_residence_settlement="Chartar",
            phone="091 123456",
            second_phone="+7 916 123 45 67",
            asked="5-age",
        ),
    )
    household = Household.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/intake/done/{str(household).replace(' ', '')}/")
    members = list(Individual.objects.members_of(household))
    assert [p.full_name for p in members] == [
        "Hakobyan Anna", "Hakobyan Narek", "Hakobyan Mane", "Grigoryan Davit", "Grigoryan Սոնա",
    ]  # fmt: skip
    assert [p.birth_precision for p in members] == ["day", "age", "year", "month", "unknown"]
    assert household.phones == ["+37491123456", "+79161234567"]
    assert household.memberships.get(individual=members[0]).relationship == "head"
    assert SpecificNeed.objects.get().individual == members[0]
    assert Presence.objects.filter(site=goris).count() == 5
    saved = page.get(answer["Location"]).content.decode()
    assert str(household) in saved
    assert "data-saved" in saved


def test_the_same_post_twice_is_one_household(page):
    data = intake(row(), row("Narek", "", relationship="son", sex="M", birth="2015"))
    first, second = page.post("/intake/", data), page.post("/intake/", data)
    assert first["Location"] == second["Location"]
    assert Household.objects.count() == 1


def test_going_back_and_changing_what_was_saved_registers_nobody_anew(page):
    data = intake(row())
    page.post("/intake/", data)
    for _again in range(2):
        answer = page.post("/intake/", data | {"member-0-given_name": "Ani"})
        assert answer.status_code == 422
        assert data["id"] in answer.content.decode()
    assert Household.objects.count() == 1


BAD = [
    ({"given_name": "А" * 10_000}, "member-0-given_name", "too long"),
    ({"given_name": "An\x07na"}, "member-0-given_name", "cannot be read"),
    ({"given_name": "An\x00na"}, "member-0-given_name", ""),
    ({"given_name": "123"}, "member-0-given_name", "has letters"),
    ({"given_name": ""}, "member-0-given_name", "or ? when nobody knows"),
    ({"birth": "04.05.2999"}, "member-0-birth", "in the future"),
    ({"birth": "0001"}, "member-0-birth", "120 years"),
    ({"birth": "0000"}, "member-0-birth", "no such date"),
    ({"birth": "01.01.0001"}, "member-0-birth", "120 years"),
    ({"birth": "31.02.1990"}, "member-0-birth", "no such date"),
    ({"birth": "13.1990"}, "member-0-birth", "no such date"),
    ({"birth": "04.05.89"}, "member-0-birth", "four digits"),
    ({"birth": "121"}, "member-0-birth", "Check the age"),
    ({"birth": "yesterday"}, "member-0-birth", "an age such as"),
    ({"birth": "9" * 5000}, "member-0-birth", "an age such as"),
    ({"sex": "Q"}, "member-0-sex", "valid choice"),
    ({"relationship": "king"}, "member-0-relationship", "valid choice"),
    ({"needs": ["SV"]}, "member-0-needs", "valid choice"),
    ({"birth": "2015", "relationship": "niece_nephew"}, "member-0-carer", "who looks after"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "field", "sentence"), BAD)
def test_bad_input_is_said_beside_its_field_and_nothing_is_lost(page, wrong, field, sentence):
    first = row() | wrong
    if wrong.get("relationship") == "niece_nephew":
        data = intake(first, row("Nune", "", relationship="head"), last_residence_settlement="Chartar")
    else:
        data = intake(first, row("Nune", "", relationship="sibling"), last_residence_settlement="Chartar")
    answer = page.post("/intake/", data)
    text = answer.content.decode()
    assert answer.status_code == 422
    beside = re.search(rf'id="id_{field}_error">(.*?)</ul>', text, re.S)
    assert beside
    assert sentence in beside.group(1)
    assert not Household.objects.exists()
    assert 'value="Nune"' in text
    assert 'value="Chartar"' in text
    for name, value in wrong.items():
        if name in ("birth", "given_name") and value and "\x00" not in value and "\x07" not in value:
            assert f'value="{value}"' in text


@pytest.mark.parametrize(
    ("household", "field", "sentence"),
    [
        ({"phone": "123"}, "phone", "No telephone has this number"),
        ({"second_phone": "call me"}, "second_phone", "No telephone has this number"),
        ({"last_residence_settlement": "x" * 500}, "last_residence_settlement", "at most 80"),
        ({"last_residence_district": "XXX"}, "last_residence_district", "valid choice"),
        ({"going": ""}, "going", "required"),
        ({"going": "moon"}, "going", "valid choice"),
        ({"card": "12"}, "card", "type the letter too"),
    ],
)
def test_what_the_household_says_wrongly_is_said_beside_it(page, household, field, sentence):
    answer = page.post("/intake/", intake(row(), **household))
    beside = re.search(rf'id="id_{field}_error">(.*?)</ul>', answer.content.decode(), re.S)
    assert answer.status_code == 422
    assert beside
    assert sentence in beside.group(1)
    assert not Household.objects.exists()


def test_nobody_on_the_list_is_refused(page):
    answer = page.post("/intake/", intake({}, {"relationship": ""}))
    assert answer.status_code == 422
    assert "Write at least one person." in answer.content.decode()


def test_a_broken_form_is_refused_and_not_an_error(page):
    assert page.post("/intake/", {}).status_code == 422
    assert page.post("/intake/", intake() | {"member-TOTAL_FORMS": "x"}).status_code == 422
    assert page.post("/intake/", intake() | {"member-TOTAL_FORMS": "9999"}).status_code == 422
    assert page.post("/intake/matches/", {}).status_code == 200


def test_two_heads_are_refused_at_the_second(page):
    answer = page.post("/intake/", intake(row(relationship="head"), row("Narek", "", relationship="head")))
    assert answer.status_code == 422
    assert 'id="id_member-1-relationship_error"' in answer.content.decode()


def test_without_a_head_the_first_is_it(page):
    page.post("/intake/", intake(row(relationship="sibling"), row("Narek", "", relationship="sibling")))
    assert list(Membership.objects.values_list("relationship", flat=True)) == ["head", "sibling"]


def test_two_alphabets_in_a_word_warn_and_do_not_block(page):
    answer = page.post("/intake/", intake(row(family="Hаkobyan")))  # a Cyrillic а
    assert answer.status_code == 303
    assert "two alphabets: person 1" in page.get(answer["Location"]).content.decode()


def test_a_question_mark_is_a_name_nobody_knows(page):
    page.post("/intake/", intake(row("?", "?")))
    assert Individual.objects.get().full_name == ""


def test_a_child_with_an_aunt_opens_a_case_and_the_desk_is_told(page):
    child = row("Mane", "", birth="9", relationship="niece_nephew", carer="relative")
    answer = page.post("/intake/", intake(row(), child))
    assert Case.objects.get().individual.given_name == "Mane"
    assert "A protection officer has been told" in page.get(answer["Location"]).content.decode()


def test_the_carer_is_a_person_on_the_list(page):
    child = row("Mane", "", birth="9", relationship="grandchild", carer="row-2")
    page.post("/intake/", intake(row(birth="60"), row("Lilit", "", birth="30", relationship="daughter"), child))
    membership = Membership.objects.get(relationship="grandchild")
    assert membership.carer.given_name == "Lilit"
    assert not Case.objects.exists()


def test_a_child_who_looks_after_a_child_opens_a_case(page):
    child = row("Mane", "", birth="3", relationship="grandchild", carer="row-2")
    family = intake(row(birth="60"), row("Lilit", "", birth="9", relationship="daughter"), child)
    page.post("/intake/", family | {"asked": "3-young_carer"})
    assert Case.objects.get().individual.given_name == "Mane"


@pytest.mark.parametrize("carer", ["row-2", "row-3", "row-9"])
def test_a_carer_is_another_person_of_the_list(page, carer):
    child = row("Mane", "", birth="9", relationship="grandchild", carer=carer)
    answer = page.post("/intake/", intake(row(), child, {}))
    assert answer.status_code == 422
    assert 'id="id_member-1-carer_error"' in answer.content.decode()


def test_own_address_leaves_at_once_and_needs_no_marz(page):
    page.post("/intake/", intake(row(), going="own_address"))
    assert not Presence.objects.exists()


def test_a_marz_without_own_address_is_not_kept(page):
    page.post("/intake/", intake(row(), going="stays", destination_marz="AM-KT"))
    assert Household.objects.get().destination_marz == ""


def test_more_rows_keep_what_was_typed(page):
    answer = page.post("/intake/", intake(row(birth="31.02.1990"), going="stays", step="rows"))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="member-5-given_name"' in text
    assert 'value="31.02.1990"' in text
    assert ">There is no such date.<" not in text
    assert not Household.objects.exists()


# The card


@pytest.fixture
def counted(goris, volunteer):
    answer = pre_register(
        goris,
        groups=[Group(1, "F", "18-59"), Group(1, "M", "5-11")],
        facts=HouseholdFacts(going="shelter"),
        by=volunteer,
    )
    return Household.objects.get(pk=answer.household)


def test_a_card_of_the_gate_is_completed_under_its_number(page, counted):
    shown = page.get("/intake/", {"card": str(counted)}).content.decode()
    assert "Counted at the gate: 2 people" in shown
    data = intake(row(), row("Narek", "", sex="M", birth="8", relationship="son"), card=str(counted))
    first, second = page.post("/intake/", data), page.post("/intake/", data)
    assert first["Location"] == second["Location"] == f"/intake/done/{str(counted).replace(' ', '')}/"
    assert Individual.objects.count() == 2
    counted.refresh_from_db()
    assert counted.registered_at


def test_a_wrong_letter_is_said_beside_the_card(page, counted):
    digits, letter = str(counted).split()
    wrong = f"{digits}{'A' if letter != 'A' else 'B'}"
    assert "The letter does not fit" in page.get("/intake/", {"card": wrong}).content.decode()
    answer = page.post("/intake/", intake(row(), card=wrong))
    assert answer.status_code == 422
    assert Individual.objects.exclude(given_name="").count() == 0


def test_a_number_nobody_has_is_said_beside_the_card(page):
    answer = page.post("/intake/", intake(row(), card="999999 L"))
    assert answer.status_code == 422
    assert not Household.objects.exists()


def test_a_registered_card_is_refused_and_offers_to_arrive(page, volunteer):
    sisian = make_site("sisian")
    household = register_family(sisian, make_user())
    answer = page.post("/intake/", intake(row(), card=str(household)))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Record arrival" in text
    assert "Open their file" not in text
    assert Household.objects.count() == 1
    data = intake(row(), card=str(household), member_name="Anna", member_birth="1989")
    first, second = page.post("/intake/arrive/", data), page.post("/intake/arrive/", data)
    assert first["Location"] == second["Location"] == f"/families/{str(household).replace(' ', '')}/"
    assert page.get(first["Location"]).status_code == 200
    assert [p.site.code for p in Presence.objects.filter(during__upper_inf=True)] == ["goris"]


# Matches


def test_matches_are_shown_while_typing_and_leave_a_line(page, goris):
    household = register_family(goris, make_user(), person(fathers_name="Aram"))
    text = page.post("/intake/matches/", intake(row(birth="", sex=""))).content.decode()
    assert str(household) in text
    assert "Goris" in text
    assert "family name, given name" in text
    assert "Same family" not in text
    assert "1989" not in text
    assert "Aram" not in text
    assert LogLine.objects.filter(verb=LogLine.Verb.MATCHED, subject_id=household.pk).exists()


def test_of_a_family_elsewhere_a_match_says_only_that_it_may_be_known(page):
    typed = intake(row(fathers_name="Aram"), row("Nune", birth="2001"), last_residence_settlement="Chartar")
    pages = []
    for member in (person(birth=Birth()), person(fathers_name="Aram")):
        household = register_family(make_site(), make_user(), member, last_residence_settlement="Chartar")
        pages.append(page.post("/intake/matches/", typed).content.decode())
        assert str(household) not in pages[-1]
        Individual.objects.update(family_fold="x", given_fold="x")
    assert pages[0] == pages[1]
    assert "May be known: ask for the card." in pages[0]
    assert not any(said in pages[0] for said in ("family name", "birth year", "one person<", "/families/"))


@pytest.mark.parametrize("right", [0, 1, 2])
def test_of_families_elsewhere_it_says_once_and_at_the_first_row_that_they_may_be_known(page, right):
    """Or the row would tell which of the names and years that were tried is right."""
    for _ in range(2):
        register_family(make_site(), make_user(), person(fathers_name="Aram"))
    tried = [row(birth="1971", fathers_name="Petros") for _ in range(3)]
    tried[right] = row(birth="1989", fathers_name="Aram")
    rows = page.post("/intake/matches/", intake(*tried)).content.decode().split('id="matches-member-')[1:]
    assert ["May be known" in one for one in rows] == [True, False, False]
    assert rows[0].count("May be known") == 1


@pytest.mark.parametrize("also", [[], [row(birth="1990")]], ids=["alone", "beside both names"])
def test_of_families_elsewhere_one_name_tells_no_day_of_birth(page, also):
    """Asked for each day, it would; and with the day the family opens."""
    register_family(make_site(), make_user(), person(fathers_name="Aram"))
    days = [[row(family="", birth=f"{day:02}.05.1989"), *also] for day in (3, 4)]
    told = ["May be known" in page.post("/intake/matches/", intake(*rows)).content.decode() for rows in days]
    assert told == [bool(also)] * 2


def test_of_a_family_elsewhere_nothing_tells_the_fathers_name_the_sex_or_where_they_lived(page):
    """Whoever asks for one after the other would read them, and the father's name helps to open the family."""
    register_family(make_site(), make_user(), person(fathers_name="Aram"), last_residence_settlement="Chartar")
    told = [
        "May be known" in page.post("/intake/matches/", intake(row(**facts), **home)).content.decode()
        for birth in ("1989", "1990", "1991", "1995")
        for facts in [
            {"birth": birth} | more for more in ({}, {"fathers_name": "Aram"}, {"fathers_name": "Petros"}, {"sex": "M"})
        ]
        for home in ({}, {"last_residence_settlement": "Chartar"}, {"last_residence_settlement": "Askeran"})
    ]
    by_year = [told[start : start + 12] for start in range(0, 48, 12)]
    assert by_year == [[True] * 12, [True] * 12, [False] * 12, [False] * 12]


def test_the_same_family_arrives_when_birth_date_and_fathers_name_agree(page):
    household = register_family(make_site("sisian"), make_user(), person(fathers_name="Aram"))
    typed = intake(row(fathers_name="Arami"), same=str(household.pk))
    assert "Same family: record arrival" in page.post("/intake/matches/", typed).content.decode()
    assert page.post("/intake/same-family/", typed).status_code == 303
    assert [p.site.code for p in Presence.objects.filter(during__upper_inf=True)] == ["goris"]


def test_the_same_family_does_not_arrive_by_name_alone(page):
    household = register_family(make_site("sisian"), make_user(), person(fathers_name="Aram"))
    answer = page.post("/intake/same-family/", intake(row(birth="1989"), same=str(household.pk)))
    assert answer.status_code == 409
    assert [p.site.code for p in Presence.objects.filter(during__upper_inf=True)] == ["sisian"]


def test_matches_never_block(page):
    register_family(make_site("sisian"), make_user(), person())
    assert page.post("/intake/", intake(row())).status_code == 303
    assert Household.objects.count() == 2


# Who may


@pytest.mark.parametrize("role", [Role.AID_VOLUNTEER, Role.OFFICIAL, Role.AUDITOR])
def test_who_may_not_register_is_turned_away(client, goris, role):
    client.force_login(make_user(role, goris))
    assert client.get("/intake/").status_code == 403
    assert client.post("/intake/", intake(row())).status_code == 403
    assert client.post("/intake/matches/", intake(row())).status_code == 403
    assert client.get("/intake/gate/").status_code == 403
    assert not Household.objects.exists()


def test_who_has_two_sites_chooses_one_first(client, goris):
    make_site("sisian")
    client.force_login(make_user(Role.COORDINATOR))
    assert client.get("/intake/")["Location"] == "/settings/shift/?next=%2Fintake%2F"


# The gate


def gate(**fields):
    return {"id": str(uuid.uuid4()), "going": "shelter"} | fields


def test_the_gate_gives_a_number_to_a_family_without_names(page):
    data = gate(F_3="1", M_1="2", others="1", urgent_need="SM-CC")
    first, second = page.post("/intake/gate/", data), page.post("/intake/gate/", data)
    assert first["Location"] == second["Location"]
    household = Household.objects.with_size(known_deaths(make_user())).get()
    assert (household.size, household.urgent_need_id) == (4, "SM-CC")
    groups = Individual.objects.values_list("sex", "age_group")
    assert sorted(groups, key=str) == [("F", "18-59"), ("M", "5-11"), ("M", "5-11"), (None, "")]
    assert str(household) in page.get(first["Location"]).content.decode()


@pytest.mark.parametrize(
    "fields", [{}, {"F_0": "0"}, {"F_0": "-1"}, {"F_0": "61"}, {"F_0": "x"}, {"F_0": "1", "urgent_need": "SV"}]
)
def test_the_gate_refuses_what_is_no_count(page, fields):
    assert page.post("/intake/gate/", gate(**fields)).status_code == 422
    assert not Household.objects.exists()


def test_gate_counts_are_listed_with_their_total(page):
    for people in (12, 30):
        answer = page.post("/intake/count/", {"id": str(uuid.uuid4()), "people": people, "vehicles": "3"})
        assert answer.status_code == 303
    text = page.get("/intake/count/").content.decode()
    assert ">42<" in text
    assert ">6<" in text


@pytest.mark.parametrize(
    "fields", [{}, {"people": "-1"}, {"people": "0"}, {"people": "1e9"}, {"people": "99999999999"}]
)
def test_what_is_no_gate_count_is_refused(page, fields):
    assert page.post("/intake/count/", {"id": str(uuid.uuid4())} | fields).status_code == 422


def test_why_a_count_was_wrong_is_told_to_be_too_long_and_can_be_copied(page):
    page.post("/intake/count/", {"id": str(uuid.uuid4()), "people": 12, "vehicles": "3"})
    counted = GateCount.objects.get()
    answer = page.post(f"/intake/count/{counted.pk}/void/", {"id": str(uuid.uuid4()), "reason": "x" * 201})
    assert (answer.status_code, f"<p>{'x' * 201}</p>" in answer.text) == (422, True)
    assert "200" in answer.text
    assert GateCount.objects.standing().get() == counted


def test_birth_by_age_is_kept_as_an_age(page):
    page.post("/intake/", intake(row(birth="34")))
    child = Individual.objects.get()
    assert child.birth_precision == "age"
    assert Birth(child.birth_date, "age") == Birth.of_age(34, timezone.localdate())
    assert child.birth_date < timezone.localdate() - timedelta(days=33 * 365)


def test_several_telephones_in_one_field_are_all_kept(page):
    page.post("/intake/", intake(row(), phone="091 123456, 093․11․22․33", second_phone="091123456 / +7 916 123 45 67"))
    assert Household.objects.get().phones == ["+37491123456", "+37493112233", "+79161234567"]


def test_a_telephone_with_something_left_over_is_said_beside_the_field(page):
    answer = page.post("/intake/", intake(row(), phone="091 123456, 09"))
    assert answer.status_code == 422
    assert "No telephone has this number" in answer.content.decode()
    assert "091 123456, 09" in answer.content.decode()


def test_a_word_for_unknown_is_nobodys_name(page):
    for word in ("Անհայտ", "неизвестно", "N/A", "—", "xxx"):
        page.post("/intake/", intake(row(word, word)))
    assert {(one.given_name, one.family_name) for one in Individual.objects.all()} == {("", "")}
    assert Individual.objects.count() == 5


def test_a_baby_of_eight_months_stays_one_wherever_it_is_shown(page):
    page.post("/intake/", intake(row(), row("Narek", "", birth="8 ամս", relationship="son", sex="M")))
    baby = Individual.objects.get(given_name="Narek")
    assert (baby.birth_precision, baby.birth_date) == ("age_months", months_before(timezone.localdate(), 8))
    number = str(Household.objects.get()).replace(" ", "")
    assert "8 months" in page.get(f"/families/{number}/").content.decode()
