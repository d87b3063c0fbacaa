"""Why aid may refuse."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from centre.clock import local_day
from centre.refusals import Refusal

if TYPE_CHECKING:
    from aid.counts import StockCount
    from aid.models import Distribution, Handout, Item, StockMovement
    from aid.received import HeldBack
    from registrations.models import Household
    from registrations.whereabouts import Whereabouts


class NotGivenYet(Refusal):
    """The card is printed, and no household carries it yet."""

    code = "not_given_yet"
    message = _("No family is registered with this card yet. Send them to the desk.")


class NotRunning(Refusal):
    """The distribution has not begun, is over, or was withdrawn."""

    code = "not_running"
    message = _("This distribution is not running.")

    def __init__(self, distribution: "Distribution | None" = None, at: datetime | None = None) -> None:
        if distribution is None or at is None:
            super().__init__()
        elif distribution.withdrawn_at:
            super().__init__(_("This distribution was withdrawn on %(on)s.") % _on_at(distribution.withdrawn_at))
        elif distribution.starts_at > at:
            begins = _("This distribution begins on %(on)s at %(hour)s.")
            super().__init__(begins % _on_at(distribution.starts_at))
        elif distribution.ends_at:
            super().__init__(_("This distribution ended on %(on)s at %(hour)s.") % _on_at(distribution.ends_at))


class AlreadyHandedOut(Refusal):
    """The household received its share of the distribution before."""

    code = "already_handed_out"
    message = _("This card was already used in this distribution.")

    def __init__(
        self, first: "Handout | None" = None, household: "Household | None" = None, at: datetime | None = None
    ) -> None:
        if first is None:
            super().__init__()
            return
        same_card = household is None or first.household_id == household.pk
        same_day = local_day(first.happened_at) == local_day(at or timezone.now())
        told = _on_at(first.happened_at) | {
            "site": first.distribution.site,
            "by": first.by,
            "card": first.household,
        }
        super().__init__(_(USED[same_card, same_day]) % told)


USED = {
    (True, True): gettext_noop("This card was already used at %(hour)s at %(site)s, by %(by)s."),
    (True, False): gettext_noop("This card was already used on %(on)s at %(hour)s at %(site)s, by %(by)s."),
    (False, True): gettext_noop("This family's card %(card)s was already used at %(hour)s at %(site)s, by %(by)s."),
    (False, False): gettext_noop(
        "This family's card %(card)s was already used on %(on)s at %(hour)s at %(site)s, by %(by)s."
    ),
}


class ReceivedWith(Refusal):
    """Everybody of the household had their share of the distribution as members of another one."""

    code = "received_with"
    message = _("They received with another family.")

    def __init__(self, handout: "Handout | None" = None) -> None:
        told = {"card": handout.household} | _on_at(handout.happened_at) if handout else None
        super().__init__(_("They received with family %(card)s on %(on)s.") % told if told else None)


class MoreThanDue(Refusal):
    """More of an item was to be given than the household may still receive in the distribution."""

    code = "more_than_due"
    message = _("This is more than the family may receive.")

    def __init__(self, item: "Item | None" = None, due: int = 0) -> None:
        super().__init__(
            _("The family may receive at most %(due)d: %(item)s.") % {"due": due, "item": item} if item else None
        )


class ReceivedLately(Refusal):
    """Everything the distribution gives, or the like of it, was received within its interval of days."""

    code = "received_lately"
    message = _("This family received these things a few days ago.")

    def __init__(self, held_back: "HeldBack") -> None:
        super().__init__(
            _("This family received %(item)s on %(on)s at %(site)s. Next from %(next)s.")
            % {
                "item": held_back.received,
                "on": date_format(held_back.received_on, "d.m.Y"),
                "site": held_back.at,
                "next": date_format(held_back.next_on, "d.m.Y"),
            }
        )


class NobodyLeft(Refusal):
    """Nobody belongs to the household any more."""

    code = "nobody_left"
    message = _("Nobody is registered on this card now. Ask a coordinator.")


class NobodyThere(Refusal):
    """Everybody of the household went away, died, or never arrived; `away` is where those who went are."""

    code = "nobody_there"
    message = _("This family never arrived.")

    def __init__(self, away: "Sequence[Whereabouts]" = (), *, died: bool = False) -> None:
        last = max(away, key=lambda where: where.since, default=None)
        if last:
            super().__init__(_(WENT[last.place]) % _on_at(last.since))
        else:
            super().__init__(str(_("The people on this card have died.")) if died else None)


WENT = {
    "abroad": gettext_noop("This family left the country on %(on)s."),
    "own_address": gettext_noop("This family went to their own address on %(on)s."),
    "unknown": gettext_noop("This family left on %(on)s. It is not known where to."),
    "on_the_way": gettext_noop("This family left for another site on %(on)s."),
}


class AlreadyReversed(Refusal):
    """The handout was reversed before."""

    code = "already_reversed"
    message = _("This handout was already reversed.")


class TooLateToUndo(Refusal):
    """The minute in which one may undo one's own handout is over."""

    code = "too_late_to_undo"
    message = _("The minute to undo is over. Ask a coordinator to reverse it.")


