"""What may be kept with a case: a letter as PDF or a picture, told by what is in it and not by what it is called.

A picture is drawn anew, so that nothing is kept that only looks like one, and no word of where it was taken.
"""

import base64
from dataclasses import dataclass
from io import BytesIO

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

MOST_BYTES = 1_400_000  # so that it fits into a request, also in the letters of base64
MOST_PIXELS = 16_000_000  # whole in memory once, beside others: the web server has 1 GB
MOST_ASIDE = 12_000  # pixels: a row or a column of millions takes memory far beyond its points
MOST_SCANS = 100  # of a JPEG, each of which is a turn over the whole picture; a camera writes ten
LONGEST_SIDE = 2_400  # pixels: a page of A4 that can be read
QUALITY = 85
TOO_LARGE = _("This file is too large: at most 1.4 MB.")
TOO_MANY_POINTS = _("This picture has too many points: take it smaller.")
START_OF_SCAN = b"\xff\xda"
PICTURES = ("JPEG", "PNG", "WEBP")
PALETTES = ("1", "P")  # would be made small without a shade between two colours


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
        content = base64.b64decode(text, validate=True)
    except ValueError as error:  # no base64, or letters beyond ASCII
        raise ValidationError(_("This is no base64."), code="no_base64") from error
    return read_sheet(content)


def _drawn_anew(content: bytes) -> bytes:
    """The picture as JPEG, no larger than a page must be to be read, without anything that was written beside it."""
    try:
        with Image.open(BytesIO(content), formats=PICTURES) as picture:
            _check_size(picture, content)
            return _as_jpeg(picture)
    except ValidationError:
        raise
    except Exception as error:  # Pillow raises whatever a damaged file makes of its readers
        raise ValidationError(_("Only a photo (JPEG, PNG, WebP) or a PDF can be kept."), code="no_sheet") from error


def _check_size(picture: Image.Image, content: bytes) -> None:
    """Refuse, before a point of it is read, what would take the server's memory or its time."""
    scans = content.count(START_OF_SCAN) if picture.format == "JPEG" else 0
    if picture.width * picture.height > MOST_PIXELS or max(picture.size) > MOST_ASIDE or scans > MOST_SCANS:
        raise ValidationError(TOO_MANY_POINTS, code="too_large")


def _as_jpeg(picture: Image.Image) -> bytes:
    """The picture made small first, and only then turned and put on white."""
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    small = picture.convert("RGBA") if picture.mode in PALETTES else picture
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(small).convert("RGBA")
    sheet = Image.new("RGB", upright.size, "white")
    sheet.paste(upright, mask=upright)
    drawn = BytesIO()
    sheet.save(drawn, "JPEG", quality=QUALITY)
    return drawn.getvalue()
