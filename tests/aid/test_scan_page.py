"""The scan page: a card answers green or red, with its number and size alone; Enter hands out; a minute to undo."""

import uuid
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from aid.actions import Rule, end_distribution, hand_out
from aid.models import Handout
from centre.access import Role
from centre.models import LogLine
from registrations.keyboards import readings
from registrations.numbers import LETTERS, write_number
from tests.aid.conftest import make_distribution, make_family
from tests.build import make_user

pytestmark = pytest.mark.django_db

SCAN = "/aid/scan/"


@pytest.fixture
def table(client, volunteer):
    client.force_login(volunteer)
    return client


def text(response):
    return " ".join(response.content.decode().split())


def post_card(table, round_one, family, **fields):
    facts = {"id": uuid.uuid4(), "distribution": round_one.pk, "shown": str(family), "number": ""}
    return table.post(SCAN, facts | fields)


def test_scan_waits_for_a_card_of_the_only_round_that_runs(table, round_one):
    page = table.get(SCAN)
    assert page.status_code == 200
    assert "Scan a card" in text(page)
    assert "Round one" in text(page)


def test_scan_of_a_card_is_green_with_what_to_hand_out(table, round_one, family):
    page = table.get(SCAN, {"number": str(family)})
    assert page.context["panel"].kind == "give"
    assert "<b>3</b> Food parcel" in text(page)
    assert "<b>2</b> Soap set" in text(page)
    assert "family of 3" in text(page)


def test_what_was_handed_out_the_first_time_it_was_sent_is_said_at_the_scan_and_on_no_later_page(
    table, round_one, family
):
    act = uuid.uuid4()
    sent = {"id": act, "distribution": round_one.pk, "shown": str(family), "number": ""}
    assert table.post(SCAN, sent).status_code == 303
    as_fragment = {"HTTP_HX_REQUEST": "true"}
    again = table.post(SCAN, sent, follow=True, **as_fragment)
    assert "This was saved the first time you sent it." in text(again)
    assert "This was saved" not in text(table.get("/"))
    assert Handout.objects.count() == 1


def test_scan_shows_number_and_size_and_no_name(table, round_one, family):
    page = text(table.get(SCAN, {"number": str(family)}))
    assert "Hakobyan" not in page
    assert str(family) in page


def test_scan_leaves_a_line_in_the_log(table, volunteer, round_one, family):
    table.get(SCAN, {"number": str(family)})
    line = LogLine.objects.get(verb=LogLine.Verb.SEARCHED)
    assert (line.by, line.verb, line.subject_id, line.fields) == (
        volunteer,
        "searched",
        str(family.pk),
        ["number", "size"],
    )


def ways_to_write(number):
    digits, letter = number.split()
    return [f"{digits}{letter}", f"{digits}{letter.lower()}", f" {digits}-{letter} ", number]


def test_scan_reads_a_number_however_it_is_typed(table, round_one, family):
    for written in ways_to_write(str(family)):
        assert table.get(SCAN, {"number": written}).context["panel"].kind == "give"


def test_scan_reads_a_cyrillic_letter_as_the_latin_one_it_looks_like(table, planner, goris, round_one):
    for _ in range(40):
        family = make_family(goris, 1)
        digits, letter = str(family).split()
        if letter in "ABEKMHPCTXY":
            break
    cyrillic = letter.translate(str.maketrans("ABEKMHPCTXY", "АВЕКМНРСТХУ"))
    page = table.get(SCAN, {"number": digits + cyrillic})
    assert (page.context["panel"].kind, page.context["panel"].number) == ("give", str(family))


def test_scan_of_a_wrong_letter_says_so_and_keeps_what_was_typed(table, round_one, family):
    digits, letter = str(family).split()
    typed = (digits + other for other in LETTERS)
    wrong = next(text for text in typed if letter not in {read for _digits, read, _code in readings(text)})
    page = table.get(SCAN, {"number": wrong})
    assert page.status_code == 422
    assert "The letter does not fit the digits" in text(page)
    assert f'value="{wrong}"' in text(page)


