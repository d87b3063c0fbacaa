"""What a page asks when a child would be parted from who looks after it, and it has already happened."""

from collections.abc import Collection
from dataclasses import dataclass

from django.http import HttpRequest

from casework.errors import ChildAmongStrangers, ChildApart, OfficerFirst
from centre.forms import ActForm

ASKED_OF = (ChildApart.code, ChildAmongStrangers.code, OfficerFirst.code)


@dataclass(frozen=True)
class Anyway:
    """Where to send what was refused once more with how it happened, and the fields as they were sent."""

    url: str
    fields: list[tuple[str, str]]
    officer: bool = True  # whether a protection officer is told of it


def asked_anyway(
    request: HttpRequest, form: ActForm, codes: Collection[str] = ASKED_OF, field: str = "happened_anyway"
) -> Anyway | None:
    """What to send once more with this field; none where the form was refused for something else, or has no such."""
    refused_as = {error.code for errors in form.errors.as_data().values() for error in errors}
    if field not in form.fields or refused_as.isdisjoint(codes):
        return None
    sent = form.data.lists()  # type: ignore[attr-defined]  # a refused form was sent: it holds a QueryDict
    kept = [(name, value) for name, values in sent for value in values]
    left_out = ("csrfmiddlewaretoken", field)
    told = not refused_as.isdisjoint(ASKED_OF)
    return Anyway(request.get_full_path(), [(name, value) for name, value in kept if name not in left_out], told)
