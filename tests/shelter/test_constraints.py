"""What the database makes impossible, shown by going round the acts."""

from datetime import timedelta

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from registrations.models import Individual, Presence
from shelter.actions import hold_places, place_household
from shelter.models import Bedding, Place, Room, Stay
from tests.build import make_room
from tests.shelter.conftest import make_family

HOUR = timedelta(hours=1)


@pytest.fixture
def stay(goris, coordinator, now):
    """A stay of one person alone in a room of two."""
    one = make_family(goris, coordinator, now - HOUR, 1)
    place_household(one, rooms=[make_room(goris, 2)], by=coordinator, at=now)
    return Stay.objects.select_related("began_by__act", "room", "place").get()


def refused_by(constraint):
    return pytest.raises(IntegrityError, match=f'"{constraint}"')


def another(stay, now, **columns):
    """A stay of another person beside this one, written round the acts."""
    other = make_family(stay.site, stay.began_by.act.by, now - HOUR, 1)
    person = Individual.objects.members_of(other).get()
    fact = Bedding.objects.create(
        kind="checked_in",
        individual=person,
        counted_as=person,
        room=stay.room,
        place=stay.place,
        happened_at=now,
        act=stay.began_by.act,
    )
    values = {
        "kind": "stay",
        "individual": person,
        "site": stay.site,
        "room": stay.room,
        "place": stay.place,
        "during": stay.during,
        "began_by": fact,
    }
    return Stay(**values | columns)


def test_place_taken_once(stay, now):
    with refused_by("place_taken_once"), transaction.atomic():
        another(stay, now).save()


def test_place_taken_once_holds_for_holds_too(stay, now):
    hold = another(stay, now, kind="hold", began_by=None, act=stay.began_by.act)
    hold.during = DateTimeTZRange(now + HOUR, now + 2 * HOUR)
    with refused_by("place_taken_once"), transaction.atomic():
        hold.save()


def test_a_place_may_be_given_the_instant_it_is_free(stay, now):
    Stay.objects.filter(pk=stay.pk).update(during=DateTimeTZRange(now, now + HOUR))
    another(stay, now, during=DateTimeTZRange(now + HOUR, None)).save()
    assert Stay.objects.filter(place=stay.place).count() == 2


def test_one_bed(stay, now):
    free = Place.objects.filter(room=stay.room).exclude(pk=stay.place_id).get()
    with refused_by("one_bed"), transaction.atomic():
        another(stay, now, individual=stay.individual, place=free).save()


def test_one_hold(family, goris, coordinator, now):
    hold_places(family, rooms=[make_room(goris, 3)], until=now + HOUR, by=coordinator, at=now)
    hold, other = Stay.objects.holds()[0], make_room(goris, 1)
    hold.pk, hold.room, hold.place, hold._state.adding = None, other, other.places.get(), True
    with refused_by("one_hold"), transaction.atomic():
        hold.save(force_insert=True)


def test_a_hold_and_a_stay_of_one_person_may_run_together(stay, now):
    other = make_room(stay.site, 1)
    Stay.objects.create(
        kind="hold",
        individual=stay.individual,
        site=stay.site,
        room=other,
        place=other.places.get(),
        during=DateTimeTZRange(now, now + HOUR),
        act=stay.began_by.act,
    )
    assert set(Stay.objects.at(now).values_list("kind", "individual")) == {
        ("hold", stay.individual_id),
        ("stay", stay.individual_id),
    }


def test_stay_lasts(stay, now):
    with refused_by("stay_lasts"), transaction.atomic():
        Stay.objects.filter(pk=stay.pk).update(during=DateTimeTZRange(now, now))
    with pytest.raises(DataError), transaction.atomic():
        Stay.objects.filter(pk=stay.pk).update(during=DateTimeTZRange(now, now - HOUR))


