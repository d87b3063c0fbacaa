"""Inside one room: its places, and who sleeps on which; and the places that are blocked, over all sites."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from centre.models import Site
from registrations.models import Membership
from registrations.numbers import write_number
from shelter.models import Place, Room, Stay


@dataclass(frozen=True)
class PlaceRow:
    """A place of a room at an instant, or someone who sleeps there without one: who, of which family, until when."""

    place: Place | None
    stay: Stay | None
    initials: str
    code: str
    is_free: bool  # whether it can be given

    @property
    def key(self) -> str:
        """The id of the place, as it is sent."""
        return str(self.place.pk) if self.place else ""


def read_places(room: Room, at: datetime) -> list[PlaceRow]:
    """The standing places of the room in order, then those who are there without a place."""
    stays = list(Stay.objects.filter(room=room).from_(at).select_related("individual").order_by("during"))
    families = Membership.objects.today().filter(counted_as__in=[stay.individual_id for stay in stays])
    numbers = dict(families.values_list("counted_as", "household__number"))
    by_place = {stay.place_id: stay for stay in reversed(stays)}
    taken = [(place, by_place.get(place.pk)) for place in room.places.standing().order_by("number")]
    beyond = [(None, stay) for stay in stays if stay.place_id is None]
    return [_place_row(place, stay, numbers, at) for place, stay in (*taken, *beyond)]


def _place_row(place: Place | None, stay: Stay | None, numbers: Mapping[uuid.UUID, int], at: datetime) -> PlaceRow:
    if stay is None:
        return PlaceRow(place, None, "", "", is_free=place is not None and place.is_usable(at))
    number = numbers.get(stay.individual_id)
    return PlaceRow(place, stay, stay.individual.initials, write_number(number) if number else "", is_free=False)


def blocked_places(sites: Collection[Site], at: datetime) -> list[Place]:
    """The places of these sites that are blocked at the instant, by site and room, the first to open first."""
    blocked = Place.objects.filter(room__site__in=sites).blocked(at).select_related("room__site", "blocked_by")
    return list(blocked.order_by("room__site__code", "room__name", "blocked_until", "number"))
