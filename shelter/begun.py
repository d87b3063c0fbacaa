"""A house that begins with a telephone call: a coordinator writes its name and how many places it has."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from centre.access import NotAllowed, Permission, Role, require
from centre.acts import act
from centre.errors import SiteCodeTaken
from centre.models import Act, Assignment, Marz, Site, User
from centre.refusals import refused_on
from registrations.names import fold, scripts, spelt
from shelter.errors import HouseOfThatName
from shelter.models import Place, Room

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
class Begun:
    """The house, by id and code, its room that is to be divided, and who coordinates it."""

    site: str
    code: str
    room: str
    user: str


@act("begin_house", answers=Begun)
def begin_house(
    *,
    name: str,
    kind: str,
    marz: str,
    places: int,
    room: str,
    another: bool = False,
    by: User,
    at: datetime,
    act: Act,
) -> Begun:
    """Open a house with one room to be divided, of so many places; who begins it coordinates it from then on.

    Only in a marz where they coordinate a site already, and for as long as they do there: no other role comes with it.
    `room` is what the room to be divided is called. Refuses with SiteCodeTaken, and
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
    undivided = Room.objects.create(site=site, name=room, kind=Room.Kind.UNDIVIDED)
    Place.objects.bulk_create(
        Place(room=undivided, number=number, added_at=at, added_by=by) for number in range(1, places + 1)
    )
    return Begun(str(site.pk), site.code, str(undivided.pk), str(by.pk))


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
