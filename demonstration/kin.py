"""Invented households: who lives with whom, how old they are, and whose child each is. Ages in whole years."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from demonstration.names import generation, given_names, surname_weights, surnames

ADULT, OLDEST = 18, 97


@dataclass(eq=False)
class Kin:
    """One invented person, with names in Armenian."""

    id: uuid.UUID
    sex: str
    age: int
    born: dt.date
    given: str
    family: str
    father: str
    relationship: str = ""
    parents: tuple["Kin", ...] = ()
    carer: str = ""
    needs: list[str] = field(default_factory=list)


class Homes:
    """Invents households for one day, all chance taken from one generator."""

    def __init__(self, rng: Random, on: dt.date) -> None:
        self.rng, self.on = rng, on

    def household(self) -> list[Kin]:
        """One household, its head first."""
        homes, weights = zip(*_HOMES, strict=True)
        return self.rng.choices(homes, weights)[0](self)[:9]

    # one person

    def surname(self) -> str:
        """A surname by Zipf's law."""
        return self.rng.choices(surnames(), cum_weights=surname_weights())[0]

    def given(self, sex: str, born_in: int, taken: tuple[str, ...] = ()) -> str:
        """A given name of their generation, another than their siblings' while one can be found."""
        names, weights = given_names(sex, generation(born_in))
        for _ in range(20):
            name = self.rng.choices(names, cum_weights=weights)[0]
            if name not in taken:
                break
        return name

    def person(self, sex: str, age: int, family: str = "", father: str = "", taken: tuple[str, ...] = ()) -> Kin:
        """Someone of this sex and age, of a family and a father of their own unless these are given."""
        rng = self.rng
        born = self.on - dt.timedelta(days=int(age * 365.2425) + rng.randrange(1, 364))
        return Kin(
            id=uuid.UUID(int=rng.getrandbits(128), version=4),
            sex=sex,
            age=_age_on(born, self.on),
            born=born,
            given=self.given(sex, born.year, taken),
            family=family or self.surname(),
            father=father or self.given("M", born.year - 28),
        )

    def sex(self, women: float = 0.49) -> str:
        """F at the given share."""
        return "F" if self.rng.random() < women else "M"

    def about(self, low: int, high: int, middle: int) -> int:
        """An age between two bounds, most often near the middle."""
        return round(self.rng.triangular(low, high, middle))

    # those who belong together

    def couple(self, her_age: int, family: str = "", his_father: str = "") -> tuple[Kin, Kin]:
        """A woman and her husband; three in five women keep the name they were born with."""
        man = self.person("M", her_age + min(12, max(-2, round(self.rng.gauss(3.5, 3)))), family, his_father)
        return self.person("F", her_age, "" if self.rng.random() < 0.6 else man.family), man

    def children(self, mother: Kin, father: Kin | None, count: int, low: int = 0, high: int = 17) -> list[Kin]:
        """Up to so many children, born when their mother was 19 to 42, the eldest first."""
        low, high = max(low, mother.age - 41), min(high, mother.age - 19)
        ages = self.rng.sample(range(low, high + 1), min(count, max(0, high - low + 1)))
        father = father or self.person("M", mother.age + 3)
        children: list[Kin] = []
        for age in sorted(ages, reverse=True):
            sex = self.sex()
            taken = (mother.given, father.given, *(sibling.given for sibling in children))
            child = self.person(sex, age, father.family, father.given, taken)
            child.parents = (mother, father)
            children.append(child)
        return children

    def parents_of(self, child: Kin) -> list[Kin]:
        """One or both parents of an adult, old enough; widows are more than widowers."""
        mother = self.person("F", min(OLDEST, child.age + self.about(19, 36, 24)))
        father = self.person("M", min(OLDEST, mother.age + self.about(0, 8, 3)), child.family)
        father.given = child.father
        child.parents = (mother, father)
        alive = self.rng.random()
        return [father, mother] if alive < 0.46 else [mother] if alive < 0.88 else [father]

    def how_many(self, *weights: float) -> int:
        """1 and up, by weight."""
        return self.rng.choices(range(1, len(weights) + 1), weights)[0]


