"""A frozen figure is revised beside itself: the first stays, and what was learnt since stands by cause."""

import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from census.actions import revise_snapshot as revise
from census.actions import take_snapshots
from census.errors import AlreadyRevised, LaterTaken, NothingLearnt, NotSettled
from census.files import census_file
from census.models import Snapshot
from census.profiles import Profile
from census.selectors import Tally, last_snapshot
from centre.access import NotAllowed, Role
from centre.clock import local_day
from desk.voiding import void_movement
from registrations.models import Movement
from tests.api.conftest import Machine
from tests.build import make_site, make_user, person, register_family

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("known_at_once")]

HOUR = timedelta(hours=1)


@pytest.fixture
def first(goris, desk, now):
    """A snapshot of two who are there, one of whom is taken back, and three who are told late."""
    register_family(goris, desk, at=now - 5 * HOUR)
    register_family(goris, desk, at=now - 5 * HOUR)
    taken = take_snapshots(now - HOUR, known_at=timezone.now(), sites=[goris])[0]
    void_movement(Movement.objects.latest("recorded_at"), by=desk)
    register_family(goris, desk, person(), person("Ani", relationship="daughter"), at=now - 3 * HOUR)
    register_family(goris, desk, at=now - 3 * HOUR)
    return taken


def revise_snapshot(snapshot: Snapshot, reason: str, by) -> Snapshot:
    return Snapshot.objects.get(pk=revise(snapshot, reason=reason, by=by).snapshot)


def lines(snapshot: Snapshot, which: str, key: str = "goris") -> dict[str, int]:
    return {line: people for line, people in snapshot.tally["places"][key][which].items() if people}


def test_a_revision_stands_beside_the_first_with_the_difference_by_cause(first, desk):
    before = Snapshot.objects.filter(pk=first.pk).values().get()
    revised = revise_snapshot(first, reason="paper lists of the night", by=desk)
    assert Snapshot.objects.filter(pk=first.pk).values().get() == before
    assert (revised.revision, revised.at, revised.opening, revised.revised_in.by) == (2, first.at, None, desk)
    for key in ("goris", "total"):
        assert lines(revised, "revised", key) == {"opening": 2, "late": 3, "corrected": -1, "closing": 4}
    assert lines(revised, "balance") == {"arrivals": 4, "closing": 4}
    assert Tally(revised.at, revised.known_at).row(None, None, first)["places"] == revised.tally["places"]


def test_the_next_day_opens_with_the_last_revision_that_was_known(first, desk, goris, now):
    revise_snapshot(first, reason="paper lists", by=desk)
    register_family(goris, desk, at=now - 2 * HOUR)
    second = take_snapshots(now, known_at=timezone.now())[0]
    assert second.opening.revision == 2
    assert lines(second, "balance") == {"opening": 4, "late": 1, "closing": 5}
    revised = revise_snapshot(second.opening, reason="one more", by=desk)
    assert lines(revised, "revised") == {"opening": 4, "late": 1, "closing": 5}
    assert (Snapshot.objects.get(pk=second.pk).opening.revision, revised.revision) == (2, 3)


def test_a_snapshot_known_before_a_revision_does_not_open_with_it(first, desk, now):
    known_at = timezone.now()
    revise_snapshot(first, reason="paper lists", by=desk)
    assert last_snapshot(None, now, known_at) == first  # for every reading of the past, whichever door asks
    assert last_snapshot(None, now, timezone.now()).revision == 2
    assert take_snapshots(now, known_at=known_at)[0].opening == first


def test_nothing_is_frozen_between_two_snapshots_of_which_the_earlier_was_revised(first, desk, now):
    take_snapshots(now, known_at=timezone.now())
    revise_snapshot(first, reason="paper lists", by=desk)
    with pytest.raises(LaterTaken):
        take_snapshots(now - HOUR / 2, known_at=timezone.now())


def test_what_reads_the_same_is_not_revised(first, desk):
    revised = revise_snapshot(first, reason="paper lists", by=desk)
    with pytest.raises(NothingLearnt):
        revise_snapshot(revised, reason="once more", by=desk)
    with pytest.raises(AlreadyRevised):
        revise_snapshot(first, reason="once more", by=desk)
    assert Snapshot.objects.filter(site=None).count() == 2


