"""A letter or photo is kept with a case, and is gone in time."""

from datetime import datetime

from django.utils import timezone

from casework.actions import Followed, lock_open, take_step
from casework.models import Case, Letter, Step
from casework.reading_letters import Sheet
from centre.acts import act
from centre.models import Act, User


@act("keep_letter", answers=Followed)
def keep_letter(case: Case, *, sheet: Sheet, words: str, by: User, at: datetime, act: Act) -> Followed:
    """Keep a letter or photo with the case, sealed; words say what it is. Refuses with AlreadyClosed."""
    row = lock_open(case, by, at)
    said = take_step(row, act, by, kind=Step.Kind.LETTER, words=words)
    Letter.objects.create(
        step_id=said.step, media_type=sheet.media_type, size=len(sheet.content), content=sheet.content
    )
    return said


def discard_letters() -> int:
    """Let the letters of cases whose time is over be gone; how many."""
    now = timezone.now()
    return Letter.objects.over(now).discard(now)
