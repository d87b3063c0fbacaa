"""Whether a coordinator did anything since a board was read: every open board asks it every second or two."""

from datetime import datetime, timedelta

from centre.models import Act

LATE = timedelta(seconds=60)  # an act counts from its beginning, and is seen once it has ended: at most so much later
# What one coordinator does and another one must see at once; who arrives and leaves is seen a few seconds later
ACTS_OF_BOARDS = frozenset(
    {
        "hold", "place", "check_in", "move", "end_stay", "keep_beds", "swap", "void_bedding",
        "move_up", "decline_offer", "void_waiting_fact", "open_to_others",
        "add_rooms", "enter_rooms", "change_room", "set_places", "add_bed", "take_beds_away", "divide_room",
        "block", "open", "begin_house", "close_site",
    }
)  # fmt: skip


def acts_since(since: datetime) -> int:
    """How many such acts were recorded from the instant on."""
    return Act.objects.filter(recorded_at__gte=since, kind__in=ACTS_OF_BOARDS).count()
