"""The list of families, a family's file and the acts at it: who sees what, and what each act leaves."""

import re
import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from casework.models import Case
from centre.access import NotAllowed, Role
from centre.models import LogLine, Site
from desk.actions import arrive, depart, pre_register, record_death
from desk.errors import NotPlanned
from desk.merging import merge_individuals
from desk.voiding import void_movement
from registrations.facts import Birth, Group, HouseholdFacts
from registrations.models import Household, Individual, Merge, Movement, Presence
from shelter.actions import hold_places, place_household
from shelter.waiting import who_waits
from tests.build import make_room, make_site, make_user, person, register_family, said_in

pytestmark = pytest.mark.django_db

CHILD = Birth(date(2017, 3, 1), "day")
SISTER_IN_LAW = {"relationship": "sibling", "birth": Birth.in_year(1980)}


@pytest.fixture
def staff():
    return make_user()


@pytest.fixture
def coordinator(client, goris):
    user = make_user(Role.COORDINATOR, goris)
    client.force_login(user)
    return user


@pytest.fixture
def family(goris, staff):
    return register_family(
        goris, staff, person(), person("Mane", relationship="daughter", birth=CHILD), person("Nune", **SISTER_IN_LAW)
    )


def at(household, act=""):
    return f"/families/{str(household).replace(' ', '')}/{act}"


def sent(**fields):
    return {"id": str(uuid.uuid4())} | fields


def members(household, *given):
    return [p.pk for p in Individual.objects.members_of(household) if p.given_name in given]


# Who sees which family


def seen_by(client, role, site):
    client.force_login(make_user(role, site))
    return re.findall(r'card-no" href="/families/(\w+)/"', client.get("/families/").content.decode())


def plain(household):
    return str(household).replace(" ", "")


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.COORDINATOR, Role.PROTECTION])
def test_a_role_sees_the_families_of_its_site_and_no_others(client, goris, sisian, staff, role):
    here, there = register_family(goris, staff), register_family(sisian, staff)
    assert seen_by(client, role, goris) == [plain(here)]
    assert client.get(at(here)).status_code == 200
    assert client.get(at(there)).status_code == 404
    for act in ("arrive", "depart", "died", "born", "void"):
        assert client.post(at(there, f"{act}/"), sent()).status_code in (403, 404)


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR, Role.AID_VOLUNTEER])
def test_other_roles_see_no_family(client, goris, staff, role):
    here = register_family(goris, staff)
    client.force_login(make_user(role, goris))
    assert client.get("/families/").status_code == 403
    assert client.get(at(here)).status_code == 403


def test_a_number_with_a_wrong_letter_leads_nowhere(client, coordinator, family):
    digits, letter = str(family).split()
    assert client.get(f"/families/{digits}{'A' if letter != 'A' else 'B'}/").status_code == 404


def test_opening_and_searching_leave_a_line_without_what_was_searched(client, coordinator, family):
    client.get(at(family))
    client.get("/families/", {"search": "Hakobyan"}, follow=True)
    lines = list(LogLine.objects.filter(by=coordinator, verb__in=["opened", "searched"]).order_by("pk"))
    assert [(line.verb, line.subject_id, line.fields) for line in lines] == [
        ("opened", str(family.pk), []),
        ("searched", "", ["search"]),
    ]


@pytest.mark.parametrize("query", ["Акопян Анна", "number", "  анна "])
def test_search_finds_by_name_and_number(client, coordinator, family, goris, staff, query):
    other = register_family(goris, staff, person("Davit", "Grigoryan", sex="M"))
    text = client.get(
        "/families/", {"search": str(family) if query == "number" else query}, follow=True
    ).content.decode()
    assert at(family) in text
    assert at(other) not in text
    assert "Hakobyan Anna" in text


def test_a_list_without_a_search_shows_no_names(client, coordinator, family):
    text = client.get("/families/").content.decode()
    assert "Hakobyan" not in text
    assert "A. H." in text


