"""Whether a coordinator did anything since a board was read: every open board asks it every second or two."""

from datetime import datetime, timedelta

from centre.models import Act, Site, User
from centre.rows import values_of

LATE = timedelta(seconds=60)  # an act counts from its beginning, and is seen once it has ended: at most so much later
# What one coordinator does and another one must see at once; who arrives and leaves is seen a few seconds later
ACTS_OF_BOARDS = frozenset(
    {
        "hold", "place", "check_in", "move", "end_stay", "keep_beds", "swap", "void_bedding",
        "move_up", "decline_offer", "void_waiting_fact", "open_to_others",
        "add_rooms", "enter_rooms", "change_room", "set_places", "add_bed", "take_beds_away", "divide_room",
        "block", "open", "begin_house", "take_back_house", "close_site", "hold_again", "take_off_no_show",
        "put_back_no_show",
        "undo_beds", "give_room",
    }
)  # fmt: skip


COUNTED = """
SELECT count(*) FROM centre_act act
WHERE act.recorded_at >= %(since)s AND act.kind = ANY(%(kinds)s) AND NOT EXISTS (
    SELECT FROM (
        SELECT CASE WHEN word #>> '{}' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
            THEN (word #>> '{}')::uuid END AS key
        FROM jsonb_path_query(act.answer, '$.** ? (@.type() == "string")') word
        UNION ALL SELECT told.room_id FROM shelter_bedding told WHERE told.act_id = act.id
        UNION ALL SELECT was.room_id FROM shelter_bedding told JOIN shelter_bedding was ON was.id = told.voids_id
            WHERE told.act_id = act.id
    ) touched
    LEFT JOIN shelter_stay stay ON stay.id = touched.key
    LEFT JOIN shelter_place place ON place.id = touched.key
    LEFT JOIN shelter_room room ON room.id = coalesce(place.room_id, touched.key)
    LEFT JOIN shelter_waitingfact fact ON fact.id = touched.key
    LEFT JOIN registrations_household household ON household.id = fact.household_id
    WHERE coalesce(stay.site_id, room.site_id, household.site_id, touched.key) = ANY(%(hidden)s)
        OR EXISTS (
            SELECT FROM registrations_membership member
            JOIN registrations_presence present ON present.individual_id = member.individual_id
            WHERE member.household_id = fact.household_id AND present.site_id = ANY(%(hidden)s)
                AND present.during @> act.at
        )
)
"""


def acts_since(since: datetime, user: User) -> int:
    """How many such acts were recorded from the instant on, but none that touches a site the user may not know of.

    What an act touches stands in its answer: rooms, places, stays, the site, or what was noted of a family that waits.
    Its cost is that of the few acts since the board was read, each looked up by its keys.
    """
    hidden = list(Site.objects.exclude(pk__in=Site.objects.visible_to(user)).values_list("pk", flat=True))
    if not hidden:
        return Act.objects.filter(recorded_at__gte=since, kind__in=ACTS_OF_BOARDS).count()
    (number,) = values_of(COUNTED, {"since": since, "kinds": list(ACTS_OF_BOARDS), "hidden": hidden})
    return int(number)
