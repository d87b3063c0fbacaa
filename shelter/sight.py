"""At which sites a person may place, and at which they may hold places for those who wait elsewhere."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from centre.access import Permission, allows
from centre.models import Site, User
from shelter.models import Opening, OpeningQuerySet


def sites_to_place(user: User, at: datetime) -> list[Site]:
    """The open sites where the user may place; confidential ones only where they were assigned by name."""
    return list(Site.objects.where(user, Permission.PLACE, at).open(at))


def sites_that_wait(user: User, at: datetime) -> list[Site]:
    """The open sites whose waiting families the user may read: theirs, or all they know of if they hold elsewhere."""
    if allows(user, Permission.HOLD_ELSEWHERE, None, at):
        return list(Site.objects.visible_to(user, at).open(at))
    return sites_to_place(user, at)


@dataclass(frozen=True)
class Reach:
    """Where a person finds places: at the sites where they place, and at others as many as those are open for."""

    own: Mapping[uuid.UUID, Site]
    others: Mapping[uuid.UUID, Site]
    left: Mapping[uuid.UUID, int]  # places that others may still hold, by site
    ends: Mapping[uuid.UUID, datetime]  # until when they may: no hold of theirs lasts longer

    @property
    def sites(self) -> dict[uuid.UUID, Site]:
        """All of them."""
        return {**self.own, **self.others}

    def takes(self, site: uuid.UUID, people: int) -> bool:
        """Whether so many places may be held there, as far as it is open to them."""
        return site in self.own or self.left[site] >= people


def openings_for(user: User, at: datetime) -> OpeningQuerySet:
    """How far the sites that the user knows of are open at the instant to those who place elsewhere."""
    if not allows(user, Permission.HOLD_ELSEWHERE, None, at):
        return Opening.objects.none()
    return Opening.objects.at(at).filter(site__in=Site.objects.visible_to(user, at).open(at))


def reach_of(user: User, at: datetime) -> Reach:
    """Where the user may hold places at the instant."""
    own = {site.pk: site for site in sites_to_place(user, at)}
    running = openings_for(user, at).exclude(site__in=own).select_related("site").with_used(at)
    left = {opening.site_id: max(0, opening.places - opening.used) for opening in running}
    ends = {opening.site_id: opening.during.upper for opening in running}
    return Reach(own, {opening.site_id: opening.site for opening in running}, left, ends)
