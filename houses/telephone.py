"""What is said on the telephone, and the differences that come of it.

An act's file like actions.py: it authorises, decides and writes. Nothing said here moves anybody or changes a room.
"""

from dataclasses import dataclass
from datetime import date, datetime

from centre.access import Permission, require
from centre.acts import act, check_reach
from centre.clock import local_day
from centre.locks import lock_by_key
from centre.models import Act, Site, User
from centre.refusals import refused_on
from houses.errors import (
    AlreadySettled,
    BeforeItOpened,
    HeadcountReplaced,
    HourAhead,
    OfAnotherHouse,
    SaysNothing,
    VeryMany,
)
from houses.models import Call, Contract, Difference, ReportedHeadcount
from registrations.models import Presence
from shelter.models import Place

HALL = 100  # people
VOIDS = ReportedHeadcount._meta.get_field("voids")


@dataclass(frozen=True)
class Reported:
    """The headcount, and the difference it makes; empty where it makes none."""

    headcount: str
    difference: str


@act("report_headcount", answers=Reported, on_paper=True)
def report_headcount(
    site: Site,
    *,
    persons: int,
    said_by: str,
    hour: datetime | None = None,
    corrects: ReportedHeadcount | None = None,
    so_many: bool = False,
    by: User,
    at: datetime,
    act: Act,
) -> Reported:
    """So many people are at the house, says somebody there, at the hour, now when absent.

    Another number than is counted then is a difference, a task, in place of the one before; `corrects` is the report
    that this one replaces. An hour of more than seven days ago is paper: it needs whose hand that was. Refuses with
    HourAhead, BeforeItOpened, NotThen, OfAnotherHouse or HeadcountReplaced, and with VeryMany unless `so_many` says
    that so it is.
    """
    require(by, Permission.PLACE, site, at)
    hour = _past(hour or at, at, site, act)
    if corrects and corrects.site_id != site.pk:
        raise OfAnotherHouse
    if not so_many and persons > _not_asked_up_to(site, hour):
        raise VeryMany(persons)
    lock_by_key(Site.objects.filter(pk=site.pk))  # two numbers at once: one of them takes the other's place
    with refused_on(VOIDS, HeadcountReplaced()):
        told = ReportedHeadcount.objects.create(
            site=site, happened_at=hour, persons=persons, said_by=said_by, voids=corrects, act=act
        )
    counted, difference = present_at(site, hour), None
    if counted != persons:
        Difference.objects.open().filter(site=site).update(overtaken_by=told)
        difference = Difference.objects.create(site=site, headcount=told, counted=counted)
    _fold(site)
    return Reported(str(told.pk), str(difference.pk) if difference else "")


@act("void_headcount", answers=Reported)
def void_headcount(headcount: ReportedHeadcount, *, by: User, at: datetime, act: Act) -> Reported:
    """The number was typed for the wrong house, or not said at all; its difference is none.

    Refuses with HeadcountReplaced.
    """
    require(by, Permission.PLACE, headcount.site, at)
    if headcount.persons is None:
        raise HeadcountReplaced
    lock_by_key(Site.objects.filter(pk=headcount.site_id))
    with refused_on(VOIDS, HeadcountReplaced()):
        ReportedHeadcount.objects.create(
            site=headcount.site, happened_at=headcount.happened_at, voids=headcount, act=act
        )
    _fold(headcount.site)
    return Reported(str(headcount.pk), "")


@dataclass(frozen=True)
class Looked:
    """The difference that somebody took, or settled."""

    difference: str


@act("take_difference", answers=Looked)
def take_difference(difference: Difference, *, by: User, at: datetime, act: Act) -> Looked:
    """Who does this looks into the difference, and nobody else any more. Refuses with AlreadySettled."""
    require(by, Permission.PLACE, difference.site, at)
    if not Difference.objects.open().filter(pk=difference.pk).update(taken_at=at, taken_by=by):
        raise AlreadySettled
    return Looked(str(difference.pk))


@act("settle_difference", answers=Looked)
def settle_difference(difference: Difference, *, words: str, by: User, at: datetime, act: Act) -> Looked:
    """It is known why the numbers differed, those too whose place this one took.

    Refuses with AlreadySettled, also where the report was taken back or a later one took its place.
    """
    require(by, Permission.PLACE, difference.site, at)
    lock_by_key(Site.objects.filter(pk=difference.site_id))
    if not Difference.objects.open().filter(pk=difference.pk).exists():
        raise AlreadySettled
    Difference.objects.unsettled().filter(site=difference.site).update(settled_at=at, settled_by=by, words=words)
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


def _past(hour: datetime, at: datetime, site: Site, act: Act) -> datetime:
    if hour > at:
        raise HourAhead
    if hour < site.opened_at.replace(second=0, microsecond=0):
        raise BeforeItOpened(site.opened_at)
    check_reach(act, hour, site)
    return hour


def _not_asked_up_to(site: Site, hour: datetime) -> int:
    """How many people a house may say without being asked again: twice its places, and a hall full beside."""
    agreed = Contract.objects.filter(site=site).on(local_day(hour)).first()
    places = Place.objects.filter(room__site=site, retired_at=None).count()
    return 2 * max(places, agreed.places if agreed else 0, present_at(site, hour)) + HALL


def _fold(site: Site) -> None:
    """Of the differences of the house that nobody settled the latest is open; it stands for those before it.

    Whoever looks into one of them looks into that one. A difference whose number was taken back is none.
    """
    taken_back = Difference.objects.open().filter(site=site, headcount__voided_by__isnull=False)
    for row in taken_back.select_related("headcount__voided_by"):
        Difference.objects.filter(pk=row.pk).update(overtaken_by=row.headcount.voided_by)
    standing = Difference.objects.unsettled().filter(site=site).select_related("headcount")
    last = standing.order_by("-headcount__happened_at", "-headcount__recorded_at", "-headcount").first()
    if last is None:
        return
    standing.exclude(pk=last.pk).update(overtaken_by=last.headcount)
    looking = standing.exclude(taken_at=None).order_by("-taken_at").first()
    taken = last if last.taken_at or not looking else looking
    Difference.objects.filter(pk=last.pk).update(overtaken_by=None, taken_at=taken.taken_at, taken_by=taken.taken_by_id)
