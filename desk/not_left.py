"""Who was seen out of a house has not left it: taken back for five minutes by who receives there and said it.

An act's file like actions.py: it authorises, locks and decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.guard import children_kept
from centre.access import Permission, require
from centre.acts import act
from centre.models import Act, User
from desk.coming import Moved, moved
from desk.taking_back import void_facts
from registrations.locks import lock_records
from registrations.models import Movement
from registrations.where_told import require_facts_told
from shelter.beside import parted
from shelter.errors import UndoTooLate, UsedSince
from shelter.models import Stay
from shelter.undoing import seen_out_lately


@dataclass(frozen=True)
class NotLeft(Moved):
    """Who is in the house still, the facts that say so, and those whose bed was given to others meanwhile."""

    without_bed: list[str]


@act("not_left", answers=NotLeft)
def take_back_leaving(
    movements: Sequence[Movement], *, happened_anyway: str = "", by: User, at: datetime, act: Act
) -> NotLeft:
    """Record that these, whom the user saw out of a house a moment ago, are in it still, and sleep where they slept.

    Whose place was given to others meanwhile has no bed, and is named. Refuses with UndoTooLate, NotTold or
    AlreadyVoided, with UsedSince when one of them was recorded elsewhere since, and with ChildApart as an arrival does.
    """
    keys = {movement.pk for movement in movements}
    for movement in movements:
        require(by, Permission.CHECK_IN, movement.site, act.judged_at)
    if not keys or seen_out_lately(by).filter(pk__in=keys).count() < len(keys):
        raise UndoTooLate
    require_facts_told(movements, by, at)
    counted_as = lock_records(movement.individual_id for movement in movements)
    people = set(counted_as.values())
    if seen_out_lately(by).filter(pk__in=keys).went_on().exists():
        raise UsedSince
    with children_kept(parted(people, at), by=by, site=movements[0].site, act=act, happened_anyway=happened_anyway):
        told = moved(void_facts(movements, act, counted_as))
    lost = Stay.objects.stays().filter(individual__in=people).from_(at).lost_in(act)
    bedless = sorted(str(person) for person in lost.values_list("individual", flat=True))
    return NotLeft(told.individuals, told.movements, bedless)
