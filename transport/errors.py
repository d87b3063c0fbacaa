"""Why a bus may refuse."""

from datetime import datetime

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from centre.refusals import Refusal
from shelter.hold_times import day_and_hour


class NoSeats(Refusal):
    """The bus has fewer free seats than the family needs."""

    code = "no_seats"

    def __init__(self, free: int, needed: int) -> None:
        free_text = ngettext("%(free)d free seat", "%(free)d free seats", free) % {"free": free}
        super().__init__(
            ngettext(
                "%(free)s for %(needed)d person. Nobody was put on this bus: choose another one.",
                "%(free)s for %(needed)d people. Nobody was put on this bus: choose another one.",
                needed,
            )
            % {"free": free_text, "needed": needed}
        )


class NothingHeld(Refusal):
    """No place is held for the family at a stop of the bus."""

    code = "nothing_held"
    message = _("No place is held for this family where this bus stops. Nobody was put on it: hold places first.")


class BusStopsThere(Refusal):
    """The site that is to be closed, or taken back, is on the way of a bus."""

    code = "bus_stops_there"

    def __init__(self, departs_at: datetime) -> None:
        told = gettext("A bus of %(at)s comes here or leaves from here. Nothing was changed: end or cancel it first.")
        super().__init__(told % {"at": day_and_hour(departs_at)})


class PeopleOnTheWay(Refusal):
    """Somebody who was said to go to the site that is to be closed did not arrive anywhere yet."""

    code = "people_on_the_way"

    def __init__(self, people: int) -> None:
        told = ngettext(
            "%(people)d person is on the way here. Nothing was changed: let a desk record first where they arrived.",
            "%(people)d people are on the way here. Nothing was changed: let a desk record first where they arrived.",
            people,
        )
        super().__init__(told % {"people": people})


class OnABus(Refusal):
    """Somebody of the family has a seat on a bus."""

    code = "on_a_bus"
    message = _("This family already has seats on a bus. Nothing was changed: take them off that one first.")


class NotOnThisBus(Refusal):
    """Nobody of those named has a seat on the bus."""

    code = "not_on_this_bus"
    message = _("This family has no seat on this bus. Nothing was written down.")


class AlreadyBoarded(Refusal):
    """Everybody named got on before."""

    code = "already_boarded"
    message = _("This family is already on this bus.")


class NotBoarded(Refusal):
    """Nobody of those named is on the bus."""

    code = "not_boarded"
    message = _("Nobody of this family is on this bus now. Record their arrival at the desk instead.")


class BusLeft(Refusal):
    """The bus left before."""

    code = "bus_left"
    message = _("This bus has already left. Nothing was changed: choose another one.")


class LeftLongBefore(Refusal):
    """The bus had left too long before the hour at which somebody is said to have got on."""

    code = "left_long_before"
    message = _(
        "This bus had left more than 30 minutes before that hour. Nobody was read on: say when they got on, "
        "or record at the desk where they are."
    )


class BusNotLeft(Refusal):
    """The bus is where it departs from."""

    code = "bus_not_left"
    message = _("This bus has not left yet. Record that it leaves first.")


class BusArrived(Refusal):
    """The bus arrived before."""

    code = "bus_arrived"
    message = _("This bus has already arrived. Nothing was changed.")


class BusCancelled(Refusal):
    """The bus was cancelled before."""

    code = "bus_cancelled"
    message = _("This bus was cancelled. Nothing was changed: choose another one.")


class SameSite(Refusal):
    """The bus would stop where it departs, or twice at one site."""

    code = "same_site"
    message = _("A bus goes from one site to others. Nothing was saved: choose other stops.")


class BusGoesByItself(Refusal):
    """The bus would stop at places of which anybody may know, and at one of which not everybody may."""

    code = "bus_goes_by_itself"
    message = _("A bus to a place that is not told of goes there alone. Plan it without the other stops.")


class ArrivesFirst(Refusal):
    """The bus would arrive before it leaves."""

    code = "arrives_first"
    message = _("The bus must arrive later than it leaves. Nothing was saved.")


class NotAStop(Refusal):
    """The bus does not stop at the site from which it is to be taken elsewhere."""

    code = "not_a_stop"
    message = _("This bus does not stop there. Nothing was changed: look at its stops again.")


class TravelsApart(Refusal):
    """A child would travel, or stay behind, without who looks after it."""

    code = "travels_apart"
    message = _(
        "A child would travel or stay behind without who looks after it. Nobody moved: ask a protection officer."
    )


class NoDriverLink(Refusal):
    """The bus has no link that opens anything."""

    code = "no_driver_link"
    message = _("No link for the driver is open. Nothing was changed.")


class LinkNotShown(Refusal):
    """The link is shown no more: somebody else made it, it was made some time ago, or it leads nowhere any more."""

    code = "link_not_shown"
    message = _("This link can no longer be shown. Make a new one.")
