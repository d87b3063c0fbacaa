"""Why registrations may refuse."""

from django.utils.translation import gettext_lazy as _

from centre.refusals import Refusal


class NotHere(Refusal):
    """Nobody of the household is at the site that wants to record their departure."""

    code = "not_here"
    message = _("This family is not recorded at this site.")


class AlreadyHere(Refusal):
    """Everybody named is at the site already."""

    code = "already_here"
    message = _("This family is already recorded here.")


class AlreadyRegistered(Refusal):
    """The card's family has its names taken already."""

    code = "already_registered"
    message = _("The names for this card are already entered.")


class AlreadyVoided(Refusal):
    """The fact was voided before."""

    code = "already_voided"
    message = _("This was already corrected.")


class AlreadyWritten(Refusal):
    """A person is already written under the id that was sent."""

    code = "already_written"
    message = _("A person is already recorded under this id. Nothing was saved: make a new id.")


class OneHead(Refusal):
    """The household has a head already, or two were named."""

    code = "one_head"
    message = _("A family has one head. Nothing was saved: choose how the other person is related to the head.")


class AlreadyMerged(Refusal):
    """One of the two records is merged already."""

    code = "already_merged"
    message = _("One of these records is already merged.")


class NotMerged(Refusal):
    """The merge was undone before."""

    code = "not_merged"
    message = _("This merge was already undone.")


class NowhereToComplain(Refusal):
    """Nobody said yet where people can complain, which stands on every card."""

    code = "nowhere_to_complain"
    message = _("First enter where people can complain. It is printed on every card.")


class UnknownCard(Refusal):
    """No household and no card has the number."""

    code = "unknown_number"
    message = _("No family has this number. Read the card again.")


class CardOfAnotherOperation(Refusal):
    """The card was printed for another operation."""

    code = "other_operation"
    message = _("This card is of another operation. Register the family here.")


class CardNotGenuine(Refusal):
    """The number was read, and the secret with it is none that was printed."""

    code = "not_genuine"
    message = _("This card was not printed by us. Keep it, and ask a coordinator.")


class WrongCode(Refusal):
    """The code that was typed is not the one of the card."""

    code = "wrong_code"
    message = _("The code does not belong to this number. Read both again.")


class CardRevoked(Refusal):
    """The card was revoked: another is in its place, or one can be printed."""

    code = "card_revoked"
    message = _("This card was revoked.")


class CardTaken(Refusal):
    """The card was given to a family in the meantime."""

    code = "card_taken"
    message = _("This card was just given to another family. Take the next one.")


class CardReplaced(Refusal):
    """The card that was to be replaced or revoked is live no more."""

    code = "card_replaced"
    message = _("Another desk did this already. Look at the card's state again.")