def test_stay_within_presence_is_checked_at_commit(stay):
    presence = Presence.objects.get(individual=stay.individual)
    with refused_by("stay_within_presence"), transaction.atomic():
        presence.delete()  # not refused yet: an act may lay out presences first, then stays
        check_deferred()


def test_stay_outside_presence_is_refused_at_commit(stay, now):
    with refused_by("stay_within_presence"), transaction.atomic():
        Stay.objects.filter(pk=stay.pk).update(during=DateTimeTZRange(now - 2 * HOUR, None))
        check_deferred()


def test_a_hold_needs_no_presence(family, sisian, coordinator, now):
    hold_places(family, rooms=[make_room(sisian, 3)], until=now + HOUR, by=coordinator, at=now)
    check_deferred()
    assert Stay.objects.holds().filter(site=sisian).count() == Individual.objects.members_of(family).count()


def test_stay_at_the_rooms_site(stay, sisian):
    with refused_by("stay_at_the_rooms_site"), transaction.atomic():
        Stay.objects.filter(pk=stay.pk).update(site=sisian)
        check_deferred()


def test_stay_place_in_the_room(stay, goris):
    elsewhere = make_room(goris, 1).places.get()
    with refused_by("stay_place_in_the_room"), transaction.atomic():
        Stay.objects.filter(pk=stay.pk).update(place=elsewhere)


def test_overflow_is_flagged(stay):
    with refused_by("overflow_is_flagged"), transaction.atomic():
        Stay.objects.filter(pk=stay.pk).update(place=None)


def test_overflow_by_someone(stay, now):
    with refused_by("overflow_by_someone"), transaction.atomic():
        Stay.objects.filter(pk=stay.pk).update(happened_anyway_at=now)


def test_a_hold_ends_and_has_a_place_and_a_stay_was_begun_by_a_fact(stay, family, goris, coordinator, now):
    hold_places(family, rooms=[make_room(goris, 3)], until=now + HOUR, by=coordinator, at=now)
    hold = Stay.objects.holds()[:1]
    for row, columns in (
        (hold, {"during": DateTimeTZRange(now, None)}),
        (hold, {"act": None}),
        ([stay], {"began_by": None}),
        ([stay], {"act": stay.began_by.act}),
    ):
        with refused_by("hold_ends_and_stay_began"), transaction.atomic():
            Stay.objects.filter(pk__in=[s.pk for s in row]).update(**columns)


@pytest.mark.parametrize("change", ["UPDATE shelter_bedding SET room_id = NULL", "DELETE FROM shelter_bedding"])
def test_bedding_is_append_only(stay, change):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert Bedding.objects.get().room == stay.room


def test_bedding_may_count_as_another_person(stay, family):
    another_person = Individual.objects.members_of(family)[0]
    assert Bedding.objects.exclude(counted_as=another_person).update(counted_as=another_person) == 1


def test_bedding_is_in_a_room(stay):
    fact = stay.began_by
    with refused_by("bedding_in_a_room"), transaction.atomic():
        Bedding.objects.create(
            kind="moved",
            individual=stay.individual,
            counted_as=stay.individual,
            happened_at=fact.happened_at,
            act=fact.act,
        )


def test_voided_bedding_names_what(stay):
    fact = stay.began_by
    with refused_by("voided_bedding_names_what"), transaction.atomic():
        Bedding.objects.create(
            kind="voided",
            individual=stay.individual,
            counted_as=stay.individual,
            happened_at=fact.happened_at,
            act=fact.act,
        )


def test_a_room_name_and_a_place_number_stand_once(stay, goris):
    with refused_by("room_name_once"), transaction.atomic():
        Room.objects.create(site=goris, name=stay.room.name)
    with refused_by("place_number_once"), transaction.atomic():
        Place.objects.create(room=stay.room, number=1)


def test_a_place_is_blocked_by_someone(stay, now):
    with refused_by("place_blocked_by_someone"), transaction.atomic():
        Place.objects.update(blocked_at=now)


def check_deferred():
    """Check now what is otherwise checked at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
