"""What a desk is asked once about a family that was typed. It need not change anything.

A slip of the finger and an unusual family look alike on a form; only the people at the table can tell which it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from registrations.facts import PersonFacts, age_on, cohort_on, is_child
from registrations.names import fold

PARTNER = 16  # years; below them a spouse is a slip, or a matter for a protection officer
GENERATION = 12  # years at least between a parent and a child


@dataclass(frozen=True)
class Question:
    """One thing to look at again: the row it is about, a code, and the words."""

    row: int
    code: str
    words: str

    @property
    def key(self) -> str:
        """What says that it was asked."""
        return f"{self.row}-{self.code}"


def questions_about(people: Mapping[int, PersonFacts], today: date) -> list[Question]:
    """What is missing, written twice or unlikely in a family; the people are these rows of the form."""
    return [Question(row, code, words) for row in people for code, words in _about(row, people, today)]


def _about(row: int, people: Mapping[int, PersonFacts], today: date) -> Iterator[tuple[str, Any]]:
    person = people[row]
    no_age = not cohort_on(person.birth, today)
    if not person.sex and no_age:
        yield "sex_and_age", _("Sex and age are missing.")
    elif not person.sex:
        yield "sex", _("The sex is missing.")
    elif no_age:
        yield "age", _("The age is missing.")
    twin = next((other for other in people if other < row and _same_person(people[other], person)), None)
    if twin is not None:
        yield "twice", _("The same name and age as person %(number)d. Is it somebody else?") % {"number": twin}
    if person.relationship == "head" and is_child(person.birth, today):
        yield "young_head", _("The head of the family is a child. Is nobody older with them?")
    carer = next((one for one in people.values() if one.id == person.carer), None) if person.carer else None
    if carer is not None and is_child(carer.birth, today):
        yield "young_carer", _("Who looks after this child is a child too. Is it so?")
    yield from _against_the_head(person, list(people.values()), today)


def _against_the_head(person: PersonFacts, people: Sequence[PersonFacts], today: date) -> Iterator[tuple[str, Any]]:
    """The ages of a person and of the head that do not fit their relationship."""
    head = next((one for one in people if one.relationship == "head"), None)
    age = _age(person, today)
    if head is None or head is person or age is None:
        return
    if person.relationship == "spouse" and age < PARTNER:
        yield "young_partner", _("This spouse or partner is under %(years)d. Is it so?") % {"years": PARTNER}
    older = _age(head, today)
    if older is None:
        return
    apart = {"son": older - age, "daughter": older - age, "parent": age - older}.get(person.relationship)
    if apart is not None and apart < GENERATION:
        yield "generation", _("Parent and child are less than %(years)d years apart. Is it so?") % {"years": GENERATION}


def _age(person: PersonFacts, today: date) -> int | None:
    return None if person.birth.on is None else age_on(person.birth.on, today)


def _same_person(one: PersonFacts, other: PersonFacts) -> bool:
    """Whether two rows may be one person: names alike in any script, and no difference in sex or birth."""
    if not other.given_name or fold(one.given_name) != fold(other.given_name):
        return False
    if fold(one.family_name) != fold(other.family_name):
        return False
    if one.sex and other.sex and one.sex != other.sex:
        return False
    return one.birth == other.birth or None in (one.birth.on, other.birth.on)
