"""Why plans may refuse."""

from django.utils.translation import gettext_lazy as _

from centre.refusals import Refusal


class NobodyWaits(Refusal):
    """There is nobody to plan for."""

    code = "nobody_waits"
    message = _("Nobody waits for a place. There is nothing to plan.")


class NoFreePlace(Refusal):
    """The chosen houses have no free place."""

    code = "no_free_place"
    message = _("These houses have no free place. Nothing was planned: choose others.")


class AlreadySearching(Refusal):
    """The search was asked for before."""

    code = "already_searching"
    message = _("A better plan is being searched for, or was. Make a new plan to search again.")


class NotSearching(Refusal):
    """There is no search to stop."""

    code = "not_searching"
    message = _("The search has already ended.")


class SearchAway(Refusal):
    """The worker cannot be sent for."""

    code = "search_away"
    message = _(
        "The part that searches does not answer. The plan made at once can be used: try again in a few minutes."
    )
