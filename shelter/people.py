"""The members of a family as the shelter reads them: where each is, who needs a place, and their beds and holds."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from centre.access import Permission, allows
from centre.clock import local_day
from centre.models import Site, User
from centre.sight import Sight
from registrations.errors import ToldElsewhere
from registrations.facts import years_before
from registrations.models import Household, Individual
from registrations.where_told import Eyes, Where, where_in_words
from registrations.whereabouts import Whereabouts, find_people, is_at_a_site, is_kept_from, most_at, untouched_at
from shelter.babies import UNDER
from shelter.models import Stay


@dataclass(frozen=True)
class Person:
    """A member of the chosen family: where they are, where they sleep, what is held for them."""

    id: uuid.UUID
    name: str
    initials: str
    site_id: uuid.UUID | None
    stay: Stay | None
    hold: Stay | None
    secret: bool  # is where the reader may not know of, or died and the reader may not know it
    baby: bool = False  # under two: may do without a place of its own
    where: Where | None = None  # in words
    elsewhere: bool = False  # told to be where the family does not wait: is placed by name alone
    left: bool = False  # told to be elsewhere since the place was held: is checked in by name alone

    @property
    def bedless(self) -> bool:
        """Whether they need a place: they have neither a bed nor a hold, and were not told to be elsewhere."""
        return self.may_be_named and not self.elsewhere

    @property
    def may_be_named(self) -> bool:
        """Whether a place could be found for them."""
        return not (self.stay or self.hold or self.secret or (self.where and self.where.dead))


@dataclass(frozen=True)
class Beds:
    """The beds of a family, those held for it, and whether the reader may change them."""

    asleep: list[tuple[Person, Stay]]
    awaited: list[tuple[Person, Stay]]
    secret: list[Person]
    asleep_mine: bool
    awaited_mine: bool
    awaited_ours: bool  # held elsewhere, for people who are here: they are given back, and not checked in


def read_people(household: Household, at: datetime, user: User, waits_at: Site | None = None) -> list[Person]:
    """The members of the family of today, with where they are and sleep, as far as the user may know.

    A bed at a confidential site is shown only to users who are assigned there; a hold there is not shown to others at
    all. To a user who may not know of a death, the dead person reads like somebody at such a site. A person is
    `elsewhere` when recorded at another place than where the family waits, or where most of the family are.
    """
    individuals = list(Individual.objects.members_of(household).distinct())
    keys = [one.pk for one in individuals]
    found, eyes = find_people(keys, at), Eyes.of(user, at, keys)
    holds = Q(kind=Stay.Kind.STAY) | eyes.sight.told("site")
    beds = Stay.objects.of(keys).filter(holds).at(at).order_by("hidden").with_person()
    stays = {(stay.person, stay.kind): stay for stay in beds.select_related("room__site", "place")}
    born = years_before(local_day(at), UNDER)
    people = [
        _person(one, found.get(one.pk), stays, eyes, baby=bool(one.birth.on and one.birth.on > born))
        for one in individuals
    ]
    told = {one.id: found.get(one.id) for one in people if not one.secret and not (one.where and one.where.dead)}
    elsewhere = untouched_at(told, waits_at or most_at(told))
    left = told_elsewhere_since({one.id: one.hold for one in people if one.hold}, found, eyes.sight)
    return [replace(one, elsewhere=one.id in elsewhere, left=one.id in left) for one in people]


def told_elsewhere_since(
    holds: Mapping[uuid.UUID, Stay], found: Mapping[uuid.UUID, Whereabouts], sight: Sight
) -> set[uuid.UUID]:
    """The people who were recorded elsewhere since these places were held for them; a check-in has to name them.

    When all of them are together at one other place, they come together, as at every arrival. A person who is where
    the reader may not know does not come.
    """
    since = {person: found.get(person) for person in holds}
    for person, where in since.items():
        if where and where.since <= holds[person].during.lower:
            since[person] = None
    kept = {person for person, where in since.items() if where and is_kept_from(sight, where)}
    told = {person: where for person, where in since.items() if person not in kept}
    site = next((hold.room.site for hold in holds.values()), None)
    return kept | untouched_at(told, site)


def left_since(people: Iterable[uuid.UUID], found: Mapping[uuid.UUID, Whereabouts], eyes: Eyes) -> ToldElsewhere:
    """Why nobody of these is checked in: each by initials, with where they are as the reader is told it."""
    rows = Individual.objects.filter(pk__in=people).order_by("pk")
    where = ", ".join(f"{one.initials or '–'} {where_in_words(found.get(one.pk), eyes).words}" for one in rows)
    said = _("Recorded elsewhere: %(where)s. Nobody was checked in: ask the desk or the coordinator.")
    return ToldElsewhere(said % {"where": where})


def _person(
    one: Individual,
    found: Whereabouts | None,
    stays: Mapping[tuple[uuid.UUID, str], Stay],
    eyes: Eyes,
    *,
    baby: bool,
) -> Person:
    stay, hold = stays.get((one.pk, Stay.Kind.STAY)), stays.get((one.pk, Stay.Kind.HOLD))
    where = where_in_words(found, eyes)
    secret = where.untold
    return Person(
        one.pk,
        one.full_name or str(one),
        one.initials or "–",
        found.site.pk if found and found.site and is_at_a_site(found) else None,
        None if secret else stay,
        hold,
        secret,
        baby,
        where,
    )


def beds_of(people: Iterable[Person], user: User, at: datetime) -> Beds:
    """The family's beds, for one who may change those at the sites where they place."""
    people = list(people)
    asleep = [(person, person.stay) for person in people if person.stay]
    awaited = [(person, person.hold) for person in people if person.hold]

    def mine(rows: list[tuple[Person, Stay]]) -> bool:
        return bool(rows) and all(allows(user, Permission.PLACE, stay.room.site, at) for _, stay in rows)

    secret = [person for person in people if person.secret]
    held = Stay.objects.filter(pk__in=[stay.pk for _, stay in awaited]).in_hand_of(user, at)
    ours = bool(awaited) and held.count() == len(awaited)
    return Beds(asleep, awaited, secret, mine(asleep), mine(awaited), ours)
