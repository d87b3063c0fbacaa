"""Invented people look like those who came, and are the same for the same seed."""

import datetime as dt
import uuid
from collections import Counter
from random import Random

import phonenumbers
import pytest

from demonstration.kin import Homes
from demonstration.names import given_names, surnames
from demonstration.people import invent_families
from demonstration.settlements import LIVED_IN_2023, LOST_BEFORE
from demonstration.spelling import genitive, patronymic, to_latin, to_russian
from registrations.names import fold, fold_fathers_name, scripts
from registrations.other_names import likeness

AT = dt.datetime(2023, 9, 27, 14, 5, tzinfo=dt.timezone(dt.timedelta(hours=4)))
DESK_CODES = {
    "SC-UC", "SC-SC", "SP-PT", "SP-GP", "SP-CG", "ER", "DS", "SM-DP", "SM-CC", "SM-CI", "FU-TR", "LP-ND",
}  # fmt: skip
RELATIONSHIPS = {
    "head", "spouse", "son", "daughter", "parent", "sibling", "grandparent", "grandchild", "parent_in_law",
    "child_in_law", "aunt_uncle", "niece_nephew", "cousin", "other_relative", "foster", "not_related",
}  # fmt: skip


@pytest.fixture(scope="module")
def families():
    return list(invent_families(2023, people=20_000))


@pytest.fixture(scope="module")
def people(families):
    return [member for family in families for member in family.members]


def share(people, is_so):
    return sum(map(is_so, people)) / len(people)


def test_exactly_as_many_people_as_asked_for(people):
    assert len(people) == 20_000
    assert len({one.id for one in people}) == 20_000


def test_sex_and_age_are_as_reported(people):
    assert share(people, lambda one: one.sex == "F") == pytest.approx(0.52, abs=0.015)
    assert share(people, lambda one: one.age < 18) == pytest.approx(0.31, abs=0.02)
    assert 0.175 <= share(people, lambda one: one.age >= 60) <= 0.21
    assert share(people, lambda one: one.age < 5) == pytest.approx(0.08, abs=0.025)
    assert share(people, lambda one: 12 <= one.age < 18) == pytest.approx(0.10, abs=0.02)
    assert max(one.age for one in people) < 100


def test_households_are_of_one_to_nine_and_four_on_average(families, people):
    assert {len(family.members) for family in families} == set(range(1, 10))
    assert len(people) / len(families) == pytest.approx(4.2, abs=0.15)


def test_each_household_has_one_head_who_stands_first(families):
    for family in families:
        assert [one.relationship for one in family.members].count("head") == 1
        assert family.members[0].relationship == "head"


def test_parents_are_old_enough_and_birth_dates_agree_with_ages(families):
    for family in families:
        by_person = {one.person: one for one in family.members}
        for child in family.members:
            for parent in (by_person[person] for person in child.parents if person in by_person):
                assert parent.age - child.age >= 15
                assert parent.born < child.born
            assert (dt.date(2023, 9, 24) - child.born).days // 365.2425 == child.age


def test_a_child_that_is_not_the_heads_has_an_answer_to_who_looks_after_it(families):
    for family in families:
        ids = {str(one.id) for one in family.members}
        for one in family.members:
            asked = one.age < 18 and one.relationship not in ("son", "daughter")
            assert bool(one.carer) == asked
            assert one.carer in {"", "relative", "someone_else", "nobody"} | ids


def test_children_alone_are_rare_and_there():
    homes = Homes(Random(1), dt.date(2023, 9, 24))
    people = [one for _ in range(24_000) for one in homes.household()]  # about 100,000
    alone = [one for one in people if one.carer in ("nobody", "someone_else")]
    separated = [one for one in people if one.carer == "relative"]
    assert 8 <= len(alone) <= 35
    assert all("SC-UC" in one.needs and one.age < 18 for one in alone)
    assert 100 <= len(separated) <= 300
    assert all("SC-SC" in one.needs and one.age < 18 for one in separated)


def test_three_generations_live_together(families):
    together = [f for f in families if {"grandchild", "parent", "parent_in_law"} & {m.relationship for m in f.members}]
    assert 0.2 < len(together) / len(families) < 0.6


def test_scripts_are_mixed_over_families_never_within(families):
    seen = Counter()
    for family in families:
        found = scripts(" ".join(f"{m.given_name} {m.family_name} {m.fathers_name}" for m in family.members))
        assert len(found) == 1
        seen.update(found)
    assert seen["armenian"] / len(families) == pytest.approx(0.75, abs=0.03)
    assert seen["cyrillic"] / len(families) == pytest.approx(0.15, abs=0.03)


def test_wives_often_keep_their_name(families):
    wives = [
        (one.family_name, family.members[0].family_name)
        for family in families
        for one in family.members
        if one.relationship == "spouse" and one.sex == "F"
    ]
    assert share(wives, lambda names: names[0] != names[1]) == pytest.approx(0.6, abs=0.06)


