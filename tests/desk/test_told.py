"""Everything that was told of a family, in order: each kind of act has its line; what was taken back stays, struck."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aid.actions import hand_out, reverse_handout
from cards.actions import print_card, print_cards, revoke_card
from cards.models import Card
from casework.actions import close_case, note
from casework.models import Case
from centre import access
from centre.access import Permission, Role
from centre.models import LogLine, Operation, Site
from desk.actions import arrive, complete, depart, open_in_emergency, pre_register, record_birth, record_death, register
from desk.belonging import change_household, join, make_head, never_was, split, undo
from desk.coming import confirm_seen, dismiss_seen, note_seen
from desk.correcting import Said, correct, settle
from desk.merging import merge_individuals, unmerge
from desk.needing import change_needs
from desk.told import read_told
from desk.voiding import void_movement
from registrations.corrections import Conflict
from registrations.facts import Group, HouseholdFacts
from registrations.models import Act, Household, Individual, Merge, Movement
from shelter.actions import check_in, end_stays, hold_places, move, place_household
from shelter.models import Bedding, Stay
from shelter.undoing import void_bedding
from tests.api.conftest import Machine
from tests.api.world import plan_blankets
from tests.build import LONG_AGO, child, make_room, make_site, make_user, newborn, person, register_family

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def by():
    return make_user(Role.COORDINATOR, username="karine")


@pytest.fixture
def family(goris, by, now):
    husband = person("Aram", sex="M", relationship="spouse")
    return register_family(goris, by, person("Anna", needs=("SM-CC",)), husband, child("Mane"), at=now - 9 * HOUR)


@pytest.fixture
def prints_cards():
    facts = {"name": "Goris", "code": "GORI", "purpose": "practice", "complaints_to": "0-800-01-234"}
    Operation.objects.create(**facts, opened_at=LONG_AGO, opened_by=make_user(Role.ADMINISTRATOR))


def named(given: str) -> Individual:
    return Individual.objects.get(given_name=given)


def lines(household: Household, user, person: Individual | None = None):
    return read_told(household, user, timezone.now(), person.pk if person else None)


def line(household: Household, user, kind: str, person: Individual | None = None):
    """The one line of this kind."""
    (found,) = [one for one in lines(household, user, person) if one.kind == kind]
    return found


def page_of(household: Household, of: Individual | None = None) -> str:
    return f"{household.get_absolute_url()}told/" + (f"{of.pk}/" if of else "")


def text_of(client: Client, user, address: str, **query: str) -> str:
    client.force_login(user)
    answer = client.get(address, query)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode().partition("<article")[2]).split())


def said(line) -> set[str]:
    return {str(one) for one in line.said}


# One test for each kind of line


def test_a_registration_says_what_was_said_of_each(family, by, goris):
    told = line(family, by, "register")
    assert (told.words, told.by.user, list(told.people.values())) == (
        "Registered · Goris",
        by,
        ["Hakobyan Anna", "Hakobyan Aram", "Hakobyan Mane"],
    )
    assert {"given name – Anna", "sex – male", "relation to head – daughter", "where they go – Shelter wanted"} <= said(
        told
    )


def test_two_of_one_name_are_two_in_the_line(goris, by):
    family = register_family(goris, by, person("Aram", sex="M"), child("Aram"))
    told = line(family, by, "register").said_by_person
    assert [name for name, _fields in told if name] == ["Hakobyan Aram", "Hakobyan Aram"]


def test_what_was_said_first_stays_with_the_registration_when_it_is_corrected(family, by):
    correct(family, said=[Said("given_name", "Anahit", person=named("Anna").pk)], by=by)
    assert "given name – Anna" in said(line(family, by, "register"))
    assert said(line(family, by, "correct")) == {"given name – Anna → Anahit"}


def test_a_count_at_the_gate_and_the_names_that_follow(goris, by):
    counted = pre_register(goris, groups=[Group(1, "F", "18-59")], facts=HouseholdFacts(going="shelter"), by=by)
    family = Household.objects.get(pk=counted.household)
    complete(family, site=goris, members=[person("Anna")], facts=HouseholdFacts(going="shelter"), by=by)
    family.refresh_from_db()
    gate, named_now = line(family, by, "pre_register"), line(family, by, "complete")
    assert (gate.words, "given name" in str(said(gate))) == ("Counted at the gate · Goris", False)
    assert {"given name – nothing → Anna", "relation to head – head"} <= said(named_now)


def test_arrivals_and_departures_and_what_was_taken_back(family, by, goris, sisian, now):
    arrive(family, site=sisian, by=by, at=now - 8 * HOUR)
    depart(family, site=sisian, destination="abroad", by=by, at=now - 7 * HOUR)
    void_movement(Movement.objects.filter(kind="departed").first(), by=by)
    places = [one for one in lines(family, by) if one.kind == "arrived"]
    assert [one.words for one in places] == ["Arrived · Goris", "Arrived · Sisian"]
    stays, gone = sorted(
        (one for one in lines(family, by) if one.kind == "departed"), key=lambda one: one.voided is not None
    )
    assert (len(stays.people), len(gone.people), gone.voided.by.user) == (2, 1, by)


def test_what_is_told_late_says_so_and_stands_where_it_happened(family, by, goris, now, client):
    record_death(named("Aram"), site=goris, by=by, at=now - 3 * HOUR)
    told = line(family, by, "died")
    assert (told.happened_at, told.late, told.words) == (now - 3 * HOUR, True, "Died · Goris")
    assert "reported late" in text_of(client, by, page_of(family), language="en")


def test_a_birth_has_what_was_said_of_the_child(family, by, goris):
    record_birth(family, site=goris, child=newborn("Tigran"), by=by)
    told = line(family, by, "born")
    assert list(told.people.values()) == ["Hakobyan Tigran"]
    assert "given name – Tigran" in said(told)


def test_who_joined_parted_and_leads(family, by, goris):
    join(family, site=goris, person=person("Sona", relationship="sibling"), by=by)
    make_head(family, head=named("Aram").pk, by=by)
    answer = split(family, site=goris, members=[person(id=named("Sona").pk)], by=by)
    other = Household.objects.get(pk=next(key for key in answer.households if key != str(family.pk)))
    assert "given name – Sona" in said(line(family, by, "join"))
    assert "relation to head – spouse or partner → head" in said(line(family, by, "make_head"))
    assert [list(line(one, by, "split").people.values()) for one in (family, other)] == [["Hakobyan Sona"]] * 2


@pytest.mark.django_db(transaction=True)  # each act is recorded at an instant of its own
def test_who_left_is_told_of_until_they_left(family, by, goris):
    answer = split(family, site=goris, members=[person(id=named("Aram").pk)], by=by)
    other = Household.objects.get(pk=next(key for key in answer.households if key != str(family.pk)))
    correct(other, said=[Said("given_name", "Armen", person=named("Aram").pk)], by=by)
    assert [one.kind for one in lines(family, by) if "correct" in one.kind] == []
    assert said(line(other, by, "correct")) == {"given name – Aram → Armen"}


def test_who_never_was_and_that_it_was_undone(family, by):
    never_was(family, members=[named("Aram").pk], reason="written twice", by=by)
    told = line(family, by, "never_was")
    assert (told.reason, told.voided, list(told.people.values())) == ("written twice", None, ["Hakobyan Aram"])
    undo(Act.objects.get(kind="never_was"), reason="he is here", by=by)
    assert line(family, by, "never_was").voided.by.user == by


def test_a_correction_that_was_undone_is_struck_and_kept(family, by, client):
    correct(family, said=[Said("vehicle", "bus")], by=by)
    undo(Act.objects.get(kind="correct"), by=by)
    assert line(family, by, "correct").voided is not None
    assert said(line(family, by, "undo")) == {"vehicle – bus → nothing"}
    client.force_login(by)
    assert "<del>vehicle – nothing → bus</del>" in client.get(page_of(family), {"language": "en"}).content.decode()


def test_a_wish_is_told_with_what_stood(family, by):
    correct(family, said=[Said("going", {"going": "stays", "destination_marz": ""})], by=by)
    assert said(line(family, by, "correct")) == {"where they go – Shelter wanted → Stays here"}


@pytest.mark.parametrize("take", [True, False])
def test_a_conflict_and_how_it_was_settled(family, by, take):
    aram = named("Aram")
    for name in ("Armen", "Artur"):
        correct(family, said=[Said("given_name", name, was="Aram", person=aram.pk)], by=by)
    settle(Conflict.objects.get(), take=take, by=by)
    assert said(line(family, by, "conflict")) == {"given name – Aram → Artur"}
    assert said(line(family, by, "settle")) == ({"given name – Armen → Artur"} if take else set())


def test_needs_that_began_and_ended(family, by):
    change_needs(named("Anna"), end=["SM-CC"], by=by)
    began, ended = line(family, by, "need"), line(family, by, "need_ended")
    assert [list(one.people.values()) for one in (began, ended)] == [["Hakobyan Anna"]] * 2
    of_her = [line(family, by, kind, named("Anna")) for kind in ("need", "need_ended")]
    assert [one.on_paper for one in (began, ended, *of_her)] == [False, False, True, True]


def test_a_card_that_was_printed_and_revoked(family, by, goris, prints_cards):
    print_card(family, site=goris, language="hy", by=by)
    revoke_card(Card.objects.get(), site=goris, why="lost", by=by)
    assert [line(family, by, kind).words for kind in ("card", "card_revoked")] == [
        "Card printed · Goris",
        "Card revoked",
    ]
    assert line(family, by, "card_revoked").reason == "lost"


def test_a_card_of_a_block_is_told_when_it_was_given(by, goris, prints_cards, now):
    print_cards(goris, count=1, language="hy", by=by, at=now - 5 * HOUR)
    facts = HouseholdFacts(going="shelter")
    answer = register(goris, members=[person()], facts=facts, card=Card.objects.get().number, by=by)
    Card.objects.update(recorded_at=now - 5 * HOUR)
    assert line(Household.objects.get(pk=answer.household), by, "card").words == "Card given"


def test_beds_that_were_given_moved_left_and_voided(family, by, goris, now):
    room, other = make_room(goris, 3, "12"), make_room(goris, 3, "14")
    place_household(family, rooms=[room], by=by, at=now - 8 * HOUR)
    move(list(Stay.objects.stays()), rooms=[other], by=by, at=now - 7 * HOUR)
    end_stays(list(Stay.objects.stays().filter(during__upper_inf=True)), by=by, at=now - 6 * HOUR)
    void_bedding([Bedding.objects.filter(kind="left").first()], by=by)
    assert line(family, by, "checked_in").words == "Checked in · Goris, 12"
    assert line(family, by, "moved").words == "Moved · Goris, 14"
    left = [one.voided for one in lines(family, by) if one.kind == "left"]
    assert sorted(one is None for one in left) == [False, True]


def test_places_that_were_held_and_released(family, by, goris, now):
    hold_places(family, rooms=[make_room(goris, 3, "12")], until=now + 5 * HOUR, by=by, at=now - HOUR)
    end_stays(list(Stay.objects.holds()), by=by)
    assert line(family, by, "hold").words == "Place held · Goris, 12"
    assert line(family, by, "hold_released").words == "Place released · Goris, 12"


def test_a_hold_that_was_checked_in_is_not_told_as_released(family, by, goris, now):
    hold_places(family, rooms=[make_room(goris, 3)], until=now + 5 * HOUR, by=by, at=now - HOUR)
    check_in(list(Stay.objects.holds()), by=by)
    kinds = [one.kind for one in lines(family, by)]
    assert (kinds.count("hold"), kinds.count("checked_in"), kinds.count("hold_released")) == (1, 1, 0)


def test_aid_that_was_given_and_reversed(family, by, goris):
    given = hand_out(plan_blankets(goris, by), family, by=by)
    reverse_handout(family.handouts.get(pk=given.handout), reason="wrong card", by=by)
    told = line(family, by, "handout")
    assert (told.words, list(told.more)[:1]) == ("Aid received · Blankets, Goris", ["6 Blanket"])
    assert (told.voided.reason, told.voided.by.user) == ("wrong card", by)


def test_a_merge_and_its_undoing(family, by, goris):
    twin = register_family(goris, by, person("Annette"))
    merge_individuals(named("Annette"), into=named("Anna"), reason="one person", by=by)
    told = line(family, by, "merge")
    assert (told.reason, told.voided, set(told.people.values())) == ("one person", None, {"Hakobyan Anna"})
    correct(twin, said=[Said("given_name", "Annet", person=named("Annette").pk)], by=by)
    assert said(line(family, by, "correct")) == {"given name – Annette → Annet"}  # they are one person
    unmerge(Merge.objects.get(), by=by)
    assert line(family, by, "merge").voided is not None
    assert [one for one in lines(family, by) if one.kind == "correct"] == []


@pytest.mark.parametrize(("answer", "voided"), [(confirm_seen, False), (dismiss_seen, True)])
def test_a_sighting_and_its_answer(family, by, sisian, answer, voided):
    note_seen(family, site=sisian, by=by)
    answer(family, site=sisian, by=by)
    told = line(family, by, "seen")
    assert (told.words, told.voided is not None) == ("Number shown without a card · Sisian", voided)


def test_paper_says_whose_hand_it_was(goris, by, now):
    facts = HouseholdFacts(going="shelter")
    answer = register(goris, members=[person()], facts=facts, written_by="Sona", by=by, at=now - 30 * HOUR)
    assert "on paper, by Sona" in line(Household.objects.get(pk=answer.household), by, "register").more


# Who reads it


@pytest.mark.parametrize(
    ("role", "here", "status"),
    [
        (Role.COORDINATOR, True, 200),
        (Role.PROTECTION, True, 200),
        (Role.COORDINATOR, False, 404),
        (Role.VOLUNTEER, True, 404),
        (Role.AID_VOLUNTEER, True, 404),
        (Role.OFFICIAL, True, 404),
        (Role.AUDITOR, True, 404),
        (Role.ADMINISTRATOR, True, 404),
    ],
)
def test_only_who_supervises_the_family_reads_it(client, family, goris, sisian, role, here, status):
    user = make_user(role, goris if here else sisian)
    client.force_login(user)
    machine, anna = Machine(user), named("Anna")
    answers = [client.get(page_of(family)), client.get(page_of(family, anna))]
    answers += [machine.get(f"households/{family.pk}/told/"), machine.get(f"individuals/{anna.pk}/told/")]
    assert [answer.status_code for answer in answers] == [status] * 4
    link = f'href="{page_of(family)}"'
    file = client.get(family.get_absolute_url())
    assert (link in file.content.decode()) == (status == 200)


def test_a_file_opened_in_an_emergency_does_not_open_it(client, family, sisian):
    user = make_user(Role.COORDINATOR, sisian)
    open_in_emergency(family, reason="a child is lost", by=user)
    client.force_login(user)
    assert client.get(family.get_absolute_url()).status_code == 200
    assert client.get(page_of(family)).status_code == 404


def test_a_protection_officer_reads_it_by_case(client, goris, sisian, by):
    family = register_family(goris, by, person("Suren"), child("Ani", relationship="other", carer_kind="nobody"))
    officer = make_user(Role.PROTECTION, sisian)
    client.force_login(officer)
    assert client.get(page_of(family)).status_code == 404
    Case.objects.update(site=sisian)  # as one who is on the way there
    assert client.get(page_of(family)).status_code == 200


def test_a_person_of_another_family_is_not_found(client, family, goris, by):
    other = register_family(goris, by, person("Sona"))
    client.force_login(by)
    assert client.get(page_of(family, named("Sona"))).status_code == 404
    assert client.get(page_of(other, named("Sona"))).status_code == 200
    assert client.get(f"{page_of(family)}{uuid.uuid4()}/").status_code == 404


def test_opening_leaves_a_line_without_a_value(client, family, by):
    client.force_login(by)
    client.get(page_of(family))
    opened = LogLine.objects.latest("pk")
    assert (opened.verb, opened.subject, opened.subject_id, opened.fields) == (
        "opened",
        "household",
        str(family.pk),
        ["told"],
    )
    assert named("Mane").pk in opened.keys
    client.get(page_of(family, named("Anna")))
    assert LogLine.objects.latest("pk").subject == "individual"


# What is hidden leaves nothing


def answers_of(client: Client, user, family: Household) -> list[str]:
    """What the pages and the API say, without what passes."""
    client.force_login(user)
    machine = Machine(user)
    pages = [client.get(page_of(family)), client.get(page_of(family, named("Anna")))]
    pages += [machine.get(f"households/{family.pk}/told/"), machine.get(f"individuals/{named('Anna').pk}/told/")]
    passing = re.compile(r'csrfmiddlewaretoken" value="\w+"|"csrf": "\w+"|nonce="?[-\w]+"?|data-draft-key="[^"]*"')
    return [passing.sub("", re.sub(r"X-CSRFToken[^}]*", "", one.content.decode())) for one in pages]


def test_cases_are_told_of_to_who_may_see_them_alone(client, family, goris, by):
    coordinator, officer = make_user(Role.COORDINATOR, goris), make_user(Role.PROTECTION, goris)
    before = answers_of(client, coordinator, family)
    case = Case.objects.get(individual=named("Anna"))  # her need opened it
    note(case, words="beaten at home", by=officer)
    close_case(case, outcome="helped", happened_anyway="she is well", by=officer)
    assert answers_of(client, coordinator, family) == before
    opened, closed = (line(family, officer, kind) for kind in ("case", "case_closed"))
    assert (opened.words, closed.words) == ("A case was opened", "The case was closed")
    assert (opened.on_paper, closed.on_paper) == (False, False)
    assert not any(secret in page for page in answers_of(client, officer, family) for secret in ("beaten", "rgent"))


def test_needs_and_deaths_are_told_of_to_who_may_see_them_alone(client, goris, by, monkeypatch, family):
    coordinator = make_user(Role.COORDINATOR, goris)
    blind = access.MAY[Role.COORDINATOR] - {Permission.SEE_NEEDS}
    monkeypatch.setitem(access.MAY, Role.COORDINATOR, blind)
    assert not {"need", "need_ended", "died"} & {one.kind for one in lines(family, coordinator)}
    before = answers_of(client, coordinator, family)
    officer = make_user(Role.PROTECTION)
    change_needs(named("Anna"), add=["SM-CI"], end=["SM-CC"], by=officer)
    record_death(named("Aram"), site=goris, by=officer)
    assert answers_of(client, coordinator, family) == before
    assert {"need", "need_ended", "died"} <= {one.kind for one in lines(family, officer)}


def test_what_happened_at_a_confidential_site_is_told_of_there_alone(client, family, goris, by, now):
    haven = make_site("haven", kind=Site.Kind.CRISIS, confidential=True)
    officer, coordinator = make_user(Role.PROTECTION), make_user(Role.COORDINATOR)
    coordinator.assignments.create(site=goris, role=Role.COORDINATOR, starts_at=LONG_AGO)
    inside = make_user(Role.COORDINATOR, haven)
    inside.assignments.create(site=goris, role=Role.COORDINATOR, starts_at=LONG_AGO)
    before = answers_of(client, coordinator, family)
    arrive(family, site=haven, by=officer, at=now - 4 * HOUR)
    place_household(family, rooms=[make_room(haven, 3)], by=inside, at=now - 3 * HOUR)
    note_seen(family, site=haven, by=inside)
    assert answers_of(client, coordinator, family) == before
    assert {"checked_in", "seen"} <= {one.kind for one in lines(family, officer)}
    hand_out(plan_blankets(haven, inside), family, by=inside)
    told = line(family, coordinator, "handout")
    assert (told.words, told.by) == ("Aid received · another site", None)
    assert not any("haven" in page.lower() for page in answers_of(client, coordinator, family))


def test_where_they_went_is_another_site_where_it_is_confidential(family, goris):
    haven = make_site("haven", kind=Site.Kind.CRISIS, confidential=True)
    depart(family, site=goris, destination="site", destination_site=haven, by=make_user(Role.PROTECTION))
    coordinator = make_user(Role.COORDINATOR)
    assert line(family, coordinator, "departed").words == "Departed · Goris → another site"


# The person's own page, paper, the API


def test_a_person_reads_of_themselves_and_of_the_family_and_not_of_others(family, by, goris):
    correct(family, said=[Said("given_name", "Armen", person=named("Aram").pk)], by=by)
    correct(family, said=[Said("vehicle", "bus")], by=by)
    anna = named("Anna")
    told = lines(family, by, anna)
    assert all(set(one.people) <= {anna.pk} for one in told)
    assert [said(one) for one in told if one.kind == "correct"] == [{"vehicle – nothing → bus"}]
    assert not any("Armen" in str(one) or "Aram" in str(one) for line in told for one in line.said)


@pytest.mark.django_db(transaction=True)  # each act is recorded at an instant of its own
def test_who_came_later_reads_nothing_of_the_family_from_before(family, by, goris):
    other = register_family(goris, by, person("Sona"))
    correct(family, said=[Said("vehicle", "bus")], by=by)
    facts = [person(id=named("Sona").pk, relationship="sibling")]
    change_household(other, to=family, members=facts, by=by)
    family.refresh_from_db()
    kinds = [one.kind for one in lines(family, by, named("Sona"))]
    assert (kinds.count("change_household"), kinds.count("correct")) == (1, 0)
    (entered,) = [one for one in lines(family, by) if one.kind == "register" and named("Sona").pk in one.people]
    assert [one.now for one in entered.said if one.field == "given_name"] == ["Sona"]


def test_it_is_printed_in_the_familys_language_with_roles_instead_of_names(client, by, goris):
    user = make_user(Role.COORDINATOR, goris, username="karine2")
    family = register_family(goris, user, person("Anna"), languages=["de", "ru", "hy"])
    client.force_login(user)
    page = client.get(page_of(family)).content.decode()
    article = page.partition("<article")[2].partition("</article>")[0]
    assert 'lang="ru"' in article
    assert "Приб" in article
    assert '<span class="screen">karine2</span><span class="paper">Координатор, Goris</span>' in article
    english = client.get(page_of(family), {"language": "en"}).content.decode()
    assert '<span class="paper">Coordinator, Goris</span>' in english


def test_the_role_on_paper_names_no_confidential_site_nor_who_works_there_alone(client, family, goris):
    haven = make_site("haven", kind=Site.Kind.CRISIS, confidential=True)
    inside = make_user(Role.COORDINATOR, haven)
    inside.assignments.create(site=goris, role=Role.COORDINATOR, starts_at=LONG_AGO)
    correct(family, said=[Said("vehicle", "bus")], by=inside)
    inside.assignments.filter(site=goris).delete()
    assert line(family, make_user(Role.COORDINATOR, goris), "correct").by is None
    assert line(family, make_user(Role.PROTECTION), "correct").by.role == "Coordinator, Haven"


def test_the_api_says_what_the_page_says(family, by, goris):
    correct(family, said=[Said("vehicle", "bus")], by=by)
    undo(Act.objects.get(kind="correct"), reason="a car", by=by)
    machine = Machine(by)
    for address, of in (("households", None), ("individuals", named("Anna"))):
        answer = machine.get(f"{address}/{of.pk if of else family.pk}/told/", page_size=3).json()
        rows = answer["results"]
        while answer["next"]:
            answer = machine.client.get(answer["next"], headers=machine.headers).json()
            rows += answer["results"]
        told = lines(family, by, of)
        assert [row["words"] for row in rows] == [one.words for one in told]
        assert [[(one["field"], one["was"], one["now"]) for one in row["lines"]] for row in rows] == [
            [(one.field, one.was, one.now) for one in line.said] for line in told
        ]
        assert [row["voided"] and row["voided"]["by"] for row in rows] == [one.voided and str(by) for one in told]
    assert machine.get(f"households/{family.pk}/told/", page_size=3).json()["count"] == len(lines(family, by))


def test_a_large_family_is_read_with_as_many_questions_as_a_small_one(client, by, goris, now):
    def questions(size: int) -> list[int]:
        others = [person(f"Name{place}", relationship="sibling") for place in range(size - 1)]
        family = register_family(goris, by, person("Anna", needs=("SM-CC",)), *others, at=now - 9 * HOUR)
        place_household(family, rooms=[make_room(goris, size)], by=by)
        hand_out(plan_blankets(goris, make_user(Role.COORDINATOR)), family, by=by)
        for row in family.memberships.all():
            correct(family, said=[Said("fathers_name", "Karen", person=row.individual_id)], by=make_user())
        client.force_login(by)
        pages = (page_of(family), page_of(family, family.memberships.first().individual))
        return [min(asked(address) for _ in range(3)) for address in pages]  # now and then what is kept is read anew

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(address).status_code == 200
        return len(counted)

    assert questions(2) == questions(20)