def test_a_misread_number_is_said(client, coordinator, family):
    assert "The letter does not fit" in client.get("/families/", {"search": "1001 Z"}, follow=True).content.decode()
    assert client.get("/families/", {"search": "x" * 5000}, follow=True).status_code == 200
    assert client.get("/families/", {"state": "x", "site": "x"}).status_code == 200
    for page in ("999", "0", "-1", "1x", "٣", "9" * 5000):
        assert client.get("/families/", {"page": page}).status_code == 200


def test_a_long_list_is_turned_page_by_page(client, coordinator, goris, staff):
    for _family in range(51):
        register_family(goris, staff)
    first, second = (client.get("/families/", {"page": page}).content.decode() for page in (1, 2))
    assert first.count('card-no" href="/families/') == 50
    assert second.count('card-no" href="/families/') == 1
    assert "page=2" in first
    assert "page=1" in second


def test_a_search_says_how_many_it_found(client, coordinator, goris, staff):
    for _family in range(51):
        register_family(goris, staff)
    text = client.get("/families/", {"search": "Hakobyan"}, follow=True).content.decode()
    assert "50 of 51 families" in text


def test_the_list_and_the_shelter_board_count_the_same_families(client, coordinator, goris, staff):
    families = [register_family(goris, staff, person(), person("Ani", relationship="sibling")) for _ in range(3)]
    place_household(families[0], rooms=[make_room(goris, places=2)], by=staff)
    text = client.get("/families/", {"state": "waiting"}).content.decode()
    waiting, number = who_waits(coordinator, [goris], timezone.now())
    assert number == 2
    assert {f.household_id for f in waiting} == {f.pk for f in families if at(f) in text}


def test_the_board_the_shelter_board_and_the_list_agree_on_who_waits(client, coordinator, goris, staff):
    """Of one who waits, one merged with them, one who died, one whose place is held, one gone, one placed."""
    cache.clear()
    waits, twice, dead, held, gone, placed = (register_family(goris, staff) for _ in range(6))
    first, again, died = (Individual.objects.members_of(household).get() for household in (waits, twice, dead))
    merge_individuals(again, into=first, reason="the same person", by=coordinator)
    record_death(died, site=goris, told_of=dead, by=staff)
    until = timezone.now() + timedelta(hours=2)
    hold_places(held, rooms=[make_room(goris, places=1, name="1")], until=until, by=staff)
    depart(gone, site=goris, destination="abroad", by=staff)
    place_household(placed, rooms=[make_room(goris, places=1, name="2")], by=staff)

    families = (waits, twice, dead, held, gone, placed)
    listed = client.get("/families/", {"state": "waiting"}).content.decode()
    shelter, number = who_waits(coordinator, [goris], timezone.now())
    board = client.get("/sites/goris/").content.decode().split('class="value">')[3].split("<")[0]
    in_list = {family.pk for family in families if at(family) in listed}
    assert in_list == {family.household_id for family in shelter}
    assert number == int(board) == len(in_list)
    assert in_list <= {waits.pk, twice.pk}
    assert in_list


def test_the_list_is_narrowed_by_state_and_site(client, coordinator, family, goris, staff):
    answer = pre_register(goris, groups=[Group(1)], facts=HouseholdFacts(going="stays"), by=staff)
    counted = Household.objects.get(pk=answer.household)
    for narrowing, shown in (
        ({"state": "pre_registered"}, counted),
        ({"state": "waiting"}, family),
    ):
        text = client.get("/families/", narrowing).content.decode()
        assert [h for h in (counted, family) if at(h) in text] == [shown]
    assert at(family) in client.get("/families/", {"site": str(goris.pk)}).content.decode()


def test_the_list_asks_as_many_questions_for_three_as_for_one(
    client, coordinator, goris, staff, django_assert_max_num_queries
):
    register_family(goris, staff)
    client.get("/families/")
    for search in ({}, {"search": "Hakobyan"}):
        with django_assert_max_num_queries(40) as first:
            client.get("/families/", search, follow=True)
        register_family(goris, staff)
        register_family(goris, staff, person("Ani"), person("Narek", relationship="son"))
        with django_assert_max_num_queries(40) as second:
            client.get("/families/", search, follow=True)
        assert len(first) == len(second)


