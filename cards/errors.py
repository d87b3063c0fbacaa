"""Why a card may be refused."""

from django.utils.translation import gettext_lazy as _

from centre.refusals import Refusal


class NowhereToComplain(Refusal):
    """Nobody has entered where people can complain, which is printed on every card."""

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
    """The number is one of ours, but no card was printed with this secret."""

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


class CardReplaced(Refusal):
    """The card to be replaced or revoked is not valid any more."""

    code = "card_replaced"
    message = _("Another desk did this already. Look at the card's state again.")


class SheetGone(Refusal):
    """The cards were printed by somebody else, too long ago, or under another key: their secrets are nowhere kept."""

    code = "sheet_gone"
    message = _("These cards can no longer be shown. Print new ones.")


class CardNotSeen(Refusal):
    """The number was typed, and nothing else: a number alone may have been overheard."""

    code = "card_not_seen"
    message = _("Scan their card, or type its number and the nine digits under the QR code.")
