"""Setting up: the operation and its sites; and what a person changes about themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from centre.access import Permission, Role, require, require_everywhere
from centre.acts import act
from centre.coordinates import LatitudeLongitude
from centre.errors import AlreadyOpen, NotEmpty, SiteCodeTaken
from centre.models import Act, Assignment, Operation, Site, User
from centre.operations import remember
from centre.refusals import refused_on

PRESUMED_LEFT_AFTER = 12  # hours, at a registration point that was given no others


def choose_language(language: str, *, by: User) -> None:
    """Speak this language to the user from now on, on every device."""
    User.objects.filter(pk=by.pk).update(language=language)


def forget_given_password(*, by: User) -> None:
    """The user has chosen a password of their own: the one an administrator gave is no more."""
    User.objects.filter(pk=by.pk).update(password_given_at=None, password_given_by=None)


@dataclass(frozen=True)
class Opened:
    """The operation that is open now, and its first administrator."""

    code: str
    administrator: str


@act("open_operation", answers=Opened)
def declare_operation(
    *, name: str, code: str, purpose: str, complaints_to: str = "", by: User, at: datetime, act: Act
) -> Opened:
    """Say once and for all what this installation is for. Refuses with AlreadyOpen."""
    with refused_on(Operation._meta.pk, AlreadyOpen()):
        operation = Operation.objects.create(
            name=name, code=code, purpose=purpose, complaints_to=complaints_to, opened_at=at, opened_by=by
        )
    transaction.on_commit(lambda: remember(operation))
    return Opened(operation.code, str(by.pk))


def open_operation(
    *, name: str, code: str, purpose: str, complaints_to: str = "", username: str, password: str, **account: str
) -> User:
    """Open an operation with one administrator of everything, in a database that holds nobody.

    Refuses with AlreadyOpen or NotEmpty; then there is neither an operation nor an account.
    """
    with transaction.atomic():
        if Operation.objects.exists():
            raise AlreadyOpen
        if User.objects.exists() or Site.objects.exists():
            raise NotEmpty
        user = User.objects.create_user(username, password=password, **account)
        declare_operation(name=name, code=code, purpose=purpose, complaints_to=complaints_to, by=user)
        Assignment.objects.create(user=user, role=Role.ADMINISTRATOR, starts_at=timezone.now())
    return user


@dataclass(frozen=True)
class ComplaintsTo:
    """Where people can complain from now on."""

    complaints_to: str


@act("say_where_to_complain", answers=ComplaintsTo)
def say_where_to_complain(*, complaints_to: str, by: User, at: datetime, act: Act) -> ComplaintsTo:
    """Print this on every card from now on: a telephone number, a desk, whatever everybody can reach."""
    require_everywhere(by, Permission.SET_UP, at)
    Operation.objects.update(complaints_to=complaints_to)
    return ComplaintsTo(complaints_to)


@dataclass(frozen=True)
class SiteSaved:
    """The site as it is now."""

    site: str
    code: str


@act("add_site", answers=SiteSaved)
def add_site(
    *,
    code: str,
    name_en: str = "",
    name_hy: str = "",
    name_ru: str = "",
    kind: str,
    marz: str,
    confidential: bool = False,
    cut_off_hours: Sequence[time] = (),
    presumed_left_after: int | None = None,
    coordinates: LatitudeLongitude | None = None,
    p_code: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> SiteSaved:
    """Open a site. A registration point presumes people gone after 12 hours unless told otherwise.

    Refuses with SiteCodeTaken.
    """
    require_everywhere(by, Permission.SET_UP, at)
    if kind == Site.Kind.REGISTRATION_POINT and presumed_left_after is None:
        presumed_left_after = PRESUMED_LEFT_AFTER
    with refused_on(Site.code.field, SiteCodeTaken()):
        site = Site.objects.create(
            code=code,
            name_en=name_en,
            name_hy=name_hy,
            name_ru=name_ru,
            kind=kind,
            marz=marz,
            confidential=confidential,
            cut_off_hours=sorted(set(cut_off_hours)) or list(settings.CENSUS_HOURS),
            presumed_left_after=presumed_left_after,
            p_code=p_code,
            **_lying(coordinates),
            opened_at=at,
        )
    return SiteSaved(str(site.pk), site.code)


@act("change_site", answers=SiteSaved)
def change_site(
    site: Site,
    *,
    name_en: str = "",
    name_hy: str = "",
    name_ru: str = "",
    confidential: bool = False,
    cut_off_hours: Sequence[time] = (),
    presumed_left_after: int | None = None,
    coordinates: LatitudeLongitude | None = None,
    p_code: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> SiteSaved:
    """Give the site these facts; its code, kind and province stay, for figures were published by them."""
    require(by, Permission.SET_UP, site, at)
    Site.objects.filter(pk=site.pk).update(
        name_en=name_en,
        name_hy=name_hy,
        name_ru=name_ru,
        confidential=confidential,
        cut_off_hours=sorted(set(cut_off_hours)) or list(settings.CENSUS_HOURS),
        presumed_left_after=presumed_left_after,
        p_code=p_code,
        **_lying(coordinates),
    )
    return SiteSaved(str(site.pk), site.code)


def _lying(coordinates: LatitudeLongitude | None) -> dict[str, Decimal | None]:
    """The columns of where a site lies."""
    return dict(zip(("latitude", "longitude"), coordinates or (None, None), strict=True))
