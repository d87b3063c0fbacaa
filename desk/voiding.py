"""Taking back what the journal says of people: one fact, or those that were told together."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from casework.guard import children_kept
from centre.access import Permission, require
from centre.acts import act
from centre.models import Act, User
from desk.coming import Moved, moved
from desk.taking_back import may_undo_own, put_back, take_out, void_facts
from registrations.errors import AlreadyVoided
from registrations.living import require_was
from registrations.locks import lock_records
from registrations.models import Membership, Movement
from registrations.where_told import require_facts_told
from shelter.beside import parted


@act("void", answers=Moved)
def void_movement(movement: Movement, *, happened_anyway: str = "", by: User, at: datetime, act: Act) -> Moved:
    """Take back a fact of the journal that was wrong; the presences read as if it had never been told.

    Who may correct at its site does, and for a minute who told it. Also what took another back: then that one stands
    again. Refuses with AlreadyVoided, NeverWas or CameLater, and with ChildApart as an arrival does.
    """
    return _void([movement], at, act, by, happened_anyway)


@act("void_together", answers=Moved)
def void_movements(
    movements: Sequence[Movement], *, happened_anyway: str = "", by: User, at: datetime, act: Act
) -> Moved:
    """Take back facts that were told together, as when a whole family was said to have arrived.

    Refuses with AlreadyVoided when one of them was taken back before, and with NeverWas or ChildApart; then none is.
    """
    return _void(movements, at, act, by, happened_anyway)


def _void(movements: Sequence[Movement], at: datetime, act: Act, by: User, happened_anyway: str) -> Moved:
    require_facts_told(movements, by, at)
    for movement in movements:
        own = may_undo_own(movement.act, by)
        require(by, Permission.REGISTER if own else Permission.MERGE, movement.site, at)
    counted_as = lock_records(movement.individual_id for movement in movements)
    people, site = set(counted_as.values()), next((one.site for one in movements), None)
    with children_kept(parted(people, at), by=by, site=site, act=act, happened_anyway=happened_anyway):
        return _take_back(movements, counted_as, at, act)


def _take_back(
    movements: Sequence[Movement], counted_as: Mapping[uuid.UUID, uuid.UUID], at: datetime, act: Act
) -> Moved:
    born = {movement.individual_id for movement in movements if movement.kind == Movement.Kind.BORN}
    others = [movement for movement in movements if movement.individual_id not in born]
    never = Membership.objects.today().filter(individual__in=born).select_related("individual")
    voids = [*void_facts(others, act, counted_as), *take_out(list(never), "", at, act)]
    put_back(others, act)
    require_was([movement.individual_id for movement in others])
    if not voids:
        raise AlreadyVoided
    return moved(voids)
