"""What a card leads to, and what became of the cards that were printed."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cards.errors import CardNotGenuine, CardOfAnotherOperation, CardRevoked, UnknownCard, WrongCode
from cards.models import Card
from centre.models import Operation, Site, User
from registrations.card_texts import CardText, digest_of_code, digest_of_secret
from registrations.models import Household
from registrations.numbers import write_number

LAST_BLOCKS = 50


@dataclass(frozen=True)
class Shown:
    """What a card led to: its household, none yet when the card is new; and whether the card itself was there.

    A number can be heard when a family is called. So a number that was only typed is `proven` by nothing.
    """

    number: int
    household: Household | None
    proven: bool

    def __str__(self) -> str:
        return write_number(self.number)

    @property
    def new(self) -> bool:
        """Whether the card is printed and not given to a family yet."""
        return self.household is None

    @property
    def counted(self) -> bool:
        """Whether the family was counted at the gate and its names are not taken yet."""
        return self.household is not None and self.household.registered_at is None

    @property
    def taken(self) -> bool:
        """Whether the family's names are taken."""
        return self.household is not None and self.household.registered_at is not None


def look_at(text: CardText) -> Shown:
    """What the card says, wherever it came to a desk.

    Refuses with CardOfAnotherOperation, CardNotGenuine, WrongCode, CardRevoked or UnknownCard.
    """
    if text.operation and not _of_this_operation(text.operation):
        raise CardOfAnotherOperation(
            _("This card is of another operation, %(code)s. Register the family here.") % {"code": text.operation}
        )
    cards = list(Card.objects.filter(number=text.number).order_by("-recorded_at"))
    card = _the_one_shown(text, cards)
    if card is not None and card.revoked_at is not None:
        raise revoked(card)
    household = Household.objects.filter(number=text.number).first()
    if household is None and card is None:
        raise UnknownCard
    return Shown(text.number, household, proven=bool(text.secret or text.code))


def revoked(card: Card) -> CardRevoked:
    """The refusal that says when and why, by the house's clock."""
    since = date_format(timezone.localtime(card.revoked_at), "DAY_HOUR_FORMAT")
    return CardRevoked(
        _("This card was revoked on %(since)s: %(why)s. A desk can print a new one.")
        % {"since": since, "why": card.get_revoked_as_display()}
    )


@dataclass(frozen=True)
class Block:
    """Cards that were printed together before anybody carried them."""

    act: str
    at: datetime
    by: str
    site: str
    first: int
    last: int
    cards: int
    given: int
    revoked: int

    @property
    def numbers(self) -> str:
        """From the first to the last."""
        return f"{write_number(self.first)} – {write_number(self.last)}"

    @property
    def left(self) -> int:
        """How many are in a drawer still."""
        return self.cards - self.given - self.revoked


def read_blocks(sites: Iterable[Site] | None) -> list[Block]:
    """The latest blocks printed for these sites, or for all."""
    given = Exists(Household.objects.filter(number=OuterRef("number")))
    cards = Card.objects.filter(act__kind="print_cards")
    if sites is not None:
        cards = cards.filter(site__in=sites)
    rows = (
        cards.order_by()
        .annotate(is_given=given)
        .values("act", "act__at", "act__by", "site")
        .annotate(
            first=Min("number"),
            last=Max("number"),
            cards=Count("pk"),
            given=Count("pk", filter=Q(is_given=True)),
            revoked=Count("pk", filter=Q(is_given=False, revoked_at__isnull=False)),
        )
        .order_by("-act__at")[:LAST_BLOCKS]
    )
    found = list(rows)
    names = {user.pk: str(user) for user in User.objects.filter(pk__in={row["act__by"] for row in found})}
    where = Site.objects.in_bulk({row["site"] for row in found})
    return [_block(row, names, where) for row in found]


def _block(row: Mapping[str, Any], names: dict[Any, str], sites: dict[Any, Site]) -> Block:
    return Block(
        act=str(row["act"]),
        at=row["act__at"],
        by=names[row["act__by"]],
        site=str(sites[row["site"]]),
        **{name: row[name] for name in ("first", "last", "cards", "given", "revoked")},
    )


def _of_this_operation(code: str) -> bool:
    return Operation.objects.filter(code=code).exists()


def _the_one_shown(text: CardText, cards: Sequence[Card]) -> Card | None:
    """The printed card that was shown: by its secret, by its code, or the last one of the number; None without any."""
    if text.secret:
        return _found(cards, "secret_digest", digest_of_secret(text), CardNotGenuine())
    if text.code:
        return _found(cards, "code_digest", digest_of_code(text), WrongCode())
    return next((card for card in cards if card.revoked_at is None), cards[0] if cards else None)


def _found(cards: Sequence[Card], column: str, digest: str, otherwise: Exception) -> Card:
    for card in cards:
        if hmac.compare_digest(getattr(card, column), digest):
            return card
    raise otherwise
