"""What is there at the end, beside what the desks were answered."""

from collections import Counter
from typing import Any

import psycopg

from demonstration.replaying import Night
from tests.chaos.desks import ACTS, Desk

ONE_BED_TWO_SLEEPERS = """
    SELECT count(*) FROM shelter_stay one JOIN shelter_stay other
        ON one.place_id = other.place_id AND one.id < other.id AND one.during && other.during
    WHERE NOT isempty(one.during)"""
ONE_PERSON_TWO_PLACES = """
    SELECT count(*) FROM registrations_presence one JOIN registrations_presence other
        ON one.individual_id = other.individual_id AND one.movement_id < other.movement_id
        AND one.during && other.during
    WHERE NOT isempty(one.during)"""
TWICE_IN_A_ROUND = """
    SELECT count(*) FROM (SELECT 1 FROM aid_handout WHERE reversed_at IS NULL AND happened_anyway_at IS NULL
        GROUP BY distribution_id, household_id, part HAVING count(*) > 1) twice"""
NEVER = {
    "beds with two sleepers": ONE_BED_TWO_SLEEPERS,
    "people at two places at once": ONE_PERSON_TWO_PLACES,
    "families who got the same twice": TWICE_IN_A_ROUND,
}


def count_people(database: str) -> int:
    """The people who are registered."""
    return _one(database, "SELECT count(*) FROM registrations_individual WHERE registered_at IS NOT NULL")


def find_wrong(database: str, desks: list[Desk], people_before: int, night: Night) -> list[str]:
    """Everything that was lost, was doubled or does not add up, in words; empty when all is right."""
    found = [f"{what}: {number}" for what, asked in NEVER.items() if (number := _one(database, asked))]
    found += [problem for desk in desks for problem in desk.problems]
    found += [f"{desk.name} broke off" for desk in desks if not desk.ended]
    did = sum((desk.did for desk in desks), Counter[str]())
    found += [f"nobody ever did {act}: nothing was shown of it" for act in ACTS if not did[act]]
    found += _acts(database, desks)
    new = count_people(database) - people_before
    if new != (told := sum(desk.registered for desk in desks)):
        found.append(f"people registered: {told} by the answers, {new} in the database")
    found += [f"the balance of {place} is {by} off" for place, by in night.differences.items()]
    return found


def _acts(database: str, desks: list[Desk]) -> list[str]:
    """Acts that are answered as done and not there; acts whose second sending is answered otherwise."""
    found = []
    for desk in desks:
        done = [one for one in desk.sender.sent if one.answer.done]
        keys = [one.key for one in done]
        there = _one(database, "SELECT count(*) FROM centre_act WHERE id = ANY(%s::uuid[])", keys)
        if there != len(done):
            found.append(f"{desk.name}: {len(done)} acts answered as done, {there} in the database")
        for one in done:
            again = desk.sender.ask_again(one.path, one.body)
            if not again.done or _essence(again.body) != _essence(one.answer.body):
                found.append(f"{desk.name}: {one.path} {one.key} is now answered {again.status} {again.body}")
    return found


def _essence(body: Any) -> Any:
    """The answer without what is looked up anew each time: whom the family may be already."""
    return {key: value for key, value in body.items() if key != "matches"}


def _one(database: str, asked: str, *values: Any) -> int:
    with psycopg.connect(database) as connection:
        row = connection.execute(asked, values).fetchone()
    assert row
    return int(row[0])
