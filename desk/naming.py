"""Taking a family's names: under a new card, without one, or as those counted with the card."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from cards.selectors import Shown
from centre.access import Permission, require
from centre.models import Site, User
from desk.actions import Registered, complete, register
from desk.proof import require_count, require_proof
from registrations.facts import PersonFacts
from registrations.models import Household, Membership


def given_in(card: Shown, act: uuid.UUID | None) -> bool:
    """Whether the card may be given in this act: it is new, or was given in this very act, which is sent again."""
    return card.household is None or card.household.act_id == act


def card_facts(card: Shown | None) -> dict[str, Any]:
    """The number and whether its card was read, as the act takes them; nothing where the sequence gives the number."""
    return {} if card is None else {"card": card.number, "card_read": card.proven}


def named_before(household: Household | None, act: uuid.UUID | None) -> list[Membership]:
    """Who of the family had a name before this act, where it names those who were left over; nobody where it does not.

    The same when the act is sent again.
    """
    if household is None or household.registered_at is None or household.registered_in_id == act:
        return []
    rows = household.memberships.today()
    of_this_act = Q(individual__registered_in=act) if act else Q(pk__in=[])
    if not rows.nameless().exists() and not rows.filter(of_this_act).exists():
        return []
    return list(rows.filter(individual__registered_at__isnull=False).exclude(of_this_act).select_related("counted_as"))


def nobody_left(household: Household | None, act: uuid.UUID) -> bool:
    """Whether everybody of the family was named by other acts than this one: there is nobody left to be named."""
    if household is None or household.registered_at is None or household.registered_in_id == act:
        return False
    rows = household.memberships.today()
    return not rows.nameless().exists() and not rows.filter(individual__registered_in=act).exists()


def take_names(
    card: Shown | None,
    *,
    site: Site,
    members: Sequence[PersonFacts],
    beds_become_free: bool = False,
    by: User,
    id: uuid.UUID | None = None,
    **facts: Any,
) -> Registered:
    """Register the family under the new card or without one, or complete the one that was counted with the card.

    Refuses as the two acts do, and a counted family that is not shown to have come as require_count does. Of those who
    are left over nothing is believed but the card: one name more would prove nothing.
    """
    if card is None or given_in(card, id):
        return register(site, **facts, members=members, **card_facts(card), by=by, id=id)
    if card.counted:
        require(by, Permission.REGISTER, site)
        require_count(card, members, by=by)
    elif card.household is not None and card.household.registered_in_id != id:
        require(by, Permission.REGISTER, site)
        require_proof(card, PersonFacts(), by=by)
    facts |= {"members": members, "card_read": card.proven, "beds_become_free": beds_become_free}
    return complete(card.household, site=site, **facts, by=by, id=id)
