"""The names of somebody who is asked for, beside those of somebody who is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from registrations.facts import PersonFacts
from registrations.models import Name
from registrations.names import fold, fold_fathers_name, words, written_words
from registrations.near_names import NearNames

ALIKE = 0.84  # below this likeness two folds are two names
WRONG_COLUMNS = 0.2  # what names in each other's columns cost: something else must agree

FAMILY, GIVEN = Name.Kind.FAMILY.value, Name.Kind.GIVEN.value


@dataclass(frozen=True)
class Asked:
    """A person as asked for, with the folds of their names."""

    person: PersonFacts
    family: str
    given: str
    fathers: str

    @classmethod
    def of(cls, person: PersonFacts) -> "Asked":
        return cls(person, fold(person.family_name), fold(person.given_name), fold_fathers_name(person.fathers_name))

    @property
    def spellings(self) -> dict[str, str]:
        """Each name, and each part of a double one, folded, and how it is written."""
        names = ((self.family, self.person.family_name), (self.given, self.person.given_name))
        return {part: written for folded, name in names for part, written in _parts(folded, name).items()}


def _parts(folded: str, name: str) -> dict[str, str]:
    return {folded: " ".join(written_words(name))} | words(name) if folded else {}


class Folded(Protocol):
    """Somebody who is known, by the folds of both names."""

    @property
    def family(self) -> str: ...
    @property
    def given(self) -> str: ...


def known_as(names: Sequence[str], kind: str, near: NearNames) -> list[str]:
    """The known names that these, or a half of one, may be."""
    parts = dict.fromkeys(part for name in names if name for part in (name, *name.split()))
    return list(dict.fromkeys(known for part in parts for known in near.within(part, kind, 2)))


@dataclass(frozen=True)
class NamesAlike:
    """How alike two people's names are: None where one of the two has none."""

    family: float | None
    given: float | None
    exchanged: bool = False

    @property
    def alike(self) -> bool:
        """Whether what both have is alike, and both have something."""
        both = [likeness for likeness in (self.family, self.given) if likeness is not None]
        return bool(both) and min(both) >= ALIKE

    @property
    def whole(self) -> bool:
        """Whether both names can be compared."""
        return self.family is not None and self.given is not None

    @property
    def score(self) -> float:
        """What the names alone say for the same person."""
        return (self.family or 0.0) + (self.given or 0.0) - (WRONG_COLUMNS if self.exchanged else 0.0)


def names_alike(asked: Asked, found: Folded, near: NearNames) -> NamesAlike:
    """The names in their columns, or exchanged where that fits better."""
    straight = NamesAlike(
        _alike(asked.family, FAMILY, found.family, near), _alike(asked.given, GIVEN, found.given, near)
    )
    if straight.alike:
        return straight
    family, given = _alike(asked.family, GIVEN, found.given, near), _alike(asked.given, FAMILY, found.family, near)
    return NamesAlike(family, given, exchanged=True)


def _alike(asked: str, kind: str, found: str, near: NearNames) -> float | None:
    if not asked or not found:
        return None
    return max(near.likeness(part, kind, found) for part in (asked, *asked.split()))
