"""Why something about a house may be refused."""

from datetime import datetime

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from centre.refusals import Refusal
from shelter.hold_times import day_and_hour


class ContractsOverlap(Refusal):
    """Another contract of the house stands for one of these nights."""

    code = "contracts_overlap"
    message = _(
        "Another contract of this house covers some of these nights. Nothing was saved: take that one back first."
    )


class NightsBackwards(Refusal):
    """The last night comes before the first."""

    code = "nights_backwards"
    message = _("The last night cannot be before the first. Nothing was saved.")


class TakenBackBefore(Refusal):
    """Somebody took it back before."""

    code = "taken_back_before"
    message = _("This was already taken back. Nothing was changed.")


class InvoiceThere(Refusal):
    """An invoice of the month is typed in already."""

    code = "invoice_there"
    message = _(
        "An invoice of this house for this month is already typed in. Nothing was saved: take that one back first."
    )


class HourAhead(Refusal):
    """Nobody can have counted then."""

    code = "hour_ahead"
    message = _("Nobody can have counted at an hour that has not come. Nothing was saved: correct the hour.")


class BeforeItOpened(Refusal):
    """There was no such house then."""

    code = "before_it_opened"

    def __init__(self, opened_at: datetime) -> None:
        told = gettext("This house is open since %(at)s. Nothing was saved: correct the hour.")
        super().__init__(told % {"at": day_and_hour(opened_at)})


class VeryMany(Refusal):
    """Far more people than the house has places; said again with `so_many`, it is written down."""

    code = "very_many"

    def __init__(self, persons: int) -> None:
        said = ngettext(
            "%(persons)d person is far more than this house has places for. Nothing was saved: is it so?",
            "%(persons)d people are far more than this house has places for. Nothing was saved: is it so?",
            persons,
        )
        super().__init__(said % {"persons": persons})


class HeadcountReplaced(Refusal):
    """A later report put the headcount right, or took it back."""

    code = "headcount_replaced"
    message = _("This number was already corrected or taken back. Nothing was saved: look at the last one.")


class OfAnotherHouse(Refusal):
    """A number is corrected by one of the same house."""

    code = "of_another_house"
    message = _("This number is of another house. Nothing was saved.")


class AlreadySettled(Refusal):
    """Somebody settled the difference before."""

    code = "already_settled"
    message = _("This difference was already settled. Nothing was changed.")


class SaysNothing(Refusal):
    """Nobody answered, and yet something was said."""

    code = "says_nothing"
    message = _("Who did not answer said nothing. Nothing was saved: choose that you spoke, or leave the rest empty.")