def test_surnames_are_thousands_under_a_zipf_curve(people):
    assert len(surnames()) == len(set(surnames())) >= 3000
    assert len({fold(name) for name in surnames()}) >= 3000
    met = Counter(fold(one.family_name) for one in people)
    assert len(met) > 2000
    commonest = met.most_common(50)
    assert 0.01 < commonest[0][1] / len(people) < 0.035
    assert commonest[0][1] > 3 * commonest[49][1]


def test_a_name_folds_to_one_key_in_the_three_scripts():
    given = [name for sex in "FM" for generation in range(3) for name in given_names(sex, generation)[0]]
    for names, at_least in ((surnames(), 0.99), (given, 0.98)):
        one = [fold(name) == fold(to_latin(name)) == fold(to_russian(name)) for name in names]
        assert share(one, bool) >= at_least
        assert all(likeness(fold(name), fold(to_russian(name))) > 0.85 for name in names)


def test_a_fathers_name_folds_to_one_key_in_every_form():
    for name in (name for generation in range(3) for name in given_names("M", generation)[0]):
        forms = (name, genitive(name), patronymic(to_russian(name), "F"), patronymic(to_russian(name), "M"))
        assert len({fold_fathers_name(form) for form in forms}) == 1, forms


def test_every_settlement_is_on_the_list_in_the_familys_script(families):
    lived = {(place.district, place.written(script)) for place in LIVED_IN_2023 for script in ("hy", "ru", "la")}
    lost = {(place.district, place.written(script)) for place in LOST_BEFORE for script in ("hy", "ru", "la")}
    for family in families:
        body = family.as_intake(id=uuid.uuid4(), at=AT, site="KOR", more=True)
        assert tuple(body["last_residence"].values()) in lived
        assert tuple(body["original_registration"].values()) in lived | lost
    assert {family.last_residence.district for family in families} == {"STE", "ASK", "MTK", "MTN", "SHU"}


def test_needs_and_relationships_are_the_desks_own(people):
    assert {need for one in people for need in one.needs} <= DESK_CODES
    assert {one.relationship for one in people} <= RELATIONSHIPS
    assert share(people, lambda one: "SM-DP" in one.needs) == pytest.approx(0.02, abs=0.006)


def test_telephone_numbers_pass_a_check(families):
    numbers = {number for family in families for number in family.phones}
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(number)) for number in numbers)
    assert share(families, lambda family: any(n.startswith("+37497") for n in family.phones)) > 0.75


def test_an_intake_has_the_fields_of_the_api(families):
    for family in families[:500]:
        body = family.as_intake(id=uuid.uuid4(), at=AT, site="KOR", card="4127K")
        assert set(body) - {"destination_marz"} == {
            "id", "at", "site", "card", "last_residence", "phones", "going", "members",
        }  # fmt: skip
        assert ("destination_marz" in body) == (body["going"] == "own_address")
        assert dt.datetime.fromisoformat(body["at"]) == AT
        for row in body["members"]:
            assert set(row) - {"fathers_name", "carer", "birth_date", "birth_year", "age"} == {
                "id", "given_name", "family_name", "sex", "relationship", "needs", "documents",
            }  # fmt: skip
            assert len({"birth_date", "birth_year", "age"} & set(row)) == 1


def test_the_same_seed_invents_the_same_families():
    assert list(invent_families(7, families=50, mistakes=0.2)) == list(invent_families(7, families=50, mistakes=0.2))
    assert list(invent_families(7, families=5)) != list(invent_families(8, families=5))
    endless = invent_families(7)
    assert [next(endless).members[0].id for _ in range(3)] == [
        family.members[0].id for family in invent_families(7, families=3)
    ]


def test_mistakes_are_made_at_the_rate_asked_for_and_stay_near():
    careful = list(invent_families(5, families=2000))
    tired = [one for family in invent_families(5, families=2000, mistakes=0.1) for one in family.members]
    assert not any(one.mistaken for family in careful for one in family.members)
    assert share(tired, lambda one: one.mistaken) == pytest.approx(0.1, abs=0.015)


def test_a_family_written_again_is_the_same_people_under_other_ids():
    for family in invent_families(11, families=200):
        again = family.again(script="ru", mistakes=0.0)
        assert [one.person for one in again.members] == [one.person for one in family.members]
        assert not {one.id for one in again.members} & {one.id for one in family.members}
        assert again == family.again(script="ru", mistakes=0.0)
        assert again.members != family.again(script="ru", mistakes=0.0, time=3).members
        for first, second in zip(family.members, again.members, strict=True):
            assert likeness(fold(first.family_name), fold(second.family_name)) > 0.85
            assert first.born == second.born