def test_scan_of_nothing_asks_for_a_card(table, round_one):
    page = table.get(SCAN, {"number": ""})
    assert page.status_code == 422
    assert "Scan a card, or type its number." in text(page)


def test_scan_of_a_number_nobody_has_is_red(table, round_one):
    page = table.get(SCAN, {"number": write_number(987654)})
    assert page.context["panel"].kind == "stop"
    assert "No family has this number" in text(page)
    assert "given all the same" not in text(page)


def test_scan_warns_when_the_store_is_short(table, goris, planner, parcel, family):
    make_distribution(goris, planner, Rule(parcel, "person", 1))
    page = table.get(SCAN, {"number": str(family)})
    assert page.context["panel"].kind == "give"
    assert "Our records show none left: Food parcel." in text(page)


def test_enter_hands_out_and_the_page_says_what(table, volunteer, round_one, family):
    answer = post_card(table, round_one, family)
    handout = Handout.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"{SCAN}?done={handout.pk}")
    assert (handout.household, handout.by) == (family, volunteer)
    page = table.get(answer["Location"])
    assert "HANDED OUT" in text(page)
    assert page.context["panel"].seconds in range(1, 61)


def test_a_card_typed_over_green_is_looked_up_and_nothing_is_handed_out(table, goris, round_one, family):
    following = make_family(goris, 2)
    answer = post_card(table, round_one, family, number=str(following).replace(" ", ""))
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer["Location"]).query) == {"number": [str(following)]}
    assert not Handout.objects.exists()


def test_a_wrong_number_typed_over_green_is_told_and_nothing_is_handed_out(table, round_one, family):
    page = post_card(table, round_one, family, number="12ZZ")
    assert page.status_code == 422
    assert page.context["panel"].kind == "unread"
    assert not Handout.objects.exists()


def test_the_same_form_sent_twice_is_one_handout(table, round_one, family):
    act = uuid.uuid4()
    first = post_card(table, round_one, family, id=act)
    second = post_card(table, round_one, family, id=act)
    assert first["Location"] == second["Location"]
    assert Handout.objects.count() == 1


def test_the_second_table_reads_that_the_card_was_used(table, round_one, family):
    other = make_user(Role.AID_VOLUNTEER, round_one.site, username="nare")
    hand_out(round_one, family, by=other)
    page = post_card(table, round_one, family)
    assert page.status_code == 422
    assert page.context["panel"].kind == "already"
    assert "already used at" in text(page)
    assert "by nare" in text(page)
    assert table.get(SCAN, {"number": str(family)}).context["panel"].kind == "already"
    assert Handout.objects.count() == 1


def test_given_all_the_same_is_recorded_and_flagged(table, round_one, family, planner):
    hand_out(round_one, family, by=planner)
    answer = post_card(table, round_one, family, happened_anyway="two tables at once")
    assert answer.status_code == 303
    assert [handout.happened_anyway_reason for handout in Handout.objects.flagged()] == ["two tables at once"]
    assert "Recorded for the coordinator" in text(table.get(answer["Location"]))


def test_undo_takes_back_at_once(table, round_one, family):
    post_card(table, round_one, family)
    handout = Handout.objects.get()
    answer = table.post(reverse("aid:undo", args=[handout.pk]), {"id": uuid.uuid4()})
    assert answer.status_code == 303
    assert "UNDONE" in text(table.get(answer["Location"]))
    handout.refresh_from_db()
    assert handout.reversed_reason == Handout.OwnReason.UNDONE_AT_ONCE
    assert handout.why_reversed == "undone at once"
    assert table.get(SCAN, {"number": str(family)}).context["panel"].kind == "give"


