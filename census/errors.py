"""Why the census may refuse."""

from django.utils.translation import gettext_lazy as _

from centre.refusals import Refusal


class NotSettled(Refusal):
    """What is to be known may still change: transactions of that time can still be under way."""

    code = "not_settled"
    message = _("This instant is too recent: facts of it may still be on their way. Try again in three minutes.")


class LaterTaken(Refusal):
    """A later snapshot continues the one before this instant: nothing fits between them any more."""

    code = "later_taken"
    message = _("A later snapshot was already taken. An earlier instant can only be counted, not frozen.")


class AlreadyRevised(Refusal):
    """It was revised before: what was learnt until then stands in that revision."""

    code = "already_revised"
    message = _("This snapshot was already revised. Open the day again to see the new figures.")


class NothingLearnt(Refusal):
    """As known now the instant reads as it did: there is nothing to revise."""

    code = "nothing_learnt"
    message = _("Nothing was corrected or reported late. The snapshot is still right.")


class NotFrozen(Refusal):
    """A file for the public is made of a snapshot: two counts of one day would show who came between them."""

    code = "not_frozen"
    message = _("A public file needs a snapshot. Wait for it.")


class WorkerAway(Refusal):
    """The worker takes no snapshot now: it cannot be sent for."""

    code = "worker_away"
    message = _("The part that takes snapshots does not answer. Nothing was taken: try again in a few minutes.")
