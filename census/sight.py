"""What a reader is shown of each site; the sites that the reader may not know are one line together."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Mapping
from typing import Any, TypeVar

from django.db.models import QuerySet

from census.balance import Balance
from census.models import Snapshot, SnapshotQuerySet
from centre.access import Permission
from centre.models import Site, User
from centre.sight import in_the_open, sight_of

CONFIDENTIAL, OTHERS = "confidential_sites", "other_sites"
"""The key of the line in which all confidential sites that a reader may not know are counted together; and of the line
in which they are counted with open ones, where they alone would be so few that the line spoke of a few people."""

LEAST_SITES, LEAST_PEOPLE = 3, 10

Key = TypeVar("Key", bound=Hashable)


def cover_for(hidden: Mapping[Key, int], shown: Mapping[Key, int]) -> list[Key]:
    """The sites to count with the hidden ones, the smallest first, until that is three sites and ten people."""
    sites, people, cover = len(hidden), sum(hidden.values()), []
    for key in sorted(shown, key=lambda one: (shown[one], str(one))) if hidden else ():
        if sites >= LEAST_SITES and people >= LEAST_PEOPLE:
            break
        sites, people = sites + 1, people + shown[key]
        cover.append(key)
    return cover


def tally_for(user: User, tally: dict[str, Any]) -> dict[str, Any]:
    """The tally as the user may read it; figures and total stay what they are, and the balance holds."""
    return _without(tally, Site.objects.hidden_from(user), own=sight_of(user).named)


def tally_for_the_public(tally: dict[str, Any]) -> dict[str, Any]:
    """The tally without the name of any confidential site."""
    return _without(tally, Site.objects.exclude(in_the_open()))


def _without(tally: dict[str, Any], sites: "QuerySet[Site]", own: Collection[uuid.UUID] = ()) -> dict[str, Any]:
    places = tally["places"]
    hidden = set(sites.filter(code__in=places).values_list("code", flat=True))
    if not hidden:
        return tally
    others = Site.objects.filter(code__in=places).exclude(code__in=hidden).exclude(pk__in=own)
    closing = {code: place["balance"]["closing"] for code, place in places.items()}
    shown_to_all = {code: closing[code] for code in others.values_list("code", flat=True)}
    cover = cover_for({code: closing[code] for code in hidden}, shown_to_all)
    together = hidden | set(cover)
    line = _together([places[code] for code in sorted(together)])
    shown = {key: place for key, place in places.items() if key not in together}
    return tally | {"places": shown | {OTHERS if cover else CONFIDENTIAL: line}}


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
    revised = [Balance.read(place["revised"]) for place in places if "revised" in place]
    return {
        "people": {sex: dict(sorted(cohorts.items())) for sex, cohorts in sorted(people.items())},
        "balance": balance.as_row(),
        **({"revised": sum(revised, Balance(0)).as_row()} if revised else {}),
    }
