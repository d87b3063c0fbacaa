"""Sites, staff and families for tests: the smallest that is real."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from casework.models import Case, Step
from centre.access import OUTSIDE, Role
from centre.models import Assignment, Marz, Site, User
from desk.actions import Registered, register
from registrations.facts import Birth, HouseholdFacts, PersonFacts, years_before
from registrations.models import Household
from shelter.models import Place, Room

counter = itertools.count(1)

STAFF = sorted(set(Role.values) - OUTSIDE)  # who belongs to another house finds no page: test_referral_pages.py

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def make_site(code: str = "", kind: str = Site.Kind.RECEPTION, **columns: Any) -> Site:
    """A site that is open."""
    code = code or f"site-{next(counter)}"
    return Site.objects.create(
        **{"code": code, "name_en": code.title(), "kind": kind, "marz": Marz.SYUNIK, "opened_at": LONG_AGO} | columns
    )


def make_user(role: str = Role.COORDINATOR, site: Site | None = None, **columns: Any) -> User:
    """A user with one role, at the site or at all, until far away."""
    name = columns.pop("username", f"user-{next(counter)}")
    user = User.objects.create_user(username=name, password="reception-desk-1", **columns)
    Assignment.objects.create(
        user=user, site=site, role=role, starts_at=LONG_AGO, ends_at=timezone.now() + timedelta(days=30)
    )
    return user


def make_room(site: Site, places: int = 2, name: str = "") -> Room:
    """A room with this many places."""
    room = Room.objects.create(site=site, name=name or f"room {next(counter)}")
    Place.objects.bulk_create(Place(room=room, number=number) for number in range(1, places + 1))
    return room


def person(given: str = "Anna", family: str = "Hakobyan", **facts: Any) -> PersonFacts:
    """An adult head of household, unless said otherwise."""
    return PersonFacts(
        **{
            "given_name": given,
            "family_name": family,
            "sex": "F",
            "birth": Birth(date(1989, 5, 4), "day"),
            "relationship": "head",
        }
        | facts
    )


def said_in(case: Case) -> str:
    """What was known when the case was opened, or when a reason joined it last."""
    return Step.objects.filter(case=case, kind=Step.Kind.OPENED).latest("recorded_at", "id").words


def child(given: str = "Mane", **facts: Any) -> PersonFacts:
    """A daughter of eight, unless said otherwise."""
    born = years_before(timezone.localdate(), 8)
    return person(given, **{"birth": Birth(born, "day"), "relationship": "daughter"} | facts)


def newborn(given: str = "Tigran", **facts: Any) -> PersonFacts:
    """A daughter born today, unless said otherwise."""
    return child(given, **{"birth": Birth(timezone.localdate(), "day")} | facts)


def register_family(
    site: Site,
    by: User,
    *members: PersonFacts,
    going: str = "shelter",
    at: datetime | None = None,
    **facts: Any,
) -> Household:
    """Register a family of these members, or of one."""
    answer: Registered = register(
        site, members=list(members) or [person()], facts=HouseholdFacts(going=going, **facts), by=by, at=at
    )
    return Household.objects.get(pk=answer.household)
