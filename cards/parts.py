"""Steps that acts above compose: they write or lock, but do not authorise or log."""

from cards.errors import CardRevoked, UnknownCard
from cards.models import Card
from centre.locks import lock_by_key


def bind_card(number: int | None) -> int | None:
    """Lock the live card of the number until the family that carries it is written; without one the sequence counts.

    Refuses with CardRevoked or UnknownCard.
    """
    if number is None:
        return None
    printed = Card.objects.filter(number=number)
    if not lock_by_key(printed.live()):
        raise CardRevoked if printed.exists() else UnknownCard
    return number
