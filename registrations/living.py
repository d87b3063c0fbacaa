"""The dead neither come nor go nor sleep anywhere, nor do those who never were: guards for acts that name people."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from centre.access import Permission, allows, judged_at
from centre.models import User
from centre.refusals import Refusal
from centre.sight import allowed_at
from registrations.deaths import DeathTold
from registrations.errors import LivedOn, NeverWas, NotTold, RecordClosed
from registrations.models import Absence, Household, Individual, Membership, Movement
from registrations.querysets import IndividualQuerySet


def deaths_kept_from(user: User, at: datetime | None) -> frozenset[uuid.UUID]:
    """The persons of whose death the user reads nothing yet, since their family was not told."""
    return frozenset(kept_deaths(user, at).values_list("individual", flat=True))


def kept_deaths(user: User, at: datetime | None) -> "QuerySet[Absence]":
    """The deaths of which the user reads nothing yet, since the family was not told; none that they recorded."""
    return untold_deaths().exclude(movement__act__by=user).exclude(_theirs_to_tell(user, at))


def knows_deaths_of(user: User, people: Collection[uuid.UUID]) -> bool:
    """Whether the user may know of every death among these people."""
    if not people:
        return True
    died = Absence.objects.filter(individual__in=people, movement__kind=Movement.Kind.DIED)
    return not died.exclude(pk__in=known_deaths(user).values("pk")).exists()


def which_deaths(
    user: User, at: datetime | None, people: Collection[uuid.UUID] | None = None
) -> tuple[bool, frozenset[uuid.UUID]]:
    """Whether the user is told of deaths, and of whom it is otherwise: kept from them, or told to them all the same.

    Of these `people` alone, where they are named.
    """
    if user.reach(Permission.SEE_NEEDS, at) is None:
        return True, deaths_kept_from(user, at)
    told = Movement.objects.filter(death_told_to(user, at), kind=Movement.Kind.DIED)
    told = told if people is None else told.filter(counted_as__in=people)
    return False, frozenset(told.values_list("counted_as", flat=True))


def death_told_to(user: User, at: datetime | None) -> Q:
    """The condition that the user may know of this fact of the journal, a death, whether it stands or was voided."""
    told = _is_over(user, Permission.SEE_NEEDS, at, site="site", person="counted_as")
    return Q(act__by=user) | (told & ~Q(counted_as__in=kept_deaths(user, at).values("individual")))


def known_deaths(user: User, at: datetime | None = None) -> "QuerySet[Absence]":
    """The deaths that stand and of which the user may know: whom they count as living is everybody else."""
    deaths = Absence.objects.filter(movement__kind=Movement.Kind.DIED)
    told = Exists(_family_told()) & _is_over(user, Permission.SEE_NEEDS, at)
    return deaths.filter(Q(movement__act__by=user) | told | _theirs_to_tell(user, at))


def deaths_to_tell(user: User, at: datetime | None) -> "QuerySet[Absence]":
    """The deaths that stand and of which the user tells the family: they know of them before everybody else."""
    return Absence.objects.filter(_theirs_to_tell(user, at), movement__kind=Movement.Kind.DIED)


def _theirs_to_tell(user: User, at: datetime | None) -> Q:
    """The condition that the user follows cases where the person died, or those of a family to which they belong."""
    return _is_over(user, Permission.SEE_CASES, at)


def _is_over(
    user: User, permission: Permission, at: datetime | None, *, site: str = "movement__site", person: str = "individual"
) -> Q:
    """The condition that the user has the permission where the person died, or for a family to which they belong.

    A right at one site is none over the dead of another, whatever else the user may do there.
    """
    nobody = Q(pk__in=[])
    if not allows(user, permission, None, at):
        return nobody
    there = allowed_at(user, permission, at=at, path=site)
    if not there or user.reach(permission, at) is None:  # an empty condition falls out of an OR
        return ~nobody
    families = Household.objects.visible_to(user, judged_at(at)[-1], permission)
    members = Membership.objects.today().filter(counted_as=OuterRef(person), household__in=families)
    return there | Q(Exists(members))


def living_for(user: User, people: IndividualQuerySet, at: datetime) -> IndividualQuerySet:
    """Those of these persons not known to have died by the instant, as far as the user may know."""
    dead = known_deaths(user, at).filter(individual=OuterRef("pk"), during__contains=at)
    return people.exclude(Exists(dead))


def untold_deaths() -> "QuerySet[Absence]":
    """The deaths that stand and of which no family was told."""
    deaths = Absence.objects.filter(movement__kind=Movement.Kind.DIED)
    return deaths.exclude(Exists(_family_told()))


def _family_told() -> "QuerySet[DeathTold]":
    return DeathTold.objects.standing().filter(death=OuterRef("movement"))


def told_deaths(people: Collection[uuid.UUID]) -> "QuerySet[DeathTold]":
    """What the families of these persons were told of deaths that stand, also what was taken back."""
    standing = Absence.objects.filter(individual__in=people).values("movement")
    return DeathTold.objects.filter(death__in=standing).select_related("death", "act__by", "undone_act__by")


def require_living(people: Collection[uuid.UUID], at: datetime, by: User, *, unknown: type[Refusal] = NotTold) -> None:
    """Refuse with RecordClosed when one of these persons is known to have died by the instant.

    Who may not know of it reads what they would of somebody whose place they may not know: `unknown`.
    """
    living = Individual.objects.filter(pk__in=people).living(at)
    if living.count() < len(set(people)):
        raise _closed(people, by, unknown)


def require_no_death(person: uuid.UUID, by: User) -> None:
    """Refuse as require_living does when a death of the person is recorded, whenever it was: nobody dies twice."""
    if Movement.objects.of([person]).filter(kind=Movement.Kind.DIED, voided_by=None).exists():
        raise _closed([person], by, NotTold)


def require_was(records: Collection[uuid.UUID]) -> None:
    """Refuse with NeverWas when one of these records, which are locked, was taken out as a mistake."""
    if Individual.objects.filter(pk__in=records, never_was=True).exists():
        raise NeverWas


def lived_on(people: Collection[uuid.UUID], by: User) -> Refusal:
    """Why one who died and one who came to a site later are not merged, in words that say no more than the pages do."""
    return LivedOn(None if knows_deaths_of(by, people) else str(LivedOn.untold))


def _closed(people: Collection[uuid.UUID], by: User, unknown: type[Refusal]) -> Refusal:
    """In words that say no more than the reader's pages do."""
    return RecordClosed() if knows_deaths_of(by, people) else unknown()
