"""How soon fifty desks know who got the last bed."""

import statistics
import uuid

from centre.models import Site, User
from shelter.actions import end_stays
from shelter.models import Stay
from tests.build import make_room, register_family
from tests.servers import Server, at_once

DESKS, RUNS = 50, 30


def race_for_a_bed(server: Server, site: Site, by: User) -> str:
    """The slowest answer of each race: in the middle race, and in the worst; the promise is two seconds."""
    desks = [server.sign_in(by) for _ in range(DESKS)]
    places = [f"/api/v1/households/{register_family(site, by).pk}/place/" for _ in range(DESKS)]
    slowest = []
    for run in range(RUNS):
        room = make_room(site, 1, f"race {run}")
        answers = at_once(
            desk.posting(place, {"id": uuid.uuid4(), "rooms": [room.pk]}, as_json=True)
            for desk, place in zip(desks, places, strict=True)
        )
        slowest.append(max(answer.seconds for answer in answers))
        end_stays([Stay.objects.get(room=room)], by=by)
    middle, worst = statistics.median(slowest), max(slowest)
    return f"The last of {DESKS} desks racing for one bed knew after {middle:.2f} s (worst of {RUNS}: {worst:.2f} s)."
