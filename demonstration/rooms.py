"""Which rooms a desk of the demonstration gives a family, and what it thinks is free in them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass
class Lodging:
    """A room as a coordinator's list has it: how many of its places are thought free."""

    room: str
    site: str
    marz: str
    free: int


class HousesFull(Exception):
    """No house has so many places."""


class RoomList:
    """The rooms one coordinator gives out; nobody else gives them out meanwhile."""

    def __init__(self, rooms: Iterable[Lodging]) -> None:
        self.houses: dict[str, dict[str, list[Lodging]]] = defaultdict(lambda: defaultdict(list))
        for room in rooms:
            self.houses[room.marz][room.site].append(room)

    def take(self, marz: str, people: int) -> list[Lodging]:
        """Rooms of one house with a place for each: in the province asked for, or where there is one.

        The smallest room that holds all of them, or else as few rooms as do. Raises HousesFull.
        """
        for province in (marz, *(other for other in list(self.houses) if other != marz)):
            chosen = self._one_room(province, people) or self._several(province, people)
            if chosen:
                _fill(chosen, people)
                return chosen
        raise HousesFull(f"No house has {people} free places.")

    def _one_room(self, marz: str, people: int) -> list[Lodging]:
        rooms = [room for house in self.houses[marz].values() for room in house if room.free >= people]
        return [min(rooms, key=lambda room: room.free)] if rooms else []

    def _several(self, marz: str, people: int) -> list[Lodging]:
        for house in self.houses[marz].values():
            if sum(room.free for room in house) >= people:
                rooms = sorted(house, key=lambda room: -room.free)
                needed = next(n for n in range(len(rooms) + 1) if sum(room.free for room in rooms[:n]) >= people)
                return rooms[:needed]
        return []


def _fill(rooms: Iterable[Lodging], people: int) -> None:
    for room in rooms:
        taken = min(room.free, people)
        room.free -= taken
        people -= taken
