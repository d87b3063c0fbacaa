"""A plan becomes holds and beds, family by family; what changed meanwhile is left out and said."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from centre.access import Permission, allows
from centre.models import Act, Site, User
from centre.refusals import Changed, Refusal
from plans.actions import require_plan
from plans.evening import Evening, Family, Space
from plans.models import How, Plan, PlannedFamily, PlannedPlace
from plans.reading import read_evening
from registrations.numbers import write_number
from shelter.actions import hold_places, place_household
from shelter.hold_times import day_and_hour
from shelter.models import Room, Stay


@dataclass(frozen=True)
class Confirmed:
    """What became of each family, by number: `held` have places held now, `placed` were there already and sleep there.

    `left_out` were left out, each with the reason; `shortened` are held for less time than asked, each with its end.
    """

    held: list[str]
    placed: list[str]
    left_out: list[str]
    shortened: list[str]


def confirm_plan(plan: Plan, *, families: Collection[PlannedFamily], until: datetime, by: User) -> Confirmed:
    """Hold the planned places for these families of the plan, each by an act of its own, in the order of the plan.

    Who is at the house already, and waits there for a bed, gets it at once: a hold would only have to be checked in.

    The id of each act comes from the plan and the family: pressed twice, by one desk or by two, each family has its
    places once. A family is left out that no longer waits as it did, or whose rooms are no longer theirs to have.
    """
    now = timezone.now()
    require_plan(plan, by, now)
    houses = [house.site for house in plan.houses.select_related("site")]
    evening = read_evening(by, houses, now)
    held: list[str] = []
    placed: list[str] = []
    left_out: list[str] = []
    for row in sorted(families, key=lambda row: row.position):
        there = is_there(row, by, now)
        why = _give(row, evening, until, by, there=there)
        number = write_number(row.household.number)
        if why:
            left_out.append(f"{number} – {why}")
        else:
            (placed if there else held).append(number)
    return Confirmed(held, placed, left_out, _shortened(families, until, by, now))


def _shortened(rows: Collection[PlannedFamily], until: datetime, by: User, at: datetime) -> list[str]:
    """For whom the user's hold ends before the hour asked for, in words: the house is open to others no longer."""
    beds, said = beds_by_plan(list(rows), at), []
    for row in rows:
        hold = beds.get(row.pk)
        if hold and hold.opening_id and hold.during.upper < until and _is_answered(hold, until, by):
            told = {"number": write_number(row.household.number), "until": day_and_hour(hold.during.upper)}
            said.append(_("%(number)s: only until %(until)s, so long the house is open to others.") % told)
    return said


def act_id(row: PlannedFamily) -> uuid.UUID:
    """The id of the act that gives the family its places by the plan, whichever of the two plans it is.

    Nobody can guess it, and so take it for another act. What was given and is theirs no more is given by another one.
    """
    said = (f"{row.plan_id} {row.household_id} {turn}" for turn in count())
    digests = (salted_hmac("plans.confirming", words, algorithm="sha256").digest() for words in said)
    keys = (uuid.UUID(bytes=digest[:16]) for digest in digests)
    return next(key for key in keys if not Act.objects.filter(pk=key).exists())


def is_there(row: PlannedFamily, by: User, at: datetime) -> bool:
    """Whether the family waits at the house of its planned rooms, where the user may check in: it needs no hold."""
    rooms = rooms_of_family(row)
    return bool(rooms) and rooms[0].site_id == row.site_id and allows(by, Permission.PLACE, rooms[0].site, at)


def _give(row: PlannedFamily, evening: Evening, until: datetime, by: User, *, there: bool) -> str:
    """Hold the family's places, or place who is there; why not, in words, where that cannot be."""
    places = list(row.places.all())
    if not places:
        return _("The plan has no room for them.")
    rooms = rooms_of_family(row)
    theirs = Stay.objects.of(place.individual_id for place in places).filter(room__in=rooms).from_(timezone.now())
    if theirs:
        again = all(_is_answered(stay, until, by) for stay in theirs.select_related("act", "began_by__act", "opening"))
        return "" if again else _("They already have their places by this plan.")
    if why := what_changed(row, places, evening):
        return why
    members, seating = [place.individual_id for place in places], [place.room for place in places]
    how: dict[str, Any] = {"rooms": rooms, "members": members, "seating": seating, "by": by, "id": act_id(row)}
    try:
        if there:
            place_household(row.household, **how)
        else:
            hold_places(row.household, **how, until=until)
    except Changed:
        return _("They already have their places by this plan.")
    except Refusal as refusal:
        return str(refusal)
    except PermissionDenied:
        return _("You may not hold places in this house any more.")
    return ""


def _is_answered(stay: Stay, until: datetime, by: User) -> bool:
    """Whether it is what the user asked for a moment before: they press once more."""
    made = stay.act if stay.began_by is None else stay.began_by.act
    ends = stay.during.upper
    as_asked = ends in (None, until) or (stay.opening is not None and ends == stay.opening.during.upper <= until)
    return made is not None and made.by_id == by.pk and as_asked


def what_changed(row: PlannedFamily, places: Sequence[PlannedPlace], evening: Evening) -> str:
    """What became otherwise since the plan was made, so that they cannot have these rooms; empty if nothing did."""
    family = next((one for one in evening.families if one.id == row.household_id), None)
    people = {place.individual_id for place in places}
    if family is None or family.site != row.site_id or {one.id for one in family.people} != people:
        return _("They no longer wait as they did when this was planned.")
    spaces = {space.id: space for space in evening.spaces}
    for room in {place.room_id: place.room for place in places}.values():
        needed = sum(place.room_id == room.pk for place in places)
        if not _still_takes(family, spaces.get(room.pk), needed):
            return _("Room %(room)s is no longer free for them.") % {"room": room}
    return ""


def _still_takes(family: Family, space: Space | None, needed: int) -> bool:
    return space is not None and space.free >= needed and space.takes(family)


def planned_with_places(plan: Plan, how: How | str) -> list[PlannedFamily]:
    """The families of one of the two plans in their turn, with people and rooms."""
    rows = plan.families.filter(how=how).select_related("household", "site")
    return list(rows.prefetch_related("places__room__site").order_by("position"))


def beds_by_plan(rows: Sequence[PlannedFamily], at: datetime) -> dict[uuid.UUID, Stay]:
    """A bed or a hold that somebody of a family has at the instant in a room of the plan, by planned family."""
    planned = {(place.individual_id, place.room_id): row.pk for row in rows for place in row.places.all()}
    people = {person for person, _room in planned}
    stays = Stay.objects.of(people).filter(room__in={room for _person, room in planned}).from_(at).with_person()
    stays = stays.select_related("act", "began_by__act", "opening")
    return {planned[key]: stay for stay in stays if (key := (stay.person, stay.room_id)) in planned}


def beds_elsewhere(rows: Sequence[PlannedFamily], at: datetime) -> set[uuid.UUID]:
    """The planned families of whom somebody has a bed or a hold by now where everybody may know of the house."""
    planned = {place.individual_id: row.pk for row in rows for place in row.places.all()}
    known = Stay.objects.of(planned).filter(site__in=Site.objects.in_the_open()).from_(at).with_person()
    return {planned[person] for person in known.values_list("person", flat=True) if person in planned}


def rooms_of_family(row: PlannedFamily) -> list[Room]:
    """The rooms of a family in the plan, each once."""
    return list({place.room_id: place.room for place in row.places.all()}.values())
