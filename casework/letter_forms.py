"""What is asked when a letter is kept with a case."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from casework.reading_letters import MOST_BYTES, PICTURES, TOO_LARGE, MediaType, Sheet, read_sheet
from centre.forms import ActForm
from centre.lines import LineField

LONGEST_TITLE = 200
TAKEN = ",".join([MediaType.PDF, *(f"image/{kind.lower()}" for kind in PICTURES)])


class SheetField(forms.FileField):
    """A letter or a photo, read by its content."""

    def __init__(self, **options: Any) -> None:
        known = {"accept": TAKEN, "data-letter": MOST_BYTES, "data-too-large": TOO_LARGE}
        super().__init__(widget=forms.FileInput(attrs=known), allow_empty_file=True, **options)

    def clean(self, data: Any, initial: Any = None) -> Sheet | None:
        file: UploadedFile[Any] | None = super().clean(data, initial)
        return read_sheet(file.read()) if file else None


class LetterForm(ActForm):
    """Keep a letter or a photo of a document."""

    sheet = SheetField(
        label=_("Letter or photo"),
        help_text=_("A photo, or a PDF of at most 1.4 MB. It is sealed, and gone 90 days after the case is closed."),
    )
    words = LineField(label=_("What is it?"), max_length=LONGEST_TITLE, required=True)
