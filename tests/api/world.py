"""Two sites with one row of everything each, for tests of what is seen."""

from dataclasses import dataclass
from datetime import timedelta

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
from desk.actions import count_gate
from desk.coming import note_seen
from registrations.facts import Birth
from registrations.models import GateCount, Household, Individual, Presence, Sighting
from shelter.actions import place_household
from shelter.models import Room, Stay
from tests.build import make_room, make_site, make_user, person, register_family


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


def furnish(code: str, households: int = 1) -> World:
    """A site with families of one child alone, each placed and given a blanket, a gate count and a snapshot."""
    site = make_site(code)
    staff = make_user(Role.COORDINATOR)
    distribution = plan_blankets(site, staff)
    blanket = distribution.rules.get().item
    for number in range(households):
        mane = {"birth": Birth(timezone.localdate() - timedelta(days=4000), "day"), "carer_kind": "nobody"}
        household = register_family(site, staff, person("Mane", needs=("SM-CI",), **mane))
        case = Case.objects.get(individual__memberships__household=household, kind="child_protection")
        do_in_case(case, topic=Topic.SAFE_PLACE, by=make_user(Role.PROTECTION))
        place_household(household, rooms=[make_room(site)], by=staff)
        hand_out(distribution, household, by=staff)
        receive_stock(site, item=blanket, quantity=10, by=staff)
        counted = count_stock(site, item=blanket, quantity=8, by=staff)
        withdraw_count(StockCount.objects.get(pk=counted.count), reason="miscounted", by=staff)
        note_seen(household, site=site, by=staff)
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
        },
    )
