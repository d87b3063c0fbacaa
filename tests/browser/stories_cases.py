"""What the buttons of casework do: the queue, the file of a case, what is told at a desk, duty and the rules."""

import os
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from casework.actions import close_case, plan, take_case
from casework.letter_actions import keep_letter
from casework.models import Case, CaseRule, Duty, Letter, Step
from casework.reading_letters import read_sheet
from centre.access import Role
from registrations.facts import Birth
from registrations.models import Individual
from tests.browser.buttons import OPENS, SCRIPT, Desk, button, code
from tests.build import make_user, person, register_family

QUEUE, FILE, ROUND = "casework:cases", "casework:case", "desk:round"


def wounded(desk: Desk) -> Case:
    """A man whose case nobody has taken."""
    family = register_family(desk.site, desk.by, person("Suren", needs=("SM-CC",)))
    return Case.objects.get(individual__memberships__household=family)


def opened(desk: Desk) -> Case:
    """His case, and its page."""
    case = wounded(desk)
    desk.open(case.get_absolute_url(), Role.PROTECTION)
    return case


def large_picture() -> bytes:
    """A photo of three megabytes, more than is ever sent."""
    drawn = BytesIO()
    Image.frombytes("RGB", (1000, 1000), os.urandom(3_000_000)).save(drawn, "PNG")
    return drawn.getvalue()


def last_step(case: Case) -> Step:
    return Step.objects.filter(case=case).latest("recorded_at", "id")


@button("Take it", "casework:take", on=[QUEUE, FILE], does=["take_case"])
def take_a_case(desk: Desk) -> Iterator[None]:
    case = wounded(desk)
    desk.open("/cases/" if desk.on == QUEUE else case.get_absolute_url(), Role.PROTECTION)
    yield
    case.refresh_from_db()
    assert case.follower == desk.user


@button("Show", QUEUE, on=QUEUE)
def narrow_the_queue_down(desk: Desk) -> Iterator[None]:
    wounded(desk)
    page = desk.open("/cases/", Role.PROTECTION)
    page.locator("[name=kind]").select_option("medical")
    yield
    expect(desk.page.locator("tbody tr")).to_have_count(1)


@button("Write it down", "casework:write", on=FILE, does=["plan_in_case"])
def write_what_is_next(desk: Desk) -> Iterator[None]:
    case = opened(desk)
    page = desk.page
    page.get_by_label("To do", exact=True).check()
    page.get_by_label("In your words").first.fill("call the burn centre")
    page.get_by_label("To do by").fill(f"{timezone.localtime() + timedelta(hours=2):%d.%m.%Y %H:%M}")
    yield
    assert (last_step(case).kind, last_step(case).words) == ("planned", "call the burn centre")


@button("Keep a letter or photo", OPENS, on=FILE)
def look_how_a_letter_is_kept(desk: Desk) -> Iterator[None]:
    opened(desk)
    yield
    expect(desk.page.get_by_label("Letter or photo")).to_be_visible()


@button("Keep it with the case", "casework:letter", on=FILE, does=["keep_letter"])
def keep_a_letter_with_a_case(desk: Desk) -> Iterator[None]:
    case = opened(desk)
    desk.page.get_by_text("Keep a letter or photo").click()
    photo = {"name": "անձնագիր.png", "mimeType": "image/png", "buffer": large_picture()}
    desk.page.get_by_label("Letter or photo").set_input_files(photo)
    desk.page.get_by_label("What is it?").fill("passport")
    yield
    letter = Letter.objects.get(step=last_step(case))
    assert (letter.step.words, letter.media_type) == ("passport", "image/jpeg")
    with desk.page.expect_download() as download:
        desk.page.get_by_role("link", name="Save it").click()
    assert Image.open(download.value.path()).size == (1000, 1000)


