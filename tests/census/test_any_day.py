"""Whatever is told, in whatever order, and taken back again: every snapshot adds up and reads the same for ever."""

import json
import os
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from census.actions import revise_snapshot, take_snapshots
from census.counting import Alike
from census.cuts import Cut, Part, cut
from census.models import Snapshot
from census.selectors import Tally
from centre.access import Role
from centre.clock import local_day
from centre.models import Act, Site, User
from centre.refusals import Refusal
from desk.actions import arrive, complete, depart, pre_register, record_birth, record_death, register
from desk.belonging import UNDOABLE, change_household, join, make_head, never_was, split, undo
from desk.correcting import Said, correct, told_birth
from desk.merging import merge_individuals, unmerge
from desk.needing import change_needs
from desk.voiding import void_movement
from registrations.facts import Birth, Group, HouseholdFacts, PersonFacts
from registrations.models import Household, Individual, Membership, Merge, Movement, Presence
from shelter.actions import check_in, end_stays, hold_places, move, place_household
from shelter.models import Bedding, Room, Stay
from shelter.undoing import void_bedding
from tests.build import make_room, make_site, make_user, person

pytestmark = pytest.mark.django_db(transaction=True)

LENGTH = 30  # hours
MOST_DAYS = int(os.environ.get("RECEPTION_ANY_DAYS", "20"))
EMPTY = "TRUNCATE centre_act, census_snapshot CASCADE"
BIRTHS = [Birth(date(2016, 1, 1), "day"), Birth(date(1950, 1, 1), "year"), Birth(None, "age_group", "12-17"), Birth()]


