"""Steps of acts that take back what was told: facts of the journal, and people who never were."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from centre.models import Act, User
from desk.coming import lay_out
from registrations.corrections import Correction
from registrations.journal import Fact, standing
from registrations.models import Membership, Movement
from registrations.parts import record_voids
from registrations.said import Change, say_anew, take_back
from shelter.parts import end_holds, take_back_beds

A_MOMENT = timedelta(microseconds=1)
UNDOABLE = (
    "correct", "settle", "join", "make_head", "change_household", "split", "never_was", "register", "complete",
)  # fmt: skip
"""The acts that are taken back whole, because they say who people are and who belongs together."""

UNDO_WITHIN = timedelta(seconds=60)  # how long who saved may take it back without asking


def may_undo_own(done: Act, by: User) -> bool:
    """Whether the user did it themselves, less than a minute ago."""
    return done.by_id == by.pk and timezone.now() - done.recorded_at <= UNDO_WITHIN


def void_facts(
    movements: Sequence[Movement], act: Act, counted_as: Mapping[uuid.UUID, uuid.UUID] | None = None
) -> list[Movement]:
    """Write that these facts are taken back, of people who are locked; whom they count as, where a merge came since.

    Refuses with AlreadyVoided.
    """
    voids = record_voids(movements, act, counted_as)
    lay_out(voids, act)
    return voids


def take_out(rows: Sequence[Membership], reason: str, at: datetime, act: Act) -> list[Movement]:
    """Let these people, who are locked, never have been: their memberships end, what was told of them is taken back."""
    changes = [
        change for row in rows for change in (*never_belonged(row, at), Change(row.individual, "never_was", True))
    ]
    say_anew(changes, act, cause=Correction.Cause.CORRECTED, reason=reason)
    records, people = [row.individual_id for row in rows], {row.counted_as_id for row in rows}
    others = Membership.objects.today().filter(counted_as__in=people).values_list("counted_as", flat=True)
    end_holds(people - set(others), at, act)
    take_back_beds(records, act)
    return void_facts(standing_of(Movement.objects.filter(individual__in=records)), act)


def put_back(voids: Sequence[Movement], act: Act) -> None:
    """Where the taking back of a birth is itself taken back, let the child belong to its family again."""
    births = [one for one in voids if one.voids and one.voids.kind == Movement.Kind.BORN]
    for one in births:
        said = Correction.objects.filter(act=one.act_id, voided_by__isnull=True)
        of_the_child = Q(individual=one.individual_id) | Q(membership__individual=one.individual_id)
        take_back(list(said.filter(of_the_child)), act)


def never_belonged(row: Membership, at: datetime) -> list[Change]:
    """A membership that never was; it ends, so that nobody counts it."""
    return [*([] if row.left_at else [leaves(row, at)]), Change(row, "never_was", True)]


def leaves(row: Membership, at: datetime) -> Change:
    """The end of a membership, a moment after it began at the earliest."""
    return Change(row, "left_at", max(at, row.joined_at + A_MOMENT).isoformat())


def standing_of(movements: Iterable[Movement]) -> list[Movement]:
    """Those of these facts that nothing takes back."""
    known = {one.pk: one for one in movements}
    facts = [Fact(m.pk, m.kind, m.site_id, m.happened_at, m.recorded_at, m.voids_id) for m in known.values()]
    return [known[fact.id] for fact in standing(facts)]
