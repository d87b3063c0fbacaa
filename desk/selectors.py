"""What the pages of the desk read: a family's file, where each member is, and what was told of them."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from centre.access import Permission
from centre.clock import local_day
from centre.insiders import named, unnamed_to
from centre.models import Act, Site, User
from desk.children import is_child_on
from desk.coming import asleep_elsewhere
from desk.taking_back import UNDOABLE, may_undo_own
from registrations.births import age_as_known
from registrations.choices import Relationship
from registrations.choosing import called
from registrations.deaths import DeathTold
from registrations.errors import ToldElsewhere
from registrations.journal import last_word, voiding
from registrations.living import deaths_to_tell, told_deaths
from registrations.models import Household, Individual, Membership, Merge, Movement
from registrations.needs import open_needs
from registrations.where_told import Eyes, Where, destination_in_words, where_in_words
from registrations.whereabouts import (
    AT_A_SITE,
    find_people,
    told_of,
    touched_at,
)

MOST_MERGES = 50


@dataclass(frozen=True)
class Member:
    """A row of the file."""

    person: Individual
    record: uuid.UUID
    relationship: str
    carer: str
    age: str
    child: bool
    where: Where
    needs: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Told:
    """One entry of the history: what was told of some members in one act; `movements` are what undoing it voids."""

    kind: str
    words: str
    at: datetime
    by: str
    people: list[str]
    movements: list[uuid.UUID]
    may_be_voided: bool
    card_read: bool | None
    written_by: str  # whose hand it was, of what was typed from paper
    just_told: bool = False  # whether the reader told it a moment ago, and it stands
    family_of: uuid.UUID | None = None  # whose family was told of the death, where that stands


@dataclass(frozen=True)
class File:
    """A family's file as one reader may see it."""

    household: Household
    members: list[Member]
    history: list[Told]
    present: dict[uuid.UUID, list[uuid.UUID]]
    unnamed: Collection[object]  # staff whose name would tell of a confidential site

    @property
    def living(self) -> list[Individual]:
        """The members who may still come, go and die."""
        return [member.person for member in self.members if not member.where.dead]

    @cached_property
    def where(self) -> Where:
        """Where most of the family is; since when, if that is the same for all of those."""
        words = Counter(member.where.words for member in self.members).most_common(1)
        there = [member.where for member in self.members if words and member.where.words == words[0][0]]
        if not there:
            return Where("")
        return there[0] if len({one.since for one in there}) == 1 else replace(there[0], since=None)

    @property
    def scattered(self) -> bool:
        """Whether something else is so of some member than of the family."""
        return any(member.where != self.where for member in self.members)

    def coming_to(self, site: Site) -> dict[uuid.UUID, str]:
        """The living who are not at the site, each with where they are now as the reader is told it."""
        here = self.at(site)
        away = [member for member in self.members if not member.where.dead and member.person.pk not in here]
        return {one.person.pk: " · ".join(filter(None, (called(one.person), one.where.words))) for one in away}

    def expected_at(self, site: Site, by: User, at: datetime) -> set[uuid.UUID]:
        """Those of them whom an arrival touches that names nobody."""
        coming = self.coming_to(site)
        try:
            return touched_at(told_of([person.pk for person in self.living], by, at), site) & coming.keys()
        except ToldElsewhere:
            return set()

    def sleep_elsewhere(self, site: Site, by: User, at: datetime) -> bool:
        """Whether an arrival of some of them ends a stay at another site, as far as the reader is told of them."""
        told = told_of([person.pk for person in self.living], by, at).keys()
        return asleep_elsewhere(told & self.coming_to(site).keys(), site, at).exists()

    def names_of(self, people: Collection[uuid.UUID]) -> str:
        """These members as a list calls them."""
        return ", ".join(called(member.person) for member in self.members if member.person.pk in people)

    def at(self, site: Site | None) -> list[uuid.UUID]:
        """The members who have a presence at the site."""
        return self.present.get(site.pk, []) if site else []


@dataclass(frozen=True)
class Row:
    """A family as the list shows it: its number, and initials instead of names."""

    household: Household
    initials: str
    found: str
    earlier: str  # the name by which a search found them, where they are called otherwise today
    nameless: bool
    where: list[tuple[str, int]]