class NothingToGive(Refusal):
    """A distribution without rules, or a handout of nothing."""

    code = "nothing_to_give"
    message = _("Say what is handed out: one item at least.")


class ItemTwice(Refusal):
    """Two rules of a distribution for one item."""

    code = "item_twice"
    message = _("List each item only once.")


class EndsBeforeStart(Refusal):
    """A distribution that would end before it begins."""

    code = "ends_before_start"
    message = _("The end must come after the beginning.")


class AlreadyEnded(Refusal):
    """The distribution had ended already, or has not begun."""

    code = "already_ended"
    message = _("This distribution is not running, so it cannot be ended.")


class AlreadyWithdrawn(Refusal):
    """The distribution was withdrawn before."""

    code = "already_withdrawn"
    message = _("This distribution was already withdrawn.")


class GaveSomething(Refusal):
    """Something was given in the distribution, and not taken back."""

    code = "gave_something"
    message = _("Something was handed out in this distribution. Take the handouts back first, or end it.")


class SameSite(Refusal):
    """Stock sent to the store it is in."""

    code = "same_site"
    message = _("Stock can only be sent to another site.")


class NotOnTheWay(Refusal):
    """The movement is none that was sent to a store which says what came."""

    code = "not_on_the_way"
    message = _("This was not sent to another site.")


class AlreadyConfirmed(Refusal):
    """Somebody said before what came of it."""

    code = "already_confirmed"
    message = _("The arrival was already confirmed.")

    def __init__(self, arrival: "StockMovement | None" = None) -> None:
        told = _("%(by)s already confirmed it on %(on)s at %(hour)s: %(quantity)d came.")
        super().__init__(told % _told(arrival) if arrival else None)


class NoDifference(Refusal):
    """What came is what was sent, or nobody has said what came; or it is no answer to this kind of difference."""

    code = "no_difference"
    message = _("There is no such difference to close.")


class AlreadySettled(Refusal):
    """Somebody said before what became of the difference."""

    code = "already_settled"
    message = _("The difference is already closed.")

    def __init__(self, settlement: "StockMovement | None" = None) -> None:
        told = _("%(by)s already closed the difference on %(on)s at %(hour)s: %(kind)s.")
        super().__init__(told % _told(settlement) if settlement else None)


class AnsweredSince(Refusal):
    """Something was recorded about the movement since, and stands."""

    code = "answered_since"
    message = _("Somebody confirmed this or closed a difference since. Take that back first.")


class AlreadyCounted(Refusal):
    """A count of the item in this store waits for a second person."""

    code = "already_counted"
    message = _("Somebody has counted this item here. A second person must confirm or withdraw that count first.")


class CountedByYou(Refusal):
    """Who counted does not confirm."""

    code = "counted_by_you"
    message = _("You counted this yourself. A second person must confirm it.")


class CountConfirmed(Refusal):
    """Somebody confirmed the count before."""

    code = "count_confirmed"
    message = _("This count was already confirmed.")

    def __init__(self, count: "StockCount | None" = None) -> None:
        told = _("%(by)s already confirmed this count on %(on)s at %(hour)s.")
        at = count and count.confirmed_at
        super().__init__(told % {"by": count.confirmed_by, **_on_at(at)} if count and at else None)


class CountWithdrawn(Refusal):
    """Somebody withdrew the count before."""

    code = "count_withdrawn"
    message = _("This count was already withdrawn.")

    def __init__(self, count: "StockCount | None" = None) -> None:
        told = _("%(by)s already withdrew this count on %(on)s at %(hour)s.")
        at = count and count.withdrawn_at
        super().__init__(told % {"by": count.withdrawn_by, **_on_at(at)} if count and at else None)


class AlreadyTakenBack(Refusal):
    """The stock movement was taken back before."""

    code = "already_taken_back"
    message = _("This entry was already taken back.")


class NotTakenBackAlone(Refusal):
    """The movement belongs to a handout, or takes another back itself."""

    code = "not_taken_back_alone"
    message = _("Only stock that was received, sent or written off can be taken back here.")


class ItemExists(Refusal):
    """An item with this code is on the list already."""

    code = "item_exists"
    message = _("An item with this code exists already.")


def _on_at(at: datetime) -> dict[str, str]:
    local = timezone.localtime(at)
    return {"on": date_format(local, "d.m.Y"), "hour": date_format(local, "H:i")}


def _told(movement: "StockMovement") -> dict[str, Any]:
    said = {"by": movement.act.by, "quantity": movement.quantity, "kind": movement.get_kind_display()}
    return said | _on_at(movement.happened_at)
