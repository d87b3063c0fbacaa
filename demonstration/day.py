"""The day of the demonstration: 26 and 27 September 2023 on a small scale, shifted so that it ends now."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from casework.models import Case
from census.actions import take_snapshots
from centre.models import Site
from demonstration.casework import lay_casework
from demonstration.houses import Houses
from demonstration.people import InventedFamily, invent_families
from demonstration.plan import Step, make_plan
from demonstration.targets import YEREVAN, census_hour
from demonstration.telling import Teller, household_facts, person_facts
from desk.actions import arrive, record_birth, record_death, register
from registrations.facts import Birth, PersonFacts
from registrations.models import Household, Individual
from shelter.models import Stay

SCALE = 0.062  # some 400 families
BEGINS = datetime(2023, 9, 26, 18, tzinfo=YEREVAN)
NOW = datetime(2023, 9, 27, 20, tzinfo=YEREVAN)
GOES_ON = datetime(2023, 9, 28, 20, tzinfo=YEREVAN)  # planned up to here, so that some wait or are on their way now


@dataclass(frozen=True)
class Loaded:
    """What was loaded, counted."""

    families: int
    people: int
    beds: int
    cases: int

    def __str__(self) -> str:
        return (
            f"{self.families} invented families, {self.people} people, {self.beds} of them with a bed, "
            f"{self.cases} open cases"
        )


def steps_of_the_day() -> list[Step]:
    """What has happened by now, by the clock of September 2023; in that order."""
    plan = make_plan(SCALE, seed=27, desks=1, start=BEGINS, end=GOES_ON)
    return sorted((step for step in plan.steps if step.at <= NOW), key=lambda step: step.at)


def silently(done: int, total: int) -> None:
    """Nobody is told how many acts of the day are done."""


def load_day(now: datetime, told: Callable[[int, int], None] = silently) -> Loaded:
    """Load the day through the actions, as if it had ended now; after each act it is told how many are done."""
    teller = Teller(now - NOW)
    steps = steps_of_the_day()
    for done, step in enumerate(steps, 1):
        teller.tell([step])
        told(done, len(steps))
    _children_without_parents(teller, now)
    _events_of_a_night(teller, now)
    Houses(teller.sites, teller.coordinator, now).tell()
    lay_casework(teller.sites["goris"], teller.officer, now)
    return Loaded(
        Household.objects.count(),
        Individual.objects.count(),
        Stay.objects.stays().at(now).count(),
        Case.objects.filter(closed_at__isnull=True).count(),
    )


def take_last_census(now: datetime) -> None:
    """Take the snapshots of the census hour before now, once the facts are recorded.

    On a ground where nobody is yet, too: the clock would otherwise take them in the middle of a replay, and they
    would continue one of its nights.
    """
    tonight = census_hour(now)
    last = tonight if tonight <= now else tonight - timedelta(days=1)
    take_snapshots(last, known_at=now, sites=list(Site.objects.open(last)))


def _children_without_parents(teller: Teller, now: datetime) -> None:
    """A boy or girl who came with nobody, hours ago and just now; children whom an aunt or grandmother brought."""
    families = list(invent_families("children", families=400))
    alone = [_alone(family) for family in families if _child_of(family)][:2]
    with_relatives = [family for family in families if any(m.carer == "relative" for m in family.members)][:2]
    for back, family in enumerate([*alone, *with_relatives]):
        at = now - timedelta(hours=3 * back, minutes=12)
        facts = household_facts(replace(family, going="shelter", destination_marz=""))
        members = person_facts(family, at)
        register(teller.sites["goris"], members=members, facts=facts, by=teller.coordinator, at=at)


def _child_of(family: InventedFamily) -> bool:
    return any(8 <= member.age < 16 for member in family.members)


def _alone(family: InventedFamily) -> InventedFamily:
    child = next(member for member in family.members if 8 <= member.age < 16)
    child = replace(child, relationship="head", carer="nobody", needs=("SC-UC", "FU-TR"), parents=())
    return replace(family, members=(child,))


def _events_of_a_night(teller: Teller, now: datetime) -> None:
    """A child is born, an old man dies in hospital, a family brings a wounded member there."""
    hospital = teller.sites["goris-hospital"]
    wanting = Household.objects.registered().filter(going="shelter", memberships__relationship="spouse")
    first, second = wanting.order_by("number")[:2]
    born_at = now - timedelta(hours=5)
    family_name = first.memberships.get(position=0).individual.family_name
    child = PersonFacts(
        given_name="Մանե",
        family_name=family_name,
        sex="F",
        birth=Birth(born_at.astimezone(YEREVAN).date(), "day"),
        relationship="daughter",
    )
    record_birth(first, site=hospital, child=child, by=teller.officer, at=born_at)
    wounded = second.memberships.order_by("position")[0].individual_id
    facts = {"members": [wounded], "beds_become_free": True}
    arrive(second, site=hospital, **facts, by=teller.officer, at=now - timedelta(hours=8))
    old = Individual.objects.filter(sex="M", birth_date__year__lt=1945, presences__during__contains=now)
    dead = old.order_by("birth_date", "pk").first()
    if dead:
        at = now - timedelta(minutes=95)
        site = dead.presences.get(during__contains=now).site
        record_death(dead, site=site, by=teller.coordinator, at=at)
