"""What the buttons do where one goes to a hospital, where a family is told of a death, and where somebody is sought."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from casework.models import Case, TracingMatch, TracingRequest
from casework.tracing_actions import seek_person
from centre.access import Role
from centre.models import Site
from desk.actions import record_death
from desk.hospital import send_to_hospital
from desk.telling_deaths import tell_family_of_death
from registrations.deaths import DeathTold
from registrations.models import Household, Individual, Movement, Presence
from tests.browser.buttons import OPENS, Desk, button, code
from tests.browser.stories_cases import wounded
from tests.build import make_site, make_user, person, register_family

SEEKING, SEARCHES = ("casework:found", "casework:case"), "casework:found"
TO, BACK = "desk:to_hospital", "desk:from_hospital"


def hospital() -> Site:
    return make_site(kind=Site.Kind.HOSPITAL, confidential=True)


@button("Record it", TO, on=TO, does=["send_to_hospital"])
def one_goes_to_a_hospital(desk: Desk) -> Iterator[None]:
    there, family = hospital(), desk.family(2)
    page = desk.open(f"/families/{code(family)}/hospital/")
    page.locator("[name=patient]").first.check()
    page.locator(f"[name=hospital][value='{there.pk}']").check()
    yield
    went = Movement.objects.get(kind="departed", individual__memberships__household=family)
    assert went.destination_site == there


@button("A child has already left with someone else", OPENS, on=TO)
def a_child_left(desk: Desk) -> Iterator[None]:
    hospital()
    desk.open(f"/families/{code(desk.family(2))}/hospital/")
    yield
    expect(desk.page.locator("[name=happened_anyway]")).to_be_visible()


def away(desk: Desk) -> Household:
    """A family of which one is in a hospital."""
    family = desk.family(2, at=timezone.now() - timedelta(minutes=10))
    patient = Individual.objects.members_of(family)[1]
    facts = {"hospital": hospital(), "patient": patient.pk, "arrived": True}
    send_to_hospital(family, site=desk.site, by=desk.by, at=timezone.now() - timedelta(minutes=5), **facts)
    desk.open(f"/families/{code(family)}/back/", everywhere=True)
    return family


@button("Record it", BACK, on=BACK, does=["back_from_hospital"])
def one_is_back(desk: Desk) -> Iterator[None]:
    family = away(desk)
    yield
    here = Presence.objects.filter(individual__memberships__household=family, site=desk.site, ended_by=None)
    assert here.count() == 2


@button("A child came without who looks after it", OPENS, on=BACK)
def a_child_is_back(desk: Desk) -> Iterator[None]:
    away(desk)
    yield
    expect(desk.page.locator("[name=happened_anyway]")).to_be_visible()


@button("Record it", "desk:family_told", on="desk:family_told", does=["tell_family_of_death"], enter="[name=to_whom]")
def a_family_is_told(desk: Desk) -> Iterator[None]:
    family = desk.family(2)
    dead = Individual.objects.members_of(family)[1]
    record_death(dead, site=desk.site, by=make_user(Role.COORDINATOR))
    page = desk.open(f"/families/{code(family)}/family-told/", Role.PROTECTION)
    page.locator("[name=individual]").first.check()
    page.locator("[name=to_whom]").fill("his wife")
    page.locator("[name=how]").first.check()
    yield
    assert DeathTold.objects.get(death__individual=dead).to_whom == "his wife"


@button("Undo this entry", "desk:family_not_told", on="desk:family", does=["take_back_family_told"])
def a_family_is_not_told_after_all(desk: Desk) -> Iterator[None]:
    family = desk.family(2)
    dead = Individual.objects.members_of(family)[1]
    record_death(dead, site=desk.site, by=make_user(Role.COORDINATOR))
    tell_family_of_death(dead, to_whom="his wife", how="letter", by=make_user(Role.PROTECTION))
    desk.open(f"/families/{code(family)}/", Role.PROTECTION)
    yield
    assert not DeathTold.objects.standing().filter(death__individual=dead).exists()


@button("Search", "casework:trace", on="casework:trace", does=["seek_person"], enter="[name=given_name]")
def somebody_is_sought(desk: Desk) -> Iterator[None]:
    case = wounded(desk)
    page = desk.open(f"{case.get_absolute_url()}trace/", Role.PROTECTION)
    page.locator("[name=given_name]").fill("Arpine")
    page.locator("[name=family_name]").fill("Hakobyan")
    yield
    assert TracingRequest.objects.get(case__counted_as=case.counted_as).given_name == "Arpine"


def sought(desk: Desk) -> TracingRequest:
    """A search with a likely match, on the page of the case or a page of its own."""
    case = wounded(desk)
    register_family(desk.site, desk.by, person("Arpine", "Petrosyan"))
    found = seek_person(case.counted_as, given_name="Arpine", family_name="Petrosyan", by=make_user(Role.PROTECTION))
    search = TracingRequest.objects.get(pk=found.search)
    page = search.case.get_absolute_url()
    desk.open(f"{page}found/" if desk.on == SEARCHES else page, Role.PROTECTION)
    return search


@button("Who seeks agrees|Who seeks does not agree", "casework:search_consent", on=SEEKING, does=["ask_seeker"])
def who_seeks_agrees(desk: Desk) -> Iterator[None]:
    search = sought(desk)
    yield
    search.refresh_from_db()
    assert search.consent == "yes"


ANSWERS = "It is somebody else|It is them: they are asked|They .+"


@button(ANSWERS, "casework:match_answer", on=SEEKING, does=["answer_match"], pick="It is somebody else")
def it_is_somebody_else(desk: Desk) -> Iterator[None]:
    search = sought(desk)
    yield
    assert TracingMatch.objects.filter(request=search, answer="not_them").count() == 1


@button("End the search", OPENS, on=SEEKING)
def look_how_a_search_ends(desk: Desk) -> Iterator[None]:
    sought(desk)
    yield
    expect(desk.page.get_by_role("button", name="End the search").last).to_be_visible()


@button("End the search", "casework:search_end", on=SEEKING, does=["end_search"])
def a_search_ends(desk: Desk) -> Iterator[None]:
    search = sought(desk)
    desk.page.locator("summary", has_text="End the search").click()
    desk.page.get_by_label("How did the search end?").select_option("withdrawn")
    yield
    search.refresh_from_db()
    assert search.outcome == "withdrawn"


@button("Download", "census:case_numbers_file", on=["census:case_numbers", "census:case_numbers_file"], stays=True)
def take_numbers_out(desk: Desk) -> Iterator[None]:
    wounded(desk)
    address = "/census/cases/" if desk.on == "census:case_numbers" else "/census/cases/file/?suffix=csv&why="
    page = desk.open(address, Role.PROTECTION)
    page.locator("[name=why]").fill("for the ministry")
    yield
    assert Case.objects.filter(site=desk.site).count() == 1
