"""Rooms for the family that was chosen on the board: the one that is tried, then the best that a door would accept."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from centre.models import Site, User
from registrations.together import LookedAfter
from shelter.alone import officer_asked, rooms_of_strangers
from shelter.fitting import Fit, Needed, best_fits, judge
from shelter.selectors import RoomNow


@dataclass(frozen=True)
class Asking:
    """For whom rooms are looked for, and by whom."""

    people: Sequence[uuid.UUID]
    children: Sequence[LookedAfter]  # of their families
    needed: Needed
    here: uuid.UUID | None  # the site where they are
    barred: Collection[uuid.UUID]  # houses that are not for them
    placing: bool  # they have no bed yet
    user: User
    at: datetime


def suggest(
    asking: Asking,
    rooms: Sequence[RoomNow],
    tried: RoomNow | None,
    sites: Mapping[uuid.UUID, Site],
    km: Mapping[uuid.UUID, float],
    province: Collection[uuid.UUID],
) -> tuple[list[Fit], str]:
    """The room that is tried, then the best; and whom to call, where a protection officer must speak first.

    Until then no house is suggested where they would be refused a bed; and no room ever in which a child would sleep
    beside strangers. In a room that is tried it may have happened already.
    """
    keys = [room.id for room in (*rooms, *([tried] if tried else []))]
    strangers = rooms_of_strangers(asking.people, asking.children, keys, asking.at)
    suited = [room for room in rooms if room.id not in strangers and (tried is None or room.id != tried.id)]
    best = best_fits(suited, asking.needed, here=asking.here, km=km, province=province)
    looked_at = dict.fromkeys([asking.here, *([tried.site_id] if tried else []), *(fit.site_id for fit in best)])
    houses = [sites[key] for key in looked_at if key and key in sites]
    first = officer_asked(asking.people, asking.children, houses, asking.user, asking.at)
    fits = [fit for fit in best if fit.site_id not in first.sites]
    told = first.told if len(fits) < len(best) or not fits else ""
    if tried:
        fit = judge([tried], asking.needed, here=asking.here, barred=asking.barred)
        refused = asking.placing and (tried.id in strangers or tried.site_id in first.sites)
        doubts = [_("a child would sleep beside strangers")] if tried.id in strangers else []
        fits.insert(0, replace(fit, barred=fit.barred or refused, doubts=(*doubts, *fit.doubts)))
        told = told or (first.told if tried.site_id in first.sites else "")
    return fits, told
