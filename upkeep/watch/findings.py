"""What is wrong with this operation, in words, each with what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import redis
from django.conf import settings
from django.db import DatabaseError
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from centre.bursts import bursts as bursts_of
from centre.factors import people_under_another_key
from centre.models import Site
from centre.sealing import is_under_another_key
from centre.sight import named_for_all
from upkeep.watch import state
from upkeep.watch.broker import waiting_tasks
from upkeep.watch.heart import BEAT, WORKER, last_beat
from upkeep.watch.machine import Disk, Trust, certificate_of, disk_of, is_encrypted
from upkeep.watch.probes import unapplied_migrations

BAD, UNKNOWN = "bad", "warn"
GIGABYTE = 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or that this machine cannot tell; `code` is for machines."""

    code: str
    what: str
    todo: str
    level: str = BAD


Check = Callable[[datetime], Finding | None]


def findings(now: datetime, only: str = "") -> list[Finding]:
    """Everything that is wrong at the instant, in the order of the checks; of one check alone if it is named."""
    return [found for check in _chosen(only) if (found := check(now))]


def _chosen(only: str) -> Iterator[Check]:
    """The checks; when an engine does not answer, what would have been asked of it is left out."""
    silent = {found.code for found in (database(timezone.now()), broker(timezone.now())) if found}
    for check in CHECKS:
        asks = NEEDS.get(check, frozenset())
        if (not only or check.__name__ == only) and not asks & silent:
            yield check


def database(now: datetime) -> Finding | None:
    try:
        state.ask_database()
    except DatabaseError:
        return Finding("database", _("The database does not answer."), _("Start the database; its log says why."))
    return None


def broker(now: datetime) -> Finding | None:
    try:
        waiting_tasks()
    except (redis.RedisError, OSError):
        return Finding("broker", _("The broker does not answer."), _("Start the broker; sign-in waits for it."))
    return None


def migrations(now: datetime) -> Finding | None:
    count = unapplied_migrations()
    if not count:
        return None
    what = ngettext("%(count)d migration is not applied.", "%(count)d migrations are not applied.", count)
    return Finding("migrations", what % {"count": count}, _("Run: manage.py migrate"))


def beat(now: datetime) -> Finding | None:
    return _silent(BEAT, now, _("The clock (beat) is silent since %(at)s."), _("The clock (beat) never began."))


def worker(now: datetime) -> Finding | None:
    return _silent(WORKER, now, _("The worker is silent since %(at)s."), _("The worker never began."))


def _silent(part: str, now: datetime, since: str, never: str) -> Finding | None:
    last = last_beat(part)
    if last and now - last <= state.SILENT_AFTER:
        return None
    todo = _("Start it again; until then no snapshot is taken.")
    return Finding(part, since % {"at": _moment(last)} if last else never, todo)


def queue(now: datetime) -> Finding | None:
    count = waiting_tasks()
    if count <= state.MOST_WAITING:
        return None
    what = ngettext("%(count)d task waits.", "%(count)d tasks wait.", count) % {"count": count}
    return Finding("queue", what, _("Start more workers, or look why they are slow."))


def snapshots(now: datetime) -> Finding | None:
    missed = state.missed_snapshots(now)
    if not missed:
        return None
    first = missed[0]
    name = _name_of(first.site)
    what = _("The snapshot of %(at)s is missing: %(name)s.") % {"at": _moment(first.at), "name": name}
    if len(missed) > 1:
        more = ngettext("And %(count)d more.", "And %(count)d more.", len(missed) - 1) % {"count": len(missed) - 1}
        what = f"{what} {more}"
    return Finding("snapshots", what, _("Look at the worker; it takes missed ones by itself."))


def skipped_days(now: datetime) -> Finding | None:
    pair = state.last_silence(now)
    if pair is None:
        return None
    what = _("No census was taken between %(since)s and %(until)s.")
    todo = _("Nothing was lost: the first census after them counts what happened on these days.")
    return Finding("skipped_days", what % {"since": _moment(pair[0]), "until": _moment(pair[1])}, todo)


def _name_of(site: Site | None) -> str:
    if site is None:
        return _("the whole operation")
    return named_for_all(site)


def disk(now: datetime) -> Finding | None:
    return of_disk(disk_of(Path(settings.VAR)))


def of_disk(found: Disk) -> Finding | None:
    """What a disk with less than a tenth or 5 GB free gives to say."""
    if found.free >= state.LEAST_FREE_BYTES and found.free >= state.LEAST_FREE_SHARE * found.total:
        return None
    free, total = (formats.number_format(size / GIGABYTE, 1) for size in (found.free, found.total))
    what = _("The disk is filling: %(free)s of %(total)s GB are free.") % {"free": free, "total": total}
    return Finding("disk", what, _("Make room or add a disk; a full one stops everything."))


def encryption(now: datetime) -> Finding | None:
    if not state.has_real_people() or settings.DISK_ENCRYPTED:
        return None
    return of_encryption(is_encrypted(Path(settings.VAR)))


def of_encryption(encrypted: bool | None) -> Finding | None:
    """What there is to say of a disk with real people that is encrypted, is not, or is not known to be."""
    if encrypted:
        return None
    if encrypted is None:
        what = _("This machine cannot tell whether its disk is encrypted.")
        return Finding("encryption", what, _("Make sure; then set DISK_ENCRYPTED=1."), UNKNOWN)
    what = _("Real people's data lie on a disk that is not encrypted.")
    return Finding("encryption", what, _("Move them to an encrypted disk: docs/deploy.md says how."))


