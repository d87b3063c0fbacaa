"""Cards: printed beforehand or for a family, revoked when they are lost."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.errors import CardReplaced, NowhereToComplain
from cards.models import Card
from centre.access import Permission, require
from centre.acts import act
from centre.locks import lock_by_key
from centre.models import Act, Operation, Site, User
from centre.rows import values_of
from registrations.card_texts import digest_of_code, digest_of_secret, secrets_of
from registrations.models import Household


@dataclass(frozen=True)
class Printed:
    """The act that the cards were printed in, by which their sheet is drawn; and their numbers, in order."""

    act: str
    numbers: list[int]


@dataclass(frozen=True)
class Revoked:
    """The cards that are not valid any more."""

    cards: list[str]


@act("print_cards", answers=Printed)
def print_cards(site: Site, *, count: int, language: str, by: User, at: datetime, act: Act) -> Printed:
    """Print a block of cards that no family carries yet; their numbers come from the households' sequence.

    Refuses with NowhereToComplain.
    """
    require(by, Permission.PRINT_CARDS, site, at)
    numbers = values_of("SELECT nextval('household_number') FROM generate_series(1, %s)", [count])
    return _print(sorted(numbers), site, language, act)


@act("print_card", answers=Printed)
def print_card(
    household: Household,
    *,
    site: Site,
    language: str,
    instead_of: Card | None = None,
    why: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Printed:
    """Print the family's card: the same number, a new secret. The card before it is revoked.

    Refuses with CardReplaced when another desk printed or revoked one meanwhile, and with NowhereToComplain.
    """
    require(by, Permission.REGISTER, site, at)
    lock_by_key(Household.objects.filter(pk=household.pk))
    live = Card.objects.live().filter(number=household.number).first()
    if live != instead_of:
        raise CardReplaced
    if live:
        _revoke([live], why, at, by)
    return _print([household.number], site, language, act)


@act("revoke_card", answers=Revoked)
def revoke_card(card: Card, *, site: Site, why: str, by: User, at: datetime, act: Act) -> Revoked:
    """End the card without printing another. Refuses with CardReplaced when it is live no more."""
    require(by, Permission.REGISTER, site, at)
    return _revoke([card], why, at, by)


@act("revoke_block", answers=Revoked)
def revoke_block(block: uuid.UUID, *, site: Site, why: str, by: User, at: datetime, act: Act) -> Revoked:
    """Revoke the cards printed in this act for the site that no family carries. Refuses with CardReplaced if none."""
    require(by, Permission.PRINT_CARDS, site, at)
    cards = lock_by_key(Card.objects.live().filter(act=block, site=site))  # a desk that binds one has locked it
    given = set(Household.objects.filter(number__in=[card.number for card in cards]).values_list("number", flat=True))
    unused = [card for card in cards if card.number not in given]
    if not unused:
        raise CardReplaced
    return _revoke(unused, why, at, by)


def _print(numbers: Iterable[int], site: Site, language: str, act: Act) -> Printed:
    operation = Operation.objects.current()
    if operation is None or not operation.complaints_to:
        raise NowhereToComplain
    texts = [secrets_of(act.pk, number, operation.code) for number in numbers]
    Card.objects.bulk_create(
        Card(
            number=text.number,
            site=site,
            language=language,
            secret_digest=digest_of_secret(text),
            code_digest=digest_of_code(text),
            act=act,
        )
        for text in texts
    )
    return Printed(str(act.pk), [text.number for text in texts])


def _revoke(cards: Sequence[Card], why: str, at: datetime, by: User) -> Revoked:
    keys = [card.pk for card in cards]
    revoked = Card.objects.live().filter(pk__in=keys).update(revoked_at=at, revoked_by=by, revoked_as=why)
    if revoked != len(keys):
        raise CardReplaced
    return Revoked([str(key) for key in keys])
