"""The pages of casework: the queue, a family's part of it, and closing; for those who follow cases there."""

import re
import uuid
from datetime import timedelta

import pytest

from casework.actions import close_case
from casework.models import Case
from centre.access import Role
from centre.models import LogLine
from tests.build import child, make_user, person, register_family

QUEUE = "/cases/"
ALONE = "Child without a parent here"


def close(client, case, **facts):
    return client.post(f"/cases/{case.pk}/close/", {"id": uuid.uuid4()} | facts)


def family_page(household):
    return f"/cases/family/{str(household).replace(' ', '')}/"


def text(answer):
    return answer.content.decode()


@pytest.mark.parametrize("role", Role.values)
def test_cases_are_shown_to_protection_officers_of_the_site_alone(role, client, goris, sisian, case, alone):
    follows = role == Role.PROTECTION
    for site, shown in ((goris, follows), (sisian, False)):
        client.force_login(make_user(role, site))
        for address, there in ((QUEUE, 200), (family_page(alone), 200 if shown else 404)):
            answer = client.get(address)
            assert answer.status_code == (there if follows else 403)
            assert (ALONE in text(answer)) is shown
            assert ("Mane" in text(answer)) is shown


def test_the_queue_has_the_urgent_first_then_the_oldest(client, goris, officer, case):
    for given, urgent, hours in (("Ani", False, 5), ("Davit", True, 2), ("Lusine", False, 3)):
        register_family(goris, make_user(), child(given, relationship="other", carer_kind="relative"))
        one = Case.objects.filter(individual__given_name=given)
        one.update(urgent=urgent, opened_at=case.opened_at - timedelta(hours=hours))
    client.force_login(officer)
    shown = re.findall(r"<td>Hakobyan (\w+)</td>", text(client.get(QUEUE)))
    assert shown == ["Davit", "Mane", "Ani", "Lusine"]


def test_a_closed_case_is_in_no_queue_and_in_no_file(client, officer, case, alone):
    close_case(case, by=officer)
    client.force_login(officer)
    assert "urgent first" in text(client.get(QUEUE))
    assert "No open case." in text(client.get(family_page(alone)))
    assert ALONE not in text(client.get(QUEUE)) + text(client.get(family_page(alone)))


def test_the_queue_leads_to_the_family(client, officer, case, alone):
    client.force_login(officer)
    assert f'href="/families/{str(alone).replace(" ", "")}/">{alone}</a>' in text(client.get(QUEUE))


def test_a_note_is_shown_as_it_was_written(client, officer, case, alone):
    Case.objects.update(note="<b>insulin</b>")
    client.force_login(officer)
    for address in (QUEUE, family_page(alone)):
        assert "&lt;b&gt;insulin&lt;/b&gt;" in text(client.get(address))


def test_a_familys_part_has_its_own_cases_alone(client, goris, officer, case):
    other = register_family(goris, make_user(), person("Karen"))
    client.force_login(officer)
    assert "No open case." in text(client.get(family_page(other)))


def test_each_look_leaves_a_line_in_the_log(client, officer, case, alone):
    client.force_login(officer)
    client.get(QUEUE)
    client.get(family_page(alone))
    lines = LogLine.objects.filter(by=officer, verb="opened").order_by("pk")
    assert list(lines.values_list("subject", "subject_id", "fields")) == [
        ("case", "", ["list"]),
        ("household", str(alone.pk), ["cases"]),
    ]


def test_close_sent_twice_is_done_once_and_by_another_desk_is_refused_in_words(client, officer, case):
    client.force_login(officer)
    key = uuid.uuid4()
    for _again in range(2):
        assert close(client, case, id=key).status_code == 303
    assert Case.objects.get().closed_by == officer
    refused = close(client, case)
    assert refused.status_code == 409
    assert "This case was already closed." in text(refused)


def test_close_of_a_case_one_may_not_see_finds_nothing(client, sisian, case):
    for user in (make_user(Role.PROTECTION, sisian), make_user(Role.COORDINATOR)):
        client.force_login(user)
        assert close(client, case).status_code == 404
    assert Case.objects.open().exists()


def test_looking_closes_nothing(client, officer, case):
    client.force_login(officer)
    assert client.get(f"/cases/{case.pk}/close/").status_code == 405
    assert Case.objects.open().exists()
