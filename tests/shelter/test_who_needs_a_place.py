"""Only the living who are where their family waits, or nowhere, need a place; others are named one by one."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from centre.access import Role
from centre.models import Site
from desk.actions import arrive, depart, record_death
from registrations.errors import NotTold, ToldElsewhere
from registrations.models import Individual, Movement, Presence
from shelter.actions import check_in, hold_places, place_household
from shelter.models import Stay
from shelter.no_shows import hold_again
from shelter.waiting import who_waits
from tests.api.conftest import Machine
from tests.build import make_room, make_site, make_user

HOUR = timedelta(hours=1)


@pytest.fixture
def people(family):
    return list(Individual.objects.members_of(family))


@pytest.fixture
def there(goris):
    """Who places at Goris alone, and is told of no death before the family is."""
    return make_user(site=goris)


def chosen(by, family, **asked):
    desk = Client()
    desk.force_login(by)
    return desk.get("/shelter/", {"family": str(family).replace(" ", ""), **asked}).text


def sent(page, action="place"):
    """Whom the first form of the best rooms names."""
    form = re.search(rf'<form method="post" action="[^"]*/{action}/[^"]*">(.*?)</form>', page, re.S)[1]
    return [uuid.UUID(key) for key in re.findall(r'name="members" value="([^"]+)"', form)]


def post(by, family, page):
    desk = Client()
    desk.force_login(by)
    form = re.search(r'<form method="post" action="([^"]*/place/[^"]*)">(.*?)</form>', page, re.S)
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', form[2])
    data = {name: [value for key, value in fields if key == name] for name, _ in fields}
    return desk.post(form[1].replace("&amp;", "&"), data)


def test_a_family_with_a_dead_member_is_placed_on_the_board(family, goris, people, there, coordinator):
    make_room(goris, 4)
    record_death(people[1], site=goris, by=make_user(Role.PROTECTION))
    page = chosen(there, family)
    assert "2 people need a place" in page
    assert sent(page) == [people[0].pk, people[2].pk]
    assert "Registered, not here. Ask a protection officer." in page
    assert post(there, family, page).status_code == 303
    assert Stay.objects.stays().count() == 2


def test_the_dead_read_on_the_board_as_one_who_is_in_a_hidden_house(family, goris, people, there):
    safe = make_site("safe", Site.Kind.CRISIS, confidential=True)
    make_room(goris, 4)
    arrive(family, site=safe, members=[people[1].pk], by=make_user(site=safe))
    hidden = drawn(chosen(there, family))
    record_death(people[1], site=safe, by=make_user(Role.PROTECTION))
    assert drawn(chosen(there, family)) == hidden


def drawn(page):
    """The board without what is another each time: ids, hours and tokens."""
    return re.sub(
        r"[0-9a-f]{8}-[0-9a-f-]{27}|value=\"[^\"]{40,}\"|data-\w+=\"[^\"]*\"|\d\d:\d\d|[0-9a-f]{16}|nonce\S+", "", page
    )


@pytest.mark.parametrize(("reader", "size"), [(Role.COORDINATOR, 3), (Role.PROTECTION, 2)])
def test_an_untold_death_is_counted_for_who_may_not_know_of_it(family, goris, people, reader, size):
    record_death(people[1], site=goris, by=make_user(Role.PROTECTION))
    (row,), _all = who_waits(make_user(reader), [goris], timezone.now())
    assert (len(row.members), row.size) == (2, size)


@pytest.mark.parametrize(("reader", "size"), [(Role.COORDINATOR, 3), (Role.PROTECTION, 2)])
def test_the_list_and_the_head_of_the_file_count_the_same_living(client, family, goris, people, reader, size):
    record_death(people[1], site=goris, by=make_user(Role.PROTECTION))
    client.force_login(make_user(reader))
    head = client.get(f"/families/{str(family).replace(' ', '')}/").text.split("<table")[0]
    assert f"Family of {size}" in head
    assert f'<td class="number">{size}</td>' in client.get("/families/").text
    (row,) = Machine(make_user(reader)).get("households/").json()["results"]
    assert row["size"] == size


def test_what_was_told_a_moment_ago_is_taken_back_at_the_top_of_the_file(client, family, goris, people):
    by = make_user()
    record_death(people[1], site=goris, by=by)
    client.force_login(by)
    address = f"/families/{str(family).replace(' ', '')}/"
    head, rest = client.get(address).text.split("<table", 1)
    death = str(Movement.objects.get(kind="died").pk)
    assert (head.count(death), rest.count(death)) == (1, 0)
    assert client.post(f"{address}void/", {"id": uuid.uuid4(), "movements": [death]}).status_code == 303
    assert "Undo this entry" not in client.get(address).text.split("<table", 1)[0]


def test_who_left_the_country_is_listed_unticked_and_placed_by_name_alone(family, goris, people, there):
    make_room(goris, 4)
    depart(family, site=goris, destination="abroad", members=[people[2].pk], by=there)
    page = chosen(there, family)
    assert "2 people need a place" in page
    assert sent(page) == [people[0].pk, people[1].pk]
    assert re.search(rf'name="named" value="{people[2].pk}">', page)
    assert "left the country" in page.lower()
    again = chosen(there, family, named=str(people[2].pk))
    assert sent(again) == [one.pk for one in people]


def test_a_hold_for_a_family_leaves_who_was_told_to_be_elsewhere(family, goris, sisian, people, coordinator):
    depart(family, site=goris, destination="abroad", members=[people[2].pk], by=coordinator)
    how = {"rooms": [str(make_room(sisian, 4).pk)], "until": (timezone.now() + HOUR).isoformat()}
    answer = Machine(coordinator).post(f"households/{family.pk}/hold/", **how)
    assert answer.status_code == 201
    assert set(Stay.objects.values_list("individual", flat=True)) == {people[0].pk, people[1].pk}


@pytest.fixture
def held(family, sisian, coordinator):
    """Places held at Sisian for all three."""
    until = timezone.now() + 2 * HOUR
    placed = hold_places(family, rooms=[make_room(sisian, 4)], until=until, by=coordinator)
    return list(Stay.objects.filter(pk__in=placed.stays).order_by("individual"))


def test_who_was_told_to_be_elsewhere_since_is_checked_in_by_name_alone(
    family, goris, sisian, people, held, coordinator
):
    gone = people[2]
    depart(family, site=goris, destination="abroad", members=[gone.pk], by=coordinator)
    assert set(check_in(held, by=coordinator).individuals) == {str(people[0].pk), str(people[1].pk)}
    assert not Presence.objects.filter(individual=gone, site=sisian).exists()
    hold = Stay.objects.holds().get(individual=gone)
    assert hold.during.upper > timezone.now()
    answer = Machine(coordinator).post(f"stays/{hold.pk}/check-in/", named=[str(gone.pk)])
    assert answer.status_code == 201
    assert Presence.objects.filter(individual=gone, site=sisian).exists()


def test_the_board_names_who_is_left_at_a_check_in(family, goris, people, held, coordinator):
    depart(family, site=goris, destination="abroad", members=[people[2].pk], by=coordinator)
    theirs = next(hold for hold in held if hold.individual_id == people[2].pk)
    assert f'name="named" value="{theirs.pk}"' in chosen(coordinator, family)
    desk = Client()
    desk.force_login(coordinator)
    answer = desk.post("/shelter/check-in/", {"id": uuid.uuid4(), "stays": [hold.pk for hold in held]}, follow=True)
    assert "Told to be elsewhere since, and not checked in: C. H." in answer.text
    named = {"id": uuid.uuid4(), "named": [theirs.pk]}
    assert desk.post("/shelter/check-in/", named).status_code == 303
    assert Stay.objects.stays().count() == 3


def test_two_who_are_gone_to_two_places_are_not_checked_in_unnamed(family, goris, people, held, coordinator):
    for person, where in ((people[1], "abroad"), (people[2], "own_address")):
        depart(family, site=goris, destination=where, members=[person.pk], by=coordinator)
    theirs = [hold for hold in held if hold.individual_id != people[0].pk]
    with pytest.raises(ToldElsewhere):
        check_in(theirs, by=coordinator)
    assert len(check_in(theirs, named=[people[1].pk], by=coordinator).individuals) == 1


@pytest.mark.parametrize("act", ["check-in", "move", "end"])
def test_a_bed_of_before_says_nothing_of_a_death(act, family, goris, people, there, coordinator):
    room = make_room(goris, 4)
    place_household(family, rooms=[room], by=there)
    stay = Stay.objects.get(individual=people[1])
    depart(family, site=goris, destination="unknown", by=there)
    body = {"rooms": [str(room.pk)]} if act == "move" else {}

    def asked():
        answer = Machine(there).post(f"stays/{stay.pk}/{act}/", **body)
        return answer.status_code, answer.json()["code"]

    living = asked()
    record_death(people[1], site=goris, by=make_user(Role.PROTECTION))
    assert asked() == living == (409, "stay_ended")


def test_a_hold_that_ran_out_says_nothing_of_a_death(family, goris, people, there, coordinator, now):
    safe = make_site("safe", Site.Kind.CRISIS, confidential=True)
    until = now + HOUR
    held = hold_places(family, rooms=[make_room(goris, 4)], until=until, by=there, at=now)
    hold = Stay.objects.get(pk=held.stays[1])
    dead = Individual.objects.get(pk=hold.individual_id)
    arrive(family, site=safe, members=[dead.pk], by=make_user(site=safe))
    for act in (lambda: check_in([hold], by=there), lambda: hold_again([hold], until=timezone.now() + HOUR, by=there)):
        with pytest.raises(NotTold):
            act()
    record_death(dead, site=safe, by=make_user(Role.PROTECTION))
    with pytest.raises(NotTold):
        check_in([hold], by=there)


def test_a_death_cannot_be_asked_by_recording_or_merging(family, goris, people, there):
    safe = make_site("safe", Site.Kind.CRISIS, confidential=True)
    hidden, dead, here = people[1], people[2], people[0]
    officer, by = make_user(Role.PROTECTION), make_user()
    arrive(family, site=safe, members=[hidden.pk], by=make_user(site=safe))
    record_death(dead, site=goris, by=officer)
    for one in (hidden, dead):
        died = Machine(by).post(f"individuals/{one.pk}/died/", site="goris")
        merged = Machine(by).post("merges/", merged=str(one.pk), into=str(here.pk), reason="x")
        assert [(died.status_code, died.json()["code"]), (merged.status_code, merged.json()["code"])] == [
            (409, "not_told"),
            (409, "not_told"),
        ]


def test_a_patient_on_the_way_is_not_among_the_others_who_arrive(family, goris, people, coordinator):
    hospital = make_site("hospital", Site.Kind.HOSPITAL)
    depart(
        family,
        site=goris,
        destination="site",
        destination_site=hospital,
        members=[people[2].pk],
        by=coordinator,
    )
    with pytest.raises(ToldElsewhere):
        arrive(family, site=goris, by=coordinator)
    arrive(family, site=goris, members=[people[2].pk], by=coordinator)
