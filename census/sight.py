"""What a reader is told of each site: of those they may not know of, one line together."""

from collections import Counter, defaultdict
from typing import Any

from django.db.models import QuerySet

from census.balance import Balance
from census.models import Snapshot, SnapshotQuerySet
from centre.access import Permission
from centre.models import Site, User
from centre.sight import in_the_open

CONFIDENTIAL = "confidential_sites"
"""The key of the line in which all confidential sites that a reader may not know are counted together."""


def tally_for(user: User, tally: dict[str, Any]) -> dict[str, Any]:
    """The tally as the user may read it; figures and total stay what they are, and the balance holds."""
    return _without(tally, Site.objects.hidden_from(user))


def tally_for_the_public(tally: dict[str, Any]) -> dict[str, Any]:
    """The tally without the name of any confidential site."""
    return _without(tally, Site.objects.exclude(in_the_open()))


def _without(tally: dict[str, Any], sites: "QuerySet[Site]") -> dict[str, Any]:
    hidden = set(sites.filter(code__in=tally["places"]).values_list("code", flat=True))
    if not hidden:
        return tally
    places = {key: place for key, place in tally["places"].items() if key not in hidden}
    return tally | {"places": places | {CONFIDENTIAL: _together([tally["places"][key] for key in sorted(hidden)])}}


def snapshots_for(user: User) -> SnapshotQuerySet:
    """The snapshots of the operation, and of each site where the user reads the census and may know of the site."""
    reach = user.reach(Permission.SEE_CENSUS)
    snapshots = Snapshot.objects.exclude(site__in=Site.objects.hidden_from(user).order_by())
    if reach is None:
        return snapshots
    return snapshots.filter(site__in=reach) | snapshots.filter(site=None) if reach else snapshots.none()


def _together(places: list[dict[str, Any]]) -> dict[str, Any]:
    people: dict[str, Counter[str]] = defaultdict(Counter)
    for place in places:
        for sex, cohorts in place["people"].items():
            people[sex].update(cohorts)
    balance = sum((Balance.read(place["balance"]) for place in places), Balance(0))
    return {
        "people": {sex: dict(sorted(cohorts.items())) for sex, cohorts in sorted(people.items())},
        "balance": balance.as_row(),
    }
