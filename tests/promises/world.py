"""A world with a row of everything in it, and how to go round the acts."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection, models
from django.utils import timezone

from aid.actions import Rule, add_item, hand_out, plan_distribution
from aid.counts import StockCount
from aid.models import Distribution, Handout, Item, StockMovement
from aid.storing import confirm_stock, count_stock, receive_stock, send_stock
from cards.actions import print_cards
from cards.models import Card
from casework.actions import close_case, open_case, plan
from casework.letter_actions import keep_letter
from casework.models import Case, Letter, Referral, Service, Step, TracingRequest
from casework.reading_letters import MediaType, Sheet
from casework.referral_actions import accept_referral, refer
from casework.service_actions import add_service, give_service_account
from casework.tracing_actions import seek_person
from census.actions import take_snapshots
from census.models import Snapshot
from centre.access import Role
from centre.log import write_log
from centre.lost_factors import LostFactor
from centre.models import Assignment, LogLine, Operation, Site, User
from centre.tokens import make_token
from desk.actions import depart, pre_register, record_death, register
from desk.correcting import Said, correct
from desk.gate import count_gate
from desk.merging import merge_individuals
from desk.telling_deaths import tell_family_of_death
from houses.actions import add_contract, type_invoice
from houses.models import Call, Contract, Difference, Invoice, ReportedHeadcount
from houses.telephone import note_call, report_headcount
from plans.actions import ask_plan
from plans.models import Plan
from registrations.corrections import Conflict, Correction
from registrations.facts import Group, HouseholdFacts, PersonFacts
from registrations.models import GateCount, Household, Individual, Merge, Movement
from shelter.actions import hold_places, place_household
from shelter.apart import keep_apart
from shelter.begun import begin_house
from shelter.models import ApartPair, Opening, Room, Stay, WaitingFact
from shelter.no_shows import take_off_no_show
from shelter.reach import open_to_others
from shelter.rollcalls import begin_roll_call, see_people
from shelter.rolls import RollCall, RollCallSeen
from shelter.turns import move_up
from tests.build import child, make_room, make_site, make_user, person, register_family
from tests.test_house_rules import OWN_MODELS
from transport.actions import plan_bus, put_on_bus, send_bus
from transport.linking import make_driver_link
from transport.models import Passenger, TransportRun
from transport.riding import board_bus
from upkeep.actions import record_backup, seal_log

HOUR = timedelta(hours=1)
SHELTER = HouseholdFacts(going="shelter")
LETTER = Sheet(b"%PDF-1.4\n%%EOF", MediaType.PDF)


class World:
    """Goris, where everything happened an hour ago; Sisian, where nothing did; and who may do what."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.before = self.now - HOUR
        self._set_up()
        self._register()
        self._follow()
        self._correct()
        self._shelter()
        self._give()
        self._ride()
        self._count()
        self._call()
        self._plan_evening()

    def _set_up(self) -> None:
        self.goris, self.sisian = make_site("goris"), make_site("sisian")
        self.admin = make_user(Role.ADMINISTRATOR)
        self.coordinator, self.colleague = make_user(), make_user()
        self.officer = make_user(Role.PROTECTION)
        self.volunteer = make_user(Role.VOLUNTEER, self.goris)
        self.operation = Operation.objects.create(
            name="Goris",
            code="GORI",
            purpose="real",
            complaints_to="0-800-01-234",
            opened_at=self.before,
            opened_by=self.admin,
        )
        make_token(self.coordinator, "census", self.now + HOUR)
        write_log(self.admin, LogLine.Verb.OPENED, "case", ["list"])
        seal_log(self.now + HOUR)
        record_backup(taken_at=self.before, size=1, sha256="0" * 64, people=1)

    def _register(self) -> None:
        at = self.before
        self.family = self.make_family(person(needs=("SM-CC",)), child("Davit"), child("Mane"))
        self.child = Individual.objects.get(memberships__household=self.family, memberships__position=1)
        self.alone = self.make_family(person("Suren"), child("Ani", relationship="other", carer_kind="nobody"))
        self.original, self.twin = (self.make_family(person("Karen")) for _ in range(2))
        self.gone = self.make_family(person("Vahan"))
        depart(self.gone, site=self.goris, destination="abroad", by=self.coordinator, at=at)
        counted = pre_register(self.goris, groups=[Group(2, "F", "18-59")], facts=SHELTER, by=self.volunteer, at=at)
        self.counted = Household.objects.get(pk=counted.household)
        printed = print_cards(self.goris, count=3, language="hy", by=self.coordinator, at=at)
        self.block = uuid.UUID(printed.act)
        self.card, self.blank, _ = Card.objects.order_by("number")
        given = register(
            self.goris, members=[person("Sona")], facts=SHELTER, card=self.card.number, by=self.volunteer, at=at
        )
        self.carrier = Household.objects.get(pk=given.household)
        merged = merge_individuals(
            self.head(self.twin), into=self.head(self.original), reason="one person", by=self.officer, at=at
        )
        self.merge = Merge.objects.get(pk=merged.merge)
        self.arrival = self.movement(self.family)
        self.departure = Movement.objects.get(kind="departed")

    def _follow(self) -> None:
        at, by = self.before, self.officer
        self.case, self.wounded = Case.objects.get(kind="child_protection"), Case.objects.get(kind="medical")
        planned = plan(self.case, words="see the aunt", due_at=self.now + HOUR, by=by, at=at)
        self.planned = Step.objects.get(pk=planned.step)
        opened = open_case(self.head(self.alone), kind="documents", urgency="week", by=by, at=at)
        self.old_case = Case.objects.get(pk=opened.case)
        close_case(self.old_case, outcome="helped", happened_anyway="she is well", by=by, at=at)
        sought = seek_person(self.head(self.alone), given_name="Vahan", family_name="Hakobyan", by=by, at=at)
        self.search = TracingRequest.objects.get(pk=sought.search)
        self.match = self.search.matches.get()
        self.clinic, self.office = (
            Service.objects.get(
                pk=add_service(name=name, offers="medical", places_a_day=9, by=self.admin, at=at).service
            )
            for name in ("Burn centre", "Goris hospital")
        )
        self.outside = make_user(Role.SERVICE)
        give_service_account(self.clinic, user=self.outside, by=self.admin, at=at)
        self.offered, self.accepted = (
            Referral.objects.get(
                pk=refer(self.wounded, service=service, words="burns", transport="car", by=by, at=at).referral
            )
            for service in (self.clinic, self.office)
        )
        accept_referral(self.accepted, by=by, at=at)

    def _correct(self) -> None:
        self.couple = self.make_family(person("Vera"), person("Petros", sex="M", relationship="spouse"))
        self.other = Individual.objects.get(memberships__household=self.couple, memberships__position=1)
        for name, was in (("Bedros", "Petros"), ("Pyotr", "Petros")):
            said = [Said("given_name", name, was=was, person=self.other.pk)]
            correct(self.couple, said=said, by=self.coordinator, at=self.before)
        self.conflict, self.corrected = Conflict.objects.get(), Correction.objects.get()

    def _shelter(self) -> None:
        at, by = self.before, self.coordinator
        self.room, self.hall, self.kept = make_room(self.goris, 2), make_room(self.goris, 5), make_room(self.goris, 2)
        self.sleepers, self.expected = self.make_family(person("Gayane")), self.make_family(person("Hayk"))
        place_household(self.sleepers, rooms=[self.room], by=by, at=at)
        hold_places(self.expected, rooms=[self.kept], until=self.now + 5 * HOUR, by=by, at=at)
        self.stay, self.hold = self.stay_of(self.sleepers), Stay.objects.holds().get()
        self.missing = self.make_family(person("Tigran"))
        ran_out = hold_places(self.missing, rooms=[make_room(self.goris, 1)], until=at + HOUR / 60, by=by, at=at)
        self.ran_out = Stay.objects.get(pk=ran_out.stays[0])
        self.neighbours = self.make_family(person("Lilit"))
        place_household(self.neighbours, rooms=[make_room(self.goris, 1)], by=by, at=at)
        self.roll_call = RollCall.objects.get(pk=begin_roll_call(self.goris, by=by, at=at).roll_call)
        neighbour = self.head(self.neighbours).pk
        see_people(self.roll_call, people=[neighbour], card_read=True, by=by, at=at)
        self.seen_in_roll_call = RollCallSeen.objects.get()
        move_up(self.family, reason="ill", by=by, at=at)
        self.moved_up = WaitingFact.objects.get()
        open_to_others(self.sisian, places=2, until=self.now + 9 * HOUR, by=by, at=at)
        self.opening = Opening.objects.get()
        self.free = self.room.places.exclude(pk=self.stay.place_id).get()

    def _give(self) -> None:
        at, by = self.before, self.coordinator
        self.parcel = Item.objects.get(pk=add_item(name_en="Parcel", code="parcel", by=by, at=at).item)
        received = receive_stock(self.goris, item=self.parcel, quantity=100, by=by, at=at)
        self.received = StockMovement.objects.get(pk=received.movement)
        self.on_the_way, self.came_short = (
            StockMovement.objects.get(
                pk=send_stock(self.goris, to_site=self.sisian, item=self.parcel, quantity=5, by=by, at=at).movement
            )
            for _ in range(2)
        )
        confirm_stock(self.came_short, quantity=3, by=by, at=at)
        counted = count_stock(self.goris, item=self.parcel, quantity=92, by=by, at=at)
        self.stock_count = StockCount.objects.get(pk=counted.count)
        self.round, self.next_round = (
            Distribution.objects.get(
                pk=plan_distribution(
                    self.goris,
                    name=name,
                    starts_at=self.now - 3 * HOUR,
                    rules=[Rule(self.parcel, "person", 1, every_days=7)],
                    by=by,
                    at=at,
                ).distribution
            )
            for name in ("first", "second")
        )
        self.handout = Handout.objects.get(pk=hand_out(self.round, self.sleepers, by=by, at=at).handout)

    def _ride(self) -> None:
        """Three buses to Vayk: one that is filled, one on which a family sits, and one that has left."""
        at, by = self.before, self.coordinator
        self.vayk = make_site("vayk")
        self.hopeful, self.riders, self.boarded, self.travellers = (self._expected_at_vayk() for _ in range(4))
        self.bus, self.loaded, self.on_the_road = (self._plan() for _ in range(3))
        for run, family in ((self.bus, self.riders), (self.loaded, self.boarded), (self.on_the_road, self.travellers)):
            put_on_bus(run, household=family, by=by, at=at)
        for run, family in ((self.loaded, self.boarded), (self.on_the_road, self.travellers)):
            board_bus(run, household=family, by=by, at=at)
        send_bus(self.on_the_road, by=by, at=at)
        make_driver_link(self.loaded, by=by, at=at)
        self.passenger = Passenger.objects.filter(run=self.bus).first()

    def _expected_at_vayk(self) -> Household:
        family = self.make_family(person("Ruben"), child("Lilit"))
        until, rooms = self.now + 9 * HOUR, [make_room(self.vayk, 2)]
        hold_places(family, rooms=rooms, until=until, by=self.coordinator, at=self.before)
        return family

    def _plan(self) -> TransportRun:
        hours = {"departs_at": self.before + HOUR / 2, "arrives_at": self.now + HOUR}
        said = plan_bus(self.goris, stops=[self.vayk], seats=4, **hours, by=self.coordinator, at=self.before)
        return TransportRun.objects.get(pk=said.run)

    def _count(self) -> None:
        counted = count_gate(self.goris, people=7, vehicles=2, by=self.volunteer, at=self.before)
        self.gate_count = GateCount.objects.get(pk=counted.gate_count)
        (self.snapshot,) = take_snapshots(self.now - 2 * HOUR, by=self.coordinator)

    def _call(self) -> None:
        at, by = self.before, self.coordinator
        terms: dict[str, Any] = {"contact": "Արամ", "phone": "+37494123456", "places": 40, "rate": Decimal(9000)}
        today = timezone.localdate(self.now)
        agreed = add_contract(self.goris, first_night=today, by=by, at=at, **terms)
        self.contract = Contract.objects.get(pk=agreed.contract)
        typed = type_invoice(self.goris, month=today, nights=3, amount=Decimal(27000), by=by, at=at)
        self.invoice = Invoice.objects.get(pk=typed.invoice)
        told = report_headcount(self.goris, persons=99, said_by="Արամ", by=by, at=at)
        self.told = ReportedHeadcount.objects.get(pk=told.headcount)
        self.difference = Difference.objects.get(pk=told.difference)
        said = note_call(self.goris, outcome="spoke", about="more", number=3, words="ևս երեք տեղ", by=by, at=at)
        self.call = Call.objects.get(pk=said.call)

    def _plan_evening(self) -> None:
        at, by = self.before, self.coordinator
        self.plan = Plan.objects.get(pk=ask_plan([self.goris], by=by).plan)
        kept = keep_apart(self.original, other=self.carrier, reason="a feud", by=by, at=at)
        self.apart = ApartPair.objects.get(pk=kept.pair)

    def begun_house(self) -> Site:
        """A house that the coordinator began by telephone, where nobody was yet."""
        begun = begin_house(
            name="Aram",
            kind="guest_house",
            marz="AM-SU",
            places=9,
            phone="+37494123456",
            contact="Aram",
            by=self.coordinator,
        )
        return Site.objects.get(pk=begun.site)

    def searched_plan(self) -> Plan:
        """The plan, for which a search was asked."""
        Plan.objects.filter(pk=self.plan.pk).update(search_asked_at=self.now, search_asked_by=self.coordinator)
        return Plan.objects.get(pk=self.plan.pk)

    def old_snapshot(self) -> Snapshot:
        """A snapshot of Goris that knew of nothing."""
        at = self.now - 2 * HOUR
        return Snapshot.objects.create(site=self.goris, at=at, known_at=at, tally={"places": {}})

    def off_the_list(self) -> Stay:
        """The hold that ran out, of who is off the list."""
        take_off_no_show([self.ran_out], by=self.coordinator)
        return self.ran_out

    def make_family(self, *members: PersonFacts) -> Household:
        """A family of these members, registered at Goris an hour ago."""
        return register_family(self.goris, self.coordinator, *members, at=self.before)

    def one_who_died(self) -> Individual:
        """One of whose death the family was not told."""
        record_death(self.head(self.sleepers), site=self.goris, by=self.coordinator, at=self.before + HOUR / 4)
        return self.head(self.sleepers)

    def one_told(self) -> Individual:
        """One of whose death the family was told."""
        dead = self.one_who_died()
        tell_family_of_death(dead, to_whom="Anna", how="letter", by=self.officer)
        return dead

    def undivided_stay(self) -> Stay:
        """A stay in a room that is to be divided."""
        Room.objects.filter(pk=self.stay.room_id).update(kind=Room.Kind.UNDIVIDED)
        return Stay.objects.select_related("room__site").get(pk=self.stay.pk)

    def stay_of(self, household: Household) -> Stay:
        """Where the first of the family sleeps."""
        return Stay.objects.stays().get(individual=self.head(household))

    def head(self, household: Household) -> Individual:
        """The first of the family."""
        return Individual.objects.get(memberships__household=household, memberships__position=0)

    def movement(self, household: Household) -> Movement:
        """The arrival of the first of the family."""
        return Movement.objects.get(individual=self.head(household), kind="arrived")

    def waiting_role(self, by: User | None = None) -> Assignment:
        """A role that waits until a second one agrees."""
        return Assignment.objects.create(
            user=self.volunteer, role=Role.COORDINATOR, site=self.sisian, given_by=by or self.coordinator
        )

    def with_factor(self) -> User:
        """The volunteer, who has set up a second factor."""
        TOTP.activate(self.volunteer, generate_totp_secret())
        return self.volunteer

    def lost_factor(self) -> LostFactor:
        """A second factor that one says is lost, until a second one agrees."""
        return LostFactor.objects.create(user=self.with_factor(), asked_by=self.coordinator)

    def assignment(self, user: User) -> Assignment:
        """The one role of the user."""
        return user.assignments.get()


