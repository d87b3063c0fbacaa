"""What the scan page shows: green or red, and why. A card answers with its number and size, never with a name."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from aid.actions import UNDO_WITHIN
from aid.errors import NotGivenYet
from aid.forms import handed_out_by
from aid.models import Distribution, Handout, StockMovement
from aid.selectors import Entitlement, Line, Stock, card_needed, entitlement, short_of
from cards.selectors import look_at
from centre.models import User
from centre.requests import StaffRequest
from centre.shift import site_of_shift
from registrations.card_texts import CardText
from registrations.models import Household

CHOSEN = "distribution_of_table"

CANNOT_HAPPEN = frozenset(
    {"unknown_number", "not_running", "not_given_yet", "card_revoked", "other_operation", "not_genuine", "wrong_code"}
)
"""Refusals at the scan that no reason can overrule there."""

LOOKS = {
    "already_handed_out": "already",
    "received_lately": "already",
    "received_with": "already",
    "card_revoked": "revoked",
    "nobody_there": "gone",
}
"""Refusals that have a look, a word and a sound of their own; the others are a plain stop."""


@dataclass(frozen=True)
class Give:
    """Green: what to hand out, and which of it may be missing in the store."""

    number: str
    due: Entitlement
    short: Sequence[Stock]
    proven: bool = True
    kind: str = "give"


@dataclass(frozen=True)
class Stop:
    """Not now: the reason. With `may_have_happened` the page offers to record what was given in spite of it.

    `kind` is stop, already, unread, revoked or gone.
    """

    number: str
    why: str
    may_have_happened: bool = False
    kind: str = "stop"


@dataclass(frozen=True)
class Done:
    """What was handed out, and for how many seconds it may still be undone; none when it was undone."""

    handout: Handout
    lines: Sequence[Line]
    seconds: int
    kind: str = "done"


@dataclass(frozen=True)
class Ready:
    """Waiting for a card."""

    kind: str = "ready"


def running_for(request: StaffRequest) -> list[Distribution]:
    """The distributions that run now where the user hands out: at the site of the shift, or at all of theirs."""
    running = handed_out_by(request.user).running(timezone.now())
    site = site_of_shift(request)
    return list(running.filter(site=site) if site else running)


def distribution_of_table(request: StaffRequest, running: Sequence[Distribution]) -> Distribution | None:
    """The one chosen for this table, or the only one that runs; None when it is to be chosen."""
    chosen = request.session.get(CHOSEN)
    found = next((distribution for distribution in running if str(distribution.pk) == chosen), None)
    return found or (running[0] if len(running) == 1 else None)


def find_card(text: CardText) -> tuple[Household, bool]:
    """The household that carries the card, and whether the card was seen. A scan shows the number and size, no more.

    Refuses as look_at does, and with NotGivenYet.
    """
    shown = look_at(text)
    if shown.household is None:
        raise NotGivenYet
    return shown.household, shown.proven


def read_card(distribution: Distribution, household: Household, by: User, at: datetime, *, proven: bool) -> Give | Stop:
    """Green or red for this card now; `proven` when the card itself was seen, and not its number alone."""
    due = entitlement(distribution, household, by, at)
    refusal = due.refusal or card_needed(due, card_read=proven)
    if refusal:
        return stop(str(household), refusal.code, str(refusal))
    return Give(str(household), due, short_of(distribution.site, due.lines), proven)


def stop(number: str, code: str, why: str) -> Stop:
    """Not now, in the words of the refusal with this code."""
    return Stop(number, why, code not in CANNOT_HAPPEN, LOOKS.get(code, "stop"))


def read_handout(handout: Handout, by: User, at: datetime) -> Done:
    """What was just handed out, as its movements say."""
    taken = handout.stock_movements.filter(kind=StockMovement.Kind.HANDED_OUT).select_related("item")
    lines = [Line(movement.item, movement.quantity) for movement in taken.order_by("item__code")]
    left = int((handout.recorded_at + UNDO_WITHIN - at).total_seconds())
    own = handout.by_id == by.pk and handout.reversed_at is None
    return Done(handout, lines, max(left, 0) if own else 0)


def find_handout(key: str, by: User) -> Handout | None:
    """A handout of a distribution where the user hands out."""
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return None
    mine = Handout.objects.filter(distribution__in=handed_out_by(by).order_by().values("pk"))
    return mine.select_related("household", "distribution__site").filter(pk=wanted).first()
