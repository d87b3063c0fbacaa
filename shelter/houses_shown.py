"""The houses of the shelter board: nearest first, narrowed as asked, summed by province; and the map of them."""

import math
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime

from centre.models import Marz, Site
from shelter.houses_asked import HousesAsked
from shelter.selectors import PlacesNow, RoomNow, places_now, rooms_now
from shelter.sight import Reach

LISTED = 24  # houses listed at first; the sums of the provinces are of all
ROOMS_SHOWN = 40  # of a house at first
EARTH = 6371.0  # km, mean radius


@dataclass(frozen=True)
class House:
    """A site with its places; its rooms when it is opened."""

    site: Site
    places: PlacesNow
    rooms: list[RoomNow] | None
    more: int  # rooms that are not shown: the full ones, and those beyond the first
    left: int | None = None  # places of a site of others that may still be held; None of one's own
    km: int | None = None  # from the site of the shift, as the crow flies; None where one has no coordinates


@dataclass(frozen=True)
class Province:
    """The houses of one province: its places in all, and those houses that are listed."""

    marz: str
    places: PlacesNow
    houses: list[House]
    more: int  # houses that are not listed

    @property
    def name(self) -> str:
        """In the reader's language."""
        return str(Marz(self.marz).label)


def read_provinces(
    reach: Reach, asked: HousesAsked, opened: str, here: Site | None, at: datetime, *, full: bool, every: bool
) -> list[Province]:
    """The houses that have places, by province: the own first, and in each the own house, then the nearest."""
    sites = reach.sites
    chosen = [key for key, site in sites.items() if _is_asked(site, asked, here)]
    places = places_now(chosen, at)
    if asked.by_room:
        fitting = {room.site_id for room in rooms_now(chosen, at, only_free=True) if _fits(room, asked)}
        places = {key: sums for key, sums in places.items() if key in fitting}
    by_marz: dict[str, list[uuid.UUID]] = {}
    for key in sorted(places, key=lambda key: _nearness(sites[key], here, places[key].free)):
        by_marz.setdefault(sites[key].marz, []).append(key)
    listed = set([key for keys in by_marz.values() for key in keys][: None if every else LISTED])
    listed |= {key for key in places if sites[key].code == opened}
    return [
        Province(
            marz,
            _sum(places[key] for key in keys),
            [_house(sites[key], places[key], reach, opened, here, at, full=full) for key in keys if key in listed],
            sum(key not in listed for key in keys),
        )
        for marz, keys in by_marz.items()
    ]


def _is_asked(site: Site, asked: HousesAsked, here: Site | None) -> bool:
    names = (site.name_hy, site.name_en, site.name_ru, site.code)
    if asked.name and not any(asked.name.casefold() in name.casefold() for name in names):
        return False
    away = km_between(site, here) if asked.km else 0
    return asked.marz in ("", site.marz) and away is not None and away <= (asked.km or 0)


def _fits(room: RoomNow, asked: HousesAsked) -> bool:
    return room.free >= max(1, asked.free) and (room.step_free or not asked.step_free)


def _nearness(site: Site, here: Site | None, free: int) -> tuple[bool, str, bool, float, int]:
    """The own province first, in it the own house, then by distance as far as it is known, then by free places."""
    away = km_between(site, here)
    marz_elsewhere = here is None or site.marz != here.marz
    return marz_elsewhere, site.marz if marz_elsewhere else "", site != here, math.inf if away is None else away, -free


def km_between(one: Site, other: Site | None) -> float | None:
    """How far apart two sites are as the crow flies, in km; None where one has no coordinates."""
    if other is None or None in (one.latitude, one.longitude, other.latitude, other.longitude):
        return None
    south, north = math.radians(float(one.latitude or 0)), math.radians(float(other.latitude or 0))
    across = math.radians(float(other.longitude or 0) - float(one.longitude or 0))
    half = math.sin((north - south) / 2) ** 2 + math.cos(south) * math.cos(north) * math.sin(across / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(half))


def _sum(places: Iterable[PlacesNow]) -> PlacesNow:
    rows = list(places)
    return PlacesNow(*(sum(getattr(row, field.name) for row in rows) for field in fields(PlacesNow)))


def _house(
    site: Site, places: PlacesNow, reach: Reach, opened: str, here: Site | None, at: datetime, *, full: bool
) -> House:
    """Full and blocked rooms stand among the others; only where there are very many are they one step away."""
    rooms = rooms_now([site.pk], at) if site.code == opened else None
    shown = rooms
    if rooms and not full and len(rooms) > ROOMS_SHOWN:
        shown = [room for room in rooms if room.free or room.overflow][:ROOMS_SHOWN]
    away = km_between(site, here)
    km = None if away is None or site == here else round(away)
    return House(site, places, shown, len(rooms or []) - len(shown or []), reach.left.get(site.pk), km)


@dataclass(frozen=True)
class Pin:
    """A house on the map, in hundredths of its width and of its height."""

    house: Site
    places: PlacesNow
    x: float
    y: float
    radius: float


def pins_of(sites: Collection[Site], at: datetime) -> tuple[list[Pin], list[Site]]:
    """The houses with places where they lie, the largest first, north up; and those that have no coordinates."""
    known = {site.pk: site for site in sites}
    places = places_now(known, at)
    here = {key: (site.longitude, site.latitude) for key, site in known.items() if site.coordinates}
    placed = [key for key in places if key in here]
    if not placed:
        return [], [known[key] for key in places]
    ys = [-float(here[key][1] or 0) for key in placed]
    squeeze = math.cos(math.radians(sum(ys) / len(ys)))  # of a degree of longitude
    xs = [float(here[key][0] or 0) * squeeze for key in placed]
    span = max(max(xs) - min(xs), max(ys) - min(ys), 0.1)
    pins = [
        Pin(
            known[key],
            places[key],
            round(8 + 84 * (x - min(xs)) / span, 1),
            round(8 + 84 * (y - min(ys)) / span, 1),
            round(min(6.0, 2.2 + math.sqrt(places[key].total) / 8), 1),
        )
        for key, x, y in zip(placed, xs, ys, strict=True)
    ]
    return sorted(pins, key=lambda pin: -pin.radius), [known[key] for key in places if key not in here]
