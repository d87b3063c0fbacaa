"""What the desk prints: cards, shown for a while to the person who printed them; blank intake sheets."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest

import segno
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from cards.errors import SheetGone
from cards.models import Card
from centre.access import Permission, require
from centre.models import Act, Operation, User
from registrations.card_texts import digest_of_secret, secrets_of, write_code, write_qr
from registrations.models import Membership

DRAWN_FOR = timedelta(hours=1)  # a jam in the printer is found by then
PRINTING = {"print_cards": Permission.PRINT_CARDS, "print_card": Permission.REGISTER}


@dataclass(frozen=True)
class Faces:
    """The two sides of a card: in front its number, code and the head's initials; behind, words in its language."""

    number: str
    code: str
    qr: SafeString
    language: str
    initials: str


def read_sheet(act: uuid.UUID, by: User) -> list[Faces]:
    """The live cards of this printing, by number. Refuses with SheetGone, also if another person printed them."""
    since = timezone.now() - DRAWN_FOR
    printing = Act.objects.filter(pk=act, by=by, kind__in=PRINTING, recorded_at__gt=since).first()
    if printing is None:
        raise SheetGone
    require(by, PRINTING[printing.kind])
    return draw_faces(printing)


def draw_faces(printing: Act) -> list[Faces]:
    """The cards of a printing with the secrets they were printed with. Refuses with SheetGone when the key changed."""
    operation = Operation.objects.get()
    cards = list(Card.objects.live().filter(act=printing))
    heads = _heads_of([card.number for card in cards])
    return [_draw(card, operation.code, heads.get(card.number, "")) for card in cards]


def _draw(card: Card, operation: str, initials: str) -> Faces:
    text = secrets_of(card.act_id, card.number, operation)
    if not compare_digest(card.secret_digest, digest_of_secret(text)):
        raise SheetGone
    return Faces(str(card), write_code(text.code), _qr(write_qr(text)), card.language, initials)


def _qr(digits: str) -> SafeString:
    """A QR code as SVG without styles of its own."""
    drawn = segno.make(digits, error="m", micro=False).svg_inline(
        border=4, omitsize=True, svgclass="qr", lineclass=None
    )
    return mark_safe(drawn)  # segno drew it from digits alone


def _heads_of(numbers: list[int]) -> dict[int, str]:
    heads = Membership.objects.today().filter(household__number__in=numbers, relationship="head")
    return {head.household.number: head.counted_as.initials for head in heads.select_related("household", "counted_as")}
