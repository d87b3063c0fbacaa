"""Which card was seen at this desk: so its secret goes into no page, draft or address, and the number goes on alone."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from centre.log import write_log
from centre.models import LogLine, User
from registrations.selectors import Shown

IN_HAND = "card_in_hand"
FALSE = frozenset({"card_revoked", "not_genuine", "other_operation", "wrong_code"})
"""Why a card was refused that should not be about."""


def remember_card(request: HttpRequest, shown: Shown) -> None:
    """Keep for the session that this card itself was scanned, or its code typed."""
    if shown.proven:
        request.session[IN_HAND] = shown.number


def is_in_hand(request: HttpRequest, shown: Shown) -> bool:
    """Whether the card itself was seen at this desk, now or in the step before."""
    return shown.proven or request.session.get(IN_HAND) == shown.number


def log_false_card(by: User, error: ValidationError) -> None:
    """Leave a line when the card that was shown is revoked, of another operation, or none of ours."""
    code = error.error_list[0].code
    if code in FALSE:
        write_log(by, LogLine.Verb.REFUSED, "card", [code])
