"""What the buttons of services and referrals do, on the page of a case and on the one page of an outside service."""

import re
from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from casework.models import Referral, Service, ServiceAccount
from casework.referral_actions import accept_referral
from centre.access import Role
from tests.browser.buttons import OPENS, Desk, button
from tests.browser.stories_cases import wounded
from tests.build import make_user
from tests.casework.test_referrals import make_answerer, make_referral, make_service, tomorrow

CASE, OFFERS = ["casework:case", "casework:referrals"], "casework:offers"
EVERYWHERE, SERVICES = [*CASE, OFFERS], "casework:services"


def offered(desk: Desk, *, accepted: bool = False, **facts) -> Referral:
    """A referral on the page of the case, on one of its own, or on that of the service."""
    case, officer, service = wounded(desk), make_user(Role.PROTECTION), make_service()
    row = make_referral(case, service, officer, **facts)
    if accepted:
        accept_referral(row, appointment_at=timezone.now() + timedelta(minutes=1), by=officer)
    if desk.on == OFFERS:
        desk.user = make_answerer(service)
    else:
        desk.user = officer
    page = case.get_absolute_url()
    desk.open({OFFERS: "/referrals/", "casework:referrals": f"{page}referrals/"}.get(desk.on, page))
    return row


@button("Refer to a service", OPENS, on=CASE)
def look_whom_there_is(desk: Desk) -> Iterator[None]:
    offered(desk)
    yield


@button("Offer it to them", "casework:refer", on=CASE, does=["refer"])
def refer_to_a_service(desk: Desk) -> Iterator[None]:
    first = offered(desk)
    other = make_service(name="Goris hospital")
    desk.page.reload()
    desk.settle()
    form = desk.page.locator("form[action$='/refer/']")
    desk.page.get_by_text("Refer to a service").click()
    form.locator("[name=service]").select_option(str(other.pk))
    form.locator("[name=words]").fill("burns on both hands")
    yield
    assert Referral.objects.get(service=other).case == first.case


@button("Accept|They accept", "casework:referral_accept", on=EVERYWHERE, does=["accept_referral"])
def accept_who_was_offered(desk: Desk) -> Iterator[None]:
    row = offered(desk)
    field = desk.page.locator("form[action$='/accept/'] [name=appointment_at]")
    field.fill(f"{timezone.localtime(tomorrow(9)):%d.%m.%Y %H:%M}")
    yield
    row.refresh_from_db()
    assert row.appointment_at == tomorrow(9)


@button("Decline it|They decline it", OPENS, on=EVERYWHERE)
def look_why_not(desk: Desk) -> Iterator[None]:
    offered(desk)
    yield


@button("Decline|They decline", "casework:referral_decline", on=EVERYWHERE, does=["decline_referral"])
def decline_who_was_offered(desk: Desk) -> Iterator[None]:
    row = offered(desk)
    desk.page.get_by_text(re.compile("ecline it")).click()
    desk.page.locator("form[action$='/decline/'] [name=why]").select_option(index=1)
    yield
    row.refresh_from_db()
    assert row.end == "declined"


@button("Came|Did not come", "casework:referral_came", on=EVERYWHERE, does=["say_came"], pick="Came")
def say_that_they_came(desk: Desk) -> Iterator[None]:
    row = offered(desk, accepted=True)
    yield
    row.refresh_from_db()
    assert row.came


@button("Write the result", OPENS, on=EVERYWHERE)
def look_what_came_of_it(desk: Desk) -> Iterator[None]:
    offered(desk, accepted=True)
    yield


@button("Save the result", "casework:referral_end", on=EVERYWHERE, does=["end_referral"])
def write_what_came_of_it(desk: Desk) -> Iterator[None]:
    row = offered(desk, accepted=True)
    desk.page.get_by_text("Write the result").click()
    desk.page.locator("form[action$='/end/'] [name=words]").fill("a new dressing")
    yield
    row.refresh_from_db()
    assert row.result == "a new dressing"


@button("Another time", OPENS, on=EVERYWHERE)
def look_for_another_time(desk: Desk) -> Iterator[None]:
    offered(desk, accepted=True)
    yield


@button("Save the time", "casework:referral_appoint", on=EVERYWHERE, does=["appoint_referral"])
def give_another_time(desk: Desk) -> Iterator[None]:
    row = offered(desk, accepted=True)
    desk.page.get_by_text("Another time").click()
    field = desk.page.locator("form[action$='/appoint/'] [name=appointment_at]")
    field.fill(f"{timezone.localtime(tomorrow(10)):%d.%m.%Y %H:%M}")
    yield
    row.refresh_from_db()
    assert row.appointment_at == tomorrow(10)


@button("Who drives", OPENS, on=CASE)
def look_who_drives(desk: Desk) -> Iterator[None]:
    offered(desk, transport="car")
    yield


@button("Save who drives", "casework:referral_driver", on=CASE, does=["name_driver"])
def say_who_drives(desk: Desk) -> Iterator[None]:
    row = offered(desk, transport="car")
    desk.page.get_by_text("Who drives", exact=True).click()
    desk.page.locator("form[action$='/driver/'] [name=driver]").fill("Armen")
    desk.page.locator("form[action$='/driver/'] [name=phone]").fill("091 123456")
    yield
    row.refresh_from_db()
    assert row.driver == "Armen"


@button("Take the offer back", "casework:referral_withdraw", on=CASE, does=["withdraw_referral"])
def take_an_offer_back(desk: Desk) -> Iterator[None]:
    row = offered(desk)
    yield
    row.refresh_from_db()
    assert row.end == "withdrawn"


@button("Add the service", SERVICES, on=SERVICES, does=["add_service"], enter="[name=name]")
def add_a_service(desk: Desk) -> Iterator[None]:
    page = desk.open("/cases/services/", Role.PROTECTION, everywhere=True)
    page.locator("[name=name]").fill("Legal clinic of Goris")
    page.locator("[name=phone]").fill("091 123456")
    page.locator("[name=offers]").select_option(index=1)
    yield
    assert Service.objects.filter(name="Legal clinic of Goris").exists()


@button(r"Who answers for it\?", OPENS, on=SERVICES)
def look_who_answers(desk: Desk) -> Iterator[None]:
    make_service()
    desk.open("/cases/services/", Role.PROTECTION, everywhere=True)
    yield


@button("Let them answer", "casework:service_account", on=SERVICES, does=["give_service_account"])
def give_a_service_its_account(desk: Desk) -> Iterator[None]:
    service, user = make_service(name="Aaa"), make_user(Role.SERVICE)
    page = desk.open("/cases/services/", Role.ADMINISTRATOR, everywhere=True)
    others = "(all, own) => all.forEach((one) => one.querySelector(`form[action*='${own}']`) || one.remove())"
    page.locator("main li").evaluate_all(others, str(service.pk))
    form = page.locator(f"form[action$='/{service.pk}/account/']")
    page.locator("details", has=form).locator("summary").click()
    form.locator("[name=user]").select_option(str(user.pk))
    yield
    assert ServiceAccount.objects.filter(service=service, user=user).exists()


@button("Close this service", "casework:service_end", on=SERVICES, does=["end_service"])
def close_a_service(desk: Desk) -> Iterator[None]:
    make_service(name="Aaa")
    desk.open("/cases/services/", Role.PROTECTION, everywhere=True)
    open_before = Service.objects.filter(ended_at=None).count()
    yield
    assert Service.objects.filter(ended_at=None).count() == open_before - 1
