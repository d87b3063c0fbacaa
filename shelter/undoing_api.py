"""What was done with beds a moment ago, taken back by machines."""

from typing import Any

from centre.fields import Text
from centre.models import Act
from centre.viewsets import ActFacts, Acts, act_on_row
from shelter.lodging import Placed
from shelter.undoing import UNDOABLE, undo_beds


class UndoFacts(ActFacts):
    """Why it is undone though a child is left apart by it."""

    happened_anyway = Text(
        required=False, max_length=200, help_text="How a child came to be without who looks after it."
    )


class BedActs(Acts):
    """What the asker did with beds."""

    queryset = Act.objects.all()

    def get_queryset(self) -> Any:
        return Act.objects.filter(by=self.request.user, kind__in=UNDOABLE)

    @act_on_row(UndoFacts, Placed)
    def undo(self, done: Act, body: UndoFacts) -> Placed:
        """Take it back whole: who sleeps where, and what is held, is as before."""
        return undo_beds(done, **body.facts)
