"""Every act that locks people or places, against every other, on one family at one instant, over HTTP.

Each is done or refused in words; PostgreSQL breaks no deadlock; and what is so afterwards is what the journal says.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from itertools import combinations_with_replacement

import pytest
from django.db.models import Count
from django.utils import timezone

from aid.actions import Rule, hand_out
from aid.models import HandoutPerson
from aid.storing import receive_stock
from census.actions import take_snapshots
from centre.models import User
from desk.actions import pre_register, record_death
from desk.correcting import Said, correct
from desk.merging import merge_individuals
from registrations.corrections import Conflict, Correction
from registrations.facts import Group, HouseholdFacts
from registrations.models import Absence, Household, Individual, Movement, Presence
from registrations.presences import lay_out_presences
from registrations.said import value_of
from shelter.actions import hold_places, place_household
from shelter.models import Stay
from tests.aid.conftest import make_distribution, make_family, make_item
from tests.api.conftest import member
from tests.build import make_room, make_site, make_user
from tests.servers import at_once, deadlocks, serve

pytestmark = pytest.mark.races

TIMES = 3  # of each of the two at once


class Operation:
    """Two sites, a distribution that runs, and a coordinator of all."""

    def __init__(self) -> None:
        self.by: User = make_user()
        self.site, self.other_site = make_site(), make_site()
        parcel = make_item("Every parcel", self.by)
        receive_stock(self.site, item=parcel, quantity=1_000_000, by=self.by)
        self.running = make_distribution(self.site, self.by, Rule(parcel, "person", 1))


class Stage:
    """A family of two of whom one sleeps and one has a hold, its double, and what the two acts need besides."""

    def __init__(self, operation: Operation, acts: set[str]) -> None:
        self.world, by, site = operation, operation.by, operation.site
        if "complete" in acts:
            facts = HouseholdFacts(going="shelter")
            counted = pre_register(site, groups=[Group(2, "F", "18-59")], facts=facts, by=by)
            self.family = Household.objects.get(pk=counted.household)
        else:
            self.family = make_family(site, 2)
        self.head, self.second = Individual.objects.members_of(self.family)
        self.other = make_family(site, 2)
        self.double, self.twice = Individual.objects.members_of(self.other)
        self.room, self.next_room = make_room(site, 4), make_room(site, 4)
        if acts & {"check_in", "end_hold"}:
            until = timezone.now() + timedelta(hours=3)
            hold_places(self.family, rooms=[self.room], until=until, members=[self.head.pk], by=by)
            self.hold = Stay.objects.holds().get(individual=self.head)
        if acts & {"move", "end_stay"}:
            place_household(self.family, rooms=[self.room], members=[self.second.pk], by=by)
            self.stay = Stay.objects.stays().get(individual=self.second)
        if "reverse" in acts:
            self.handout = hand_out(operation.running, self.family, by=by).handout
        if "unmerge" in acts:
            self.merge = merge_individuals(self.double, into=self.head, reason="told so", by=by).merge
        if acts & {"undo", "settle"}:
            anna, sarah = (
                Said("given_name", name, was=self.second.given_name, person=self.second.pk) for name in ("Ani", "Sara")
            )
            correct(self.family, said=[anna], reason="heard", by=by)
            correct(self.family, said=[sarah], reason="heard", by=by)
            self.corrected = Correction.objects.get(individual=self.second).act_id
            self.conflict = Conflict.objects.get(individual=self.second).pk
        if "void" in acts:
            self.arrival = Movement.objects.filter(individual=self.second, kind="arrived").latest("recorded_at").pk
        if "void_death" in acts:
            record_death(self.head, site=site, by=by)
            self.death = Movement.objects.get(individual=self.head, kind="died").pk

    def of_family(self, verb: str, **facts: object) -> tuple[str, dict[str, object]]:
        return f"households/{self.family.pk}/{verb}/", facts


def now(later: timedelta = timedelta()) -> str:
    return (timezone.now() + later).isoformat()


def today() -> str:
    return timezone.localdate().isoformat()


def gone(person: Individual, relationship: str) -> dict[str, object]:
    return {"individual": person.pk, "relationship": relationship}


Told = tuple[str, dict[str, object]]  # the address, and what is sent there
ACTS: dict[str, Callable[[Stage], Told]] = {
    "arrive": lambda s: s.of_family("arrive", site=s.world.other_site.code),
    "depart": lambda s: s.of_family("depart", site=s.world.site.code, destination="abroad"),
    "died": lambda s: (f"individuals/{s.head.pk}/died/", {"site": s.world.site.code}),
    "born": lambda s: s.of_family(
        "born", site=s.world.site.code, at=now(), child=member("Mane", relationship="daughter", birth_date=today())
    ),
    "complete": lambda s: s.of_family(
        "complete", site=s.world.site.code, at=now(), going="shelter", members=[member(birth_date="1989-05-04")]
    ),
    "place": lambda s: s.of_family("place", rooms=[s.room.pk, s.next_room.pk]),
    "hold": lambda s: s.of_family(
        "hold", rooms=[s.next_room.pk, s.room.pk], until=now(timedelta(hours=2)), members=[s.second.pk]
    ),
    "check_in": lambda s: (f"stays/{s.hold.pk}/check-in/", {}),
    "end_hold": lambda s: (f"stays/{s.hold.pk}/end/", {}),
    "move": lambda s: (f"stays/{s.stay.pk}/move/", {"rooms": [s.next_room.pk]}),
    "end_stay": lambda s: (f"stays/{s.stay.pk}/end/", {}),
    "merge": lambda s: ("merges/", {"merged": s.twice.pk, "into": s.second.pk, "reason": "told so"}),
    "unmerge": lambda s: (f"merges/{s.merge}/undo/", {}),
    "correct": lambda s: (f"individuals/{s.second.pk}/correct/", {"given_name": "Nare", "reason": "heard"}),
    "join": lambda s: s.of_family(
        "join", site=s.world.site.code, at=now(), person=member("Hayk", relationship="parent", birth_date="1960-05-04")
    ),
    "head": lambda s: s.of_family("head", head=s.second.pk),
    "split": lambda s: s.of_family("split", site=s.world.site.code, members=[gone(s.second, "head")]),
    "change_household": lambda s: s.of_family("change-household", to=s.other.pk, members=[gone(s.second, "cousin")]),
    "never_was": lambda s: s.of_family("never-was", members=[s.second.pk], reason="typed twice"),
    "undo": lambda s: (f"acts/{s.corrected}/undo/", {"reason": "told so"}),
    "settle": lambda s: (f"conflicts/{s.conflict}/settle/", {"take": True}),
    "needs": lambda s: (f"individuals/{s.second.pk}/needs/", {"add": ["SM-CC"], "end": ["SM-CI"]}),
    "hand_out": lambda s: ("handouts/", {"distribution": s.world.running.pk, "number": str(s.family)}),
    "reverse": lambda s: (f"handouts/{s.handout}/reverse/", {"reason": "told so"}),
    "void": lambda s: (f"movements/{s.arrival}/void/", {}),
    "void_death": lambda s: (f"movements/{s.death}/void/", {}),
}
ANSWERS = {201, 404, 409}  # done; no longer there; refused in words
NOT_THERE = ("There is nothing with this id.", "Nobody of this family has this id.")  # of whom was named and has left


def test_every_act_against_every_other_on_one_family(committed_database, settings):
    settings.DEMONSTRATION = True  # the census of this very second is asked for at the end
    world, began = Operation(), timezone.now()
    take_snapshots(began)
    done: Counter[str] = Counter()
    wrong: list[tuple[object, ...]] = []
    with serve() as server:
        desks = [server.sign_in(world.by) for _ in range(2 * TIMES)]
        for pair in combinations_with_replacement(ACTS, 2):
            stage = Stage(world, set(pair))
            sent = [(act, *ACTS[act](stage)) for act in pair * TIMES]
            answers = at_once(
                desk.posting(f"/api/v1/{address}", {"id": uuid.uuid4(), **facts}, as_json=True)
                for desk, (_act, address, facts) in zip(desks, sent, strict=True)
            )
            for (act, *_), answer in zip(sent, answers, strict=True):
                done[act] += answer.status == 201
                left = answer.status == 400 and any(said in str(answer.body) for said in NOT_THERE)
                if answer.status not in ANSWERS and not left:
                    wrong.append((*pair, act, answer.status, answer.body))
    assert wrong == []
    assert deadlocks() == 0
    assert [act for act in ACTS if not done[act]] == []
    assert_nobody_is_in_two_places()
    assert_presences_are_what_the_journal_says()
    assert_nothing_was_given_twice()
    assert_corrections_follow_each_other()
    (snapshot,) = take_snapshots(timezone.now())
    assert {key: place["balance"]["difference"] for key, place in snapshot.tally["places"].items()} == dict.fromkeys(
        snapshot.tally["places"], 0
    )


def assert_nobody_is_in_two_places():
    lasting = {"during__upper_inf": True}
    for rows, once in ((Presence, "individual"), (Stay, "individual"), (Stay, "place")):
        several = rows.objects.filter(**lasting, **{f"{once}__isnull": False}).order_by().values(once)
        assert list(several.annotate(n=Count("pk")).filter(n__gt=1)) == []


def assert_presences_are_what_the_journal_says():
    before = [sorted(map(str, rows.objects.values_list())) for rows in (Presence, Absence)]
    lay_out_presences(Individual.objects.values_list("pk", flat=True))
    assert [sorted(map(str, rows.objects.values_list())) for rows in (Presence, Absence)] == before


def assert_corrections_follow_each_other():
    """What a field was is what it became before, and the last is what it says: as known at any hour it reads on."""
    rows: dict[tuple[object, ...], list[Correction]] = defaultdict(list)
    for one in Correction.objects.select_related("individual", "household", "membership"):
        rows[one.individual_id, one.household_id, one.membership_id, one.field].append(one)
    for some in rows.values():
        row = some[-1].individual or some[-1].household or some[-1].membership
        said = [one.now for one in some]
        assert [one.was for one in some][1:] == said[:-1]
        assert value_of(row, some[-1].field) == said[-1]


def assert_nothing_was_given_twice():
    """Nobody had a second share of a round; who joined a family since has their own."""
    standing = HandoutPerson.objects.filter(handout__reversed_at=None).order_by()
    shares = standing.values("handout__distribution", "membership__counted_as").annotate(n=Count("pk"))
    assert list(shares.filter(n__gt=1)) == []
