"""Everything that was told of a family, or of one of its people, in order.

Who supervises a family reads it: `supervised_by` is the rule.
"""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby

from django.db.models import prefetch_related_objects

from centre.clock import local_day
from centre.models import User
from desk.told_book import Book, Line
from desk.told_facts import READERS
from registrations.models import Household


def read_told(household: Household, user: User, at: datetime, person: uuid.UUID | None = None) -> list[Line]:
    """What was told of the household, the oldest first; or of one of its people, by record, while they belonged to it.

    As far as the reader is told: what happened where they may not know of anybody, needs and cases beyond their role
    leave no trace.
    """
    book = Book(household, user, at, alone=person is not None)
    lines: Iterable[Line] = (line for read in READERS for line in read(book))
    if person is not None:
        lines = _narrowed(book, lines, person)
    told = sorted(lines, key=lambda line: (line.happened_at, line.recorded_at))
    signatures = [one.by for line in told for one in (line, line.voided) if one and one.by]
    prefetch_related_objects([one.user for one in signatures], "assignments__site")
    return told


def by_day(lines: Iterable[Line]) -> list[tuple[date, list[Line]]]:
    """The lines under the local day on which each happened."""
    return [(day, list(some)) for day, some in groupby(lines, key=lambda line: local_day(line.happened_at))]


def _narrowed(book: Book, lines: Iterable[Line], person: uuid.UUID) -> Iterable[Line]:
    """What was told of this person under any record, and of the whole family while they belonged to it."""
    own = {key for key, counted_as in book.person_of.items() if counted_as == book.person_of[person]}
    since, until = book.belonged(person)
    for line in lines:
        people = {key: name for key, name in line.people.items() if key in own}
        of_the_family = not line.people and since <= line.recorded_at <= (until or line.recorded_at)
        if people or of_the_family:
            said = [one for one in line.said if one.person is None or one.person in own]
            entries = {key: record for key, record in line.entries.items() if record in own}
            yield replace(line, people=people, said=said, entries=entries)
