"""The card on the table: what the desk may do with it."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from desk.actions import Registered, complete, register
from registrations.fields import CardField
from registrations.in_hand import log_false_card, remember_card
from registrations.models import Household
from registrations.selectors import Shown


@dataclass(frozen=True)
class OnTable:
    """What lies on the table: nothing, a card that leads somewhere, or a sentence that says what is wrong with it."""

    shown: Shown | None = None
    error: str = ""

    @property
    def household(self) -> Household | None:
        """The family that carries it."""
        return self.shown.household if self.shown else None


def look_up_card(request: HttpRequest, text: str) -> OnTable:
    """The card that was scanned or typed at this desk; that it was seen is remembered for the next step."""
    try:
        shown = CardField().clean(text)
    except ValidationError as error:
        log_false_card(request.user, error)
        return OnTable(error=error.messages[0])
    if shown:
        remember_card(request, shown)
    return OnTable(shown)


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
