"""What is asked once about a family: what is missing, twice or unlikely, and nothing else."""

import uuid
from datetime import date

import pytest

from registrations.facts import Birth, PersonFacts
from registrations.questions import questions_about

TODAY = date(2026, 11, 26)
MOTHER, CHILD = uuid.UUID(int=1), uuid.UUID(int=2)


def someone(given="Anna", age: int | None = 34, relationship="head", sex="F", **facts) -> PersonFacts:
    birth = Birth() if age is None else Birth.of_age(age, TODAY)
    return PersonFacts(given, "Hakobyan", sex=sex, birth=birth, relationship=relationship, **facts)


def asked(*people: PersonFacts) -> list[str]:
    return [question.key for question in questions_about(dict(enumerate(people, 1)), TODAY)]


@pytest.mark.parametrize(
    ("people", "keys"),
    [
        ([someone(sex=None)], ["1-sex"]),
        ([someone(age=None)], ["1-age"]),
        ([someone(age=None, sex=None)], ["1-sex_and_age"]),
        ([someone(age=11)], ["1-young_head"]),
        ([someone(), someone(relationship="sibling")], ["2-twice"]),
        ([someone(), someone("Աննա", relationship="sibling", age=None)], ["2-age", "2-twice"]),
        ([someone(), someone("Aram", 14, "spouse", "M")], ["2-young_partner"]),
        ([someone(), someone("Aram", 30, "son", "M")], ["2-generation"]),
        ([someone(), someone("Siranush", 40, "parent")], ["2-generation"]),
    ],
)
def test_a_slip_or_an_unusual_family_is_asked_about(people, keys):
    assert asked(*people) == keys


def test_a_child_who_looks_after_a_child_is_asked_about():
    carer = someone("Lilit", 9, "daughter", id=CHILD)
    assert asked(someone(), carer, someone("Mane", 3, "grandchild", carer_kind="member", carer=CHILD)) == [
        "3-young_carer"
    ]


@pytest.mark.parametrize(
    "people",
    [
        [someone(), someone("Aram", 36, "spouse", "M"), someone("Mane", 8, "daughter"), someone("Seda", 61, "parent")],
        [someone(), someone("Anna", 8, "daughter")],
        [someone(), someone("Mane", 3, "daughter"), someone("Davit", 3, "son", "M")],
        [
            PersonFacts(
                "", "Hakobyan", sex="M", birth=Birth(precision="age_group", age_group="18-59"), relationship="head"
            )
        ],
        [someone("", 5, "foster"), someone("", 5, "foster"), someone()],
    ],
    ids=["four", "namesakes", "twins", "age group", "nameless"],
)
def test_an_ordinary_family_is_asked_nothing(people):
    assert asked(*people) == []


def test_a_twin_of_the_same_sex_and_name_is_told_from_the_row_it_stands_on():
    people = {2: someone(), 5: someone(relationship="sibling")}
    (question,) = questions_about(people, TODAY)
    assert question.row == 5
    assert "2" in question.words
