"""The pages and the API of services and referrals; and the one page of an outside service, beside which is nothing."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import get_resolver
from django.utils import timezone
from django.utils.formats import date_format

from casework.actions import close_case, set_duty
from casework.models import Case, Referral, Service, ServiceAccount
from casework.referral_actions import accept_referral, decline_referral, end_referral, say_came, withdraw_referral
from centre.access import Role
from centre.models import LogLine, Site, User
from centre.outside import there_for_outsiders
from desk.merging import merge_individuals
from registrations.facts import Birth
from registrations.models import Individual
from tests.api.conftest import Machine
from tests.api.world import furnish
from tests.build import make_user, person, register_family
from tests.casework.test_referrals import make_answerer, make_referral, make_service, tomorrow
from tests.centre.test_pages import addresses

pytestmark = pytest.mark.django_db

PHONE = "+37491123456"


def send(client, address, **facts):
    return client.post(address, {"id": uuid.uuid4()} | facts)


def text(answer):
    return answer.content.decode()


@pytest.fixture
def service(db) -> Service:
    return make_service()


@pytest.fixture
def answerer(service) -> User:
    return make_answerer(service)


@pytest.fixture
def wounded(goris) -> Case:
    suren = person("Suren", "Hakobyan", sex="M", birth=Birth.in_year(1980), needs=("SM-CC",))
    home = register_family(goris, make_user(), suren, phones=(PHONE,))
    return Case.objects.get(individual__memberships__household=home)


def minute(at):
    return f"{timezone.localtime(at):%d.%m.%Y %H:%M}"


def test_a_service_reads_whom_to_call_and_when_it_accepted(client, officer, wounded, service, answerer, goris):
    now = timezone.now()
    at = {"from_at": now - timedelta(hours=1), "until": now + timedelta(hours=1)}
    set_duty(goris, name="Lusine", phone="+37499000111", by=officer, **at)
    referral = make_referral(wounded, service, officer)
    client.force_login(answerer)
    page = text(client.get("/referrals/"))
    assert f"Whom to ask: {officer}" in page
    assert "tel:+37499000111" in page
    assert goris.name not in page
    accept_referral(referral, by=answerer)
    accepted = Referral.objects.get().accepted_at
    assert f"accepted {in_words(accepted)} by {answerer}" in text(client.get("/referrals/"))
    client.force_login(officer)
    shown = text(client.get(f"/cases/{wounded.pk}/referrals/"))
    said = f"offered {in_words(referral.offered_at)} by {officer}; accepted {in_words(accepted)} by {answerer}"
    assert said in re.sub("<[^>]*>", "", shown)
    close_case(wounded, outcome="helped", by=officer)
    client.force_login(answerer)
    assert "Whom to ask" not in text(client.get("/referrals/"))


def test_the_duty_of_a_hidden_house_is_not_told_to_a_service(client, officer, wounded, service, answerer, goris):
    now = timezone.now()
    at = {"from_at": now - timedelta(hours=1), "until": now + timedelta(hours=1)}
    set_duty(goris, name="Lusine", phone="+37499000111", by=officer, **at)
    make_referral(wounded, service, officer)
    Site.objects.filter(pk=goris.pk).update(confidential=True)
    client.force_login(answerer)
    page = text(client.get("/referrals/"))
    assert f"Whom to ask: {officer}" in page
    assert "+37499000111" not in page


def test_a_service_reads_who_is_on_duty_next_where_nobody_is_now(client, officer, wounded, service, answerer, goris):
    make_referral(wounded, service, officer)
    client.force_login(answerer)
    assert "no telephone is given for now" in text(client.get("/referrals/"))
    now = timezone.now()
    for name, hours in (("Anahit", 9), ("Lusine", 1)):
        begins = now + timedelta(hours=hours)
        shift = {"from_at": begins, "until": begins + timedelta(hours=2)}
        set_duty(goris, name=name, phone=f"+3749900011{hours}", by=officer, **shift)
    page = text(client.get("/referrals/"))
    assert f"On duty from {in_words(now + timedelta(hours=1))} – Lusine" in page
    assert "Anahit" not in page


def test_the_number_at_the_door_is_read_by_the_service_and_in_the_case(client, officer, wounded, service, answerer):
    number = make_referral(wounded, service, officer).number
    client.force_login(answerer)
    assert f"Number {number}" in text(client.get("/referrals/"))
    client.force_login(officer)
    assert f"the person says number {number}." in text(client.get(f"/cases/{wounded.pk}/referrals/"))


def test_an_answer_by_telephone_is_said_to_be_one(client, officer, wounded, service, answerer):
    row = make_referral(wounded, service, officer)
    client.force_login(officer)
    page = f"/cases/{wounded.pk}/referrals/"
    shown = text(client.get(page))
    assert "What the service said by telephone" in shown
    assert ("They accept<" in shown, ">Accept<" in shown) == (True, False)
    assert send(client, f"/referrals/{row.pk}/accept/").status_code == 303
    said = f"by telephone, noted by {officer}"
    assert said in text(client.get(page))
    client.force_login(answerer)
    assert said in text(client.get("/referrals/"))


def test_a_service_is_told_that_an_offer_ended_with_its_case_and_expects_nobody(
    client, officer, wounded, service, answerer
):
    row = make_referral(wounded, service, officer)
    accept_referral(row, appointment_at=tomorrow(9), by=answerer)
    client.force_login(answerer)
    ended = "This offer ended: do not expect the person any more."
    shown = text(client.get("/referrals/"))
    assert ("Appointment" in shown, f"/referrals/{row.pk}/came/" in shown, ended in shown) == (True, True, False)
    close_case(wounded, outcome="helped", by=officer)
    shown = text(client.get("/referrals/"))
    assert ("Appointment" in shown, f"/referrals/{row.pk}/" in shown, ended in shown) == (False, False, True)


def in_words(at):
    return date_format(timezone.localtime(at), "DAY_HOUR_FORMAT")


def test_a_person_is_referred_on_the_page_of_the_case(client, officer, wounded, service):
    client.force_login(officer)
    page = f"/cases/{wounded.pk}/referrals/"
    assert page in text(client.get(f"/cases/{wounded.pk}/"))
    facts = {"service": service.pk, "words": "burns", "transport": "ambulance"}
    assert send(client, f"/cases/{wounded.pk}/refer/", **facts).status_code == 303
    row = Referral.objects.get()
    assert (row.names_person, row.transport) == (False, "ambulance")
    twice = send(client, f"/cases/{wounded.pk}/refer/", **facts)
    assert (twice.status_code, "already offered to that service" in text(twice)) == (422, True)
    for way, said in (
        ("driver", {"driver": "Armen", "phone": "091 123456"}),
        ("accept", {"appointment_at": minute(tomorrow(9))}),
        ("appoint", {"appointment_at": minute(tomorrow(10))}),
        ("came", {"came": "yes"}),
        ("end", {"words": "a new dressing"}),
    ):
        assert send(client, f"/referrals/{row.pk}/{way}/", **said).url == page, way
    shown = text(client.get(page))
    assert all(word in shown for word in ("Armen", PHONE, "a new dressing", "there is a result"))
    late = send(client, f"/referrals/{row.pk}/decline/", why="full")
    assert (late.status_code, "already ended" in text(late)) == (422, True)


def test_a_service_reads_what_was_written_for_it_and_nobodys_name_but_whom_to_ask(
    client, answerer, officer, wounded, service
):
    row = make_referral(wounded, service, officer)
    client.force_login(answerer)
    assert client.get("/").url == "/referrals/"
    shown = text(client.get("/referrals/"))
    assert "burns on both hands" in shown
    kept = (
        "Suren",
        "Hakobyan",
        PHONE,
        str(wounded.pk),
        str(wounded.individual_id),
        "Goris",
        "/families/",
    )
    assert [word for word in kept if word in shown] == []
    home = wounded.individual.memberships.get().household
    assert str(home) not in shown
    assert LogLine.objects.filter(by=answerer, subject="referral").latest("pk").keys == []
    assert send(client, f"/referrals/{row.pk}/accept/", appointment_at=minute(tomorrow(9))).url == "/referrals/"
    assert send(client, f"/referrals/{row.pk}/came/", came="no").status_code == 303
    assert send(client, f"/referrals/{row.pk}/decline/", why="unwilling").status_code == 303
    row.refresh_from_db()
    assert (row.came, row.why) == (False, "unwilling")


def test_a_service_is_told_the_given_name_while_the_offer_is_open(client, answerer, officer, wounded, service):
    row = make_referral(wounded, service, officer, names_person=True)
    client.force_login(answerer)
    shown = text(client.get("/referrals/"))
    assert all(word in shown for word in ("Suren", PHONE))
    assert "Hakobyan" not in shown
    assert LogLine.objects.filter(by=answerer, subject="referral").latest("pk").keys == [wounded.individual_id]
    decline_referral(row, why="full", by=answerer)
    shown = text(client.get("/referrals/"))
    assert [word for word in ("Suren", PHONE) if word in shown] == []


@pytest.mark.parametrize("ends", ["declined", "result", "closed"])
def test_a_service_reads_words_and_name_only_while_the_offer_is_open(client, answerer, officer, wounded, service, ends):
    row = make_referral(wounded, service, officer, names_person=True)
    if ends == "declined":
        decline_referral(row, why="full", by=answerer)
    if ends == "result":
        accept_referral(row, by=answerer)
        say_came(row, came=True, by=answerer)
        end_referral(row, words="a new dressing", by=answerer)
    if ends == "closed":
        close_case(wounded, outcome="helped", by=officer)
    client.force_login(answerer)
    shown = text(client.get("/referrals/"))
    assert [word for word in ("burns on both hands", "a new dressing", "Suren", PHONE) if word in shown] == []
    client.force_login(officer)
    assert "burns on both hands" in text(client.get(f"/cases/{wounded.pk}/referrals/"))


def test_after_a_merge_a_service_reads_name_and_telephone_of_the_record_that_was_offered(
    client, answerer, officer, wounded, service, goris
):
    make_referral(wounded, service, officer, names_person=True)
    other = register_family(goris, make_user(), person("Karen"), phones=["+37499000001"])
    into = Individual.objects.get(memberships__household=other)
    merge_individuals(wounded.individual, into=into, reason="one man", by=make_user())
    client.force_login(answerer)
    shown = text(client.get("/referrals/"))
    assert ("Suren" in shown, PHONE in shown) == (True, True)
    assert [word for word in ("Karen", "+37499000001") if word in shown] == []
    assert LogLine.objects.filter(by=answerer, subject="referral").latest("pk").keys == [wounded.individual_id]


def test_a_service_sees_nothing_of_another_nor_what_was_taken_back(client, answerer, officer, wounded, service):
    others = make_referral(wounded, make_service(name="Goris hospital"), officer, words="for the hospital")
    taken_back = make_referral(wounded, service, officer, words="a slip")
    withdraw_referral(taken_back, by=officer)
    client.force_login(answerer)
    shown = text(client.get("/referrals/"))
    assert [word for word in ("for the hospital", "Goris hospital", "a slip") if word in shown] == []
    assert "Nothing is offered to you yet." in shown
    assert send(client, f"/referrals/{others.pk}/accept/").status_code == 404
    for way, facts in (("accept", {}), ("end", {"words": "a new dressing"})):
        late = send(client, f"/referrals/{taken_back.pk}/{way}/", **facts)
        assert (late.status_code, "This offer has already ended." in text(late)) == (422, True)
        assert facts.get("words", "") in text(late)  # of a form that is drawn nowhere any more
        assert "a slip" not in text(late)
    own = make_referral(wounded, service, officer)
    for way in ("withdraw", "driver"):
        assert send(client, f"/referrals/{own.pk}/{way}/", driver="Armen").status_code == 404


def test_nothing_else_is_there_for_an_outside_service(client, answerer):
    world = furnish("goris")
    gaps = {name: str(row.pk) for name, row in world.rows.items()}
    ended = make_answerer(make_service(name="Legal clinic"))
    ended.assignments.update(ends_at=timezone.now() - timedelta(minutes=1))
    for user in (answerer, User.objects.get(pk=ended.pk)):
        client.force_login(user)
        machine = Machine(user)
        for route in addresses(get_resolver().url_patterns):
            if any(sign in route for sign in "^$(") or f"/{route}".startswith(
                (*there_for_outsiders(), "/api/docs", "/api/schema")
            ):
                continue
            first = route.partition("<")[0].strip("/").rpartition("/")[2]
            address = "/" + re.sub(r"<[^>]+>", gaps.get(first, str(uuid.uuid4())), route)
            if address in ("/", "/healthz", "/readyz", "/metrics"):
                continue
            assert client.get(address).status_code == 404, address
        for door in ("sites", "cases", "referrals", "services", "households", "census"):
            assert machine.get(f"{door}/").status_code == 404, door


@pytest.mark.parametrize("role", Role.values)
def test_referrals_are_shown_to_who_follows_the_case(role, client, officer, wounded, service, goris, sisian):
    row = make_referral(wounded, service, officer)
    for site in (goris, sisian):
        may = role == Role.PROTECTION and site == goris
        user = make_user(role, site)
        client.force_login(user)
        assert (client.get(f"/cases/{wounded.pk}/referrals/").status_code == 200) is may
        assert (send(client, f"/referrals/{row.pk}/came/", came="yes").status_code == 422) is may
        assert len(Machine(user).get("referrals/").json().get("results", ())) == int(may)


def test_a_service_is_added_given_an_account_and_closed(client):
    client.force_login(make_user(Role.ADMINISTRATOR))
    added = {"name": "Goris hospital", "offers": "medical", "phone": "091 123456", "places_a_day": "2"}
    assert send(client, "/cases/services/", **added).status_code == 303
    service, user = Service.objects.get(), make_user(Role.SERVICE)
    assert (service.phone, service.places_a_day) == (PHONE, 2)
    assert send(client, f"/cases/services/{service.pk}/account/", user=user.pk).status_code == 303
    assert ServiceAccount.objects.get().user == user
    staff = send(client, f"/cases/services/{service.pk}/account/", user=make_user(Role.OFFICIAL).pk)
    assert staff.status_code == 422
    assert send(client, f"/cases/services/{service.pk}/end/").status_code == 303
    assert "Goris hospital" not in text(client.get("/cases/services/"))


def test_who_follows_cases_at_one_site_reads_the_services_and_adds_none(client, officer, service):
    client.force_login(officer)
    shown = text(client.get("/cases/services/"))
    assert ("Burn centre" in shown, "Add a service" in shown) == (True, False)
    assert send(client, "/cases/services/", name="Mine", offers="other").status_code == 403


def test_a_machine_refers_and_narrows_down(officer, wounded, service):
    machine = Machine(officer)
    made = machine.post(f"cases/{wounded.pk}/refer/", service=str(service.pk), words="burns").json()
    (row,) = machine.get("referrals/", state="offered", service=str(service.pk), case=str(wounded.pk)).json()["results"]
    assert (row["id"], row["words"], row["state"]) == (made["referral"], "burns", "offered")
    past = timezone.now() - timedelta(hours=1)
    accept_referral(Referral.objects.get(), appointment_at=past, by=officer)
    assert len(machine.get("referrals/", overdue="true").json()["results"]) == 1
    machine.post(f"referrals/{row['id']}/came/", came=True)
    assert machine.get("referrals/", overdue="true").json()["results"] == []
    unknown = machine.post(f"cases/{wounded.pk}/refer/", service=str(uuid.uuid4()), words="burns")
    assert (unknown.status_code, list(unknown.json())) == (400, ["service"])
