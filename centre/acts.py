"""Every write is an act: written first, done once, answered the same when it is sent again."""

import hashlib
import inspect
import json
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import InterfaceError, OperationalError, connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from centre.access import NotAllowed, Permission, allows
from centre.bursts import BARRED
from centre.faults import is_away
from centre.keyed import as_kept_ever, under_key
from centre.locks import LockedInVain, in_order
from centre.log import write_log
from centre.meters import ACTS, REFUSALS
from centre.models import Act, LogLine, Site, User
from centre.refusals import Changed, NotThen, Refusal
from centre.rows import values_of
from centre.sent import sent_digest_of

Answer = TypeVar("Answer")

DEADLOCK = "40P01"

INSERT_ACT = """
INSERT INTO centre_act (id, kind, at, by_id, digest, sent_digest, written_by)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO NOTHING
RETURNING recorded_at
"""


LOGGED = {
    "add_staff": LogLine.Verb.ROLE_GIVEN,
    "give_role": LogLine.Verb.ROLE_GIVEN,
    "agree_to_role": LogLine.Verb.ROLE_AGREED,
    "withdraw_role": LogLine.Verb.ROLE_WITHDRAWN,
    "begin_house": LogLine.Verb.ROLE_GIVEN,
    "take_back_house": LogLine.Verb.ROLE_ENDED,
    "end_role": LogLine.Verb.ROLE_ENDED,
    "give_password": LogLine.Verb.PASSWORD_CHANGED,
    "ask_to_remove_factor": LogLine.Verb.FACTOR_LOST,
    "agree_to_remove_factor": LogLine.Verb.FACTOR_REMOVED,
    "block_sign_in": LogLine.Verb.SIGN_IN_BLOCKED,
    "allow_sign_in": LogLine.Verb.SIGN_IN_ALLOWED,
}
"""Acts on an account: each leaves a line that names whose it is."""


class FactEncoder(DjangoJSONEncoder):
    """Writes the facts of an act: a row as its key, a dataclass as its fields, bytes as digest, an instant in UTC."""

    def default(self, o: Any) -> Any:
        if isinstance(o, datetime):
            return o.astimezone(UTC).isoformat()
        if isinstance(o, Decimal):
            return str(o.normalize())
        if isinstance(o, models.Model):
            return str(o.pk)
        if is_dataclass(o) and not isinstance(o, type):
            return asdict(o)
        if isinstance(o, (set, frozenset)):
            return sorted(o, key=str)
        if isinstance(o, bytes):
            return hashlib.sha256(o).hexdigest()
        return super().default(o)


def digest_of(kind: str, facts: dict[str, Any]) -> str:
    """SHA-256 over the facts in canonical JSON; it is kept under a key."""
    text = json.dumps([kind, facts], cls=FactEncoder, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def act(
    kind: str, *, answers: type[Answer], on_paper: bool = False
) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Make a function an act of this kind that answers with a dataclass of plain values.

    The function takes `by`, `at` and `act`; its caller passes `by`, and may pass `at` (now when absent), the
    act's `id` (minted when absent). In one transaction the Act is written first, then the
    function runs, then its answer is kept. The same id with the same facts gives the kept answer; with other
    facts it refuses with Changed. A deadlock is tried once more. Refuses with NotThen when `at` is out of reach.
    What is done at a site and may be typed `on_paper` later takes `written_by` too, whose hand the paper was.
    """

    def decorate(decide: Callable[..., Answer]) -> Callable[..., Answer]:
        names = inspect.signature(decide)

        @wraps(decide)
        def carry_out(
            *args: Any,
            by: User,
            at: datetime | None = None,
            id: uuid.UUID | None = None,
            **kwargs: Any,
        ) -> Answer:
            written_by = kwargs.pop("written_by", "") if on_paper else ""
            facts = dict(names.bind_partial(*args, **kwargs).arguments) | {"at": at}
            if written_by:
                facts["written_by"] = written_by
            said = digest_of(kind, facts)
            row = Act(id=id or uuid.uuid4(), kind=kind, by=by, digest=under_key(said), written_by=written_by)
            row.at, row.sent_digest = at or timezone.now(), sent_digest_of(row.id)

            def once() -> Answer:
                with transaction.atomic(), in_order():
                    if not _write(row):
                        return _kept_answer(row, said, answers)  # also when it is sent again after weeks
                    check_reach(row, at, _where(facts) if on_paper else None)
                    answer = decide(*args, by=by, at=row.at, act=row, **kwargs)
                    row.answer = asdict(answer)  # type: ignore[call-overload]  # answers are dataclasses
                    row.save(update_fields=["answer"])
                    if kind in LOGGED:
                        write_log(by, LOGGED[kind], "user", key=row.answer["user"])
                    transaction.on_commit(ACTS.labels(kind).inc)
                    return answer

            try:
                return _retried_on_deadlock(once)
            except (Refusal, NotAllowed) as refusal:
                REFUSALS.labels(kind, getattr(refusal, "code", "not_allowed")).inc()
                if told := getattr(refusal, "tells_of", None):
                    write_log(by, LogLine.Verb.REFUSED, "household", [BARRED], shown=sorted(told))
                raise

        return carry_out

    return decorate


def _where(facts: dict[str, Any]) -> Site:
    """At which site it was done: the one that is named, or that of the round of aid."""
    return facts["site"] if "site" in facts else facts["distribution"].site


def check_instant(at: datetime | None, oldest: timedelta | None = None) -> datetime:
    """The instant of an act, now when absent; refuses with NotThen when it is out of reach."""
    now = timezone.now()
    if at is None:
        return now
    if not now - (oldest or settings.OLDEST_ACT) <= at <= now + settings.LATEST_ACT:
        raise NotThen
    return at


def check_reach(row: Act, at: datetime | None, site: Site | None) -> None:
    """Refuse with NotThen an instant out of reach; older paper is for who may correct at the site, and names a hand."""
    if site is None or at is None or at >= timezone.now() - settings.OLDEST_ACT:
        check_instant(at)
        return
    check_instant(at, settings.OLDEST_PAPER)
    if not row.written_by or not allows(row.by, Permission.MERGE, site):
        raise NotThen(_("Older than seven days: a coordinator can enter it, with the name of who wrote the paper."))


def _write(row: Act) -> bool:
    """Insert the act, waiting for a twin under way; False when it is there already."""
    written = values_of(INSERT_ACT, [row.id, row.kind, row.at, row.by_id, row.digest, row.sent_digest, row.written_by])
    if written:
        (row.recorded_at,) = written
        row._state.adding = False
    return bool(written)


def _kept_answer(row: Act, said: str, answers: type[Answer]) -> Answer:
    kept = Act.objects.get(pk=row.pk)
    if kept.by_id != row.by_id:
        raise Changed
    if kept.digest not in as_kept_ever(said):
        raise Changed(kept.answer)
    return answers(**cast(dict[str, Any], kept.answer))


def _sqlstate(error: Exception) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)


def _retried_on_deadlock(once: Callable[[], Answer]) -> Answer:
    try:
        return once()
    except (OperationalError, InterfaceError, LockedInVain) as error:
        lost = isinstance(error, LockedInVain) or is_away(error) or _sqlstate(error) == DEADLOCK
        if not lost or connection.in_atomic_block:
            raise
        if is_away(error):
            connection.close()  # a new one is opened; an act that was done all the same is answered as it was
        time.sleep(random.uniform(0.02, 0.1))  # the other goes first, or the two would meet again
        return once()