def with_a_letter(desk: Desk) -> Case:
    """The file of a case in which a letter is kept."""
    case = opened(desk)
    keep_letter(case, sheet=read_sheet(b"%PDF-1.4 %%EOF"), words="passport", by=desk.user)
    desk.page.reload()
    desk.settle()
    return case


@button("Take this letter back", OPENS, on=FILE)
def look_what_becomes_of_a_letter(desk: Desk) -> Iterator[None]:
    with_a_letter(desk)
    yield
    expect(desk.page.get_by_text("destroyed for good")).to_be_visible()


@button("Take it back and destroy the file", "casework:step_void", on=FILE, does=["void_step"])
def take_a_letter_back(desk: Desk) -> Iterator[None]:
    case = with_a_letter(desk)
    desk.page.get_by_text("Take this letter back").click()
    yield
    assert Letter.objects.get(step__case=case).gone_at is not None


@button("Hand over", "casework:hand_over", on=FILE, does=["hand_over_case"])
def hand_a_case_over(desk: Desk) -> Iterator[None]:
    colleague = make_user(Role.PROTECTION, desk.site)
    case = opened(desk)
    desk.page.get_by_label("To whom?").select_option(str(colleague.pk))
    yield
    case.refresh_from_db()
    assert case.follower == colleague


@button("Give it back", "casework:give_back", on=FILE, does=["hand_over_case"])
def give_a_case_back(desk: Desk) -> Iterator[None]:
    case = wounded(desk)
    desk.user = make_user(Role.PROTECTION, desk.site)
    take_case(case, by=desk.user)
    desk.open(case.get_absolute_url())
    yield
    case.refresh_from_db()
    assert case.follower is None


@button("Change", "casework:urgency", on=FILE, does=["set_urgency"])
def say_how_urgent(desk: Desk) -> Iterator[None]:
    case = opened(desk)
    desk.page.get_by_label("How soon must somebody look?").select_option("week")
    yield
    case.refresh_from_db()
    assert case.urgency == "week"


def child_alone(desk: Desk) -> Case:
    """A girl who came with nobody, and the page of her case."""
    nine = Birth.of_age(9, timezone.localdate())
    family = register_family(desk.site, desk.by, person("Mane", birth=nine, carer_kind="nobody"))
    case = Case.objects.get(individual__memberships__household=family)
    desk.open(case.get_absolute_url(), Role.PROTECTION)
    return case


@button("Done now|Done again", "casework:check", on=FILE, does=["do_in_case"], pick="Done now")
def look_at_the_carer(desk: Desk) -> Iterator[None]:
    case = child_alone(desk)
    desk.page.locator("#safe_place").fill("room 14")
    yield
    assert (last_step(case).topic, last_step(case).said) == ("safe_place", "room 14")


@button("Ask a colleague to agree", "casework:handing", on=FILE, does=["ask_to_hand_over_child"], enter="[name=seen]")
def ask_to_hand_a_child_over(desk: Desk) -> Iterator[None]:
    case = child_alone(desk)
    desk.page.get_by_label("To whom? Name").fill("Nune, her mother")
    desk.page.get_by_label("Which document did you see?").fill("passport AN 0123456")
    desk.page.get_by_label("Why is it good for the child?").fill("she came for her")
    yield
    assert last_step(case).words == "Nune, her mother\npassport AN 0123456\nshe came for her"


@button("Close case", "casework:close", on=FILE, does=["close_case"])
def close_a_case(desk: Desk) -> Iterator[None]:
    case = opened(desk)
    desk.page.get_by_label("How did it end?").select_option("helped")
    yield
    case.refresh_from_db()
    assert case.outcome == "helped"


@button("Open it again", "casework:reopen", on=FILE, does=["reopen_case"])
def open_a_case_again(desk: Desk) -> Iterator[None]:
    case = wounded(desk)
    close_case(case, outcome="helped", by=make_user(Role.PROTECTION))
    page = desk.open(case.get_absolute_url(), Role.PROTECTION)
    page.get_by_label("Why does it go on?").fill("he came back")
    yield
    case.refresh_from_db()
    assert case.closed_at is None


