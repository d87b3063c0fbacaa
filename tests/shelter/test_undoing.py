"""What was done with beds a moment ago is undone: who sleeps where, what is held and who is where, as before."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from centre.access import NotAllowed, Role
from centre.errors import SiteClosed
from centre.models import Act
from registrations.models import Presence
from shelter.actions import check_in, end_stays, hold_places, keep_beds, move, place_household
from shelter.errors import OpeningSpent, PlaceTaken, UndoneBefore, UndoTooLate, UsedSince
from shelter.models import Stay
from shelter.reach import open_to_others
from shelter.swapping import swap
from shelter.undoing import UNDOABLE, undo_beds, undoable_by
from tests.build import make_room, make_site, make_user
from tests.shelter.conftest import make_family
from transport.closing import close_site

pytestmark = pytest.mark.django_db(transaction=True)  # what was recorded after what decides

HOUR = timedelta(hours=1)


def beds(*families):
    """Who sleeps where, what is held until when, and who is where, of these families."""
    at = timezone.now()
    people = [one for family in families for one in family.memberships.today().values_list("counted_as", flat=True)]
    stays = Stay.objects.of(people).from_(at).values_list("individual", "kind", "room", "place", "during")
    told = {(*row[:4], row[4].lower, row[4].upper) if row[1] == "stay" else (*row[:4], row[4].upper) for row in stays}
    here = Presence.objects.filter(individual__in=people).at(at).values_list("individual", "site")
    return told, set(here)


def stays_of(family, kind="stay"):
    members = family.memberships.today().values("counted_as")
    return list(Stay.objects.filter(individual__in=members, kind=kind).from_(timezone.now()))


def last(by):
    return Act.objects.filter(by=by).latest("recorded_at")


class World:
    """Two families, of which one sleeps at Goris and one has places held there; rooms; a house elsewhere."""

    def __init__(self, goris, by):
        before = timezone.now() - 2 * HOUR
        self.goris, self.by = goris, by
        self.sleeps, self.held, self.waits = (make_family(goris, by, before, 2) for _ in range(3))
        self.room, self.other, self.free = (make_room(goris, 2) for _ in range(3))
        place_household(self.sleeps, rooms=[self.room], by=by, at=before + HOUR)
        hold_places(self.held, rooms=[self.other], until=timezone.now() + 5 * HOUR, by=by, at=before + HOUR)

    def does(self, kind):
        """Do an act of the kind."""
        until, by = timezone.now() + 4 * HOUR, self.by
        match kind:
            case "hold":
                hold_places(self.waits, rooms=[self.free], until=until, by=by)
            case "place":
                place_household(self.held, rooms=[self.free], by=by)
            case "check_in":
                check_in(stays_of(self.held, "hold"), by=by)
            case "move":
                move(stays_of(self.sleeps), rooms=[self.free], by=by)
            case "end_stay":
                end_stays(stays_of(self.sleeps), by=by)
            case "keep_beds":
                keep_beds(stays_of(self.sleeps), until=until, reason="hospital", by=by)
            case "swap":
                place_household(self.waits, rooms=[self.free], by=by, at=timezone.now() - HOUR)
                self.before = beds(self.sleeps, self.held, self.waits)
                swap(stays_of(self.sleeps), others=stays_of(self.waits), by=by)

    def now(self):
        return beds(self.sleeps, self.held, self.waits)


@pytest.fixture
def world(goris, coordinator):
    return World(goris, coordinator)


@pytest.mark.parametrize("kind", [kind for kind in UNDOABLE if kind != "hold_again"])
def test_all_is_as_before(world, kind):
    world.before = world.now()
    world.does(kind)
    assert world.now() != world.before
    assert undoable_by(world.by, timezone.now()) == last(world.by)
    undo_beds(last(world.by), by=world.by)
    assert world.now() == world.before
    with pytest.raises(UndoneBefore):
        undo_beds(Act.objects.filter(kind=kind).latest("recorded_at"), by=world.by)


def test_a_hold_given_back_is_held_again_until_the_same_hour(world):
    before = world.now()
    end_stays(stays_of(world.held, "hold"), by=world.by)
    undo_beds(last(world.by), by=world.by)
    assert world.now() == before


def test_who_arrived_by_being_checked_in_has_not_arrived(world):
    house = make_site()
    hold_places(world.waits, rooms=[make_room(house, 2)], until=timezone.now() + HOUR, by=world.by)
    before = world.now()
    check_in(stays_of(world.waits, "hold"), by=world.by)
    assert {site for _one, site in world.now()[1]} == {world.goris.pk, house.pk}
    undo_beds(last(world.by), by=world.by)
    assert world.now() == before


def test_a_place_that_somebody_else_has_got_stays_theirs(world):
    end_stays(stays_of(world.sleeps), by=world.by)
    done = last(world.by)
    place_household(world.waits, rooms=[world.room], by=world.by)
    before = world.now()
    with pytest.raises(PlaceTaken):
        undo_beds(done, by=world.by)
    assert world.now() == before


def test_a_held_place_that_somebody_else_has_got_stays_theirs(world):
    end_stays(stays_of(world.held, "hold"), by=world.by)
    done = last(world.by)
    place_household(world.waits, rooms=[world.other], by=world.by)
    with pytest.raises(PlaceTaken):
        undo_beds(done, by=world.by)


def test_what_was_done_since_is_not_lost(world):
    check_in(stays_of(world.held, "hold"), by=world.by)
    done = last(world.by)
    move(stays_of(world.held), rooms=[world.free], by=world.by)
    before = world.now()
    with pytest.raises(UsedSince):
        undo_beds(done, by=world.by)
    assert world.now() == before
    undo_beds(last(world.by), by=world.by)
    undo_beds(done, by=world.by)
    assert stays_of(world.held) == []


def test_after_five_minutes_or_by_others_nothing_is_undone(world, monkeypatch):
    world.does("check_in")
    done = last(world.by)
    with pytest.raises(UndoTooLate):
        undo_beds(done, by=make_user())
    monkeypatch.setattr("shelter.undoing.UNDO_WITHIN", timedelta())
    assert undoable_by(world.by, timezone.now()) is None
    with pytest.raises(UndoTooLate):
        undo_beds(done, by=world.by)


def test_an_act_that_is_none_of_beds_is_not_undone_here(world):
    with pytest.raises(UndoTooLate):
        undo_beds(world.waits.act, by=world.by)


def test_whose_role_ended_undoes_nothing(world, goris):
    desk = make_user(Role.COORDINATOR, goris)
    check_in(stays_of(world.held, "hold"), by=desk)
    desk.assignments.update(ends_at=timezone.now())
    del desk.all_assignments
    with pytest.raises(NotAllowed):
        undo_beds(last(desk), by=desk)


def test_reception_undoes_its_own_check_in(world, goris):
    desk = make_user(Role.RECEPTIONIST, goris)
    before = world.now()
    check_in(stays_of(world.held, "hold"), by=desk)
    undo_beds(last(desk), by=desk)
    assert world.now() == before


def test_nobody_comes_back_to_a_house_that_is_closed(world):
    house = make_site()
    hold_places(world.waits, rooms=[make_room(house, 2)], until=timezone.now() + HOUR, by=world.by)
    end_stays(stays_of(world.waits, "hold"), by=world.by)
    done = last(world.by)
    close_site(house, by=make_user(Role.ADMINISTRATOR))
    with pytest.raises(SiteClosed):
        undo_beds(done, by=world.by)


def test_a_house_is_held_in_for_no_more_than_it_is_open_for(world, goris):
    house, desk = make_site(), make_user(Role.COORDINATOR, goris)
    open_to_others(house, places=2, until=timezone.now() + 9 * HOUR, by=make_user())
    until = timezone.now() + HOUR
    hold_places(world.waits, rooms=[make_room(house, 2)], until=until, by=desk)
    end_stays(stays_of(world.waits, "hold"), by=desk)
    done = last(desk)
    hold_places(make_family(goris, desk, timezone.now() - HOUR, 1), rooms=[make_room(house)], until=until, by=desk)
    with pytest.raises(OpeningSpent):
        undo_beds(done, by=desk)
    assert stays_of(world.waits, "hold") == []


def test_sent_again_it_is_undone_once(world):
    world.does("check_in")
    done, key = last(world.by), uuid.uuid4()
    assert undo_beds(done, by=world.by, id=key) == undo_beds(done, by=world.by, id=key)