def _age_on(born: dt.date, day: dt.date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _as(relationship: str | Callable[[Kin], str], people: list[Kin]) -> list[Kin]:
    for one in people:
        one.relationship = relationship if isinstance(relationship, str) else relationship(one)
    return people


def _son_or_daughter(child: Kin) -> str:
    return "daughter" if child.sex == "F" else "son"


def _cared_for_by_a_parent(children: list[Kin], parent: Kin) -> list[Kin]:
    for child in children:
        if child.age < ADULT:
            child.carer = str(parent.id)
    return children


def _headed(head: Kin, *groups: list[Kin]) -> list[Kin]:
    head.relationship = "head"
    return [head, *(one for group in groups for one in group)]


def _parents_and_children(homes: Homes) -> list[Kin]:
    woman, man = homes.couple(homes.about(22, 54, 39))
    children = _as(_son_or_daughter, homes.children(woman, man, homes.how_many(28, 43, 20, 7, 2)))
    if homes.rng.random() < 0.2:
        return _headed(woman, _as("spouse", [man]), children)
    return _headed(man, _as("spouse", [woman]), children)


def _three_generations(homes: Homes) -> list[Kin]:
    woman, man = homes.couple(homes.about(22, 51, 37))
    children = homes.children(woman, man, homes.how_many(27, 44, 21, 6, 2))
    elders = homes.parents_of(man)
    way = homes.rng.random()
    if way < 0.45:  # the elder is asked first
        head, *other = elders
        _cared_for_by_a_parent(_as("grandchild", children), woman)
        return _headed(head, _as("spouse", other), _as("son", [man]), _as("child_in_law", [woman]), children)
    children = _as(_son_or_daughter, children)
    if way < 0.85:
        return _headed(man, _as("spouse", [woman]), children, _as("parent", elders))
    return _headed(woman, _as("spouse", [man]), children, _as("parent_in_law", elders))


def _two_brothers(homes: Homes) -> list[Kin]:
    woman, man = homes.couple(homes.about(27, 46, 37))
    elders = homes.parents_of(man)
    sister_in_law, brother = homes.couple(homes.about(24, 42, 33), man.family, man.father)
    youngest_parent = min(elder.age for elder in man.parents)
    if youngest_parent - brother.age < 17:
        return _headed(man, _as("spouse", [woman]), _as("parent", elders))
    brother.parents = man.parents
    children = _as(_son_or_daughter, homes.children(woman, man, homes.how_many(30, 45, 25)))
    nephews = homes.children(sister_in_law, brother, homes.how_many(35, 45, 20))
    _cared_for_by_a_parent(_as("niece_nephew", nephews), sister_in_law)
    return _headed(
        man,
        _as("spouse", [woman]),
        children,
        _as("sibling", [brother]),
        _as("other_relative", [sister_in_law]),
        nephews,
        _as("parent", elders[:1]),
    )


def _one_parent(homes: Homes) -> list[Kin]:
    mother = homes.person("F", homes.about(22, 50, 36))
    children = _as(_son_or_daughter, homes.children(mother, None, homes.how_many(30, 42, 20, 8)))
    mother.needs.append("SP-PT")
    own_mother = homes.parents_of(mother)[-1:] if homes.rng.random() < 0.35 else []
    return _headed(mother, children, _as("parent", own_mother))


def _grown_children(homes: Homes) -> list[Kin]:
    woman, man = homes.couple(homes.about(44, 66, 54))
    children = homes.children(woman, man, homes.how_many(45, 40, 15), low=16, high=34)
    elders = homes.parents_of(man)[-1:] if homes.rng.random() < 0.3 else []
    return _headed(man, _as("spouse", [woman]), _as(_son_or_daughter, children), _as("parent", elders))


def _old_couple(homes: Homes) -> list[Kin]:
    woman, man = homes.couple(homes.about(57, 84, 65))
    child = homes.children(woman, man, 1, low=25, high=50) if homes.rng.random() < 0.35 else []
    return _headed(man, _as("spouse", [woman]), _as(_son_or_daughter, child))


def _alone(homes: Homes) -> list[Kin]:
    if homes.rng.random() < 0.55:
        return _headed(homes.person(homes.sex(0.72), homes.about(60, 90, 70)))
    return _headed(homes.person(homes.sex(0.35), homes.about(18, 59, 32)))


def _with_an_aunt_or_grandmother(homes: Homes) -> list[Kin]:
    """Children separated from both parents, who are not here, with an aunt or a grandmother."""
    mother, father = homes.couple(homes.about(27, 45, 34))
    children = homes.children(mother, father, homes.how_many(60, 32, 8), low=1)
    if homes.rng.random() < 0.5:
        keeper = homes.person("F", homes.about(22, 50, 33))
        _as("niece_nephew", children)
    else:
        keeper = homes.parents_of(father)[-1]
        _as("grandchild", children)
        keeper.needs.append("SP-GP")
    for child in children:
        child.carer = "relative"
        child.needs += ["SC-SC", "FU-TR"]
    return _headed(keeper, children)


def _with_neighbours(homes: Homes) -> list[Kin]:
    """A couple with children of their own and a neighbours' child, whose parents are missing."""
    household = _parents_and_children(homes)
    mother, father = homes.couple(homes.about(27, 45, 34))
    guest = homes.children(mother, father, 1, low=3)
    for child in _as("not_related", guest):
        child.carer = "someone_else"
        child.needs += ["SC-UC", "FU-TR"]
    return household[:8] + guest


def _child_alone(homes: Homes) -> list[Kin]:
    mother = homes.person("F", homes.about(34, 46, 38))
    child = homes.children(mother, None, 1, low=9)[0]
    child.carer = "nobody"
    child.needs += ["SC-UC", "FU-TR"]
    return _headed(child)


# How often each kind of household is met; set so that size, sex and age come out as reported (see people.py).
# A child alone: 20 in 100,000 people, at four people a household.
_HOMES: tuple[tuple[Callable[[Homes], list[Kin]], float], ...] = (
    (_parents_and_children, 0.185),
    (_three_generations, 0.25),
    (_two_brothers, 0.05),
    (_one_parent, 0.085),
    (_grown_children, 0.23),
    (_old_couple, 0.10),
    (_alone, 0.095),
    (_with_an_aunt_or_grandmother, 0.006),
    (_with_neighbours, 0.0004),
    (_child_alone, 0.0005),
)
