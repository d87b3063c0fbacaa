"""A house that begins with a telephone call: a coordinator writes its name and how many places it has."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from centre.access import NotAllowed, Permission, Role, require
from centre.acts import act
from centre.errors import SiteClosed, SiteCodeTaken
from centre.locks import lock_to_close
from centre.models import Act, Assignment, Marz, Site, SiteQuerySet, User
from centre.refusals import refused_on
from registrations.models import Absence, Presence
from registrations.names import fold, scripts, spelt
from shelter.beginnings import Beginning
from shelter.errors import HouseOfThatName, HouseWasUsed
from shelter.models import Bedding, Opening, Place, Room, Stay
from shelter.room_names import TO_BE_DIVIDED

KINDS = (
    Site.Kind.HOTEL,
    Site.Kind.GUEST_HOUSE,
    Site.Kind.COLLECTIVE,
    Site.Kind.SCHOOL,
    Site.Kind.CAMP,
)
"""What a coordinator may begin: houses that everybody may know of, where people sleep and are not treated."""

LANGUAGES = {"armenian": "name_hy", "cyrillic": "name_ru"}


@dataclass(frozen=True)
class HouseBegun:
    """The house, by id and code, its room that is to be divided, and who coordinates it."""

    site: str
    code: str
    room: str
    user: str


@act("begin_house", answers=HouseBegun)
def begin_house(
    *,
    name: str,
    kind: str,
    marz: str,
    places: int,
    room: str = TO_BE_DIVIDED,
    phone: str = "",
    contact: str = "",
    town: str = "",
    another: bool = False,
    by: User,
    at: datetime,
    act: Act,
) -> HouseBegun:
    """Open a house with one room to be divided, of so many places; who begins it coordinates it from then on.

    Only in a marz where they coordinate a site already, and for as long as they do there: no other role comes with it.
    `room` is what the room to be divided is called; `contact` answers the `phone`. Refuses with SiteCodeTaken, and
    with HouseOfThatName when one is open there that they may know of, unless it is said to be another.
    """
    require(by, Permission.BEGIN_HOUSE, at=at)
    if kind not in KINDS or marz not in marzes_to_begin(by, at):
        raise NotAllowed(_("You can begin a house only where you coordinate a site."))
    if not another and (same := _of_that_name(name, marz, by, at)):
        raise HouseOfThatName(str(same))
    with refused_on(Site.code.field, SiteCodeTaken()):
        site = Site.objects.create(
            code=code_of(name, kind, act), kind=kind, marz=marz, opened_at=at, **{_language_of(name): name}
        )
    _let_coordinate(by, site, at)
    Beginning.objects.create(site=site, contact=contact, phone=phone, town=town, act=act)
    undivided = Room.objects.create(site=site, name=room, kind=Room.Kind.UNDIVIDED)
    Place.objects.bulk_create(
        Place(room=undivided, number=number, added_at=at, added_by=by) for number in range(1, places + 1)
    )
    return HouseBegun(str(site.pk), site.code, str(undivided.pk), str(by.pk))


@dataclass(frozen=True)
class TakenBack:
    """The house that is none, by id and code, and who coordinates it no more."""

    site: str
    code: str
    user: str


def lock_unused(site: Site, by: User, at: datetime) -> None:
    """Lock the house that the user began, and which nobody has used: nobody comes to it meanwhile.

    Refuses with NotAllowed, HouseWasUsed or SiteClosed as taking it back does.
    """
    require(by, Permission.BEGIN_HOUSE, at=at)
    lock_to_close(site)
    closed = not Site.objects.filter(pk=site.pk, closed_at=None).exists()
    if not (begun_by(by).filter(pk=site.pk).exists() if closed else _is_theirs(site, by, at)):
        raise NotAllowed(_("Only who began the house takes it back."))
    if closed:
        raise SiteClosed
    if was_used(site) or is_with_others(site, by, at):
        raise HouseWasUsed


def close_unused(site: Site, by: User, at: datetime) -> TakenBack:
    """Let the house, which is locked, be closed, and the role of who began it end there."""
    Site.objects.filter(pk=site.pk).update(closed_at=at)
    Assignment.objects.running(at).filter(user=by, site=site, role=Role.COORDINATOR).update(ends_at=at)
    return TakenBack(str(site.pk), site.code, str(by.pk))


def may_take_back(site: Site, user: User, at: datetime) -> bool:
    """Whether the house is still what the user began, and nobody else's."""
    return _is_theirs(site, user, at) and not (was_used(site) or is_with_others(site, user, at))


