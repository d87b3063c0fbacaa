"""How a field of a person, a household or a membership reads, and how it is said anew: with what stood before.

A step that acts compose, like parts: it writes, but does not authorise, lock or log.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from centre.models import Act, User
from centre.refusals import refused_on
from registrations.corrections import Correction, FormerName
from registrations.errors import OneHead, SaidOtherwise
from registrations.models import ONE_HEAD, Household, Individual, Membership, Relationship
from registrations.parts import folds_of, record_names

Row = Individual | Household | Membership

NAMES = ("given_name", "family_name", "fathers_name")
REGISTERED = ("registered_at", "registered_by_id", "registered_in_id")
NOT_REGISTERED = dict.fromkeys(REGISTERED)

COLUMNS: dict[type[Row], dict[str, tuple[str, ...]]] = {
    Individual: {
        **{name: (name,) for name in NAMES},
        "sex": ("sex",),
        "birth": ("birth_date", "birth_precision", "age_group"),
        "documents": ("documents",),
        "never_was": ("never_was",),
        "registered": REGISTERED,
    },
    Membership: {
        "relationship": ("relationship",),
        "carer": ("carer_kind", "carer_id"),
        "left_at": ("left_at",),
        "never_was": ("never_was",),
    },
    Household: {
        "going": ("going", "destination_marz", "waits_since"),
        "last_residence": ("last_residence_district", "last_residence_settlement"),
        "original_registration": ("original_registration_district", "original_registration_settlement"),
        "phones": ("phones",),
        "languages": ("languages",),
        "vehicle": ("vehicle",),
        "registered": REGISTERED,
    },
}
"""The fields that may be said anew, and the columns that each is laid out in."""


@dataclass(frozen=True)
class Change:
    """What a field of a row is to say; and the correction that it takes back, where it does."""

    row: Row
    field: str
    now: Any  # as value_of tells it
    voids: Correction | None = None


def registered_in(act: Act, by: User) -> dict[str, Any]:
    """What says that somebody was registered in the act, as plain JSON."""
    return {column: _plain(value) for column, value in zip(REGISTERED, (act.at, by.pk, act.pk), strict=True)}


def value_of(row: Row, field: str) -> Any:
    """What the field says, as plain JSON: the column's value, or the columns by name where they are several."""
    columns = COLUMNS[type(row)][field]
    values = {column: _plain(getattr(row, column)) for column in columns}
    return values if len(columns) > 1 else values[field]


def say_anew(
    changes: Iterable[Change],
    act: Act,
    *,
    cause: Correction.Cause,
    reason: str = "",
) -> list[Correction]:
    """Let these fields say something else, and keep what they said; those that say it already are left alone.

    The caller has locked the people and households. Refuses with OneHead.
    """
    said: dict[Row, list[Change]] = defaultdict(list)
    for change in changes:
        if value_of(change.row, change.field) != change.now:
            said[change.row].append(change)
    written = keep((change for some in said.values() for change in some), act, cause=cause, reason=reason)
    for row, some in sorted(said.items(), key=lambda one: any(map(_takes_a_seat, one[1]))):
        _lay_out(row, some)
    return written


def keep(
    changes: Iterable[Change],
    act: Act,
    *,
    cause: Correction.Cause,
    reason: str = "",
) -> list[Correction]:
    """Keep what these fields say, where they are to say something else; the caller lays it out in the same act."""
    return Correction.objects.bulk_create(
        Correction(
            field=change.field,
            was=value_of(change.row, change.field),
            now=change.now,
            cause=cause,
            reason=reason,
            act=act,
            voids=change.voids,
            **{change.row._meta.model_name or "": change.row},
        )
        for change in changes
        if value_of(change.row, change.field) != change.now
    )


def take_back(corrections: Sequence[Correction], act: Act, reason: str = "") -> list[Correction]:
    """Let fields say again what they said before these corrections. Refuses with SaidOtherwise, OneHead."""
    changes = []
    for correction in reversed(corrections):
        row = _row_of(correction)
        if value_of(row, correction.field) != correction.now:
            raise SaidOtherwise
        changes.append(Change(row, correction.field, correction.was, voids=correction))
    return say_anew(changes, act, cause=Correction.Cause.TAKEN_BACK, reason=reason)


def _takes_a_seat(change: Change) -> bool:
    """Whether somebody is a head, or a member again: after who was it until now, for there is one at a time."""
    return change.now == Relationship.HEAD or (change.field == "left_at" and change.now is None)


def _row_of(correction: Correction) -> Row:
    row = correction.individual or correction.household or correction.membership
    assert row is not None  # by correction_of_one_row
    return row


def _lay_out(row: Row, changes: Sequence[Change]) -> None:
    columns: set[str] = set()
    if isinstance(row, Individual) and any(change.field in NAMES for change in changes):
        _keep_name(row)
        columns = {"given_fold", "family_fold", "fathers_fold", "sort_key"}
    for change in changes:
        names = COLUMNS[type(row)][change.field]
        values = change.now if len(names) > 1 else {names[0]: change.now}
        for column, value in values.items():
            setattr(row, column, _field(row, column).to_python(value))
        columns |= set(names)
    if isinstance(row, Individual) and columns & set(NAMES):
        for column, fold in folds_of(row.given_name, row.family_name, row.fathers_name).items():
            setattr(row, column, fold)
        record_names([row])
    with refused_on(ONE_HEAD, OneHead()):
        row.save(update_fields=columns)


def _field(row: Row, column: str) -> Any:
    return row._meta.get_field(column.removesuffix("_id"))


def _keep_name(person: Individual) -> None:
    """Let what the person was called until now still find them."""
    if person.full_name:
        kept = ("given_name", "family_name", "given_fold", "family_fold", "fathers_fold")
        FormerName.objects.create(individual=person, **{name: getattr(person, name) for name in kept})


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value
