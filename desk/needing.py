"""What a person needs begins and ends, as is said at a desk.

An act's file like actions.py: it authorises, locks, decides and writes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from casework.parts import open_for_needs, site_followed_at
from centre.access import Permission
from centre.acts import act
from centre.models import Act, User
from desk.errors import NeedsHidden
from registrations.living import require_was
from registrations.locks import lock_records
from registrations.models import Individual, NeedCode, SpecificNeed
from registrations.needs import open_needs
from registrations.over import require_over
from registrations.parts import record_needs


@dataclass(frozen=True)
class Needed:
    """Of whom it was said; not which of it was new, for not everybody who says it may read what was said before."""

    individual: str


@act("change_needs", answers=Needed)
def change_needs(
    individual: Individual,
    *,
    add: Collection[str] = (),
    end: Collection[str] = (),
    by: User,
    at: datetime,
    act: Act,
) -> Needed:
    """Let needs of these codes begin and end; one that is known already, or has ended, stays as it is.

    Where the person is, a case opens for what calls for one.

    Whoever does not see the person's needs adds those that a desk may pick. Refuses with NeedsHidden or NeverWas.
    """
    require_over(by, Permission.REGISTER, Individual.objects.filter(pk=individual.pk, never_was=False), at)
    person = lock_records([individual.pk])[individual.pk]
    require_was([individual.pk])
    beyond_a_desk = end or NeedCode.objects.filter(pk__in=add, at_desk=False).exists()
    if beyond_a_desk and not sees_needs(by, individual, at):
        raise NeedsHidden
    known = open_needs([person]).get(person, [])
    ended = [need.pk for need in known if need.code_id in end]
    SpecificNeed.objects.filter(pk__in=ended).update(ended_at=at, ended_by=by, ended_in=act)
    begun = set(add) - {need.code_id for need in known if need.pk not in ended}
    record_needs({individual.pk: begun}, act)
    if begun:
        open_for_needs({individual.pk: begun}, site=site_followed_at(person, at), act=act, by=by)
    return Needed(str(individual.pk))


def sees_needs(user: User, individual: Individual, at: datetime | None = None) -> bool:
    """Whether the user is shown what this person needs."""
    return Individual.objects.visible_to(user, at, Permission.SEE_NEEDS).filter(pk=individual.pk).exists()