def test_undo_twice_says_it_was_undone(table, round_one, family):
    post_card(table, round_one, family)
    address = reverse("aid:undo", args=[Handout.objects.get().pk])
    table.post(address, {"id": uuid.uuid4()})
    page = table.post(address, {"id": uuid.uuid4()})
    assert page.status_code == 422
    assert "already reversed" in text(page)


def test_a_round_of_another_site_is_not_there(table, sisian, parcel, round_one, family):
    there = make_distribution(sisian, make_user(), Rule(parcel, "person", 1))
    assert post_card(table, there, family).status_code == 404
    assert table.post(reverse("aid:choose"), {"distribution": there.pk}).status_code == 404
    assert not Handout.objects.exists()


def test_a_handout_of_another_site_is_not_there(table, sisian, parcel, round_one, family):
    everywhere = make_user()
    answer = hand_out(make_distribution(sisian, everywhere, Rule(parcel, "person", 1)), family, by=everywhere)
    assert table.get(SCAN, {"done": answer.handout}).status_code == 404
    assert table.get(SCAN, {"done": "nonsense"}).status_code == 404
    assert table.post(reverse("aid:undo", args=[answer.handout]), {"id": uuid.uuid4()}).status_code == 404


@pytest.mark.parametrize(
    "broken", [{"id": "no"}, {"shown": "no"}, {"shown": ""}, {"distribution": "no"}, {"distribution": ""}]
)
def test_a_form_that_no_page_drew_is_not_there(table, round_one, family, broken):
    assert post_card(table, round_one, family, **broken).status_code == 404
    assert not Handout.objects.exists()


def test_scan_of_two_rounds_asks_which_and_keeps_the_choice(table, goris, planner, parcel, round_one, family):
    second = make_distribution(goris, planner, Rule(parcel, "household", 1), name="Round two")
    page = table.get(SCAN)
    assert "What do you hand out?" in text(page)
    answer = table.post(reverse("aid:choose"), {"distribution": second.pk})
    assert (answer.status_code, answer["Location"]) == (303, SCAN)
    assert table.get(SCAN, {"number": str(family)}).context["distribution"] == second
    end_distribution(second, by=planner)
    assert table.get(SCAN).context["distribution"] == round_one


def test_scan_without_a_round_says_what_comes_next(table, goris, planner, parcel, volunteer):
    make_distribution(goris, planner, Rule(parcel, "person", 1), starts=2, name="Tomorrow's parcels")
    page = text(table.get(SCAN))
    assert "No distribution is running" in page
    assert "Next: Tomorrow&#x27;s parcels at Goris" in page


def test_scan_after_the_round_ended_is_refused_in_words(table, planner, round_one, family):
    end_distribution(round_one, by=planner, at=timezone.now() - timedelta(minutes=1))
    page = post_card(table, round_one, family)
    assert page.status_code == 422
    assert "This distribution ended on" in text(page)


def test_scan_by_htmx_answers_with_the_fragment_alone(table, round_one, family):
    page = table.get(SCAN, {"number": str(family)}, headers={"HX-Request": "true"})
    assert page.content.decode().lstrip().startswith('<section id="scan"')


def test_scan_sends_a_waiting_page_of_an_ended_round_to_the_choice(table, planner, round_one, family):
    end_distribution(round_one, by=planner)
    page = table.get(SCAN, {"number": str(family)}, headers={"HX-Request": "true"})
    assert page["HX-Redirect"] == SCAN


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.PROTECTION, Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR])
def test_scan_is_for_those_who_hand_out(client, goris, round_one, family, role):
    client.force_login(make_user(role, goris))
    assert client.get(SCAN).status_code == 403
    assert client.get(SCAN, {"number": str(family)}).status_code == 403
    assert post_card(client, round_one, family).status_code == 403
    assert client.get(reverse("aid:choose")).status_code == 403
    assert not Handout.objects.exists()


def test_scan_turns_a_visitor_away(client, round_one):
    assert client.get(SCAN).status_code == 302