def planned(desk: Desk) -> Case:
    case = wounded(desk)
    plan(case, words="a new dressing", due_at=timezone.now() + timedelta(hours=1), by=make_user(Role.PROTECTION))
    desk.open(case.get_absolute_url(), Role.PROTECTION)
    return case


@button("Done, or not", OPENS, on=FILE)
def look_what_became_of_a_plan(desk: Desk) -> Iterator[None]:
    planned(desk)
    yield
    expect(desk.page.get_by_role("button", name="It is done")).to_be_visible()


@button(r"Done\?", OPENS, on=ROUND)
def look_what_is_done_on_a_round(desk: Desk) -> Iterator[None]:
    planned(desk)
    desk.open("/cases/round/")
    yield
    expect(desk.page.get_by_role("button", name="It is done")).to_be_visible()


@button("It is done", "casework:step_done", on=[FILE, ROUND], does=["do_in_case"])
def do_what_was_planned(desk: Desk) -> Iterator[None]:
    case = planned(desk)
    if desk.on == ROUND:
        desk.open("/cases/round/")
    yield
    assert last_step(case).fulfils.words == "a new dressing"


@button("Take this step back", "casework:step_void", on=FILE, does=["void_step"])
def take_a_plan_back(desk: Desk) -> Iterator[None]:
    case = planned(desk)
    yield
    assert last_step(case).voids.words == "a new dressing"


@button("Print", SCRIPT, on=["casework:printed", ROUND], stays=True)
def print_a_case(desk: Desk) -> Iterator[None]:
    case = planned(desk)
    desk.open("/cases/round/" if desk.on == ROUND else f"{case.get_absolute_url()}print/", Role.PROTECTION)
    yield
    assert desk.page.evaluate("window.printed") == 1


@button("Tell them", "casework:tell", on="casework:tell", does=["observe"])
def tell_what_was_seen(desk: Desk) -> Iterator[None]:
    family = desk.family(2)
    page = desk.open(f"/cases/family/{code(family)}/tell/", Role.VOLUNTEER)
    page.locator("[name=individual]").last.check()
    page.get_by_label("Wounded or very ill").check()
    yield
    case = Case.objects.get(individual__memberships__household=family)
    assert (case.kind, case.individual) == ("medical", Individual.objects.members_of(family).last())


@button("Open case", "casework:open", on="casework:open", does=["open_case"])
def open_a_case(desk: Desk) -> Iterator[None]:
    family = desk.family(1)
    page = desk.open(f"/cases/family/{code(family)}/open/")
    page.get_by_label("What is it about?").select_option("documents")
    yield
    assert Case.objects.get(individual__memberships__household=family).kind == "documents"


@button("Put on duty", "casework:duty", on="casework:duty", does=["set_duty"], enter="[name=name]")
def put_somebody_on_duty(desk: Desk) -> Iterator[None]:
    page = desk.open("/cases/duty/", Role.PROTECTION)
    page.get_by_label("Name").fill("Sona")
    page.get_by_label("Telephone").fill("091 123456")
    page.get_by_label("Until").fill(f"{timezone.localtime() + timedelta(hours=8):%d.%m.%Y %H:%M}")
    yield
    assert Duty.objects.get(site=desk.site).phone == "+37491123456"


@button("Change", "casework:rules", on="casework:rules", does=["set_case_rule"], within="#rule-SM-CI")
def change_what_opens_a_case(desk: Desk) -> Iterator[None]:
    CaseRule.objects.filter(pk="SM-CI").delete()
    page = desk.open("/settings/cases/", Role.ADMINISTRATOR, everywhere=True)
    page.locator("#rule-SM-CI [name=kind]").select_option("medical")
    yield
    assert CaseRule.objects.get(pk="SM-CI").kind == "medical"
    CaseRule.objects.filter(pk="SM-CI").delete()
