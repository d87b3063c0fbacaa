"""What a desk says about a person, before it is a row; and the rules that need no database."""

import uuid
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date

ADULT = 18  # years
CHILDREN_OF_THE_HEAD = frozenset({"son", "daughter"})
COHORTS = ((5, "0-4"), (12, "5-11"), (18, "12-17"), (60, "18-59"))  # UNHCR: below this age, in years
MONTHS_SAID = "age_months"  # the precision of an age that was said in months, weeks or days
UNDER_TWELVE = frozenset({"0-4", "5-11"})
CHILD_COHORTS = UNDER_TWELVE | {"12-17"}


@dataclass(frozen=True)
class Birth:
    """A birth date as precise as it was said: a date with its precision, an age group, or nothing."""

    on: date | None = None
    precision: str = "unknown"
    age_group: str = ""

    @classmethod
    def of_age(cls, age: int, today: date) -> "Birth":
        """Someone of this age today, in whole years; their birthday is taken to be today."""
        return cls(years_before(today, age), "age")

    @classmethod
    def of_months(cls, months: int, today: date) -> "Birth":
        """A small child of this age today, in whole months."""
        return cls(months_before(today, months), MONTHS_SAID)

    @classmethod
    def in_year(cls, year: int) -> "Birth":
        """Someone born in this year."""
        return cls(date(year, 1, 1), "year")


@dataclass(frozen=True)
class PersonFacts:
    """One row of the intake form."""

    given_name: str = ""
    family_name: str = ""
    fathers_name: str = ""
    sex: str | None = None
    birth: Birth = field(default_factory=Birth)
    relationship: str = ""
    carer_kind: str = ""
    carer: uuid.UUID | None = None
    needs: tuple[str, ...] = ()
    documents: tuple[dict[str, str], ...] = ()
    id: uuid.UUID = field(default_factory=uuid.uuid4)


@dataclass(frozen=True)
class HouseholdFacts:
    """What a family says of itself as a whole."""

    going: str
    destination_marz: str = ""
    last_residence_district: str = ""
    last_residence_settlement: str = ""
    original_registration_district: str = ""
    original_registration_settlement: str = ""
    phones: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    vehicle: str = ""


@dataclass(frozen=True)
class Group:
    """People of one sex and age group, counted at the gate without names."""

    count: int
    sex: str | None = None
    age_group: str = ""


def age_on(born: date, day: date) -> int:
    """Whole years of age on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def months_on(born: date, day: date) -> int:
    """Whole months of age on a day."""
    return (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)


def cohort_on(birth: Birth, day: date) -> str:
    """The UNHCR cohort on a day, or "" when the age is not known."""
    if birth.on is None:
        return birth.age_group
    age = age_on(birth.on, day)
    return next((name for limit, name in COHORTS if age < limit), "60+")


def cohort_in_sql(born: str, group: str, day: str) -> str:
    """The same in SQL; null when the age is not known."""
    older = " ".join(f"WHEN {born} > {day} - interval '{limit} years' THEN '{name}'" for limit, name in COHORTS)
    return f"CASE WHEN {born} IS NULL THEN {group} {older} ELSE '60+' END"


def is_child(birth: Birth, day: date) -> bool:
    """Whether someone is under 18 on a day; an unknown age is not taken for a child's."""
    return cohort_on(birth, day) in CHILD_COHORTS


def asks_for_carer(person: PersonFacts, day: date) -> bool:
    """Whether the desk must ask who looks after this person: a child who is not son or daughter of the head."""
    return is_child(person.birth, day) and person.relationship not in CHILDREN_OF_THE_HEAD


def is_alone(person: PersonFacts, day: date) -> bool:
    """Whether a case is opened at once: no parent on this list looks after the child."""
    return asks_for_carer(person, day) and person.carer_kind != "member"


def years_before(day: date, years: int) -> date:
    """The same day of an earlier year: who is younger than so many years was born after it."""
    return months_before(day, years * 12)


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or its last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
