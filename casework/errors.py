"""Why casework may refuse."""

from django.utils.translation import gettext_lazy as _

from centre.refusals import Refusal


class AlreadyClosed(Refusal):
    """Someone closed the case before."""

    code = "already_closed"
    message = _("This case was already closed.")
