"""The log: who looked at whom, and from where. Ids and field names, never values."""

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from typing import Any

from allauth.account.adapter import get_adapter
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from centre.models import LogLine, User

_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


def say_where_from(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Every line of a request has the address it came from, as the trusted proxy says it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        before = _request.set(request)
        try:
            return get_response(request)
        finally:
            _request.reset(before)

    return middleware


def write_log(
    by: User | None,
    verb: LogLine.Verb,
    subject: models.Model | str = "",
    fields: Iterable[str] = (),
    *,
    shown: Iterable[Any] = (),
    key: str = "",
    why: str = "",
) -> None:
    """Leave a line saying that the user opened, searched, exported, printed or was refused something.

    `shown` are the ids of the people or households that the answer shows: the line is written before the answer is.
    What has no row of its own is named by `subject` and `key`; a file that leaves says `why`.
    """
    if isinstance(subject, models.Model):
        kind, key = subject._meta.model_name or "", str(subject.pk)
    else:
        kind = subject
    LogLine.objects.create(**_told(by, verb, kind, key, fields), keys=list(dict.fromkeys(shown)), why=why)


def digest_of_account(typed: str) -> str:
    """What the log says of an account as it was typed: it may be a password that slipped into the wrong field."""
    return salted_hmac("centre.log account", typed.strip().casefold(), algorithm="sha256").hexdigest()[:40]


def write_lines(by: User, verb: LogLine.Verb, subjects: Mapping[models.Model, Iterable[str]]) -> None:
    """Leave a line for each row of which these fields were shown, in one statement."""
    LogLine.objects.bulk_create(
        LogLine(**_told(by, verb, row._meta.model_name or "", str(row.pk), fields)) for row, fields in subjects.items()
    )


def _told(by: User | None, verb: LogLine.Verb, subject: str, subject_id: str, fields: Iterable[str]) -> dict[str, Any]:
    request = _request.get()
    address = get_adapter().get_client_ip(request) if request else None
    return {
        "by": by,
        "verb": verb,
        "subject": subject,
        "subject_id": subject_id,
        "fields": sorted(fields),
        "address": address,
    }