def test_needs_are_shown_to_who_may_see_them(client, goris, staff):
    household = register_family(goris, staff, person(needs=("SM-CI",)))
    for role, shown in ((Role.VOLUNTEER, False), (Role.COORDINATOR, True)):
        client.force_login(make_user(role, goris))
        assert ("Chronic illness" in client.get(at(household)).content.decode()) is shown


def test_a_confidential_site_and_a_death_are_not_told_to_a_volunteer(client, goris, staff, family):
    hospital = make_site("hospital", kind=Site.Kind.HOSPITAL, confidential=True, name_en="Regional hospital")
    arrive(family, site=hospital, members=members(family, "Nune"), by=make_user(site=hospital))
    record_death(Individual.objects.get(given_name="Anna"), site=goris, by=staff)
    client.force_login(make_user(Role.VOLUNTEER, goris))
    text = client.get(at(family)).content.decode()
    assert text.count("registered, not here: ask a protection officer") == 1  # said of both
    assert "Regional hospital" not in text
    assert "ied" not in re.sub(r'<a .*?</a>|studied|csrf\w+" value="\w+"', "", text)
    client.force_login(make_user(Role.PROTECTION))
    text = client.get(at(family)).content.decode()
    assert "Regional hospital" in text
    assert "died" in text


def test_presumed_left_is_computed_when_read(client, staff):
    point = make_site("kornidzor", kind=Site.Kind.REGISTRATION_POINT, presumed_left_after=12)
    household = register_family(point, staff, at=timezone.now() - timedelta(hours=13))
    client.force_login(make_user(Role.COORDINATOR, point))
    assert "probably no longer at Kornidzor" in client.get(at(household)).content.decode()
    assert Presence.objects.filter(during__upper_inf=True).count() == 1
    arrive(household, site=point, by=staff)
    assert "presumed" not in client.get(at(household)).content.decode()


# Acts at the file


def test_the_family_arrives_once_however_often_it_is_sent(client, coordinator, goris, sisian, staff):
    household = register_family(goris, staff)
    depart(household, site=goris, destination="own_address", by=staff)
    client.force_login(make_user(Role.VOLUNTEER, goris))
    data = sent()
    for _again in range(2):
        assert client.post(at(household, "arrive/"), data)["Location"] == at(household)
    assert Movement.objects.filter(kind="arrived").count() == 2
    refused = client.post(at(household, "arrive/"), sent())
    assert refused.status_code == 422
    assert "already recorded here" in refused.content.decode()


def test_a_whole_family_departs(client, coordinator, family, sisian):
    data = sent(members=members(family, "Anna", "Mane", "Nune"), destination="site", destination_site=str(sisian.pk))
    assert client.post(at(family, "depart/"), data)["Location"] == "/families/"
    assert set(Movement.objects.filter(kind="departed").values_list("destination_site__code", flat=True)) == {"sisian"}
    assert not Presence.objects.filter(during__upper_inf=True).exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"members": [], "destination": "abroad"}, "members"),
        ({"members": [str(uuid.uuid4())], "destination": "abroad"}, "members"),
        ({"members": ["x"], "destination": "abroad"}, "members"),
        ({"destination": "moon"}, "destination"),
        ({"destination": "site"}, "destination_site"),
        ({"destination": "site", "destination_site": "x"}, "destination_site"),
    ],
)
def test_a_departure_told_wrongly_is_said_beside_the_field(client, coordinator, family, fields, field):
    answer = client.post(at(family, "depart/"), sent(**({"members": members(family, "Anna")} | fields)))
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Movement.objects.filter(kind="departed").exists()


