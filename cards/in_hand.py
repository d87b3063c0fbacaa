"""Which card was seen at this desk: so its secret goes into no page, draft or address, and the number goes on alone."""

from dataclasses import dataclass, replace
from functools import cached_property

from django.core.exceptions import ValidationError

from cards.fields import CardField
from cards.selectors import Shown
from centre.log import write_log
from centre.models import LogLine, User
from centre.requests import StaffRequest
from registrations.living import known_deaths
from registrations.models import Household

IN_HAND = "card_in_hand"
FALSE = frozenset({"card_revoked", "not_genuine", "other_operation", "wrong_code"})
"""Why a card was refused that should not be about."""


def remember_card(request: StaffRequest, shown: Shown) -> None:
    """Keep for the session that this card itself was scanned, or its code typed."""
    if shown.proven:
        request.session[IN_HAND] = shown.number


def is_in_hand(request: StaffRequest, shown: Shown) -> bool:
    """Whether the card itself was seen at this desk, now or in the step before."""
    return shown.proven or was_in_hand(request, shown.number)


def was_in_hand(request: StaffRequest, number: int) -> bool:
    """Whether the last card that was seen at this desk has the number."""
    return bool(request.session.get(IN_HAND) == number)


def as_seen(request: StaffRequest, shown: Shown) -> Shown:
    """The card as this desk saw it, now or in the step before; it stays in hand for the next step."""
    remember_card(request, shown)
    return replace(shown, proven=is_in_hand(request, shown))


def log_false_card(by: User, error: ValidationError) -> None:
    """Write a line in the log when the card is revoked, of another operation, or not ours."""
    code = error.error_list[0].code
    if code in FALSE:
        write_log(by, LogLine.Verb.REFUSED, "card", [code])


@dataclass(frozen=True)
class OnTable:
    """The card at this desk: none, one that leads somewhere, or a sentence that says what is wrong with it."""

    shown: Shown | None = None
    error: str = ""
    reader: User | None = None
    scanned: bool = False  # whether the card itself was read just now, and not a number typed

    @property
    def household(self) -> Household | None:
        """The family that carries it."""
        return self.shown.household if self.shown else None

    @cached_property
    def size(self) -> int:
        """How many people that family has, as far as who reads it may know living."""
        if self.household is None or self.reader is None:
            return 0
        return Household.objects.with_size(known_deaths(self.reader)).get(pk=self.household.pk).size


def look_up_card(request: StaffRequest, text: str) -> OnTable:
    """The card that was scanned or typed at this desk, and whether it was seen there, now or in the step before."""
    try:
        shown = CardField().clean(text)
    except ValidationError as error:
        log_false_card(request.user, error)
        return OnTable(error=error.messages[0])
    return OnTable(as_seen(request, shown), reader=request.user, scanned=shown.proven) if shown else OnTable()
