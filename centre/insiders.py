"""Who of the staff is named to nobody outside: their names alone would tell that somebody is at a confidential site."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from centre.models import Assignment, Site, User
from centre.sight import sight_of

if TYPE_CHECKING:
    from django.db.models import QuerySet


def insiders(user: User) -> "QuerySet[User]":
    """The staff who work, or worked, only at sites whose people the user may not know."""
    told = sight_of(user).told()
    if not told:  # an empty condition excludes nothing, and then all are told
        return User.objects.none()
    elsewhere = Assignment.objects.filter(Q(site=None) | sight_of(user).told("site")).values("user")
    untold = Site.objects.exclude(told)
    return User.objects.filter(assignments__site__in=untold).exclude(pk__in=elsewhere).distinct()


def unnamed_to(user: User) -> frozenset[object]:
    """The keys of the insiders, for a page that names many people."""
    return frozenset(insiders(user).values_list("pk", flat=True))


def named(by: User, unnamed: Collection[object]) -> str:
    """Who did something, by name; of an insider only that it was staff."""
    return _("Staff") if by.pk in unnamed else str(by)