def backup(now: datetime) -> Finding | None:
    if not state.has_real_people():
        return None
    last = state.last_backup()
    if last and now - last <= state.BACKUP_EVERY:
        return None
    what = _("The last backup is of %(at)s.") % {"at": _moment(last)} if last else _("There is no backup.")
    return Finding("backup", what, _("Run: manage.py backup"))


def case_key(now: datetime) -> Finding | None:
    if not is_under_another_key():
        return None
    what = _("What was said in cases is sealed with a key that this server does not have.")
    return Finding("case_key", what, _("Put the key of before on a line below the one of CASE_KEY and start again."))


def factors(now: datetime) -> Finding | None:
    names = people_under_another_key()
    if not names:
        return None
    what = _("No key of this server opens the second factor of: %(names)s.") % {"names": ", ".join(names)}
    todo = _(
        "Put the key of before on a line below the one of SECRET_KEY and start again; or run: manage.py lost_factor"
    )
    return Finding("factors", what, todo)


def clock(now: datetime) -> Finding | None:
    return of_clock(state.clock_difference())


def of_clock(seconds: float) -> Finding | None:
    """What there is to say of a clock that is so many seconds from the database's."""
    if abs(seconds) <= state.MOST_CLOCK_DIFFERENCE:
        return None
    what = _("This machine's clock is %(seconds)d seconds from the database's.") % {"seconds": abs(seconds)}
    return Finding("clock", what, _("Let both machines set their clocks by NTP."))


def debug(now: datetime) -> Finding | None:
    if not settings.DEBUG:
        return None
    return Finding("debug", _("DEBUG is on: error pages show data."), _("Unset DEBUG and start again."))


def demonstration(now: datetime) -> Finding | None:
    if settings.DEMONSTRATION and state.has_real_people():
        what = _("A real operation runs as a demonstration.")
        return Finding("demonstration", what, _("Unset RECEPTION_DEMONSTRATION and start again."))
    if state.invented_people_in_operation():
        what = _("Invented people are in a real operation.")
        return Finding("demonstration", what, _("Begin with an empty database."))
    return None


def passwords(now: datetime) -> Finding | None:
    names = state.demonstration_logins_that_work()
    if not names:
        return None
    what = _("Passwords of the demonstration open: %(names)s.") % {"names": ", ".join(names)}
    return Finding("passwords", what, _("End these accounts, or change their passwords."))


def second_factor(now: datetime) -> Finding | None:
    if settings.SECOND_FACTOR or not state.has_real_people():
        return None
    what = _("Nobody is asked to set up a second factor.")
    return Finding("second_factor", what, _("Unset RECEPTION_SECOND_FACTOR and start again."))


def https(now: datetime) -> Finding | None:
    if settings.HTTPS or not state.has_real_people():
        return None
    what = _("Real people's data travel without encryption.")
    return Finding("https", what, _("Put a TLS proxy before it and set RECEPTION_HTTPS=1."))


def certificate(now: datetime) -> Finding | None:
    address = next((origin for origin in settings.CSRF_TRUSTED_ORIGINS if origin.startswith("https://")), "")
    if not (settings.HTTPS and address):
        return None
    found = certificate_of(address)
    if found.trust is Trust.GOOD and found.expires_at and found.expires_at - now >= state.CERTIFICATE_DAYS:
        return None
    todo = _("Look at the proxy's log.")
    if found.trust is Trust.NO_ANSWER:
        return Finding("certificate", _("The public address does not answer this server."), todo, UNKNOWN)
    if found.trust is Trust.NOT_TRUSTED:
        what = _("Browsers trust the certificate only where its authority is installed.")
        return Finding("certificate", what, _("Install it on each device, or get a public one."), UNKNOWN)
    if found.trust is Trust.EXPIRED or not found.expires_at:
        return Finding("certificate", _("The certificate has expired."), todo)
    what = _("The certificate expires on %(at)s.") % {"at": _moment(found.expires_at)}
    return Finding("certificate", what, todo)


def _moment(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "DATETIME_FORMAT")


def bursts(now: datetime) -> Finding | None:
    names = [one.user.username for one in bursts_of(now)]
    if not names:
        return None
    what = _("Very many families were opened or tried within ten minutes, by: %(names)s.") % {"names": ", ".join(names)}
    return Finding("bursts", what, _("Look in the log at whom, and ask why."))


CHECKS: tuple[Check, ...] = (
    database,
    broker,
    migrations,
    beat,
    worker,
    queue,
    snapshots,
    skipped_days,
    disk,
    encryption,
    backup,
    case_key,
    factors,
    clock,
    debug,
    demonstration,
    passwords,
    bursts,
    second_factor,
    https,
    certificate,
)
_BROKER = frozenset({"broker"})
_DATABASE = frozenset({"database"})
NEEDS: dict[Check, frozenset[str]] = {
    beat: _BROKER,
    worker: _BROKER,
    queue: _BROKER,
    **dict.fromkeys(
        (migrations, snapshots, skipped_days, encryption, backup, case_key, factors, clock, demonstration, passwords),
        _DATABASE,
    ),
    **dict.fromkeys((bursts, second_factor, https), _DATABASE),
}
