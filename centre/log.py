"""The log: who looked at what. Ids and field names, never values."""

from collections.abc import Iterable, Mapping

from django.db import models

from centre.models import LogLine, User


def write_log(
    by: User | None,
    verb: LogLine.Verb,
    subject: models.Model | str = "",
    fields: Iterable[str] = (),
    *,
    key: str = "",
    why: str = "",
) -> None:
    """Leave a line saying that the user opened, searched, exported, printed or was refused something.

    What has no row of its own is named by `subject` and `key`; a file that leaves says `why`.
    """
    if isinstance(subject, models.Model):
        kind, key = subject._meta.model_name or "", str(subject.pk)
    else:
        kind = subject
    LogLine.objects.create(by=by, verb=verb, subject=kind, subject_id=key, fields=sorted(fields), why=why)


def write_lines(by: User, verb: LogLine.Verb, subjects: Mapping[models.Model, Iterable[str]]) -> None:
    """Leave a line for each row of which these fields were shown, in one statement."""
    LogLine.objects.bulk_create(
        LogLine(by=by, verb=verb, subject=row._meta.model_name or "", subject_id=str(row.pk), fields=sorted(fields))
        for row, fields in subjects.items()
    )
