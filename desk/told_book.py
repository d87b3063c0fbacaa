"""What was told of a family or of one of its people: the lines, and what is known of them while they are read."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from centre.access import Permission
from centre.insiders import unnamed_to
from centre.models import Act, Site, User
from centre.sight import Sight
from desk.histories import FIELDS, About, FieldSaid, belonging_to, value_in_words
from registrations.models import Household, Individual, Membership
from registrations.said import COLUMNS, Row, value_of
from registrations.where_told import Eyes

LATE = timedelta(minutes=15)  # how long after it happened something is recorded as a matter of course


@dataclass(frozen=True)
class Signature:
    """Who recorded it, and when. Staff read the name; the family itself reads the role and the site."""

    user: User
    at: datetime
    sight: Sight

    def __str__(self) -> str:
        return str(self.user)

    @property
    def role(self) -> str:
        """What they were then, at the site by name first; of one that the reader may not know of, no site."""
        running = sorted(
            (one for one in self.user.assignments.all() if one.covers(self.at)), key=lambda a: not a.site_id
        )
        if not running:
            return _("Staff")
        role, site = running[0].get_role_display(), running[0].site
        return f"{role}, {site}" if site and self.sight.knows(site) else role


@dataclass(frozen=True)
class Voided:
    """That it was taken back."""

    at: datetime
    by: Signature | None
    reason: str = ""


@dataclass(frozen=True)
class Line:
    """One thing that was told; of nobody by name where it is of the whole family."""

    kind: str
    words: str
    happened_at: datetime
    recorded_at: datetime
    by: Signature | None  # None where even that would say where it was
    people: Mapping[uuid.UUID, str]  # by record
    said: Sequence[FieldSaid] = ()
    more: Sequence[str] = ()
    reason: str = ""
    voided: Voided | None = None
    on_paper: bool = True
    entries: Mapping[uuid.UUID, uuid.UUID] = field(default_factory=dict)  # of beds: what the reader takes back

    @property
    def late(self) -> bool:
        """Whether it was recorded well after it happened."""
        return self.recorded_at - self.happened_at > LATE

    @property
    def others(self) -> list[str]:
        """Of whom it was told without a field of their own."""
        named = {one.person for one in self.said}
        return [name for key, name in self.people.items() if key not in named]

    @property
    def said_by_person(self) -> list[tuple[str, list[FieldSaid]]]:
        """The fields under the name of whom each is said; those of the family under none. Namesakes stay two."""
        said: dict[uuid.UUID | None, list[FieldSaid]] = defaultdict(list)
        for one in self.said:
            said[one.person if one.person in self.people else None].append(one)
        return [(self.people[person] if person else "", fields) for person, fields in said.items()]


class Book:
    """A family while its lines are read: by whom, and under which records its people are known."""

    def __init__(self, household: Household, user: User, at: datetime, *, alone: bool) -> None:
        self.household, self.user, self.alone = household, user, alone
        self.unnamed = unnamed_to(user)
        today = household.memberships.today().order_by().values("counted_as")
        rows = belonging_to(Q(household=household) | Q(counted_as__in=today)).select_related(
            "counted_as", "act__by", "individual__pre_registered_in__by", "individual__registered_in__by"
        )
        self.rows = list(rows.order_by("position", "pk"))
        self.about = About.of(household, self.rows)
        self.names = {row.individual_id: str(row.counted_as) for row in self.rows}
        self.person_of = {row.individual_id: row.counted_as_id for row in self.rows}
        self.eyes = Eyes.of(user, at, set(self.person_of.values()))
        shown = Household.objects.visible_to(user, at, Permission.SEE_NEEDS)
        self.shows_needs = shown.filter(pk=household.pk).exists()

    @property
    def records(self) -> list[uuid.UUID]:
        """The records under which its people are known."""
        return list(self.names)

    def belonged(self, record: uuid.UUID) -> tuple[datetime, datetime | None]:
        """From when, and until when, it was recorded that they belong to the family."""
        since = min(row.act.recorded_at for row in self.about.memberships if row.individual_id == record)
        return since, self.about.until.get(record)

    def told(self, facts: Iterable[Any], record: str = "individual_id") -> Iterator[Any]:
        """Those of the facts, each of an act, that were told of one of its people while they belonged to it."""
        return (one for one in facts if self.about.knew(getattr(one, record), one.act.recorded_at))

    def by(self, user: User, at: datetime) -> Signature | None:
        """Who said it, unless that alone would tell of a confidential site."""
        return None if user.pk in self.unnamed else Signature(user, at, self.eyes.sight)

    def voided(self, act: Act | None, reason: str = "") -> Voided | None:
        """That the act took it back, if there is one."""
        return Voided(act.at, self.by(act.by, act.at), reason) if act else None

    def place(self, site: Site) -> str:
        """The site's name, as far as the reader is told."""
        return str(site) if self.eyes.sight.is_told(site) else _("another site")

    def line(self, kind: str, words: str, act: Act, records: Iterable[uuid.UUID] = (), **more: Any) -> Line:
        """What the act told of these records."""
        people = {key: self.names[key] for key in records if key in self.names}
        facts: dict[str, Any] = {"happened_at": act.at, "by": self.by(act.by, act.at), "people": people} | more
        return Line(kind, words, recorded_at=act.recorded_at, **facts)

    def first_said(self, act: Act) -> list[FieldSaid]:
        """What was said in this act of the family and of people for the first time."""
        return [
            FieldSaid(field, str(FIELDS[field]), "", words, record)
            for row, record in self._written_in(act)
            for field in FIELDS
            if field in COLUMNS[type(row)]
            and (words := value_in_words(field, self._first_value(row, field), self.about.people))
        ]

    def _written_in(self, act: Act) -> Iterator[tuple[Row, uuid.UUID | None]]:
        if act.pk == (self.household.registered_in_id or self.household.act_id):
            yield self.household, None
        for person in {row.individual_id: row.individual for row in self.rows}.values():
            if act.pk == (person.pre_registered_in_id or person.registered_in_id):
                yield person, person.pk
        for row in self.rows:
            person = row.individual
            counted = person.pre_registered_in_id == row.act_id  # what somebody is to the head is said with the name
            if row.household_id == self.household.pk and act.pk == (person.registered_in_id if counted else row.act_id):
                yield row, row.individual_id

    def _first_value(self, row: Row, field: str) -> Any:
        known = self._first.get((type(row), row.pk, field))
        return known[0] if known else value_of(row, field)

    @cached_property
    def _first(self) -> dict[Any, list[Any]]:
        said: dict[Any, list[Any]] = defaultdict(list)
        for one in self.about.everything:
            kinds = ((Individual, one.individual_id), (Household, one.household_id), (Membership, one.membership_id))
            said[*next(kind for kind in kinds if kind[1]), one.field].append(one.was)
        return said
