"""Somebody comes into a room as who looks after a child leaves it: the second sees what the first did.

Neither is refused alone: the guard of promise 12 reads before and after within one act, and two that read at once would
leave the child beside a stranger, without a word. Each was seen to do so without the lock on the rooms.
"""

import uuid
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from casework.models import Case
from desk.actions import arrive, depart
from desk.hospital import send_to_hospital
from registrations.models import Individual
from shelter.actions import end_stays, keep_beds, move, place_household
from shelter.models import Stay
from tests.build import child, make_room, make_site, make_user, person, register_family
from tests.races.test_pairs import beside
from tests.servers import at_once, deadlocks, serve

pytestmark = pytest.mark.races

RUNS = 10
HOUR = timedelta(hours=1)


class Stage:
    """A mother and her child asleep in a room with places left, their grandmother in another, and a stranger."""

    def __init__(self) -> None:
        self.by, self.site = make_user(), make_site()
        members = person(), child(), person("Vardanush", relationship="parent")  # who leaves nobody alone by day
        self.family = register_family(self.site, self.by, *members, at=timezone.now() - HOUR)
        self.mother, self.girl, _grandmother = Individual.objects.members_of(self.family)
        self.stranger = register_family(self.site, self.by, person("Armen"))
        self.room, self.next_room = make_room(self.site, 4), make_room(self.site, 4)
        together = [self.mother.pk, self.girl.pk]
        place_household(self.family, rooms=[self.room], members=together, by=self.by)
        self.stays = list(Stay.objects.filter(individual=self.mother))

    def is_nobody_unseen(self) -> bool:
        """Whether the child has her mother or no stranger beside her, or a case was opened."""
        asleep = set(
            Stay.objects.stays().at(timezone.now()).filter(room=self.room).values_list("individual", flat=True)
        )
        beside = self.mother.pk in asleep or asleep == {self.girl.pk}
        return beside or Case.objects.filter(individual=self.girl).exists()


LEAVING = {
    "move": lambda s: (move, s.stays, {"rooms": [s.next_room]}),
    "end_stays": lambda s: (end_stays, s.stays, {}),
    "keep_beds": lambda s: (keep_beds, s.stays, {"until": timezone.now() + HOUR, "reason": "in hospital"}),
    "depart": lambda s: (depart, s.family, {"site": s.site, "destination": "abroad", "members": [s.mother.pk]}),
    "arrive": lambda s: (arrive, s.family, {"site": make_site(), "members": [s.mother.pk], "beds_become_free": True}),
    "to_hospital": lambda s: (
        send_to_hospital, s.family, {"site": s.site, "hospital": make_site(kind="hospital"), "patient": s.mother.pk}
    ),
}  # fmt: skip


@pytest.mark.parametrize("leaving_first", [True, False])
@pytest.mark.parametrize("leaving", LEAVING)
def test_of_who_comes_and_who_leaves_the_second_waits(committed_database, leaving, leaving_first):
    stage = Stage()
    acts = [(place_household, stage.stranger, {"rooms": [stage.room]}), LEAVING[leaving](stage)]
    (act, subject, facts), (other, others, more) = acts[::-1] if leaving_first else acts
    with ThreadPoolExecutor() as desks:
        with transaction.atomic():
            act(subject, by=stage.by, **facts)
            second = desks.submit(beside(other, others, by=stage.by, **more))
            wait([second], timeout=1)  # for a second that does not wait
        second.result()
    assert stage.is_nobody_unseen()


def test_who_is_placed_beside_a_child_as_its_mother_is_moved_over_http(committed_database):
    with serve() as server:
        for _turn in range(RUNS):
            stage = Stage()
            desks = [server.sign_in(make_user(site=stage.site)) for _ in range(2)]
            ask = {"rooms": [stage.room.pk]}, {"rooms": [stage.next_room.pk]}
            addresses = f"households/{stage.stranger.pk}/place/", f"stays/{stage.stays[0].pk}/move/"
            answers = at_once(
                desk.posting(f"/api/v1/{address}", {"id": uuid.uuid4(), **facts}, as_json=True)
                for desk, address, facts in zip(desks, addresses, ask, strict=True)
            )
            assert sorted(answer.status for answer in answers) == [201, 409]
            assert stage.is_nobody_unseen()
    assert deadlocks() == 0