def _is_theirs(site: Site, user: User, at: datetime) -> bool:
    roles = Assignment.objects.running(at).filter(Q(site=site) | Q(site=None), user=user, role=Role.COORDINATOR)
    return begun_by(user).filter(pk=site.pk).exists() and roles.exists()


def begun_by(user: User) -> SiteQuerySet:
    """The houses that the user began."""
    return Site.objects.filter(beginning__act__by=user)


def was_used(site: Site) -> bool:
    """Whether anybody was ever there or is on the way, or a place was ever kept for somebody."""
    told = Bedding.objects.filter(room__site=site)
    coming = Absence.objects.filter(movement__destination_site=site, during__upper_inf=True)
    here = Presence.objects.filter(site=site)
    return told.exists() or Stay.objects.filter(site=site).exists() or here.exists() or coming.exists()


def is_with_others(site: Site, by: User, at: datetime) -> bool:
    """Whether somebody else was ever given a role there, or others may hold places there now."""
    roles = Assignment.objects.filter(site=site).exclude(user=by)
    return roles.exists() or Opening.objects.at(at).filter(site=site).exists()


def marzes_to_begin(user: User, at: datetime) -> list[str]:
    """Where the user may begin a house: in every marz, or in those of the open sites that they coordinate."""
    if user.reach(Permission.BEGIN_HOUSE, at) is None:
        return list(Marz.values)
    sites = Site.objects.where(user, Permission.BEGIN_HOUSE, at).open(at)
    return sorted(set(sites.values_list("marz", flat=True)))


def _of_that_name(name: str, marz: str, by: User, at: datetime) -> Site | None:
    """An open house of this name, in any of its languages, in the marz; none that the user may not know of."""
    said = _plain(name)
    for site in Site.objects.open(at).filter(marz=marz).order_by("opened_at", "pk"):
        if said in map(_plain, (site.name_en, site.name_hy, site.name_ru)) and by.knows(site, at):
            return site
    return None


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def code_of(name: str, kind: str, act: Act) -> str:
    """A code that nobody has to think of: the name in Latin letters and four signs of the act.

    The signs come whether or not the name is taken: a code must not tell that there is a hidden site.
    """
    in_latin = spelt(name) if scripts(name) <= {"latin"} else fold(name)
    words = re.sub(r"[^a-z0-9]+", "-", in_latin).strip("-") or kind.replace("_", "-")
    return f"{words[:15].strip('-')}-{act.pk.hex[:4]}"


def _language_of(name: str) -> str:
    return next((LANGUAGES[script] for script in scripts(name) if script in LANGUAGES), "name_en")


def _let_coordinate(user: User, site: Site, at: datetime) -> None:
    """Give the role that the user has in the marz at the new house too, no longer than it runs there."""
    running = Assignment.objects.running(at).filter(user=user, role=Role.COORDINATOR)
    if running.filter(site=None).exists():
        return
    ours = running.filter(site__marz=site.marz)
    ends = list(ours.values_list("ends_at", flat=True))
    last = None if None in ends else max(end for end in ends if end)
    Assignment.objects.create(
        user=user,
        site=site,
        role=Role.COORDINATOR,
        starts_at=at,
        ends_at=last,
    )
