"""A family is told of a death: until then the file says it to nobody but those who must know."""

from dataclasses import dataclass
from datetime import datetime

from centre.access import Permission, require
from centre.acts import act
from centre.models import Act, User
from centre.refusals import refused_on
from desk.errors import FamilyToldAlready, NoDeath
from registrations.deaths import DeathTold
from registrations.locks import lock_records
from registrations.models import Absence, Individual, Movement


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
    require(by, Permission.SEE_CASES, None, at)
    person = lock_records([individual.pk])[individual.pk]
    deaths = Absence.objects.filter(individual=person, movement__kind=Movement.Kind.DIED)
    death = deaths.values_list("movement", flat=True).first()
    if death is None:
        raise NoDeath
    with refused_on(DeathTold.death.field, FamilyToldAlready()):
        DeathTold.objects.create(death_id=death, happened_at=at, to_whom=to_whom, how=DeathTold.How(how), act=act)
    return FamilyTold(str(person))
