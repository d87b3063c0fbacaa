"""People and vehicles counted as they cross, without names.

An act's file like actions.py: it authorises, decides and writes.
"""

from dataclasses import dataclass
from datetime import datetime

from centre.access import Permission, require
from centre.acts import act
from centre.locks import lock_open
from centre.models import Act, Site, User
from centre.refusals import refused_on
from registrations.errors import AlreadyVoided
from registrations.models import GateCount


@dataclass(frozen=True)
class Counted:
    """The gate count that was written."""

    gate_count: str


@act("count_gate", answers=Counted, on_paper=True)
def count_gate(site: Site, *, people: int, vehicles: int = 0, by: User, at: datetime, act: Act) -> Counted:
    """Record how many people and vehicles were seen crossing since the last count. Refuses with SiteClosed."""
    require(by, Permission.COUNT_GATE, site, act.judged_at)
    lock_open(site, at)
    count = GateCount.objects.create(site=site, people=people, vehicles=vehicles, happened_at=at, act=act)
    return Counted(str(count.pk))


@act("void_gate_count", answers=Counted)
def void_gate_count(count: GateCount, *, reason: str = "", by: User, at: datetime, act: Act) -> Counted:
    """Take back a gate count that was wrong; every figure reads as if it had never been told.

    `reason`, what was wrong with it, stays with the fact; a slip of the keys needs none. Refuses with AlreadyVoided,
    also for what took another back.
    """
    require(by, Permission.COUNT_GATE, count.site, at)
    if count.voids_id:
        raise AlreadyVoided
    facts = {"people": count.people, "vehicles": count.vehicles, "happened_at": count.happened_at}
    with refused_on(GateCount.voids.field, AlreadyVoided()):
        void = GateCount.objects.create(site=count.site, voids=count, reason=reason, act=act, **facts)
    return Counted(str(void.pk))
