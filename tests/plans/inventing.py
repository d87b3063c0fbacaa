"""Invented evenings, of which the two ways to plan are compared."""

import random
import uuid
from collections.abc import Callable

from plans.evening import Evening, Family, Person, Space
from shelter.wants import COT, GROUND, HEATING, HOSPITAL, STEP_FREE

SIZES = (1, 1, 2, 2, 3, 3, 4, 4, 4, 5, 5, 6, 7, 8)
ROOMS = (2, 2, 3, 3, 4, 4, 4, 5, 6)


def invent_evening(seed: int, families: int, rooms: int, houses: int = 8) -> Evening:
    """So many families in fair order and so many rooms; the same for the same seed."""
    chance = random.Random(seed)

    def key() -> uuid.UUID:
        return uuid.UUID(int=chance.getrandbits(128))

    sites = [key() for _ in range(houses)]
    spaces = [_invent_space(chance, key(), sites, number) for number in range(rooms)]
    waiting = [_invent_family(chance, key, sites, number) for number in range(families)]
    waiting.sort(key=lambda one: (one.turn, -one.hours, one.number))
    pairs = frozenset(frozenset({one.id for one in chance.sample(waiting, 2)}) for _ in range(families // 100))
    return Evening(tuple(waiting), tuple(spaces), pairs)


def _invent_space(chance: random.Random, key: uuid.UUID, sites: list[uuid.UUID], number: int) -> Space:
    hall = chance.random() < 0.02
    floor = chance.randrange(4)
    odds = {STEP_FREE: 0.2, COT: 0.15, HEATING: 0.7, HOSPITAL: 0.1}
    features = {name for name, odd in odds.items() if chance.random() < odd} | ({GROUND} if floor == 0 else set())
    return Space(
        id=key,
        site=chance.choice(sites),
        name=str(number),
        free=chance.randrange(20, 60) if hall else chance.choice(ROOMS),
        floor=floor,
        shared=hall,
        women_only=chance.random() < 0.05,
        families_only=chance.random() < 0.1,
        features=frozenset(features),
    )


def _invent_family(chance: random.Random, key: Callable[[], uuid.UUID], sites: list[uuid.UUID], number: int) -> Family:
    size = chance.choice(SIZES)
    adults = max(1, min(size, chance.choice((1, 2, 2, 3))))
    ids = [key() for _ in range(size)]
    alone = chance.random() < 0.01
    carers = frozenset() if alone else frozenset(ids[:adults])
    women = chance.random() < 0.2
    people = [
        Person(one, women or chance.random() < 0.5, None if at < adults else carers) for at, one in enumerate(ids)
    ]
    odds = {STEP_FREE: 0.08, GROUND: 0.05, COT: 0.1, HEATING: 0.1, HOSPITAL: 0.03}
    wants = frozenset(name for name, odd in odds.items() if chance.random() < odd)
    turn = 0 if chance.random() < 0.01 else 1 if wants or chance.random() < 0.2 else 2
    return Family(key(), number, chance.choice(sites), tuple(people), chance.randrange(60), turn, size, wants)