class World:
    """Four sites and whoever came to them; each method tells one thing, chosen by small numbers."""

    def __init__(self, desk: User, officer: User, sites: list[Site], start: datetime) -> None:
        self.desk, self.officer, self.sites, self.start = desk, officer, sites, start
        self.read: list[tuple[Tally, set[Alike], dict[str, list[Part]]]] = []  # what was known when, in every cut

    def at(self, hour: int) -> datetime:
        return self.start + timedelta(hours=hour)

    def one(self, rows, number: int):
        """One of the rows, the latest first; nothing to choose from ends the step."""
        found = list(rows.order_by("-pk") if rows.model is Movement else rows)
        if not found:
            raise Refusal
        return found[number % len(found)]

    def household(self, number: int) -> Household:
        return self.one(Household.objects.order_by("number"), number)

    def site(self, number: int) -> Site:
        return self.sites[number % len(self.sites)]

    def register(self, hour: int, a: int, b: int) -> None:
        going = ("shelter", "own_address", "stays")[b % 3]
        facts = HouseholdFacts(going=going, destination_marz="AM-KT" if going == "own_address" else "")
        child = person("Ani", relationship="daughter", birth=Birth(date(2016, 1, 1), "day"))
        early = self.at(hour) - timedelta(hours=b // 3 % 3)
        members = [person(), child][: 1 + b // 9 % 2]
        register(self.site(a), members=members, facts=facts, arrived_at=early, by=self.desk, at=self.at(hour))

    def pre_register(self, hour: int, a: int, b: int) -> None:
        facts = HouseholdFacts(going="shelter")
        groups = [Group(1 + b % 2, ("F", "M", None)[b % 3], ("18-59", "12-17", "")[b // 6])]
        pre_register(self.site(a), groups=groups, facts=facts, by=self.desk, at=self.at(hour))

    def complete(self, hour: int, a: int, b: int) -> None:
        nameless = Membership.objects.nameless().values("household")
        household = self.one(Household.objects.filter(pk__in=nameless).order_by("number"), a)
        named = person(relationship="other_relative" if household.registered_at else "head")
        facts = HouseholdFacts(going=("stays", "own_address")[b // 4 % 2])
        complete(household, site=self.site(b), members=[named], facts=facts, by=self.desk, at=self.at(hour))

    def arrive(self, hour: int, a: int, b: int) -> None:
        arrive(self.household(a), site=self.site(b), by=self.desk, at=self.at(hour))

    def depart(self, hour: int, a: int, b: int) -> None:
        household, at = self.household(a), self.at(hour)
        people = [person.pk for person in Individual.objects.members_of(household)]
        here = Presence.objects.filter(individual__in=people, during__contains=at).select_related("site").first()
        site = here.site if here else self.site(b)
        kind = ("site", "own_address", "abroad", "unknown")[b % 4]
        to = next(other for other in (self.site(b // 4), self.site(b // 4 + 1)) if other != site)
        depart(
            household,
            site=site,
            destination=kind,
            destination_site=to if kind == "site" else None,
            destination_marz="AM-LO" if kind == "own_address" else "",
            happened_anyway="seen",
            by=self.desk,
            at=at,
        )

    def born(self, hour: int, a: int, b: int) -> None:
        child = person("Mane", relationship="daughter", birth=Birth(local_day(self.at(hour)), "day"))
        record_birth(self.household(a), site=self.site(b), child=child, by=self.desk, at=self.at(hour))

    def died(self, hour: int, a: int, b: int) -> None:
        record_death(self.one(self.people(), a), site=self.site(b), by=self.desk, at=self.at(hour))

    def people(self):
        return Individual.objects.order_by("memberships__household__number", "memberships__position")

    def void(self, hour: int, a: int, b: int) -> None:
        facts = Movement.objects.all() if b % 4 == 0 else Movement.objects.exclude(kind="voided")
        void_movement(self.one(facts, a), by=self.desk, at=self.at(hour))

    def merge(self, hour: int, a: int, b: int) -> None:
        one, other = self.one(self.people(), a), self.one(self.people(), b)
        merge_individuals(one, into=other, reason="alike", by=self.desk, at=self.at(hour))

    def unmerge(self, hour: int, a: int, b: int) -> None:
        standing = Merge.objects.filter(undone_recorded_at__isnull=True).order_by("recorded_at")
        unmerge(self.one(standing, a), by=self.desk, at=self.at(hour))

    def members(self, a: int) -> list[Membership]:
        rows = list(self.household(a).memberships.today().order_by("position"))
        if not rows:
            raise Refusal
        return rows

    def one_of(self, rows: list[Membership], b: int) -> tuple[Membership, uuid.UUID | None]:
        """One of the members, and who is the head of the others where it was that one."""
        one = rows[b % len(rows)]
        others = [row.individual_id for row in rows if row is not one]
        return one, others[0] if others and one.relationship == "head" else None

    def correct(self, hour: int, a: int, b: int) -> None:
        rows = self.members(a)
        said = [("sex", ("F", "M", None)[b % 3]), ("birth", told_birth(BIRTHS[b % 4])), ("given_name", f"Ani{b % 2}")]
        person = rows[b // 2 % len(rows)].individual_id
        anew = [Said(field, now, person=person) for field, now in said[b % 2 : b % 2 + 1 + b % 3]]
        correct(rows[0].household, said=anew, reason="heard", by=self.desk, at=self.at(hour))

    def join(self, hour: int, a: int, b: int) -> None:
        who = PersonFacts(
            "Hayk", sex="M", birth=BIRTHS[b % 4], relationship="cousin", carer_kind=("", "relative")[b % 2]
        )
        join(self.household(a), site=self.site(b), person=who, by=self.desk, at=self.at(hour))

    def make_head(self, hour: int, a: int, b: int) -> None:
        rows = self.members(a)
        make_head(rows[0].household, head=rows[b % len(rows)].individual_id, by=self.officer, at=self.at(hour))

    def split(self, hour: int, a: int, b: int) -> None:
        rows = self.members(a)
        one, head = self.one_of(rows, b)
        going = [PersonFacts(id=one.individual_id, relationship="head")]
        split(one.household, site=self.site(b), members=going, head=head, by=self.officer, at=self.at(hour))

    def change_household(self, hour: int, a: int, b: int) -> None:
        (one, head), to = self.one_of(self.members(a), b), self.household(b)
        if to == one.household:
            raise Refusal
        going = [PersonFacts(id=one.individual_id, relationship="cousin", carer_kind="relative")]
        change_household(one.household, to=to, members=going, head=head, by=self.officer, at=self.at(hour))

    def never_was(self, hour: int, a: int, b: int) -> None:
        one, head = self.one_of(self.members(a), b)
        gone = [one.individual_id]
        never_was(one.household, members=gone, head=head, reason="twice", by=self.desk, at=self.at(hour))

    def undo(self, hour: int, a: int, b: int) -> None:
        undo(
            self.one(Act.objects.filter(kind__in=UNDOABLE).order_by("-recorded_at"), a), by=self.desk, at=self.at(hour)
        )

    def rooms(self, b: int) -> list[Room]:
        return [self.one(Room.objects.order_by("name"), b)]

    def place(self, hour: int, a: int, b: int) -> None:
        anyway = "no room" if b % 5 == 0 else ""
        place_household(self.household(a), rooms=self.rooms(b), happened_anyway=anyway, by=self.desk, at=self.at(hour))

    def hold(self, hour: int, a: int, b: int) -> None:
        until = self.at(hour + 6)
        hold_places(self.household(a), rooms=self.rooms(b), until=until, by=self.desk, at=self.at(hour))

    def check_in(self, hour: int, a: int, b: int) -> None:
        check_in([self.one(Stay.objects.holds().order_by("act__recorded_at", "pk"), a)], by=self.desk, at=self.at(hour))

    def stays(self):
        return Stay.objects.stays().order_by("began_by__recorded_at", "began_by")

    def move(self, hour: int, a: int, b: int) -> None:
        move([self.one(self.stays(), a)], rooms=self.rooms(b), by=self.desk, at=self.at(hour))

    def end(self, hour: int, a: int, b: int) -> None:
        end_stays([self.one(self.stays(), a)], by=self.desk, at=self.at(hour))

    def void_bedding(self, hour: int, a: int, b: int) -> None:
        facts = Bedding.objects.all() if b % 4 == 0 else Bedding.objects.exclude(kind="voided")
        void_bedding([self.one(facts.order_by("-pk"), a)], by=self.desk, at=self.at(hour))

    def snapshot(self, hour: int, a: int, b: int) -> None:
        last = Snapshot.objects.first()
        at = self.at(hour) if last is None else max(self.at(hour), last.at + timedelta(hours=1))
        known_at = timezone.now()
        for taken in take_snapshots(at, known_at=known_at, sites=self.sites):
            check(taken)
        tally = Tally(at, known_at)
        self.read.append((tally, set(tally.rows), cuts(tally)))
        check_cuts(self.read[-1])

    def revise(self, hour: int, a: int, b: int) -> None:
        last = self.one(Snapshot.objects.order_by("-at", "-revision", "site"), a)
        revised = Snapshot.objects.get(pk=revise_snapshot(last, reason="told late", by=self.desk).snapshot)
        check(revised)
        for place, row in revised.tally["places"].items():
            assert row["revised"]["difference"] == 0, (place, row["revised"])

    def say_home(self, hour: int, a: int, b: int) -> None:
        district = ("STE", "HAD", "")[b % 3]
        residence = {"last_residence_district": district, "last_residence_settlement": ""}
        going = ("shelter", "own_address", "stays")[b // 3 % 3]
        wish = {"going": going, "destination_marz": "AM-KT" if going == "own_address" else ""}
        said = [Said("last_residence", residence), Said("going", wish)][b % 2 : b % 2 + 1 + b // 9]
        correct(self.household(a), said=said, reason="heard", by=self.desk, at=self.at(hour))

    def need(self, hour: int, a: int, b: int) -> None:
        codes = ["SM-CC", "DS"]
        add, end = codes[b % 2 : b % 2 + 1], codes[: b // 9]
        change_needs(self.one(self.people(), a), add=add, end=end, by=self.officer, at=self.at(hour))


def cuts(tally: Tally) -> dict[str, list[Part]]:
    return {by.value: cut(by, tally.at, tally.known_at) for by in Cut}


def check_cuts(read: tuple[Tally, set[Alike], dict[str, list[Part]]]) -> None:
    """Everybody present and on the way is counted once in each cut; of needs a person may have several or none."""
    tally, rows, parts = read
    here = sum(row.people for row in rows if row.place in ("site", "on_the_way"))
    for by in (Cut.HOME, Cut.SIZE, Cut.WAITING):
        assert sum(part.people for part in parts[by]) == here, (by, parts[by])
    housed = sum(part.people for part in parts[Cut.WAITING] if part.value == "housed")
    assert housed == tally.figures.accommodated


def check(taken: Snapshot) -> None:
    """The lines of every place leave nothing open, and the figures agree with what stands in the tables."""
    for place, row in taken.tally["places"].items():
        assert row["balance"]["difference"] == 0, (place, row["balance"])
    if taken.site is not None:
        return
    figures = taken.tally["figures"]
    where = ("at_sites", "in_hospital", "on_the_way", "abroad", "died", "not_known")
    assert figures["registered"] == sum(figures[name] for name in where) + sum(figures["own_address"].values())
    assert min(where_they_are := [figures[name] for name in where]) >= 0, where_they_are
    assert figures["registered"] == len(registered(taken.at))
    assert figures["present"] == Presence.objects.at(taken.at).count()
    assert figures["accommodated"] == Stay.objects.stays().at(taken.at).count()


def registered(at: datetime) -> set[uuid.UUID]:
    """Whom the records that were no mistake count as, of those registered by the instant."""
    merges = dict(Merge.objects.filter(undone_recorded_at__isnull=True).values_list("merged", "into"))
    people = set()
    for record in Individual.objects.filter(never_was=False).values_list("pk", flat=True):
        while record in merges:
            record = merges[record]
        people.add(record)
    return set(Individual.objects.filter(pk__in=people, registered_at__lte=at).values_list("pk", flat=True))


def plain(tally: dict) -> dict:
    return json.loads(json.dumps(tally, cls=DjangoJSONEncoder))


VERBS = ["register", "register", "pre_register", "complete", "arrive", "arrive", "depart", "depart", "born", "died"]
VERBS += ["void", "void", "merge", "merge", "unmerge", "place", "place", "move", "end", "hold", "check_in"]
VERBS += ["correct", "correct", "join", "make_head", "split", "change_household", "never_was", "undo", "undo"]
VERBS += ["void_bedding", "say_home", "say_home", "need", "need", "revise", "snapshot", "snapshot", "snapshot"]

steps = st.tuples(st.sampled_from(VERBS), st.integers(0, LENGTH), st.integers(0, 11), st.integers(0, 17))


@pytest.fixture
def world(settings) -> Callable[[], World]:
    """The same sites and desk each time, and nobody there yet."""
    settings.DEMONSTRATION = True  # facts of this very second are known at once
    desk, officer = make_user(), make_user(Role.PROTECTION)
    kornidzor = make_site("kornidzor", kind=Site.Kind.REGISTRATION_POINT, presumed_left_after=5)
    goris, hotel = make_site("goris"), make_site("hotel", kind=Site.Kind.HOTEL)
    hospital = make_site("hospital", kind=Site.Kind.HOSPITAL)
    for site, name in ((goris, "1"), (hotel, "2"), (hotel, "3"), (hospital, "4")):
        make_room(site, places=2, name=name)
    return partial(
        World, desk, officer, [kornidzor, goris, hotel, hospital], timezone.now() - timedelta(hours=LENGTH + 10)
    )


# Shrinking is left out: each try writes a day into the database, and to shrink one takes half an hour.
@hypothesis_settings(
    max_examples=MOST_DAYS, deadline=None, phases=(Phase.reuse, Phase.generate), suppress_health_check=list(HealthCheck)
)
@given(told=st.lists(steps, min_size=4, max_size=24))
def test_any_day_balances_and_reads_the_same_for_ever(world, told):
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
    day = world()
    for verb, hour, a, b in [("register", 0, 0, 9), ("register", 1, 1, 10), *told, ("snapshot", LENGTH, 0, 0)]:
        try:
            getattr(day, verb)(hour, a, b)
        except Refusal:
            continue
    for tally, rows, parts in day.read:
        again = Tally(tally.at, tally.known_at)
        assert set(again.rows) == rows, tally.at
        assert cuts(again) == parts, tally.at
    for taken in Snapshot.objects.all():
        before = Snapshot.objects.filter(site=taken.site, at=taken.at, revision=taken.revision - 1).first()
        again = Tally(taken.at, taken.known_at).row(taken.site, taken.opening, before)
        assert plain(again) == taken.tally, taken
