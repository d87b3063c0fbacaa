"""Laying out presences and absences: the intervals are how the journal reads today."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from registrations.errors import CameLater, NeverWas
from registrations.journal import COMING, Fact, came_after_death, read_aways, read_stints
from registrations.models import Absence, Movement, Presence


def lay_out_presences(individual_ids: Iterable[uuid.UUID]) -> None:
    """Write the presences and absences of these individuals anew, as their movements read now.

    Rows that still hold are kept. The caller has locked the individuals, by key. Refuses with CameLater when somebody
    would come to a site after their death, and with NeverWas when somebody would who was taken out as a mistake:
    neither the dead nor who never was arrive, whatever is told or taken back in which order.
    """
    ids = sorted(set(individual_ids))
    facts: dict[uuid.UUID, list[Fact]] = defaultdict(list)
    mistaken: set[uuid.UUID] = set()
    for person, never_was, *columns in Movement.objects.of(ids).values_list(
        "counted_as", "individual__never_was", "id", "kind", "site", "happened_at", "recorded_at", "voids"
    ):
        fact = Fact(*columns)
        facts[person].append(fact)
        if never_was:
            mistaken.add(fact.id)
    if any(came_after_death(known) for known in facts.values()):
        raise CameLater
    presences = [row for person, known in facts.items() for row in _presences(person, known)]
    if not mistaken.isdisjoint(row.movement_id for row in presences):
        raise NeverWas
    _rewrite(Presence, ids, presences)
    if any(fact.kind not in COMING for known in facts.values() for fact in known):
        _rewrite(Absence, ids, [row for person, known in facts.items() for row in _absences(person, known)])


def _presences(person: uuid.UUID, facts: list[Fact]) -> list[Presence]:
    return [
        Presence(
            movement_id=stint.began_by,
            individual_id=person,
            site_id=stint.site_id,
            during=DateTimeTZRange(stint.started_at, stint.ended_at, "[)"),
            ended_by_id=stint.ended_by,
        )
        for stint in read_stints(facts)
        if stint.ended_at is None or stint.started_at < stint.ended_at
    ]


def _absences(person: uuid.UUID, facts: list[Fact]) -> list[Absence]:
    return [
        Absence(
            movement_id=away.began_by,
            individual_id=person,
            during=DateTimeTZRange(away.started_at, away.ended_at, "[)"),
        )
        for away in read_aways(facts)
        if away.ended_at is None or away.started_at < away.ended_at
    ]


def _rewrite(model: Any, ids: list[uuid.UUID], wanted: list[Any]) -> None:
    """Make these rows the individuals' rows: take away what no longer holds, then write what is new."""
    columns = [field.attname for field in model._meta.concrete_fields]
    existing = {row.pk: row for row in model.objects.filter(individual__in=ids)}
    kept = {
        row.pk
        for row in wanted
        if row.pk in existing and all(getattr(existing[row.pk], c) == getattr(row, c) for c in columns)
    }
    stale = existing.keys() - kept
    if stale:
        model.objects.filter(pk__in=stale).delete()
    model.objects.bulk_create(row for row in wanted if row.pk not in kept)