def test_a_child_does_not_leave_without_its_carer_unless_it_happened(client, coordinator, goris, sisian, staff):
    child = person("Mane", relationship="niece_nephew", birth=CHILD, carer_kind="member")
    aunt, uncle = person("Nune", **SISTER_IN_LAW), person("Aram", sex="M", relationship="spouse")
    household = register_family(goris, staff, person(), aunt, uncle, replace(child, carer=aunt.id))
    data = sent(members=members(household, "Mane", "Aram"), destination="site", destination_site=str(sisian.pk))
    refused = client.post(at(household, "depart/"), data)
    assert refused.status_code == 422
    assert "protection officer must agree" in refused.content.decode()
    assert not Movement.objects.filter(kind="departed").exists()
    assert not Case.objects.exists()
    told = client.post(at(household, "depart/"), data | {"happened_anyway": "left on the noon bus"})
    assert told.status_code == 303
    case = Case.objects.get()
    assert (case.reason, case.urgency, said_in(case), case.site) == (
        "child_left",
        "now",
        "left on the noon bus",
        sisian,
    )
    assert case.individual.given_name == "Mane"


def test_a_child_leaves_with_its_carer_or_with_an_adult_where_none_is_recorded(family, goris, staff):
    depart(family, site=goris, members=members(family, "Mane", "Nune"), destination="abroad", by=staff)
    assert not Case.objects.exists()


def test_children_alone_do_not_leave_on_a_plan(family, goris):
    desk = make_user(Role.COORDINATOR, goris)
    with pytest.raises(NotPlanned):
        depart(family, site=goris, members=members(family, "Mane"), destination="abroad", by=desk)
    officer = make_user(Role.PROTECTION, goris)
    depart(family, site=goris, members=members(family, "Mane"), destination="abroad", by=officer)
    assert Movement.objects.filter(kind="departed").count() == 1


def test_a_death_and_a_birth_are_recorded(client, coordinator, family):
    nune = members(family, "Nune")[0]
    assert client.post(at(family, "died/"), sent(individual=str(nune))).status_code == 303
    assert Movement.objects.get(kind="died").individual_id == nune
    assert client.post(at(family, "died/"), sent(individual=str(uuid.uuid4()))).status_code == 422
    data = sent(given_name="Ara", family_name="Hakobyan", sex="M", birth="0", relationship="son")
    for _again in range(2):
        assert client.post(at(family, "born/"), data).status_code == 303
    assert Movement.objects.filter(kind="born").count() == 1
    assert client.post(at(family, "born/"), data | sent(birth="2999")).status_code == 422


def test_what_was_told_wrongly_is_taken_back_by_who_may(client, coordinator, family, goris, staff):
    depart(family, site=goris, destination="abroad", members=members(family, "Nune"), by=staff)
    wrong = [str(m.pk) for m in Movement.objects.filter(kind="departed")]
    assert client.post(at(family, "void/"), sent(movements=wrong)).status_code == 303
    assert Presence.objects.filter(during__upper_inf=True).count() == 3
    assert client.post(at(family, "void/"), sent(movements=wrong)).status_code == 422
    assert client.post(at(family, "void/"), sent(movements=[str(uuid.uuid4())])).status_code == 422
    volunteer = make_user(Role.VOLUNTEER, goris)
    client.force_login(volunteer)
    assert client.post(at(family, "void/"), sent(movements=wrong)).status_code == 403
    with pytest.raises(NotAllowed):
        void_movement(Movement.objects.filter(kind="arrived").first(), by=volunteer)


# Duplicates


@pytest.fixture
def double(goris, staff):
    return register_family(goris, staff, person("Ана", "Акопян"))


