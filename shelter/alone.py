"""Before a child is offered a bed: must a protection officer speak first, and where would it be beside strangers.

The rules are those of the guard of every door; here they are read, and nothing is locked.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from casework.errors import OfficerFirst
from casework.guard import not_agreed, on_duty_for
from centre.access import Permission, allows
from centre.models import Site, User
from registrations.together import LookedAfter, carers_with
from shelter.beside import beside_nobody
from shelter.models import Stay


@dataclass(frozen=True)
class OfficerAsked:
    """At which of the sites these people get no bed before a protection officer has spoken, and whom to call."""

    sites: frozenset[uuid.UUID] = frozenset()
    told: str = ""


def officer_asked(
    people: Collection[uuid.UUID], children: Sequence[LookedAfter], sites: Iterable[Site], by: User, at: datetime
) -> OfficerAsked:
    """At which of these sites an officer must first say of one of the people that the place is safe.

    `children` are those of their families. What the user does as an officer needs nobody's word.
    """
    coming = set(people)
    ours = [one for one in children if one.child in coming]
    asked, alone = set(), set()
    known: dict[frozenset[uuid.UUID], set[uuid.UUID]] = {}  # by who is with somebody: the same at most sites
    where: Site | None = None
    for site in sites if ours else ():
        if allows(by, Permission.SEE_CASES, site, at):
            continue
        looked_after = carers_with(ours, at, site, coming)
        cared_for = frozenset(carer for carers in looked_after.values() for carer in carers)
        if cared_for not in known:
            known[cared_for] = not_agreed(coming, looked_after, at)
        if known[cared_for]:
            asked.add(site.pk)
            alone |= known[cared_for]
            where = where or site
    if where is None:
        return OfficerAsked()
    return OfficerAsked(frozenset(asked), str(OfficerFirst(on_duty_for(alone, where, by, at))))


def rooms_of_strangers(
    people: Collection[uuid.UUID], children: Sequence[LookedAfter], rooms: Collection[uuid.UUID], at: datetime
) -> set[uuid.UUID]:
    """The rooms in which a child among these people would sleep beside others, and beside nobody who looks after it.

    A child who comes with a carer sleeps beside that carer, and is not asked about.
    """
    coming = set(people)
    asked = [one for one in children if one.child in coming and (one.alone or one.carers.isdisjoint(coming))]
    if not asked:
        return set()
    there = Stay.objects.filter(room__in=rooms).from_(at).with_person().values_list("room", "person", "kind", "during")
    beds = [bed for bed in there if bed[1] not in coming]
    beds += [(room, person, Stay.Kind.STAY.value, DateTimeTZRange(at, None)) for room in rooms for person in coming]
    return {uuid.UUID(found.place) for found in beside_nobody(asked, beds)}