def read_rows(
    households: Sequence[Household],
    user: User,
    at: datetime,
    found: Mapping[uuid.UUID, uuid.UUID],
    earlier: Mapping[uuid.UUID, str],
) -> list[Row]:
    """The rows of these households, with where their members are now.

    `found` says whom a search found in each, `earlier` by which earlier name, where it was one.
    """
    members = Membership.objects.today().filter(household__in=households).select_related("counted_as")
    people: dict[uuid.UUID, dict[uuid.UUID, Individual]] = defaultdict(dict)
    for membership in members.order_by("position"):
        people[membership.household_id][membership.counted_as_id] = membership.counted_as
    everybody = [key for family in people.values() for key in family]
    eyes = Eyes.of(user, at, everybody)
    found_at = find_people(everybody, at)
    names = _found_names([found[household.pk] for household in households if household.pk in found], eyes, at)
    return [
        Row(
            household=household,
            initials=next((person.initials for person in people[household.pk].values() if person.initials), ""),
            found=names.get(found.get(household.pk), ""),
            earlier=earlier.get(found[household.pk], "") if household.pk in found else "",
            nameless=any(person.registered_at is None for person in people[household.pk].values()),
            where=_together(
                where
                for key in people[household.pk]
                for where in [where_in_words(found_at.get(key), eyes)]
                if where.untold or (key in found_at and found_at[key].place in AT_A_SITE)
            ),
        )
        for household in households
    ]


def _found_names(people: Sequence[uuid.UUID], eyes: "Eyes", at: datetime) -> dict[uuid.UUID | None, str]:
    """The names of the people whom a search found; that somebody died is shown to users who may know it."""
    found = Individual.objects.in_bulk(people)
    living = set(Individual.objects.filter(pk__in=people).living(at).values_list("pk", flat=True))
    return {
        key: _("%(name)s, died") % {"name": one} if key not in living and eyes.knows_death(key) else str(one)
        for key, one in found.items()
    }


def _together(places: Iterable[Where]) -> list[tuple[str, int]]:
    return list(Counter(where.words for where in places).items())


def read_file(household: Household, user: User, at: datetime) -> File:
    """Everything of the file that the reader's role shows."""
    memberships = _memberships(household)
    people = [membership.counted_as for membership in memberships]
    found = find_people([person.pk for person in people], at)
    shown = Household.objects.visible_to(user, at, permission=Permission.SEE_NEEDS).filter(pk=household.pk).exists()
    needs = _needs(people) if shown else {}
    names = {membership.individual_id: str(membership.counted_as) for membership in memberships}
    eyes = Eyes.of(user, at, [person.pk for person in people])
    members = [
        Member(
            person=membership.counted_as,
            record=membership.individual_id,
            relationship=membership.get_relationship_display(),
            carer=_carer(membership, names),
            age=age_in_words(membership.counted_as, at),
            child=is_child_on(membership.counted_as, local_day(at)),
            where=where_in_words(found.get(membership.counted_as_id), eyes),
            needs=needs.get(membership.counted_as_id, []),
        )
        for membership in sorted(memberships, key=lambda one: _head_first(one, local_day(at)))
    ]
    present: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for person, where in found.items():
        if where.place in AT_A_SITE and where.site:
            present[where.site.pk].append(person)
    unnamed = unnamed_to(user)
    told = movements_told_of([person.pk for person in people])
    history = _history(told, {person.pk: str(person) for person in people}, eyes, user, unnamed)
    return File(household, members, history, dict(present), unnamed)


def age_in_words(person: Individual, at: datetime) -> str:
    """Their age in years as far as it is known, or their age group."""
    return age_as_known(person.birth, local_day(at)) or _("not known")


def _memberships(household: Household) -> list[Membership]:
    """The members of today, a person who stands twice in it once."""
    rows = household.memberships.today().select_related("counted_as", "carer")
    seen: dict[uuid.UUID, Membership] = {}
    for membership in rows:
        seen.setdefault(membership.counted_as_id, membership)
    return list(seen.values())


def _head_first(membership: Membership, day: date) -> tuple[bool, int]:
    """The head, adults, children, in the order in which they were told; after them those without a name."""
    person = membership.counted_as
    if membership.relationship == Relationship.HEAD:
        return not person.full_name, 0
    return not person.full_name, 2 if is_child_on(person, day) else 1


def _carer(membership: Membership, names: dict[uuid.UUID, str]) -> str:
    if membership.carer_id:
        return names.get(membership.carer_id, "") or str(membership.carer)
    return membership.get_carer_kind_display() if membership.carer_kind else ""


def _needs(people: Iterable[Individual]) -> dict[uuid.UUID, list[str]]:
    """Each person's specific needs in words, each once."""
    found = open_needs([person.pk for person in people])
    return {person: list(dict.fromkeys(str(need.code) for need in needs)) for person, needs in found.items()}