def change(row: models.Model, **columns: Any) -> None:
    """Rewrite these columns of the row, round the acts."""
    type(row).objects.filter(pk=row.pk).update(**columns)


def delete(row: models.Model) -> None:
    """Take the row away, round the acts and whatever Django protects."""
    type(row).objects.filter(pk=row.pk)._raw_delete("default")


def empty(model: type[models.Model]) -> None:
    """Take every row away at once."""
    with connection.cursor() as cursor:
        check_deferred()  # PostgreSQL empties no table that has something left to check
        cursor.execute(f"TRUNCATE {model._meta.db_table}")


def kept_letter(world: World) -> Letter:
    """A letter that the officer kept with the child's case."""
    said = keep_letter(world.case, sheet=LETTER, words="her passport", by=world.officer)
    return Letter.objects.get(pk=said.step)


def again(row: Any, **columns: Any) -> Any:
    """Write the row once more, with a key of its own and these columns, round the acts."""
    fields = [field for field in row._meta.concrete_fields if not field.generated]
    said = {field.name: getattr(row, field.name) for field in fields if not field.primary_key}
    return type(row).objects.create(**said | columns)


def check_deferred() -> None:
    """Check now what is otherwise checked at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def everything() -> dict[str, tuple[int, str]]:
    """How many rows each table of ours has and a digest of what is in them, the log apart."""
    return dict(_tables())


def _tables() -> Iterator[tuple[str, tuple[int, str]]]:
    for model in OWN_MODELS:
        if model is not LogLine:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT count(*), md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM {model._meta.db_table} t"
                )
                yield model.__name__, cursor.fetchone()
