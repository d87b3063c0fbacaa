"""Laying out presences: the intervals are how the journal reads today."""

import uuid
from collections import defaultdict
from collections.abc import Iterable

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from registrations.journal import Fact, Stint, read_stints
from registrations.models import Movement, Presence


def lay_out_presences(individual_ids: Iterable[uuid.UUID]) -> None:
    """Write the presences of these individuals anew, as their movements read now; keep those that still hold.

    The caller has locked the individuals, by key.
    """
    ids = sorted(set(individual_ids))
    facts: dict[uuid.UUID, list[Fact]] = defaultdict(list)
    rows = Movement.objects.of(ids).values_list(
        "counted_as", "id", "kind", "site", "happened_at", "recorded_at", "voids"
    )
    for person, *fact in rows:
        facts[person].append(Fact(*fact))
    wanted = {
        stint.began_by: (person, stint)
        for person in ids
        for stint in read_stints(facts[person])
        if stint.ended_at is None or stint.started_at < stint.ended_at
    }
    kept = set()
    stale = []
    for presence in Presence.objects.filter(individual__in=ids):
        person, stint = wanted.get(presence.pk, (None, None))
        if stint and (presence.individual_id, presence.site_id, presence.during, presence.ended_by_id) == (
            person,
            stint.site_id,
            _range(stint),
            stint.ended_by,
        ):
            kept.add(presence.pk)
        else:
            stale.append(presence.pk)
    if stale:
        Presence.objects.filter(pk__in=stale).delete()
    Presence.objects.bulk_create(
        Presence(
            movement_id=key,
            individual_id=person,
            site_id=stint.site_id,
            during=_range(stint),
            ended_by_id=stint.ended_by,
        )
        for key, (person, stint) in wanted.items()
        if key not in kept
    )


def _range(stint: Stint) -> DateTimeTZRange:
    return DateTimeTZRange(stint.started_at, stint.ended_at, "[)")