def movements_told_of(people: Sequence[uuid.UUID]) -> list[tuple[Movement, Movement, bool]]:
    """What was told of these people, the oldest first: the fact, the last that voids it or what did, if it stands."""
    rows = list(Movement.objects.of(list(people)).select_related("site", "destination_site", "act__by"))
    voided_by = voiding(rows)
    return [(fact, *last_word(fact, voided_by)) for fact in rows if fact.kind != Movement.Kind.VOIDED]


def told_together(
    facts: Iterable[tuple[Movement, Movement, bool]], eyes: Eyes
) -> list[tuple[list[Movement], list[Movement], bool]]:
    """What one act told or took back of several people, as far as the reader may know: facts, last words, if it stands.

    The oldest first.
    """
    entries: dict[Any, tuple[list[Movement], list[Movement], bool]] = {}
    for fact, last, stands in facts:
        if eyes.shows(fact):
            key = fact.act_id, fact.kind, None if stands else last.act_id
            together, lasts, _stands = entries.setdefault(key, ([], [], stands))
            together.append(fact)
            lasts.append(last)
    return list(entries.values())


def _history(
    facts: Iterable[tuple[Movement, Movement, bool]],
    names: dict[uuid.UUID, str],
    eyes: Eyes,
    user: User,
    unnamed: Collection[object],
) -> list[Told]:
    """What was told, the latest first; what one act told or took back of several people is one entry."""
    reach = user.reach(Permission.MERGE)
    told = [
        Told(
            kind=first.kind,
            words=said if stands else f"{said} · {Movement.Kind.VOIDED.label}",
            at=first.happened_at,
            by=named(first.act.by if stands else lasts[0].act.by, unnamed),
            people=[names[fact.counted_as_id] for fact in together],
            movements=[last.pk for last in lasts],
            may_be_voided=reach is None or first.site_id in reach or _may_undo(lasts[0].act, user),
            card_read=first.card_read,
            written_by=first.act.written_by,
            just_told=stands and _may_undo(lasts[0].act, user),
        )
        for together, lasts, stands in told_together(facts, eyes)
        for first in together[:1]
        for said in [movement_in_words(first, eyes)]
    ]
    theirs = set(deaths_to_tell(user, None).filter(individual__in=names).values_list("movement", flat=True))
    people_told = [
        replace(_family_told(one, names, theirs), by=named((one.undone_act or one.act).by, unnamed))
        for one in told_deaths(names)
        if eyes.shows(one.death)
    ]
    return sorted([*told[::-1], *people_told], key=lambda one: one.at, reverse=True)


def _may_undo(told: Act, user: User) -> bool:
    """Whether they told it a moment ago; what was told with who people are is taken back with that."""
    return told.kind not in UNDOABLE and may_undo_own(told, user)


def _family_told(told: DeathTold, names: dict[uuid.UUID, str], theirs: Collection[uuid.UUID]) -> Told:
    """That the family was told of a death; or was not, after all. Of theirs the reader takes back the telling."""
    said, stands = family_told_in_words(told), told.undone_act is None
    return Told(
        kind="death_told",
        words=said if stands else f"{said} · {Movement.Kind.VOIDED.label}",
        at=told.happened_at,
        by=str((told.undone_act or told.act).by),
        people=[names[told.death.counted_as_id]],
        movements=[],
        may_be_voided=False,
        card_read=None,
        written_by="",
        family_of=told.death.counted_as_id if stands and told.death_id in theirs else None,
    )


def family_told_in_words(told: DeathTold) -> str:
    """How the family was told, and who of it."""
    return " · ".join((_("The family was told of the death"), told.get_how_display(), told.to_whom))


def movement_in_words(movement: Movement, eyes: Eyes) -> str:
    """What the fact says, and where as far as the reader is told."""
    kind = movement.get_kind_display().capitalize()
    where = str(movement.site or "")
    if movement.kind != Movement.Kind.DEPARTED:
        return f"{kind} · {where}" if where else kind
    if movement.destination_site_id:
        to = str(movement.destination_site) if eyes.sight.is_told(movement.destination_site) else _("another site")
    else:
        to = destination_in_words(movement)
    return f"{kind} · {where} → {to}"


def read_merges(user: User) -> list[Merge]:
    """The merges that stand and whose records the user supervises, the latest first."""
    seen = Individual.objects.supervised_by(user)
    rows = Merge.objects.filter(merged__in=seen, undone_recorded_at__isnull=True)
    return list(rows.select_related("merged", "into", "act__by").order_by("-recorded_at")[:MOST_MERGES])
