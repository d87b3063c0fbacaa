"""Who works here and what a one-time password's slip shows."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q
from django.utils import timezone

from centre.access import Permission
from centre.errors import SlipGone
from centre.models import Act, Assignment, LostFactor, User
from centre.staff_acts import one_time_password

SLIP_FOR = timedelta(hours=1)
GIVING = ("add_staff", "give_password")


@dataclass(frozen=True)
class Person:
    """A member of staff with the roles that run, as far as the reader sets them up."""

    user: User
    roles: Sequence[Assignment]


def read_staff(by: User, words: str, at: datetime) -> list[Person]:
    """Those with a role that runs first, then the others, by name; narrowed down by each of the words."""
    running = Assignment.objects.running(at).select_related("site")
    reach = by.reach(Permission.SET_UP, at)
    users = User.objects.all()
    if reach is not None:
        running = running.filter(site__in=reach)
        users = users.filter(assignments__site__in=reach).distinct()
    for word in words.split():
        users = users.filter(Q(username__icontains=word) | Q(first_name__icontains=word) | Q(last_name__icontains=word))
    found = users.order_by("last_name", "first_name", "username").prefetch_related(
        Prefetch("assignments", running.order_by("role"), to_attr="running")
    )
    people = [Person(user, user.running) for user in found]
    return sorted(people, key=lambda person: not (person.roles and person.user.is_active))


def read_waiting(by: User) -> list[Assignment]:
    """The roles that do not count yet, at the sites that the user sets up, the earliest first."""
    waiting = Assignment.objects.waiting().select_related("user", "site", "given_by").order_by("pk")
    reach = by.reach(Permission.SET_UP)
    return list(waiting if reach is None else waiting.filter(site__in=reach))


def read_lost(by: User) -> list[LostFactor]:
    """The second factors that an administrator calls lost, of people whom the user sets up, the earliest first."""
    lost = LostFactor.objects.waiting().select_related("user", "asked_by").order_by("pk")
    reach = by.reach(Permission.SET_UP)
    return list(lost if reach is None else lost.filter(user__assignments__site__in=reach).distinct())


def read_slip(user: User, act: uuid.UUID, by: User) -> str:
    """The one-time password of the act, shown to the person who gave it until it is changed. Refuses with SlipGone."""
    since = timezone.now() - SLIP_FOR
    giving = Act.objects.filter(pk=act, by=by, kind__in=GIVING, recorded_at__gt=since).first()
    if giving is None or giving.answer != {"user": str(user.pk)}:
        raise SlipGone
    password = one_time_password(giving.pk)
    if not user.password_given_at or not user.check_password(password):
        raise SlipGone
    return password
