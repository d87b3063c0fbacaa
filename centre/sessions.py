"""Sessions: whose they are, and how they end: with the shift, after a while without work, or at a word."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as RowStore
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from centre.models import Session, Token, User

BEGAN, DEVICE = "began_at", "device"
TO_THE_MINUTE = timedelta(minutes=1)  # how exactly it is kept when somebody last worked


class SessionStore(RowStore):
    """Sessions in a table that says whose each is; one that began at sign-in ends a shift later, come what may."""

    # When somebody last worked in it: kept beside the rest, which a slow page would write back as it read it
    seen_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _validate_session_key(self, key: str | None) -> bool:
        """Nothing but what Django makes as a key is asked for: PostgreSQL can compare no NUL."""
        return bool(key and key.isascii() and key.isalnum()) and super()._validate_session_key(key)  # type: ignore[misc]  # Django types the face alone

    def _get_session_from_db(self) -> Session | None:
        row: Session | None = super()._get_session_from_db()  # type: ignore[misc]  # Django types the face alone
        self.seen_at = row.seen_at if row else None
        return row

    def create_model_instance(self, data: Mapping[str, Any]) -> Session:
        return Session(
            session_key=self._get_or_create_session_key(),  # type: ignore[attr-defined]  # Django types the face alone
            session_data=self.encode(dict(data)),
            expire_date=self.get_expiry_date(),
            user_id=data.get(SESSION_KEY),
            began_at=_instant(data.get(BEGAN)),
            seen_at=self.seen_at,
            device=data.get(DEVICE, ""),
        )

    def get_expiry_date(self, **told: Any) -> datetime:
        began = _instant(self.get(BEGAN))
        return began + timedelta(seconds=settings.SESSION_COOKIE_AGE) if began else super().get_expiry_date(**told)

    def get_expiry_age(self, **told: Any) -> int:
        if self.get(BEGAN) is None:
            return super().get_expiry_age(**told)
        return max(0, int((self.get_expiry_date() - timezone.now()).total_seconds()))


def begin(session: SessionStore, device: str) -> None:
    """From now on the session runs for one shift, on this device."""
    session[BEGAN] = timezone.now().isoformat()  # which reads the session first
    session.seen_at = _instant(session[BEGAN])
    session[DEVICE] = device[: Session._meta.get_field("device").max_length]


def is_idle(session: SessionStore) -> bool:
    """Whether nobody has worked in the session for longer than is allowed."""
    return session.seen_at is not None and timezone.now() - session.seen_at > settings.SESSION_IDLE


def see_at_work(session: SessionStore) -> None:
    """Somebody works in the session now."""
    now = timezone.now()
    if session.seen_at is None or now - session.seen_at >= TO_THE_MINUTE:
        Session.objects.filter(pk=session.session_key).update(seen_at=now)
        session.seen_at = now


def live_sessions(user: User) -> QuerySet[Session]:
    """The sessions of the user that somebody could go on working in, the latest first."""
    now = timezone.now()
    running = Session.objects.filter(user=user, expire_date__gt=now, seen_at__gt=now - settings.SESSION_IDLE)
    return running.order_by("-seen_at")


def end_session(session: Session) -> None:
    """Sign the browser out now."""
    Session.objects.filter(pk=session.pk).delete()


def end_all(user: User, besides: str | None = None) -> None:
    """End for good every session and token of the user, besides the session of this key."""
    with transaction.atomic():
        Session.objects.filter(user=user).exclude(pk=besides or "").delete()
        Token.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=timezone.now())


def end_everybodys() -> None:
    """End for good every session and token of everybody: who was signed out since a backup is not let in by it."""
    with transaction.atomic():
        Session.objects.all().delete()
        Token.objects.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())


def _instant(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
