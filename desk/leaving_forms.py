"""What is asked of those who leave a house."""

from collections.abc import Sequence
from typing import Any

from centre.forms import field_of
from desk.forms import DepartForm
from registrations.choosing import PeopleField
from shelter.rollcalls import Sleeping
from shelter.selectors import said_as_rooms


class LeaveForm(DepartForm):
    """Who leaves the house they sleep in, told by initials and room, and where to."""

    def __init__(self, *args: Any, rows: Sequence[Sleeping], **kwargs: Any) -> None:
        super().__init__(*args, people=[], **kwargs)
        members = field_of(self, "members", PeopleField)
        members.choices = [(str(row.individual_id), f"{row.who} · {said_as_rooms([row.room])}") for row in rows]
        members.initial = [str(row.individual_id) for row in rows]
