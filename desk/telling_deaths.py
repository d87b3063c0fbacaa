"""A family is told of a death: until then the file says it to nobody but those who must know.

An act's file like actions.py: it authorises, locks, decides and writes.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from centre.access import Permission, require
from centre.acts import act
from centre.models import Act, User
from centre.refusals import refused_on
from desk.errors import FamilyNotTold, FamilyToldAlready, NoDeath
from registrations.deaths import TOLD_ONCE, DeathTold
from registrations.living import deaths_to_tell
from registrations.locks import lock_records
from registrations.models import Individual


@dataclass(frozen=True)
class FamilyTold:
    """The person whose family was told."""

    individual: str


@act("tell_family_of_death", answers=FamilyTold)
def tell_family_of_death(
    individual: Individual, *, to_whom: str, how: str, by: User, at: datetime, act: Act
) -> FamilyTold:
    """Record that the family was told of the person's death; from then on the file says it.

    Refuses with NoDeath, and with FamilyToldAlready.
    """
    person, death = _lock_death(individual, by, at)
    with refused_on(TOLD_ONCE, FamilyToldAlready()):
        DeathTold.objects.create(death_id=death, happened_at=at, to_whom=to_whom, how=DeathTold.How(how), act=act)
    return FamilyTold(str(person))


@act("take_back_family_told", answers=FamilyTold)
def take_back_family_told(individual: Individual, *, by: User, at: datetime, act: Act) -> FamilyTold:
    """The family was not told after all: the death is kept from it again; that it was recorded stays to be read.

    Refuses with NoDeath, and with FamilyNotTold, also where it was taken back before.
    """
    person, death = _lock_death(individual, by, at)
    if not DeathTold.objects.standing().filter(death=death).update(undone_act=act):
        raise FamilyNotTold
    return FamilyTold(str(person))


def _lock_death(individual: Individual, by: User, at: datetime) -> tuple[uuid.UUID, uuid.UUID]:
    """The person, locked, and the fact of the death, for who is to tell of it. Refuses with NoDeath."""
    require(by, Permission.SEE_CASES, None, at)
    person = lock_records([individual.pk])[individual.pk]
    deaths = deaths_to_tell(by, at).filter(individual=person)
    death = deaths.values_list("movement", flat=True).first()
    if death is None:
        raise NoDeath
    return person, death
