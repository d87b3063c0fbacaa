"""What an owner says on the telephone: a fact beside what is counted; a difference is a task with a name."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError
from django.utils import timezone

from centre.access import NotAllowed, Role
from centre.models import Act, Site
from centre.refusals import NotThen
from houses.errors import AlreadySettled, HeadcountReplaced, HourAhead, OfAnotherHouse, SaysNothing
from houses.evening import houses_to_call, read_evenings
from houses.models import Call, Difference, ReportedHeadcount
from houses.telephone import note_call, report_headcount, settle_difference, take_difference, void_headcount
from shelter.actions import hold_places, place_household
from tests.api.conftest import Machine
from tests.build import make_room, make_site, make_user, person, register_family
from tests.houses.conftest import agree

HOUR = timedelta(hours=1)
PAGE = "/houses/sites/goris/"


@pytest.fixture
def three(goris, coordinator):
    """A family of three that was checked in an hour ago."""
    family = register_family(
        goris, coordinator, person(), person("Aram", relationship="spouse"), person("Vera", relationship="parent"),
        at=timezone.now() - 2 * HOUR,
    )  # fmt: skip
    place_household(family, rooms=[make_room(goris, 3, "12")], by=coordinator, at=timezone.now() - HOUR)
    return family


def report(site, by, persons, **facts):
    said = report_headcount(site, persons=persons, said_by="Aram", by=by, **facts)
    return ReportedHeadcount.objects.get(pk=said.headcount), said.difference


def test_the_number_that_is_counted_is_no_difference(goris, coordinator, three):
    told, difference = report(goris, coordinator, 3)
    assert (told.persons, told.said_by, told.act.by, difference) == (3, "Aram", coordinator, "")
    assert not Difference.objects.exists()


def test_another_number_is_a_task_that_somebody_takes_and_settles_with_a_word(goris, coordinator, three):
    _told, key = report(goris, coordinator, 2)
    task = Difference.objects.get(pk=key)
    assert (task.counted, task.taken_by, list(Difference.objects.open())) == (3, None, [task])
    colleague = make_user(Role.COORDINATOR, goris)
    take_difference(task, by=colleague)
    settle_difference(task, words="Vera was at the shop", by=coordinator)
    task.refresh_from_db()
    assert (task.taken_by, task.settled_by, task.words) == (colleague, coordinator, "Vera was at the shop")
    assert not Difference.objects.open().exists()
    with pytest.raises(AlreadySettled):
        take_difference(task, by=coordinator)
    with pytest.raises(AlreadySettled):
        settle_difference(task, words="x", by=colleague)


def test_what_is_counted_is_read_at_the_hour_that_is_spoken_of(goris, coordinator, three):
    _told, difference = report(goris, coordinator, 0, hour=timezone.now() - 5 * HOUR)
    assert difference == ""


def test_a_report_is_corrected_by_a_later_one_and_its_difference_is_none(goris, coordinator, three):
    wrong, _key = report(goris, coordinator, 31)
    right, difference = report(goris, coordinator, 3, corrects=wrong)
    assert list(ReportedHeadcount.objects.standing()) == [right]
    assert (difference, Difference.objects.open().count()) == ("", 0)
    with pytest.raises(HeadcountReplaced):
        report(goris, coordinator, 4, corrects=wrong)
    with pytest.raises(HeadcountReplaced):
        void_headcount(wrong, by=coordinator)
    with pytest.raises(AlreadySettled):
        settle_difference(Difference.objects.get(), words="x", by=coordinator)
    void_headcount(right, by=coordinator)
    assert not ReportedHeadcount.objects.standing().exists()


def test_a_report_is_not_corrected_by_another_house(goris, sisian, day):
    by = make_user()
    told, _key = report(goris, by, 31)
    with pytest.raises(OfAnotherHouse):
        report(sisian, by, 3, corrects=told)
    with pytest.raises(IntegrityError, match="headcount_voids_one_of_its_house"), transaction.atomic():
        ReportedHeadcount.objects.create(site=sisian, happened_at=told.happened_at, voids=told, act=told.act)


@pytest.mark.parametrize(("after", "refusal"), [(HOUR, HourAhead), (-timedelta(days=8), NotThen)])
def test_nobody_counts_ahead_or_long_ago(goris, coordinator, after, refusal):
    with pytest.raises(refusal):
        report(goris, coordinator, 3, hour=timezone.now() + after)
    assert not ReportedHeadcount.objects.exists()


def test_what_was_said_is_never_changed(goris, coordinator):
    report(goris, coordinator, 3)
    note_call(goris, outcome="spoke", about="more", number=3, words="three more", by=coordinator)
    for model in (ReportedHeadcount, Call):
        for sql in (f"UPDATE {model._meta.db_table} SET said_by = 'x'", f"DELETE FROM {model._meta.db_table}"):
            with pytest.raises((IntegrityError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)


def test_what_was_said_is_kept_as_a_fact_and_changes_no_room(goris, coordinator, three):
    places = goris.rooms.get().places.count()
    until = timezone.localdate() + timedelta(days=3)
    note_call(
        goris, outcome="spoke", about="more", number=5, until=until, words="five more", said_by="Aram", by=coordinator
    )
    call = Call.objects.get()
    assert (call.number, call.until, call.words, call.said_by) == (5, until, "five more", "Aram")
    assert goris.rooms.get().places.count() == places


def test_who_did_not_answer_said_nothing(goris, coordinator):
    with pytest.raises(SaysNothing):
        note_call(goris, outcome="no_answer", words="three more", by=coordinator)
    assert not Call.objects.exists()


def test_an_act_that_is_sent_again_is_done_once(goris, coordinator, three):
    key, at = uuid.uuid4(), timezone.now()
    told = [report(goris, coordinator, 2, id=key, at=at) for _ in range(2)]
    assert told[0] == told[1]
    assert (ReportedHeadcount.objects.count(), Difference.objects.count()) == (1, 1)


def test_the_list_calls_first_where_holds_end_tonight_or_numbers_differ(goris, three):
    by = make_user()
    quiet, differing, fine, empty = (make_site(name) for name in ("quiet", "differing", "fine", "empty"))
    for site in (quiet, differing, fine):
        make_room(site)
    report(differing, by, 9)
    report(fine, by, 0)
    family = register_family(goris, by, person("Hayk"))
    hold_places(family, rooms=[make_room(goris)], until=timezone.now() + timedelta(minutes=1), by=by)
    lines = houses_to_call(by, timezone.now())
    assert {line.site.code for line in lines[:2]} == {"goris", "differing"}
    assert [line.site.code for line in lines[2:]] == ["quiet", "fine"]
    assert empty not in [line.site for line in lines]
    row = next(line.evening for line in lines if line.site == goris)
    assert (row.families, row.people, row.present, row.sleeping) == (1, 1, 4, 3)


def test_the_list_knows_the_last_report_the_telephone_and_the_last_call(goris, coordinator, three):
    agree(goris, coordinator, timezone.localdate())
    wrong, _key = report(goris, coordinator, 31)
    report(goris, coordinator, 5, corrects=wrong)
    note_call(goris, outcome="no_answer", by=coordinator)
    (row,) = read_evenings([goris.pk], timezone.now())
    assert (row.phone, row.reported, row.counted_then, row.tasks, row.outcome) == (
        "+37494123456", 5, 3, 1, "no_answer",
    )  # fmt: skip


def test_the_pages_of_an_evening(client, goris, coordinator, three):
    agree(goris, coordinator, timezone.localdate())
    client.force_login(coordinator)
    assert 'href="tel:+37494123456"' in client.get("/houses/").content.decode()
    assert client.post(f"{PAGE}called/", {"id": str(uuid.uuid4()), "outcome": "no_answer"}).status_code == 303
    assert "no answer at" in client.get("/houses/").content.decode()
    said = {"persons": "31", "said_by": "Aram", "hour": ""}
    assert client.post(f"{PAGE}headcount/", said | {"id": str(uuid.uuid4()), "persons": "-1"}).status_code == 422
    assert client.post(f"{PAGE}headcount/", said | {"id": str(uuid.uuid4())}).status_code == 303
    told, task = ReportedHeadcount.objects.get(), Difference.objects.get()
    assert client.post(f"/houses/differences/{task.pk}/take/", {"id": str(uuid.uuid4())}).status_code == 303
    settle = f"/houses/differences/{task.pk}/settle/"
    assert client.post(settle, {"id": str(uuid.uuid4()), "words": ""}).status_code == 422
    assert client.post(settle, {"id": str(uuid.uuid4()), "words": "typed wrong"}).status_code == 303
    assert client.post(settle, {"id": str(uuid.uuid4()), "words": "again"}).status_code == 422
    corrected = said | {"persons": "3", "corrects": str(told.pk), "id": str(uuid.uuid4())}
    assert client.post(f"{PAGE}headcount/", corrected).status_code == 303
    assert ReportedHeadcount.objects.standing().get().persons == 3
    call = {"id": str(uuid.uuid4()), "outcome": "spoke", "about": "more", "number": "3", "words": "three more"}
    assert client.post(f"{PAGE}call/", call).status_code == 303
    page = client.get(PAGE).content.decode()
    assert "three more" in page
    assert "typed wrong" in page
    void = f"/houses/headcounts/{told.pk}/void/"
    assert client.post(void, {"id": str(uuid.uuid4())}).status_code == 422


def test_a_machine_tells_what_an_owner_said(goris, coordinator, three):
    machine = Machine(coordinator)
    answer = machine.post("headcounts/", site="goris", persons=31, said_by="Aram")
    assert answer.status_code == 201, answer.json()
    (row,) = machine.get("headcounts/?standing=true&site=goris").json()["results"]
    (task,) = machine.get("headcount-differences/?open=true").json()["results"]
    assert (row["persons"], task["reported"], task["counted"]) == (31, 31, 3)
    assert machine.post(f"headcount-differences/{task['id']}/take/").status_code == 201
    assert machine.post(f"headcount-differences/{task['id']}/settle/", words="typed wrong").status_code == 201
    assert machine.post("headcounts/", site="goris", persons=3, said_by="A", corrects=row["id"]).status_code == 201
    assert machine.post(f"headcounts/{row['id']}/void/").json()["code"] == "headcount_replaced"
    assert machine.post("calls/", site="goris", outcome="spoke", about="more").status_code == 400
    assert machine.post("calls/", site="goris", outcome="no_answer").status_code == 201
    (line,) = machine.get("call-list/").json()
    assert (line["site"], line["reported"], line["differences"], line["outcome"]) == ("goris", 3, 0, "no_answer")


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.COORDINATOR])
def test_a_volunteer_and_a_coordinator_of_another_house_find_nothing(client, goris, sisian, coordinator, three, role):
    told, key = report(goris, coordinator, 31)
    other = make_user(role, goris if role == Role.VOLUNTEER else sisian)
    client.force_login(other)
    missing = 403 if role == Role.VOLUNTEER else 404
    before = Act.objects.count()
    assert client.get(PAGE).status_code == missing
    for address in ("headcount/", "call/", "called/"):
        assert client.post(PAGE + address, {"id": str(uuid.uuid4())}).status_code == missing
    for address in (f"headcounts/{told.pk}/void/", f"differences/{key}/take/", f"differences/{key}/settle/"):
        assert client.post(f"/houses/{address}", {"id": str(uuid.uuid4())}).status_code == missing
    machine = Machine(other)
    for address in (f"headcounts/{told.pk}/", f"headcount-differences/{key}/"):
        assert machine.get(address).status_code == 404
    assert machine.post(f"headcount-differences/{key}/take/").status_code == 404
    difference = Difference.objects.get(pk=key)
    for refused in (
        lambda: report(goris, other, 3),
        lambda: void_headcount(told, by=other),
        lambda: take_difference(difference, by=other),
        lambda: settle_difference(difference, words="they sleep", by=other),
        lambda: note_call(goris, outcome="no_answer", by=other),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert Act.objects.count() == before


@pytest.mark.parametrize("corrects", ["nonsense", str(uuid.UUID(int=1))])
def test_who_corrects_a_number_that_is_not_there_reads_so(client, goris, coordinator, corrects):
    client.force_login(coordinator)
    said = {"persons": "31", "said_by": "Aram", "hour": "", "corrects": corrects, "id": str(uuid.uuid4())}
    answer = client.post(f"{PAGE}headcount/", said)
    assert answer.status_code == 422
    assert "already corrected or taken back" in answer.content.decode()
    assert not ReportedHeadcount.objects.exists()


def test_bed_nights_are_linked_where_they_are_read(client, goris, coordinator):
    client.force_login(coordinator)
    assert "/houses/sites/goris/nights/" not in client.get(PAGE).content.decode()
    assert client.get("/houses/sites/goris/nights/").status_code == 200  # and has no nights yet
    make_room(goris, 1)
    assert "/houses/sites/goris/nights/" in client.get(PAGE).content.decode()
    assert client.get("/houses/sites/goris/nights/").status_code == 200


def test_the_page_says_whether_the_house_was_reached(client, goris, coordinator):
    client.force_login(coordinator)
    told = {}
    for outcome in ("spoke", "no_answer"):
        sent = {"id": uuid.uuid4(), "outcome": outcome}
        told[outcome] = client.post(f"{PAGE}called/", sent, follow=True).text
    assert "Written down: we spoke with Goris." in told["spoke"]
    assert "Written down: Goris does not answer." in told["no_answer"]


def test_the_number_that_was_written_down_is_said_with_its_hour(client, goris, coordinator):
    client.force_login(coordinator)
    hour = timezone.localtime(timezone.now() - HOUR)
    sent = {"id": uuid.uuid4(), "persons": 4, "said_by": "Aram", "hour": f"{hour:%d.%m.%Y %H:%M}"}
    page = client.post(f"{PAGE}headcount/", sent, follow=True).text
    assert f"Written down: 4 at {hour:%d.%m, %H:%M}." in page


def test_no_number_is_of_an_hour_before_the_house_was_open(client, goris, coordinator):
    opened = timezone.localtime(timezone.now() - HOUR)
    Site.objects.filter(pk=goris.pk).update(opened_at=opened)
    client.force_login(coordinator)
    before = opened - timedelta(minutes=1)
    sent = {"id": uuid.uuid4(), "persons": 4, "said_by": "Aram", "hour": f"{before:%d.%m.%Y %H:%M}"}
    page = client.post(f"{PAGE}headcount/", sent)
    assert page.status_code == 422
    assert list(page.context["counting"].errors) == ["hour"]
    assert f"This house is open since {opened:%d.%m, %H:%M}." in page.text
    assert not ReportedHeadcount.objects.exists()
    sent |= {"id": uuid.uuid4(), "hour": f"{opened:%d.%m.%Y %H:%M}"}
    assert client.post(f"{PAGE}headcount/", sent).status_code == 303
