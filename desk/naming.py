"""Taking a family's names: under a new card, without one, or as those counted with the card."""

import uuid
from typing import Any

from cards.selectors import Shown
from desk.actions import Registered, complete, register


def given_in(card: Shown, act: uuid.UUID | None) -> bool:
    """Whether the card may be given in this act: it is new, or was given in this very act, which is sent again."""
    return card.household is None or card.household.act_id == act


def card_facts(card: Shown | None) -> dict[str, Any]:
    """The number as a parameter of the act; nothing where the number comes from the sequence."""
    return {} if card is None else {"card": card.number}


def take_names(card: Shown | None, *, id: uuid.UUID | None = None, **facts: Any) -> Registered:
    """Register the family under the new card or without one, or complete the one that was counted with the card."""
    if card is None or given_in(card, id):
        return register(**facts, **card_facts(card), id=id)
    return complete(card.household, **facts, id=id)
