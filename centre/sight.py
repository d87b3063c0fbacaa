"""Who may know of which site, and of the people there: the only reader of `confidential`.

A confidential site hides people from those who hurt them. Its name is told to those who work there, and to protection
officers and administrators of all sites; that somebody is there, to the first two alone. Everybody else is told what
they would be told if there were no such site. A hospital alone is named to whoever sends somebody there.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from centre.access import Permission, Role, judged_at

if TYPE_CHECKING:
    from centre.models import Site, User

TOLD_OF_PEOPLE = frozenset({Role.PROTECTION})
TOLD_OF_SITES = TOLD_OF_PEOPLE | {Role.ADMINISTRATOR}


@dataclass(frozen=True)
class Sight:
    """What one person is told now: of the sites they are assigned to by name, of the others by role."""

    named: frozenset[uuid.UUID]
    of_every_site: bool
    of_people_everywhere: bool

    def knows(self, site: "Site") -> bool:
        """Whether they may know that there is this site."""
        return self.of_every_site or not site.confidential or site.pk in self.named

    def is_told(self, site: "Site | None") -> bool:
        """Whether they may know that somebody is at this site."""
        return site is None or self.of_people_everywhere or not site.confidential or site.pk in self.named

    def known(self, path: str = "") -> Q:
        """The condition that they may know of the site, or of the one at the end of this path."""
        return Q() if self.of_every_site else self._in_sight(path)

    def told(self, path: str = "") -> Q:
        """The condition that they may know that somebody is at the site, or at the one at the end of this path."""
        return Q() if self.of_people_everywhere else self._in_sight(path)

    def _in_sight(self, path: str) -> Q:
        return in_the_open(path) | Q(**{f"{path}__pk__in" if path else "pk__in": self.named})


def sight_of(user: "User", at: datetime | None = None) -> Sight:
    """What the user's assignments let them know now, whatever instant they ask about."""
    running = [a for a in user.all_assignments if a.covers(judged_at(at)[-1])]
    everywhere = {a.role for a in running if a.site_id is None}
    return Sight(
        frozenset(a.site_id for a in running if a.site_id),
        of_every_site=bool(everywhere & TOLD_OF_SITES),
        of_people_everywhere=bool(everywhere & TOLD_OF_PEOPLE),
    )


def allowed_at(user: "User", *permissions: Permission, at: datetime | None = None, path: str = "") -> Q:
    """The condition that a role of the user allows one of these at the site, or at the one at the end of this path.

    A role at all sites is one at all those that the user may know of.
    """
    reaches = [user.reach(permission, at) for permission in permissions]
    known = sight_of(user, at).known(path)
    if None in reaches:
        return known
    within = {site for reach in reaches for site in reach or ()}
    return known & Q(**{f"{path}__in" if path else "pk__in": within})


def allowed_among(
    user: "User", permission: Permission, sites: Iterable["Site"], at: datetime | None = None
) -> frozenset[uuid.UUID]:
    """Those of these sites where a role of the user allows it, and that the user may know of."""
    reach = user.reach(permission, at)
    if reach is None:
        sight = sight_of(user, at)
        return frozenset(site.pk for site in sites if sight.knows(site))
    return frozenset(site.pk for site in sites if site.pk in reach)


def may_be_sent_to(path: str = "") -> Q:
    """The condition that anybody may send somebody to the site: a hospital's house is known, who lies in it is not."""
    return Q(**{f"{path}__kind" if path else "kind": "hospital"})


def in_the_open(path: str = "") -> Q:
    """The condition that anybody may know of the site, or of the one at the end of this path."""
    return Q(**{f"{path}__confidential" if path else "confidential": False})


def is_in_the_open(site: "Site") -> bool:
    """Whether anybody may know of the site."""
    return not site.confidential


def named_for(user: "User", site: "Site | None") -> str:
    """The site's name for who may know that somebody was there; for others it is another site."""
    if site is None:
        return ""
    return str(site) if sight_of(user).is_told(site) else _("another site")


def named_for_all(site: "Site") -> str:
    """The site's name where everybody may read it; of a confidential one only that it is one."""
    return str(site) if is_in_the_open(site) else _("a confidential site")
