"""Two sites with one row of everything each, for tests of what is seen."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from aid.actions import Rule, hand_out, plan_distribution
from aid.counts import StockCount
from aid.models import Distribution, Handout, Item, StockMovement
from aid.storing import count_stock, receive_stock, withdraw_count
from casework.actions import do_in_case
from casework.kinds import Topic
from casework.models import Case
from census.models import Snapshot
from centre.access import Role
from centre.models import Site, User
from desk.coming import note_seen
from desk.gate import count_gate
from houses.actions import add_contract, type_invoice
from houses.models import Call, Contract, Difference, Invoice, ReportedHeadcount
from houses.telephone import note_call, report_headcount
from registrations.facts import Birth
from registrations.models import GateCount, Household, Individual, Presence, Sighting
from shelter.actions import hold_places, place_household
from shelter.models import Place, Room, Stay, WaitingFact
from shelter.rollcalls import begin_roll_call
from shelter.rolls import RollCall
from shelter.turns import move_up
from tests.build import make_room, make_site, make_user, person, register_family
from transport.actions import plan_bus, put_on_bus
from transport.models import Passenger, TransportRun

HOUR = timedelta(hours=1)


@dataclass
class World:
    """The rows of one site, by the address that lists them."""

    site: Site
    rows: dict[str, object]


def plan_blankets(site: Site, by: User) -> Distribution:
    """A distribution that runs: two blankets a person."""
    blanket, _ = Item.objects.get_or_create(code="blanket", defaults={"name_en": "Blanket"})
    answer = plan_distribution(
        site,
        name="Blankets",
        starts_at=timezone.now() - timedelta(hours=1),
        rules=[Rule(blanket, "person", 2)],
        by=by,
    )
    return Distribution.objects.get(pk=answer.distribution)


def seat_on_bus(site: Site, household: Household, by: User) -> None:
    """A bus of the family's own, which will take them to the hotel of Vayk, where a place is held for them."""
    stop = Site.objects.filter(code="vayk").first() or make_site("vayk", kind=Site.Kind.HOTEL)
    now = timezone.now()
    officer = make_user(Role.PROTECTION)
    officer.assignments.create(role=Role.COORDINATOR, starts_at=stop.opened_at)
    hold_places(household, rooms=[make_room(stop, 1)], until=now + 9 * HOUR, by=officer)
    hours = {"departs_at": now + HOUR, "arrives_at": now + 3 * HOUR}
    run = TransportRun.objects.get(pk=plan_bus(site, stops=[stop], seats=9, **hours, by=by).run)
    put_on_bus(run, household=household, by=officer)


def talk_to(site: Site, number: int, by: User) -> None:
    """A contract for a night and an invoice of a month of their own, a call, and a number that differs."""
    night = timezone.localdate() + timedelta(days=number)
    month = timezone.localdate() - timedelta(days=31 * number)
    terms = {"contact": "Արամ", "phone": "+37494123456", "places": 40, "rate": Decimal(9000)}
    add_contract(site, first_night=night, last_night=night, **terms, by=by)
    type_invoice(site, month=month, nights=3, amount=Decimal(27000), by=by)
    report_headcount(site, persons=99, said_by="Արամ", by=by)
    note_call(site, outcome="spoke", about="more", number=3, words="ևս երեք տեղ", by=by)


def furnish(code: str, households: int = 1) -> World:
    """A site with families of one child alone, each with a row of everything that can be listed."""
    site = make_site(code)
    staff = make_user(Role.COORDINATOR)
    distribution = plan_blankets(site, staff)
    blanket = distribution.rules.get().item
    for number in range(households):
        mane = {"birth": Birth(timezone.localdate() - timedelta(days=4000), "day"), "carer_kind": "nobody"}
        household = register_family(site, staff, person("Mane", needs=("SM-CI",), **mane))
        case = Case.objects.get(individual__memberships__household=household, kind="child_protection")
        do_in_case(case, topic=Topic.SAFE_PLACE, words="14", by=make_user(Role.PROTECTION))
        move_up(household, reason="a child alone", by=staff)
        place_household(household, rooms=[make_room(site)], by=staff)
        seat_on_bus(site, household, by=staff)
        talk_to(site, number, by=staff)
        hand_out(distribution, household, by=staff)
        receive_stock(site, item=blanket, quantity=10, by=staff)
        counted = count_stock(site, item=blanket, quantity=8, by=staff)
        withdraw_count(StockCount.objects.get(pk=counted.count), reason="miscounted", by=staff)
        note_seen(household, site=site, by=staff)
        begin_roll_call(site, by=staff)
        count_gate(site, people=number + 1, by=staff)
        at = timezone.now() - timedelta(hours=number + 1)
        Snapshot.objects.create(site=site, at=at, known_at=at, tally={"places": {}})
        if number:
            plan_blankets(site, staff)
    return World(
        site,
        {
            "sites": site,
            "rooms": Room.objects.filter(site=site).first(),
            "households": Household.objects.filter(site=site).first(),
            "individuals": Individual.objects.filter(memberships__household__site=site).first(),
            "presences": Presence.objects.filter(site=site).first(),
            "stays": Stay.objects.filter(site=site).first(),
            "cases": Case.objects.filter(site=site).first(),
            "distributions": distribution,
            "handouts": Handout.objects.filter(distribution__site=site).first(),
            "stock-movements": StockMovement.objects.filter(to_site=site).first(),
            "stock-counts": StockCount.objects.filter(site=site).first(),
            "sightings": Sighting.objects.filter(site=site).first(),
            "gate-counts": GateCount.objects.filter(site=site).first(),
            "snapshots": Snapshot.objects.filter(site=site).first(),
            "places": Place.objects.filter(room__site=site).order_by("number").first(),
            "waiting-facts": WaitingFact.objects.filter(household__site=site).first(),
            "roll-calls": RollCall.objects.filter(site=site).first(),
            "contracts": Contract.objects.filter(site=site).first(),
            "invoices": Invoice.objects.filter(site=site).first(),
            "headcounts": ReportedHeadcount.objects.filter(site=site).first(),
            "headcount-differences": Difference.objects.filter(headcount__site=site).first(),
            "calls": Call.objects.filter(site=site).first(),
            "transport-runs": TransportRun.objects.filter(site=site).first(),
            "passengers": Passenger.objects.filter(run__site=site).first(),
        },
    )
