"""Steps that acts above compose: they write, but do not authorise, lock or log."""

import uuid
from collections.abc import Iterable

from casework.models import Case
from centre.models import Act, Site, User


def open_cases(
    individual_ids: Iterable[uuid.UUID],
    *,
    site: Site,
    reason: Case.Reason,
    urgent: bool,
    act: Act,
    by: User,
    note: str = "",
) -> list[Case]:
    """Open a case for each of these individuals who has none open for this reason."""
    ids = list(dict.fromkeys(individual_ids))  # two members of a household may count as one person
    if not ids:
        return []
    followed = set(Case.objects.open().filter(individual__in=ids, reason=reason).values_list("individual", flat=True))
    return Case.objects.bulk_create(
        Case(
            individual_id=individual_id,
            site=site,
            reason=reason,
            urgent=urgent,
            note=note,
            opened_at=act.at,
            opened_by=by,
            act=act,
        )
        for individual_id in ids
        if individual_id not in followed
    )
