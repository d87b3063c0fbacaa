"""A place held at a house that not everybody may know of is told to nobody else: not by a word, a list or a refusal."""

from datetime import timedelta

import pytest
from django.utils import timezone

from centre.access import Role
from desk.actions import arrive, depart, record_death
from registrations.errors import NotTold, ToldElsewhere
from registrations.models import Individual, Presence
from shelter.actions import check_in, end_stays, hold_places, place_household
from shelter.errors import AlreadyHeld, HoldTooLong
from shelter.models import Stay
from shelter.people import beds_of, read_people
from shelter.waiting import who_waits
from tests.build import LONG_AGO, make_room, make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def goris():
    return make_site("goris")


@pytest.fixture
def safe():
    return make_site("safe", kind="crisis_centre", confidential=True)


@pytest.fixture
def there(goris, safe):
    """A coordinator of Goris and of the safe house."""
    user = make_user(Role.COORDINATOR, goris)
    user.assignments.create(role=Role.COORDINATOR, site=safe, starts_at=LONG_AGO)
    return user


@pytest.fixture
def here(goris):
    return make_user(Role.COORDINATOR, goris)


@pytest.fixture
def family(goris):
    return register_family(goris, make_user(), person(), at=timezone.now() - HOUR)


@pytest.fixture
def awaited(family, safe, there):
    """The family, for whom a place is held in the safe house."""
    hold_places(family, rooms=[make_room(safe)], until=timezone.now() + 9 * HOUR, by=there)
    return family


def told(family, goris, user):
    """What the user reads of the family: whether it waits, its bed, its hold, and whether something is kept back."""
    now = timezone.now()
    waiting, _all = who_waits(user, [goris], now)
    (one,) = read_people(family, now, user)
    return [row.household_id for row in waiting], one.stay, one.hold, one.secret, one.bedless


def test_who_may_not_know_of_the_house_reads_what_they_would_read_without_it(family, goris, safe, here, there):
    readers = (here, make_user(Role.VOLUNTEER, goris), make_user(Role.ADMINISTRATOR))
    before = [told(family, goris, reader) for reader in readers]
    hold_places(family, rooms=[make_room(safe)], until=timezone.now() + 9 * HOUR, by=there)
    assert [told(family, goris, reader) for reader in readers] == before
    assert told(family, goris, there) == ([], None, Stay.objects.get(), False, False)


def test_who_sleeps_in_a_hotel_reads_its_room_alone(awaited, goris, here):
    place_household(awaited, rooms=[make_room(goris)], by=make_user(Role.COORDINATOR, goris))
    hidden = Stay.objects.holds().get()
    Stay.objects.filter(pk=hidden.pk).update(during=(hidden.during.lower, timezone.now() + HOUR))
    beds = beds_of(read_people(awaited, timezone.now(), here), here, timezone.now())
    assert (len(beds.asleep), beds.awaited, beds.secret) == (1, [], [])


def test_a_place_is_held_openly_beside_the_hidden_one_and_the_first_bed_ends_both(awaited, goris, safe, here, there):
    for user in (here, there):
        room = make_room(goris)
        hold_places(awaited, rooms=[room], until=timezone.now() + HOUR, by=user)
        with pytest.raises(AlreadyHeld):
            hold_places(awaited, rooms=[make_room(goris)], until=timezone.now() + HOUR, by=user)
        assert set(Stay.objects.holds().from_(timezone.now()).values_list("hidden", flat=True)) == {True, False}
        end_stays(list(Stay.objects.holds().filter(room=room)), by=user)
    with pytest.raises(AlreadyHeld):
        hold_places(awaited, rooms=[make_room(safe)], until=timezone.now() + HOUR, by=there)
    place_household(awaited, rooms=[make_room(goris)], by=here)
    assert not Stay.objects.holds().from_(timezone.now()).exists()


def test_nobody_holds_a_family_for_longer_than_three_days(family, here, goris):
    with pytest.raises(HoldTooLong):
        hold_places(family, rooms=[make_room(goris)], until=timezone.now() + 73 * HOUR, by=here)


@pytest.fixture
def pair(goris, here):
    """Two people of Goris, for each of whom a place is held there."""
    both = person(), person("Lilit", relationship="sibling")
    family = register_family(goris, make_user(), *both, at=timezone.now() - HOUR)
    hold_places(family, rooms=[make_room(goris)], until=timezone.now() + HOUR, by=here)
    return family


def held(family):
    now = timezone.now()
    return list(Stay.objects.holds().of(Individual.objects.members_of(family)).from_(now).select_related("room__site"))


def test_holds_end_where_people_come_to_a_hidden_site_as_at_a_death(pair, safe, here):
    officer, (one, other) = make_user(Role.PROTECTION), Individual.objects.members_of(pair)
    arrive(pair, site=safe, members=[one.pk], by=officer)
    record_death(other, site=make_site(), by=officer)
    assert held(pair) == []
    assert [hold.given_up_in is not None for hold in Stay.objects.holds()] == [True, True]


def test_a_hold_at_the_hidden_site_goes_on_when_people_come_there(awaited, safe, there):
    arrive(awaited, site=safe, by=there)
    (hold,) = held(awaited)
    assert len(check_in([hold], by=there).stays) == 1


@pytest.mark.parametrize("named", [False, True])
def test_nobody_is_checked_in_out_of_a_site_of_which_the_user_is_not_told(pair, goris, here, named):
    ward, officer = make_site("ward", kind="hospital", confidential=True), make_user(Role.PROTECTION)
    arrive(pair, site=ward, by=officer)
    holds = held(pair)
    people = [hold.individual_id for hold in holds]
    for some in (holds[:1], holds):
        with pytest.raises(NotTold):
            check_in(some, named=people if named else (), by=here)
    assert Presence.objects.at(timezone.now()).filter(site=ward).count() == 2
    told = make_user(Role.PROTECTION)
    told.assignments.create(role=Role.COORDINATOR, site=goris, starts_at=LONG_AGO)
    assert len(check_in(holds, named=people, by=told).stays) == 2


def test_who_is_kept_from_the_user_stays_while_the_others_are_checked_in(pair, here):
    ward = make_site("ward", kind="hospital", confidential=True)
    hidden = Individual.objects.members_of(pair).last()
    arrive(pair, site=ward, members=[hidden.pk], by=make_user(Role.PROTECTION))
    placed = check_in(held(pair), by=here)
    assert len(placed.individuals) == 1
    assert Presence.objects.at(timezone.now()).get(individual=hidden).site == ward


def test_who_is_elsewhere_since_is_said_where_nobody_is_left_to_check_in(pair, goris, here):
    gone = Individual.objects.members_of(pair).last()
    depart(
        pair, site=goris, members=[gone.pk], destination="site", destination_site=make_site("ward", "hospital"), by=here
    )
    (hold,) = [one for one in held(pair) if one.individual_id == gone.pk]
    with pytest.raises(ToldElsewhere, match=f"Recorded elsewhere: {gone.initials} on the way to Ward"):
        check_in([hold], by=here)
