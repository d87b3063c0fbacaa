"""The list of families as a file: a row a living person, streamed, for those who may take it out."""

import uuid
from collections.abc import Callable, Generator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.selectors import children_kept_from
from centre.access import Permission
from centre.books import book_chunks
from centre.clock import local_day
from centre.limits import FILES, bound
from centre.log import write_log
from centre.models import LogLine, Site, User
from centre.presumed import is_presumed_left
from centre.seal import head_of_today
from centre.sheets import COMMA, CONTENT_TYPES, Begun, Column, Table, Value, csv_lines
from centre.sight import sight_of
from registrations.births import age_as_known, born_as_said, born_for_machines
from registrations.facts import Birth
from registrations.living import deaths_kept_from
from registrations.models import Absence, Household, Individual, Membership, Movement
from registrations.numbers import write_number

WIDE = 18  # characters
AT_ONCE = 2000  # rows fetched from the database together
MEMBER = (
    "household__number", "counted_as__family_name", "counted_as__given_name", "counted_as__fathers_name",
    "counted_as__sex", "counted_as__birth_date", "counted_as__birth_precision", "counted_as__age_group",
    "relationship", "household__registered_at", "household__going", "household__last_residence_district",
    "household__last_residence_settlement", "household__phones", "here__site", "here__during__startswith",
    "counted_as",
)  # fmt: skip


def _day_or_what_was_said(birth: Birth) -> Value:
    return birth.on if birth.precision == "day" else born_as_said(birth)


BORN: dict[str, Callable[[Birth], Value]] = {"csv": born_for_machines, "xlsx": _day_or_what_was_said}


def families_to_take(user: User) -> "QuerySet[Household]":
    """The households whose list the user may take out."""
    return Household.objects.visible_to(user, permission=Permission.EXPORT_FAMILIES)


def families_file(
    households: "QuerySet[Household]", *, suffix: str, language: str, why: str, by: User, separator: str = COMMA
) -> StreamingHttpResponse:
    """These households' people as CSV or XLSX, streamed, with a line in the log; the last line tells a whole list.

    Neither needs nor cases leave with it; a confidential site stands in it only for those who may know of it. A child
    whom a protection officer follows stands in the lists of those who see the case alone, and is counted in every one.
    """
    bound(by, FILES)
    taken = households.order_by().values_list("pk", flat=True)
    write_log(by, LogLine.Verb.EXPORTED, "household", [name for name in MEMBER if "__" in name], shown=taken, why=why)
    now = timezone.now()
    response = StreamingHttpResponse(
        Begun(_pieces(households, suffix, separator, why, by, now), language), content_type=CONTENT_TYPES[suffix]
    )
    response["Content-Disposition"] = f'attachment; filename="families-{now:%Y-%m-%d}-{language}.{suffix}"'
    return response


def _pieces(
    households: "QuerySet[Household]", suffix: str, separator: str, why: str, by: User, now: datetime
) -> Generator[bytes]:
    rows = Begun(_rows(households, BORN[suffix], why, by, now))
    table = Table("families", _("Families"), _columns(), rows)
    if suffix == "csv":
        yield from csv_lines(table, separator)
    else:
        yield from book_chunks([table], made_at=now, title=table.title)


def _columns() -> list[Column]:
    headings = (
        _("Number"), _("Family name"), _("Given name"), _("Father's name"), _("Sex"), _("Born"), _("Age"),
        _("Relation to head"), _("Registered"), _("Now at"), _("Going to"), _("Home district"), _("Town or village"),
        _("Telephone"),
    )  # fmt: skip
    return [Column(f"column_{place}", heading, width=WIDE) for place, heading in enumerate(headings)]


def _rows(
    households: "QuerySet[Household]", born: Callable[[Birth], Value], why: str, by: User, now: datetime
) -> Generator[Sequence[Value]]:
    """A row a person, and one that only a whole list ends in: a connection that was cut leaves a list without it."""
    sight = sight_of(by, now)
    sites = {site.pk: site for site in Site.objects.all() if sight.is_told(site)}
    words = {
        name: dict(model._meta.get_field(name).flatchoices)  # type: ignore[union-attr]  # no relation
        for model, fields in (
            (Individual, ("sex",)),
            (Membership, ("relationship",)),
            (Household, ("going", "last_residence_district")),
        )
        for name in fields
    }
    # A join, not a question for each person: all of them are asked for
    here = FilteredRelation("counted_as__presences", condition=Q(counted_as__presences__during__contains=now))
    members = Membership.objects.today().filter(household__in=households.order_by())
    members = members.annotate(here=here).order_by("household__number", "position")
    passed_over = _the_dead(now) - deaths_kept_from(by, now)
    children = children_kept_from(by, now)
    merged = _of_two_records()
    told, kept_back = 0, set()
    for *row, person in members.values_list(*MEMBER).iterator(AT_ONCE):
        if person in passed_over:
            continue
        if person in children:
            kept_back.add(person)
            continue
        if person in merged:
            passed_over.add(person)  # once: the next record of the same person is no other one
        yield _row(row, born, words, sites, now)
        told += 1
    head = head_of_today()
    seal = [_("Seal of the log: %(seal)s") % {"seal": head}] if head else []
    if kept_back:
        seal = [_("Not listed, ask a protection officer: %(people)d") % {"people": len(kept_back)}, *seal]
    yield [_("End of the list. People: %(rows)d") % {"rows": told}, why, *seal]


def _the_dead(now: datetime) -> set[uuid.UUID]:
    absences = Absence.objects.filter(movement__kind=Movement.Kind.DIED, during__contains=now)
    return set(absences.values_list("individual", flat=True))


def _of_two_records() -> set[uuid.UUID]:
    merged = Membership.objects.today().exclude(individual=F("counted_as"))
    return set(merged.values_list("counted_as", flat=True))


def _row(
    row: Sequence[Any],
    born: Callable[[Birth], Value],
    words: dict[str, dict[Any, Any]],
    sites: dict[uuid.UUID, Site],
    now: datetime,
) -> list[Value]:
    number, family, given, father, sex, *said_of_birth, relationship = row[:9]
    birth = Birth(*said_of_birth)
    registered_at, going, district, settlement, phones, site, since = row[9:]
    return [
        write_number(number),
        family,
        given,
        father,
        str(words["sex"].get(sex, "")),
        born(birth),
        age_as_known(birth, local_day(now)),
        str(words["relationship"].get(relationship, "")),
        registered_at,
        _where(sites.get(site), since, now),
        str(words["going"].get(going, "")),
        str(words["last_residence_district"].get(district, "")),
        settlement,
        "; ".join(phones),
    ]


def _where(site: Site | None, since: datetime, now: datetime) -> str:
    """The site a person is at; nothing past the hours after which they are presumed to have left it."""
    return "" if site is None or is_presumed_left(site, since, now) else str(site)
