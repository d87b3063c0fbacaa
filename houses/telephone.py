"""What is said on the telephone, and the differences that come of it.

An act's file like actions.py: it authorises, decides and writes. Nothing said here moves anybody or changes a room.
"""

from dataclasses import dataclass
from datetime import date, datetime

from centre.access import Permission, require
from centre.acts import act, check_instant
from centre.models import Act, Site, User
from centre.refusals import refused_on
from houses.errors import AlreadySettled, HeadcountReplaced, HourAhead, OfAnotherHouse, SaysNothing
from houses.models import Call, Difference, ReportedHeadcount
from registrations.models import Presence

VOIDS = ReportedHeadcount._meta.get_field("voids")


@dataclass(frozen=True)
class Reported:
    """The headcount, and the difference it makes; empty where it makes none."""

    headcount: str
    difference: str


@act("report_headcount", answers=Reported)
def report_headcount(
    site: Site,
    *,
    persons: int,
    said_by: str,
    hour: datetime | None = None,
    corrects: ReportedHeadcount | None = None,
    by: User,
    at: datetime,
    act: Act,
) -> Reported:
    """So many people are at the house, says somebody there, at the hour, now when absent.

    Another number than is counted then is a difference, a task; `corrects` is the report that this one replaces.
    Refuses with HourAhead, NotThen, OfAnotherHouse or HeadcountReplaced.
    """
    require(by, Permission.PLACE, site, at)
    hour = _past(hour or at, at)
    if corrects and corrects.site_id != site.pk:
        raise OfAnotherHouse
    with refused_on(VOIDS, HeadcountReplaced()):
        told = ReportedHeadcount.objects.create(
            site=site, happened_at=hour, persons=persons, said_by=said_by, voids=corrects, act=act
        )
    counted = present_at(site, hour)
    if counted == persons:
        return Reported(str(told.pk), "")
    return Reported(str(told.pk), str(Difference.objects.create(headcount=told, counted=counted).pk))


@act("void_headcount", answers=Reported)
def void_headcount(headcount: ReportedHeadcount, *, by: User, at: datetime, act: Act) -> Reported:
    """The number was typed for the wrong house, or not said at all; its difference is none.

    Refuses with HeadcountReplaced.
    """
    require(by, Permission.PLACE, headcount.site, at)
    if headcount.persons is None:
        raise HeadcountReplaced
    with refused_on(VOIDS, HeadcountReplaced()):
        ReportedHeadcount.objects.create(
            site=headcount.site, happened_at=headcount.happened_at, voids=headcount, act=act
        )
    return Reported(str(headcount.pk), "")


@dataclass(frozen=True)
class Looked:
    """The difference that somebody took, or settled."""

    difference: str


@act("take_difference", answers=Looked)
def take_difference(difference: Difference, *, by: User, at: datetime, act: Act) -> Looked:
    """Who does this looks into the difference, and nobody else any more. Refuses with AlreadySettled."""
    require(by, Permission.PLACE, difference.headcount.site, at)
    if not Difference.objects.open().filter(pk=difference.pk).update(taken_at=at, taken_by=by):
        raise AlreadySettled
    return Looked(str(difference.pk))


@act("settle_difference", answers=Looked)
def settle_difference(difference: Difference, *, words: str, by: User, at: datetime, act: Act) -> Looked:
    """It is known why the numbers differed. Refuses with AlreadySettled, also where the report was taken back."""
    require(by, Permission.PLACE, difference.headcount.site, at)
    if not Difference.objects.open().filter(pk=difference.pk).update(settled_at=at, settled_by=by, words=words):
        raise AlreadySettled
    return Looked(str(difference.pk))


@dataclass(frozen=True)
class Called:
    """The call that was noted."""

    call: str


@act("note_call", answers=Called)
def note_call(
    site: Site,
    *,
    outcome: str,
    about: str = "",
    number: int | None = None,
    until: date | None = None,
    words: str = "",
    said_by: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Called:
    """The house was called: nobody answered, or what was said, with its sentence. Refuses with SaysNothing."""
    require(by, Permission.PLACE, site, at)
    said = {"about": about, "number": number, "until": until, "words": words, "said_by": said_by}
    if outcome == Call.Outcome.NO_ANSWER and any(value not in ("", None) for value in said.values()):
        raise SaysNothing
    call = Call.objects.create(site=site, happened_at=at, outcome=outcome, act=act, **said)
    return Called(str(call.pk))


def present_at(site: Site, hour: datetime) -> int:
    """How many people are at the site at the hour, as is known now: what the census counts there."""
    return Presence.objects.filter(site=site).at(hour).count()


def _past(hour: datetime, at: datetime) -> datetime:
    if hour > at:
        raise HourAhead
    return check_instant(hour)
