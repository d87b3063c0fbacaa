"""What the buttons of buses do: planned, filled, sent, come, sent elsewhere, and families read on and off."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from centre.models import Site
from registrations.models import Household
from shelter.actions import hold_places
from tests.browser.buttons import OPENS, SCRIPT, Desk, button, code
from tests.build import make_room
from transport.actions import plan_bus, put_on_bus, send_bus
from transport.linking import make_driver_link
from transport.links import DriverLink
from transport.models import Passenger, TransportRun
from transport.riding import board_bus

BUSES, RUN = "transport:buses", "transport:run"
HOUR = timedelta(hours=1)


def expected(desk: Desk, stop: Site) -> Household:
    """A family of the site for whom places are held at the stop."""
    family = desk.family()
    hold_places(family, rooms=[make_room(stop, 2)], until=timezone.now() + 9 * HOUR, by=desk.by)
    return family


def planned(desk: Desk, *ways: str) -> tuple[TransportRun, Household]:
    """A bus to another site where the user works too, on its page; the family is on it as far as these ways say."""
    stop = desk.works_at_another()
    family = expected(desk, stop)
    said = plan_bus(
        desk.site,
        stops=[stop],
        seats=9,
        departs_at=timezone.now() + HOUR,
        arrives_at=timezone.now() + 3 * HOUR,
        by=desk.by,
    )
    run = TransportRun.objects.get(pk=said.run)
    for way in ways:
        if way == "sent":
            send_bus(run, by=desk.by)
        else:
            {"filled": put_on_bus, "on": board_bus}[way](run, household=family, by=desk.by)
    desk.open(f"/buses/{run.pk}/")
    return run, family


def state(run: TransportRun) -> str:
    return str(TransportRun.objects.get(pk=run.pk).state)


@button("Show", BUSES, on=BUSES)
def show_buses(desk: Desk) -> Iterator[None]:
    planned(desk)
    desk.open("/buses/")
    yield


@button("Plan the bus", BUSES, on=BUSES, does=["plan_bus"])
def plan_a_bus(desk: Desk) -> Iterator[None]:
    other = desk.works_at_another()
    page = desk.open("/buses/")
    page.locator("[name=stop]").select_option(str(other.pk))
    page.locator("[name=seats]").fill("40")
    leaves = timezone.localtime(timezone.now() + HOUR)
    page.locator("[name=departs_at]").fill(f"{leaves:%d.%m.%Y %H:%M}")
    page.locator("[name=arrives_at]").fill(f"{leaves + 3 * HOUR:%d.%m.%Y %H:%M}")
    yield
    assert TransportRun.objects.get(site=desk.site).stops.get().site == other


@button("Give them seats", "transport:fill", on=RUN, does=["put_on_bus"])
def give_seats(desk: Desk) -> Iterator[None]:
    run, _family = planned(desk)
    yield
    assert Passenger.objects.waiting().filter(run=run).count() == 2


@button("Take them off the list", "transport:take_off", on=RUN, does=["take_off_bus"])
def take_off_the_list(desk: Desk) -> Iterator[None]:
    run, _family = planned(desk, "filled")
    yield
    assert not Passenger.objects.open().filter(run=run).exists()


@button("They are on the bus", "transport:on", on=RUN, does=["board_bus"])
def say_they_are_on_the_bus(desk: Desk) -> Iterator[None]:
    run, _family = planned(desk, "filled")
    yield
    assert Passenger.objects.aboard().filter(run=run).count() == 2


@button("They are not on the bus", "transport:not_on", on=RUN, does=["void_boarding"])
def say_they_are_not_on_the_bus(desk: Desk) -> Iterator[None]:
    run, _family = planned(desk, "filled", "on")
    yield
    assert Passenger.objects.waiting().filter(run=run).count() == 2


@button("They got on", "transport:scan_on", on=RUN, does=["board_bus"], enter="#rolling_card")
def read_the_last_card_as_the_bus_rolls(desk: Desk) -> Iterator[None]:
    run, family = planned(desk, "filled", "sent")
    desk.page.locator("#rolling_card").fill(code(family))
    yield
    assert Passenger.objects.aboard().filter(run=run).count() == 2


@button("They are on the bus", "transport:on", on=RUN, does=["board_bus"])
def say_they_got_on_as_it_left(desk: Desk) -> Iterator[None]:
    run, _family = planned(desk, "filled", "sent")
    yield
    assert Passenger.objects.aboard().filter(run=run).count() == 2


@button("They are not on the bus", "transport:not_on", on=RUN, does=["void_boarding"])
def say_they_did_not_get_on_after_all(desk: Desk) -> Iterator[None]:
    run, _family = planned(desk, "filled", "on", "sent")
    yield
    assert Passenger.objects.missed().filter(run=run).count() == 2


@button("They get on", "transport:scan_on", on=RUN, does=["board_bus"], enter="[name=card]")
def read_a_card_on(desk: Desk) -> Iterator[None]:
    run, family = planned(desk, "filled")
    field = desk.page.locator("[name=card]")
    expect(field).to_be_focused()
    field.fill("99999")
    field.press("Enter")
    expect(desk.page.get_by_role("alert").first).to_be_visible()
    expect(field).to_be_focused()
    assert field.evaluate("one => one.value.slice(one.selectionStart, one.selectionEnd)") == "99999"
    desk.page.keyboard.type(code(family))  # over the one that was refused
    yield
    assert Passenger.objects.aboard().filter(run=run).count() == 2
    expect(field).to_be_focused()


@button("The bus leaves", "transport:leaves", on=RUN, does=["send_bus"])
def send_the_bus(desk: Desk) -> Iterator[None]:
    run, _family = planned(desk, "filled", "on")
    yield
    assert state(run) == "on_the_road"


@button("Cancel this bus", "transport:cancel", on=RUN, does=["cancel_bus"])
def cancel_the_bus(desk: Desk) -> Iterator[None]:
    run, _family = planned(desk, "filled")
    yield
    assert state(run) == "cancelled"


@button("Make a link for the driver", "transport:make_link", on=RUN, does=["make_driver_link"])
def make_a_link(desk: Desk) -> Iterator[None]:
    run, _family = planned(desk)
    yield
    link = DriverLink.objects.get(run=run)
    expect(desk.page.locator(".driver-link")).to_contain_text(link.address)


@button("New link", "transport:make_link", on=RUN, does=["make_driver_link"])
def make_a_new_link(desk: Desk) -> Iterator[None]:
    run, _family = planned(desk)
    make_driver_link(run, by=desk.by)
    desk.page.reload()
    desk.settle()
    yield
    assert DriverLink.objects.filter(run=run).count() == 2
    assert DriverLink.objects.live(timezone.now()).filter(run=run).count() == 1


@button("End this link", "transport:withdraw_link", on=RUN, does=["withdraw_driver_link"])
def end_the_link(desk: Desk) -> Iterator[None]:
    run, _family = planned(desk)
    make_driver_link(run, by=desk.by)
    desk.page.reload()
    desk.settle()
    yield
    assert not DriverLink.objects.live(timezone.now()).filter(run=run).exists()


@button("They got off", "transport:off", on=RUN, does=["get_off_bus"])
def say_they_got_off(desk: Desk) -> Iterator[None]:
    run, _family = planned(desk, "filled", "on", "sent")
    yield
    assert Passenger.objects.filter(run=run, ended_as="got_off").count() == 2


@button("They get off here", "transport:scan_off", on=RUN, does=["get_off_bus"], enter="[name=card]")
def read_a_card_off(desk: Desk) -> Iterator[None]:
    run, family = planned(desk, "filled", "on", "sent")
    desk.page.locator("form[action*='/off/'] [name=card]").fill(code(family))
    yield
    assert Passenger.objects.filter(run=run, ended_as="got_off").count() == 2


@button("The bus has arrived at its last stop", "transport:comes", on=RUN, does=["end_bus"])
def the_bus_has_come(desk: Desk) -> Iterator[None]:
    run, _family = planned(desk, "filled", "on", "sent")
    yield
    assert state(run) == "arrived"


@button("It goes to another place", OPENS, on=RUN)
def look_where_else_it_goes(desk: Desk) -> Iterator[None]:
    planned(desk)
    yield


@button("Send it there", "transport:reroute", on=RUN, does=["reroute_bus"])
def send_it_elsewhere(desk: Desk) -> Iterator[None]:
    other = desk.works_at_another()
    user = desk.user
    run, _family = planned(desk, "filled")
    desk.user.assignments.create(
        role="coordinator", site=other, starts_at=other.opened_at, ends_at=user.assignments.first().ends_at
    )
    desk.page.reload()
    desk.settle()
    desk.page.get_by_text("It goes to another place").click()
    desk.page.locator("[name=old]").select_option(str(run.stops.get().site_id))
    desk.page.locator("[name=new]").select_option(str(other.pk))
    desk.page.get_by_text("It goes to another place").click()
    yield
    assert run.stops.get(given_up_in=None).site == other


@button("Print", SCRIPT, on="transport:manifest", stays=True)
def print_the_list(desk: Desk) -> Iterator[None]:
    run, _family = planned(desk, "filled")
    desk.open(f"/buses/{run.pk}/list/")
    yield
    assert desk.page.evaluate("printed") == 1
