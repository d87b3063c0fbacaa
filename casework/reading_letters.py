"""What may be kept with a case: a letter as PDF or a picture, told by what is in it and not by what it is called.

A picture is drawn anew, so that nothing is kept that only looks like one, and no word of where it was taken.
"""

import base64
import binascii
from dataclasses import dataclass
from io import BytesIO

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

MOST_BYTES = 1_400_000  # so that it fits into a request, also in the letters of base64
MOST_PIXELS = 30_000_000
LONGEST_SIDE = 2_400  # pixels: a page of A4 that can be read
QUALITY = 85
TOO_LARGE = _("This file is too large: at most 1.4 MB.")
PICTURES = ("JPEG", "PNG", "WEBP")


class MediaType(models.TextChoices):
    """What is kept."""

    JPEG = "image/jpeg", _("photo")
    PDF = "application/pdf", _("document")

    @property
    def ending(self) -> str:
        """How its file's name ends."""
        return {self.JPEG: "jpg", self.PDF: "pdf"}[self]


@dataclass(frozen=True)
class Sheet:
    """A letter or photo as it is kept."""

    content: bytes
    media_type: MediaType


def read_sheet(content: bytes) -> Sheet:
    """The letter or the picture in these bytes; raises ValidationError with a sentence for who chose it."""
    if not content:
        raise ValidationError(_("This file is empty."), code="empty")
    if len(content) > MOST_BYTES:
        raise ValidationError(TOO_LARGE, code="too_large")
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-1024:]:
        return Sheet(content, MediaType.PDF)
    return Sheet(_drawn_anew(content), MediaType.JPEG)


def read_base64(text: str) -> Sheet:
    """The same from the letters of base64, as JSON carries it."""
    try:
        return read_sheet(base64.b64decode(text, validate=True))
    except binascii.Error as error:
        raise ValidationError(_("This is no base64."), code="no_base64") from error


def _drawn_anew(content: bytes) -> bytes:
    """The picture as JPEG, no larger than a page must be to be read, without anything that was written beside it."""
    drawn = BytesIO()
    try:
        with Image.open(BytesIO(content), formats=PICTURES) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValidationError(_("This picture has too many points: take it smaller."), code="too_large")
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            sheet = Image.new("RGB", upright.size, "white")
            sheet.paste(upright, mask=upright)
            sheet.save(drawn, "JPEG", quality=QUALITY)
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise ValidationError(_("Only a photo (JPEG, PNG, WebP) or a PDF can be kept."), code="no_sheet") from error
    return drawn.getvalue()