def test_a_revision_knows_only_what_has_settled(first, desk, settings):
    settings.DEMONSTRATION = False
    with pytest.raises(NotSettled):
        revise_snapshot(first, reason="paper lists", by=desk)


def test_the_days_census_is_the_last_revision_of_the_cut_off_hour(first, desk):
    by_hand = take_snapshots(first.at + HOUR / 2, known_at=timezone.now(), by=desk)[0]
    revised = revise_snapshot(first, reason="paper lists", by=desk)
    taken_here = Snapshot.objects.filter(site=None, at__in=[first.at, by_hand.at])  # the cut-off hour may lie between
    assert list(taken_here.the_days_first()) == [revised, first, by_hand]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR])
def test_who_has_one_site_revises_that_site_and_not_the_whole(first, role, goris):
    user, of_site = make_user(role, goris), Snapshot.objects.get(site=goris)
    with pytest.raises(NotAllowed):
        revise_snapshot(first, reason="paper lists", by=user)
    with pytest.raises(NotAllowed):
        revise_snapshot(of_site, reason="paper lists", by=make_user(role, make_site("sisian")))
    assert lines(revise_snapshot(of_site, reason="paper lists", by=user), "revised")["closing"] == 4


def test_who_only_reads_the_census_revises_nothing(first):
    answer = Machine(make_user(Role.OFFICIAL)).post(f"snapshots/{first.pk}/revise/", reason="paper lists")
    assert (answer.status_code, Snapshot.objects.filter(revision=2).exists()) == (403, False)


def test_a_machine_revises_and_reads_which_revision_it_was_given(first, desk):
    machine = Machine(desk)
    answer = machine.post(f"snapshots/{first.pk}/revise/", reason="paper lists").json()
    revised = machine.get(f"snapshots/{answer['snapshot']}/").json()
    assert (answer["revision"], revised["revision"], revised["reason"]) == (2, 2, "paper lists")
    assert revised["places"]["goris"]["revised"]["late"] == 3
    census = machine.get("census/", on=local_day(first.at).isoformat()).json()
    assert (census["snapshot"], census["revision"]) == (revised["id"], 2)
    again = machine.post(f"snapshots/{first.pk}/revise/", reason="paper lists")
    assert (again.status_code, again.json()["code"]) == (409, "already_revised")


def test_the_page_of_the_day_shows_what_changed_and_keeps_the_first(client, first, desk):
    client.force_login(desk)
    address = f"/census/snapshots/{first.pk}/revise/"
    assert client.post(address, {"id": uuid.uuid4(), "reason": ""}).status_code == 422
    answer = client.post(address, {"id": uuid.uuid4(), "reason": "paper lists"})
    assert (answer.status_code, answer["Location"]) == (303, first.get_absolute_url())
    page = client.get(first.get_absolute_url()).content.decode()
    assert "Revision 2: what changed" in page
    assert "paper lists" in page
    assert "what changed" not in client.get(first.get_absolute_url() + "?revision=1").content.decode()
    assert "already revised" in client.post(address, {"id": uuid.uuid4(), "reason": "twice"}).content.decode()


def official_file(first: Snapshot, by, profile: Profile = Profile.OFFICIAL) -> dict:
    facts = {"suffix": "json", "language": "en", "why": "for the ministry"}
    return json.loads(census_file(local_day(first.at), profile=profile, by=by, **facts).content)


def test_a_file_names_its_revision_and_says_what_changed(first, desk):
    assert official_file(first, desk)["about"]["revision"] == 1
    revise_snapshot(first, reason="paper lists", by=desk)
    whole = official_file(first, desk)
    assert whole["about"]["revision"] == 2
    (goris, total) = whole["revised"]
    assert (goris["place"], goris["opening"], goris["late"], goris["corrected"], goris["closing"]) == (
        "goris",
        2,
        3,
        -1,
        4,
    )
    assert total["place"] == "total"


@pytest.mark.parametrize(("families", "revision"), [(1, 1), (5, 2)])
def test_the_public_gets_no_revision_that_tells_of_a_few(goris, desk, now, families, revision):
    taken = take_snapshots(now, known_at=timezone.now())[0]
    for _ in range(families):
        register_family(goris, desk, person(), person(relationship="sibling"), at=now - HOUR)
    revise_snapshot(taken, reason="paper lists", by=desk)
    assert official_file(taken, desk, Profile.PUBLIC)["about"]["revision"] == revision
