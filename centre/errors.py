"""Why the ground may refuse."""

from django.utils.translation import gettext_lazy as _

from centre.refusals import Refusal


class AlreadyOpen(Refusal):
    """An operation is open here; an installation has one."""

    code = "already_open"
    message = _("An operation is already open here. Another one needs an installation of its own.")


class NotEmpty(Refusal):
    """There are staff or sites already."""

    code = "not_empty"
    message = _("This database is not empty. An operation begins in an empty one.")


class SiteCodeTaken(Refusal):
    """Another site has the code."""

    code = "site_code_taken"
    message = _("Another site has this code. Choose another.")


class UsernameTaken(Refusal):
    """Another account has the user name."""

    code = "username_taken"
    message = _("Another person has this user name. Choose another.")


class EndNeeded(Refusal):
    """A volunteer's role, and reception's, is given for a time."""

    code = "end_needed"
    message = _("This role needs a last day.")


class EndsBeforeStart(Refusal):
    """The role would end before it begins."""

    code = "ends_before_start"
    message = _("The last day has passed. Choose a later one.")


class RoleHeld(Refusal):
    """The person has this role there already."""

    code = "role_held"
    message = _("This person already has this role there. End it first.")


class NotTheSecond(Refusal):
    """Whoever asks for what two decide cannot be the second to agree to it."""

    code = "not_the_second"
    message = _("You asked for this. Another administrator has to agree.")


class PasswordFromTheFirst(Refusal):
    """Whoever gave somebody a password lately could have used it, and agreed as them."""

    code = "password_from_the_first"
    message = _("Whoever asked for this gave you a password within the last seven days. Somebody else has to agree.")


class RoleDecided(Refusal):
    """The role counts already, has ended or was withdrawn."""

    code = "role_decided"
    message = _("This role no longer waits. Look at the person's roles again.")


class RoleEnded(Refusal):
    """The role has ended."""

    code = "role_ended"
    message = _("This role has already ended.")


class LastAdministrator(Refusal):
    """Nobody could set up this operation any more."""

    code = "last_administrator"
    message = _("Nobody else sets up this operation. Make another administrator first.")


class NotOneself(Refusal):
    """Someone else has to do this."""

    code = "not_oneself"
    message = _("This is your own account. Another administrator has to do this.")


class SiteClosed(Refusal):
    """The site is closed already."""

    code = "site_closed"
    message = _("This site is already closed.")


class SlipGone(Refusal):
    """The one-time password was given by somebody else, too long ago, or is changed already."""

    code = "slip_gone"
    message = _("This password can no longer be shown. Give a new one.")


class SiteInUse(Refusal):
    """People are at the site, or places are kept there."""

    code = "site_in_use"
    message = _("People are still here, or places are kept for them. Record where they go first.")


class NoFactor(Refusal):
    """The person has no second factor."""

    code = "no_factor"
    message = _("This person has no second factor.")


class AskedAlready(Refusal):
    """An administrator said already that the second factor is lost."""

    code = "asked_already"
    message = _("This was asked already. Another administrator has to agree.")


class RequestGone(Refusal):
    """Another administrator agreed already, or nobody did within a day."""

    code = "request_gone"
    message = _("This request has ended. Ask again.")


class FactorUnreadable(Refusal):
    """The server's key is not the one under which the second factor was sealed."""

    code = "factor_unreadable"
    message = _("Your second factor can no longer be read. Ask your administrators to remove it.")
