"""Why casework may refuse."""

from django.utils.translation import gettext_lazy as _

from centre.refusals import Refusal


class AlreadyClosed(Refusal):
    """Someone closed the case before."""

    code = "already_closed"
    message = _("This case was already closed.")


class ChildApart(Refusal):
    """A child would be where nobody is who looks after it."""

    code = "child_apart"
    message = _("A child would be without who looks after it. Nothing was changed: ask a protection officer.")


class ChildAmongStrangers(Refusal):
    """A child would sleep in a room with others and without anybody who looks after it."""

    code = "child_among_strangers"
    message = _("A child would sleep among strangers. Choose other rooms, or ask a protection officer.")


class ChildAlone(Refusal):
    """The record of a child without its parents, which a protection officer follows."""

    code = "child_alone"
    message = _("This child has no parent here: a protection officer decides.")
