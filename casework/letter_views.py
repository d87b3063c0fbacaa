"""Letters and photos kept with a case: put in at its file, taken out as a file and never shown in a page."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from casework.errors import LetterGone
from casework.letter_actions import keep_letter
from casework.letter_forms import LetterForm
from casework.models import Letter
from casework.views import act_in, case_or_404
from centre.limits import FILES, bound
from centre.log import write_log
from centre.models import LogLine, User
from centre.requests import StaffRequest


@require_POST
def keep(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Keep a letter or a photo of a document with the case."""
    row, form = case_or_404(request, key), LetterForm(request.POST, request.FILES)
    bound(request.user, FILES)  # before the file is read
    return act_in(request, row, form, keep_letter, "letter", _("The letter is kept with the case."))


@require_GET
def take_out(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """The letter of this step as a file."""
    shown = Letter.objects.visible_to(request.user).select_related("step__case")
    return letter_file(get_object_or_404(shown.defer("content"), pk=key), request.user)


def letter_file(letter: Letter, by: User) -> HttpResponse:
    """The letter's content, to be saved and not shown; it leaves a line in the log. Refuses with LetterGone."""
    bound(by, FILES)
    if letter.gone_at:
        raise LetterGone
    case = letter.step.case
    write_log(by, LogLine.Verb.OPENED, case, ["letter"], shown=[case.individual_id])
    answer = HttpResponse(letter.content, content_type=letter.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{letter.file_name}"'
    return answer
