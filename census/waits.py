"""What waits for one person: a line for each kind of work, with its number and the way to it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aid.models import Handout
from casework.kinds import Urgency
from casework.models import Case
from census.actions import due_snapshots
from census.reading import read_total
from census.selectors import last_snapshot
from census.situation import Situation
from centre.access import Permission, allows
from centre.models import Site, User
from registrations.models import Sighting
from shelter.selectors import holds_now
from shelter.sight import sites_to_place
from shelter.waiting import who_waits

SOON = timedelta(hours=1)  # a hold that ends within this time waits for somebody
FLAGGED = timedelta(days=3)
KEPT = 15  # seconds that the number of waiting families is shown
LATE = timedelta(minutes=10)  # after its hour a snapshot is taken; later than this it is missed


@dataclass(frozen=True)
class Waits:
    """One line of what waits."""

    key: str
    people: int
    words: str
    address: str
    urgent: bool = False
    counts: bool = True  # whether the number is said


def waits_for(user: User, site: Site | None, counted: Situation) -> list[Waits]:
    """What waits for the user now, the urgent first: at the site of the shift, or where all their roles reach."""
    at = counted.at
    lines = [*_cases(user, at), *_families(user, at), *_names(user, site, counted), *_seen(user, at)]
    lines += [*_aid(user, at), *_census(user, at)]
    return sorted((line for line in lines if line.people), key=lambda line: not line.urgent)


def _cases(user: User, at: datetime) -> Iterator[Waits]:
    """The cases for who follows them; and for who runs a site that somebody waits there, not how many and for what."""
    if not allows(user, Permission.SEE_CASES, at=at):
        yield from _unanswered_cases(user, at)
        return
    page = reverse("casework:cases")
    open_cases = Case.objects.open().visible_to(user, at)
    now, late = Q(urgency=Urgency.NOW), Q(due_at__lte=at)
    counted = open_cases.aggregate(
        now=Count("pk", filter=now), late=Count("pk", filter=~now & late), others=Count("pk", filter=~now & ~late)
    )
    words = ngettext("urgent case is open", "urgent cases are open", counted["now"])
    yield Waits("urgent", counted["now"], words, f"{page}?urgency=now", urgent=True)
    words = ngettext("case is overdue", "cases are overdue", counted["late"])
    yield Waits("overdue", counted["late"], words, f"{page}?overdue=true", urgent=True)
    words = ngettext("other case is open", "other cases are open", counted["others"])
    yield Waits("cases", counted["others"], words, page)


def _unanswered_cases(user: User, at: datetime) -> Iterator[Waits]:
    """Without a number: who tells of somebody would read from it whether that person had a case already."""
    if allows(user, Permission.MERGE, at=at):
        sites = Site.objects.where(user, Permission.MERGE, at)
        waiting = Case.objects.unanswered(at).filter(site__in=sites).exists()
        words = _("Somebody needs a protection officer at once: call one")
        yield Waits("unanswered", int(waiting), words, reverse("casework:duty"), urgent=True, counts=False)


def _families(user: User, at: datetime) -> Iterator[Waits]:
    """Of all sites where the user may place, like the shelter board that the line leads to."""
    if not allows(user, Permission.PLACE, at=at):
        return
    sites = list(sites_to_place(user, at))
    families = _how_many_wait(user, sites, at)
    page = reverse("shelter:board")
    yield Waits("places", families, ngettext("family waits for a place", "families wait for a place", families), page)
    ending = sum(
        1 for hold in holds_now([site.pk for site in sites], at) if hold.until <= at + SOON and not hold.taken_off
    )
    words = ngettext("hold ends within the hour or ran out", "holds end within the hour or ran out", ending)
    yield Waits("holds", ending, words, page, urgent=True)


def waits_at(user: User, site: Site, at: datetime) -> int | None:
    """The families that wait for a place at one site; None for those who may not place there."""
    return _how_many_wait(user, [site], at) if site in sites_to_place(user, at) else None


def _how_many_wait(user: User, sites: list[Site], at: datetime) -> int:
    """The families that wait at these sites: the dearest question, so it is asked once for all who may ask it."""
    scope = hashlib.sha256(repr(sorted(site.pk.hex for site in sites)).encode()).hexdigest()[:32]
    waiting: Any = cache.get_or_set(f"families-waiting-{scope}", lambda: who_waits(user, sites, at, limit=1)[1], KEPT)
    return int(waiting)


def _names(user: User, site: Site | None, counted: Situation) -> Iterator[Waits]:
    if site is not None and allows(user, Permission.REGISTER, site, counted.at):
        now = counted.sites.get(site.pk)
        people = now.waiting if now else 0
        words = ngettext("person here has a card and no name yet", "people here have a card and no name yet", people)
        yield Waits("names", people, words, f"{reverse('desk:families')}?state=pre_registered&site={site.pk}")


def _seen(user: User, at: datetime) -> Iterator[Waits]:
    if allows(user, Permission.REGISTER, at=at):
        seen = Sighting.objects.open().in_hand_of(user).count()
        words = ngettext(
            "family was seen at another site without a card",
            "families were seen at another site without a card",
            seen,
        )
        yield Waits("seen", seen, words, reverse("desk:seen"))


def _aid(user: User, at: datetime) -> Iterator[Waits]:
    if allows(user, Permission.PLAN_AID, at=at):
        sites = Site.objects.where(user, Permission.PLAN_AID, at)
        given = Handout.objects.filter(distribution__site__in=sites, happened_at__gte=at - FLAGGED)
        flagged = given.flagged().count()
        words = ngettext("handout broke a rule", "handouts broke a rule", flagged)
        yield Waits("aid", flagged, words, reverse("aid:overview"))


def _census(user: User, at: datetime) -> Iterator[Waits]:
    if not allows(user, Permission.SEE_CENSUS, at=at):
        return
    last = last_snapshot(None, at, at)
    total = read_total(last.tally) if last else None
    if last and total and total.difference:
        words = _("people: difference in the last census")
        yield Waits("difference", abs(total.difference), words, last.get_absolute_url(), urgent=True)
    missed = len(due_snapshots(at - LATE))
    words = ngettext("snapshot is late", "snapshots are late", missed)
    yield Waits("missed", missed, words, reverse("census:days"), urgent=True)