def test_two_families_side_by_side_merge_and_come_apart(client, coordinator, family, double):
    page = f"/duplicates/?one={plain(family)}&other={plain(double)}"
    (anna,), (same,) = members(family, "Anna"), members(double, "Ана")
    assert re.search(rf'<option value="{anna}" selected>', client.get(page).content.decode())
    data = sent(reason="same passport") | {f"same_{same}": str(anna)}
    for _again in range(2):
        assert client.post(page, data).status_code in (303, 422)
    merge = Merge.objects.get()
    assert (merge.merged_id, merge.into_id, merge.reason) == (same, anna, "same passport")
    assert "same passport" in client.get("/duplicates/").content.decode()
    assert client.post(f"/duplicates/{merge.pk}/undo/", sent()).status_code == 303
    assert client.post(f"/duplicates/{merge.pk}/undo/", sent()).status_code == 409
    assert set(Movement.objects.values_list("individual", flat=True)) == set(
        Movement.objects.values_list("counted_as", flat=True)
    )


def test_a_merge_needs_a_reason_and_a_pair(client, coordinator, family, double):
    page = f"/duplicates/?one={plain(family)}&other={plain(double)}"
    (same,) = members(double, "Ана")
    anna = members(family, "Anna")[0]
    assert client.post(page, sent(reason="") | {f"same_{same}": str(anna)}).status_code == 422
    assert client.post(page, sent(reason="why") | {f"same_{same}": ""}).status_code == 422
    assert client.post(page, sent(reason="why") | {f"same_{same}": str(uuid.uuid4())}).status_code == 422
    assert client.get(f"/duplicates/?one={plain(family)}&other={plain(family)}").status_code == 422
    assert client.get("/duplicates/?one=x&other=").status_code == 422
    assert not Merge.objects.exists()


def test_a_family_one_may_not_see_cannot_be_merged(client, coordinator, family, sisian, staff):
    other = register_family(sisian, staff)
    answer = client.get(f"/duplicates/?one={plain(family)}&other={plain(other)}")
    assert answer.status_code == 422
    assert "No family that you may see" in answer.content.decode()
    client.force_login(make_user(Role.VOLUNTEER, sisian))
    assert client.get("/duplicates/").status_code == 403


# How the file reads


def test_file_tells_the_head_first_then_adults_then_children_and_the_nameless_last(client, goris, staff, coordinator):
    people = [
        person("Mane", relationship="daughter", birth=CHILD),
        person("", "", relationship="other"),
        person("Nune", **SISTER_IN_LAW),
        person("Anna", relationship="head"),
    ]
    page = client.get(at(register_family(goris, staff, *people))).content.decode()
    rows = re.findall(r'<th scope="row">(.*?)(?:<small|</th>)', page, re.DOTALL)
    assert [row.split()[-1] for row in rows] == ["Anna", "Nune", "Mane", "missing"]


def test_file_tells_once_where_the_family_is_and_of_each_only_what_differs(client, coordinator, goris, staff, family):
    there = "at Goris"
    assert client.get(at(family)).content.decode().count(there) == 1
    depart(family, site=goris, members=members(family, "Nune"), destination="abroad", by=staff)
    page = client.get(at(family)).content.decode()
    rows = page.split("<tbody>")[1].split("</tbody>")[0]
    assert there not in rows
    assert "Left the country" in rows


def test_file_fills_the_button_of_what_comes_next(client, coordinator, goris, staff, family):
    def filled():
        return re.findall(r'class="main"[^>]*>([^<]*)<', client.get(at(family)).content.decode())

    assert filled() == ["Find places"]
    place_household(family, rooms=[make_room(goris, places=3)], by=coordinator)
    assert filled() == []
    depart(family, site=goris, destination="abroad", by=staff)
    client.force_login(make_user(Role.VOLUNTEER, goris))
    assert filled() == ["Record arrival"]


def test_what_can_be_done_for_a_family_stands_once_and_directly_under_its_head(client, coordinator, family):
    page = client.get(at(family)).text.split("</h1>")[1]
    head, rest = page.split("<table", 1)
    for act in ("depart", "hospital", "join", "born", "died", "part", "head", "log"):
        assert (head.count(f'href="{at(family, act)}/"'), rest.count(f'href="{at(family, act)}/"')) == (1, 0), act
    assert head.index("Record departure") < head.index("To a hospital") < head.index("Tell a protection officer")
