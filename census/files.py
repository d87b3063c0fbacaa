"""The census as a file: which day, for whom, in which format and language, and why it leaves."""

import json
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone, translation

from census.cuts import cut_to_show, cuts_for
from census.errors import NotFrozen
from census.models import Snapshot
from census.profiles import Profile, may_stand_beside
from census.selectors import Tally, last_snapshot
from census.sight import tally_for, tally_for_the_public
from census.tables import About, about_columns, about_table, cut_table, official_tables, public_tables
from centre.books import book_chunks
from centre.clock import local_day, local_instant
from centre.limits import FILES, bound
from centre.log import write_log
from centre.models import LogLine, Operation, User
from centre.seal import head_of_today
from centre.sheets import COMMA, CONTENT_TYPES, Table, as_objects, csv_lines, with_columns


def census_file(
    on: date,
    *,
    suffix: str,
    profile: Profile,
    language: str,
    why: str,
    by: User,
    known_at: datetime | None = None,
    separator: str = COMMA,
) -> HttpResponse:
    """The day's census as a file to keep, with a line in the log of who took it out and why.

    Its last snapshot; without one, or with `known_at`, a tally counted now. Refuses with NotFrozen where the public
    would get what is not frozen: two counts of one day would tell of those who came between.
    """
    bound(by, FILES)
    made_at = timezone.now()
    snapshot = None if known_at else _snapshot_of(on, profile)
    if profile == Profile.PUBLIC and snapshot is None:
        raise NotFrozen
    if snapshot:
        at, known_at, tally = snapshot.at, snapshot.known_at, snapshot.tally
    else:
        at, known_at = _hour_of(on, made_at), known_at or made_at
        tally = Tally(at, known_at).row(None, last_snapshot(None, at, known_at))
    with translation.override(language):
        about = _about(profile, by, made_at, why, at, known_at, snapshot.revision if snapshot else None)
        if profile == Profile.PUBLIC:
            tables = public_tables(tally_for_the_public(tally), at)
        else:
            tables = official_tables(tally_for(by, tally), at, about.revision)
            if suffix != "csv":  # which has the places alone
                tables += [cut_table(cut, cut_to_show(cut, at, known_at)) for cut in cuts_for(by)]
        content = _written(suffix, tables, about, separator)
    fields = [f"profile={profile.value}", f"format={suffix}"]
    write_log(by, LogLine.Verb.EXPORTED, "census", fields, key=on.isoformat(), why=why)
    response = HttpResponse(content, content_type=CONTENT_TYPES[suffix])
    name = f"census-{on.isoformat()}-{profile.value}-{language}.{suffix}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _snapshot_of(on: date, profile: Profile) -> Snapshot | None:
    """The day's snapshot as last revised; for the public, as last revised by so much that it tells of nobody."""
    snapshots = Snapshot.objects.on(on).filter(site=None)
    last = snapshots.the_days_first().first()
    if last is None or profile == Profile.OFFICIAL:
        return last
    first, *later = snapshots.filter(at=last.at).order_by("revision")
    published = [first]
    for one in later:
        if all(may_stand_beside(one.tally, other.tally) for other in published):
            published.append(one)
    return published[-1]


def _about(
    profile: Profile, by: User, made_at: datetime, why: str, at: datetime, known_at: datetime, revision: int | None
) -> About:
    operation = Operation.objects.current()
    name = f"{operation.name} ({operation.code})" if operation else ""
    purpose = operation.get_purpose_display() if operation else ""
    made_by = "" if profile == Profile.PUBLIC else by.get_full_name() or by.username
    return About(name, str(purpose), profile, made_by, made_at, why, at, known_at, revision, head_of_today())


def _hour_of(on: date, now: datetime) -> datetime:
    """The day's last cut-off hour; this moment when that has not come yet."""
    return now if on == local_day(now) else local_instant(on, max(settings.CENSUS_HOURS))


def _written(suffix: str, tables: list[Table], about: About, separator: str) -> bytes:
    """The file's content. A CSV has the places alone, and in each row where it comes from."""
    if suffix == "json":
        return _as_json(tables, about)
    if suffix == "csv":
        return b"".join(csv_lines(with_columns(tables[0], *about_columns(about)), separator))
    return b"".join(book_chunks([*tables, about_table(about)], made_at=about.made_at, title=about.operation))


def _as_json(tables: list[Table], about: About) -> bytes:
    before, after = about_columns(about)
    origin = as_objects(
        Table("about", "", [column for column, _ in (*before, *after)], [[v for _, v in (*before, *after)]])
    )
    whole: dict[str, Any] = {
        "about": origin[0] | {"profile": about.profile.value, "frozen": about.revision is not None}
    }
    whole |= {table.key: as_objects(table) for table in tables}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()
