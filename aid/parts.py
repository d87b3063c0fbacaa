"""Steps that acts above compose: they write, but do not authorise, lock or log."""

import uuid
from collections.abc import Iterable

from django.db.models import Q

from aid.models import Handout
from aid.selectors import count_household
from centre.models import Act
from registrations.models import Household
from registrations.today import today

FOUND_ONE_FAMILY = Handout.OwnReason.FOUND_ONE_FAMILY


def recount_handouts(people: Iterable[uuid.UUID], act: Act) -> None:
    """Let each handout to these people's households count for the household it is after a merge or its undoing.

    If one household then has two handouts of a distribution, the later one is flagged as happened anyway; the flag
    goes when the merge is undone. The caller has locked the households and rewritten memberships.
    """
    homes = Household.objects.filter(today("memberships"), memberships__individual__in=list(people))
    now_counted = {home.pk: count_household(home).household_id for home in homes.distinct()}
    concerned = {*now_counted, *now_counted.values()}
    handouts = list(
        Handout.objects.filter(Q(household__in=concerned) | Q(counted_as__in=concerned)).order_by(
            "happened_at", "recorded_at", "pk"
        )
    )
    target = {one.pk: now_counted.get(one.household_id, one.counted_as_id) for one in handouts}
    moving = [one.pk for one in handouts if target[one.pk] != one.counted_as_id]
    repeats, firsts = _tell_apart(handouts, target)
    # Flagged while they move: handout_once is judged row by row, and two cards may change places.
    _flag([*moving, *repeats], act)
    for counted_as in set(target.values()):
        Handout.objects.filter(pk__in=[key for key in moving if target[key] == counted_as]).update(
            counted_as=counted_as
        )
    Handout.objects.filter(pk__in=firsts, happened_anyway_reason=FOUND_ONE_FAMILY).update(
        happened_anyway_at=None, happened_anyway_by=None, happened_anyway_reason=""
    )


def _tell_apart(
    handouts: Iterable[Handout], target: dict[uuid.UUID, uuid.UUID]
) -> tuple[list[uuid.UUID], list[uuid.UUID]]:
    """Two lists of keys, in the order given: handouts that repeat another of the same household, and the others.

    When the first part of a card is a repetition, its later parts are too.
    """
    repeats: list[uuid.UUID] = []
    firsts: list[uuid.UUID] = []
    received: set[tuple[uuid.UUID, uuid.UUID, int]] = set()
    repeating: set[tuple[uuid.UUID, uuid.UUID]] = set()
    for handout in handouts:
        share = (handout.distribution_id, target[handout.pk], handout.part)
        card = (handout.distribution_id, handout.household_id)
        if handout.reversed_at:
            firsts.append(handout.pk)
        elif handout.happened_anyway_reason in {"", FOUND_ONE_FAMILY}:
            if share in received:
                repeating.add(card)
            (repeats if card in repeating else firsts).append(handout.pk)
            received.add(share)
    return repeats, firsts


def _flag(keys: Iterable[uuid.UUID], act: Act) -> None:
    Handout.objects.filter(pk__in=list(keys), happened_anyway_at__isnull=True).update(
        happened_anyway_at=act.at, happened_anyway_by=act.by, happened_anyway_reason=FOUND_ONE_FAMILY
    )
