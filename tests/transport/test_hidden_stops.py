"""Who may not know of a stop is not told of it, nor who goes there: not by a gap among the others either."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from centre.access import Permission, Role, allows
from centre.models import User
from tests.api.conftest import Machine
from tests.build import make_site, make_user
from tests.promises.test_hidden_is_nothing import PASSING, UUID
from tests.transport.conftest import expected_family, make_run
from tests.transport.test_driver import opened
from transport.actions import end_bus, put_on_bus, send_bus, take_off_bus
from transport.errors import NotAStop, NothingHeld
from transport.linking import make_driver_link
from transport.links import DriverLink
from transport.models import Passenger, TransportRun
from transport.rerouting import reroute_bus
from transport.riding import board_bus, get_off_bus
from transport.selectors import who_may_be_put_on

READERS = (
    ("volunteer", "goris"), ("coordinator", "goris"), ("coordinator", None), ("coordinator", "sisian"),
)  # fmt: skip


@pytest.fixture
def secret(db):
    return make_site("secret", kind="crisis", confidential=True, name_en="Hidden house")


@pytest.fixture
def officer(goris, secret):
    """Who coordinates at all sites, and at the hidden one by name."""
    user = make_user()
    ends = timezone.now() + timedelta(days=9)
    user.assignments.create(role=Role.COORDINATOR, site=secret, starts_at=goris.opened_at, ends_at=ends)
    return User.objects.get(pk=user.pk)


@pytest.fixture
def families(goris, sisian, secret, officer):
    """One for each of the two stops."""
    return [expected_family(goris, sisian, officer), expected_family(goris, secret, officer)]


@pytest.fixture
def run(goris, sisian, secret, officer, families):
    """A bus with a family for each of its two stops, the last of them hidden."""
    run = make_run(goris, sisian, secret, by=officer)
    for family in families:
        put_on_bus(run, household=family, by=officer)
    return run


def on_the_road(run, families, officer, *, until_off):
    """Both families on the bus, and where they go."""
    for family in families:
        board_bus(run, household=family, by=officer)
    send_bus(run, by=officer)
    for family, stop in zip(families, run.stops.order_by("position"), strict=True) if until_off else ():
        get_off_bus(run, household=family, site=stop.site, by=officer)


def forget(run, secret, sisian, *, of_all):
    """The same bus without the hidden stop: who goes there gets off with all others, or is not on it."""
    theirs = Passenger.objects.filter(run=run, site=secret)
    if of_all:
        theirs.delete()
    else:
        theirs.update(site=sisian)
    run.stops.filter(site=secret).delete()


def link_of(run, user):
    """The driver's link that the user made, or makes now."""
    return DriverLink.objects.filter(run=run, act__by=user, withdrawn_at=None).first() or DriverLink.objects.get(
        pk=make_driver_link(run, by=user).link
    )


def read(user, run, families):
    """All that the user reads of the bus, on pages and as a machine."""
    client, machine = Client(), Machine(user)
    client.force_login(user)
    links = [link_of(run, user)] if allows(user, Permission.PLACE, run.site) else []
    texts = [client.get(page).text for page in ("/buses/", f"/buses/{run.pk}/", f"/buses/{run.pk}/list/")]
    texts += [machine.get(rows).text for rows in ("transport-runs/", f"transport-runs/{run.pk}/", "passengers/")]
    texts += [opened(link.address).text for link in links]
    kept = {str(one.pk) for one in (run, *families)}
    return [PASSING.sub("", UUID.sub(lambda found: found[0] if found[0] in kept else "", text)) for text in texts]


@pytest.mark.parametrize("stage", ["planned", "on the road", "off"])
@pytest.mark.parametrize(("role", "at"), READERS)
def test_a_bus_with_a_hidden_stop_reads_as_one_without(run, families, goris, sisian, secret, officer, role, at, stage):
    if stage != "planned":
        on_the_road(run, families, officer, until_off=stage == "off")
    user = make_user(role, {"goris": goris, "sisian": sisian}.get(at))
    there = read(user, run, families)
    with transaction.atomic():
        forget(run, secret, sisian, of_all=at == "sisian")
        never = read(user, run, families)
        transaction.set_rollback(True)
    assert there == never
    assert not re.search("Hidden house|another site", "".join(there))
    assert str(families[0]) in there[1] or (stage, at) == ("off", "sisian")


def test_who_works_where_it_leaves_reads_all_who_ride_and_who_works_at_a_stop_who_gets_off_there(run, goris, sisian):
    for site, sites, people in ((goris, {None}, 4), (sisian, {"sisian"}, 2)):
        machine = Machine(make_user(Role.COORDINATOR, site))
        rows = machine.get("passengers/", run=str(run.pk)).json()["results"]
        assert ({one["site"] for one in rows}, len(rows)) == (sites, people)
        (row,) = machine.get("transport-runs/").json()["results"]
        assert (row["stops"], row["taken"] + row["on_laps"]) == (["sisian"], people)


def test_all_who_are_at_the_start_stand_on_its_list_to_print(client, run, goris):
    client.force_login(make_user(Role.COORDINATOR, goris))
    text = client.get(f"/buses/{run.pk}/list/").text
    assert all(str(one.household) in text for one in run.passengers.all())
    assert text.count("<table") == 1


def test_the_driver_reads_all_who_ride_and_no_stop_that_who_made_the_link_may_not_know(run, families, goris):
    page = opened(link_of(run, make_user(Role.COORDINATOR, goris)).address).text
    assert all(str(one) in page for one in families)
    assert "4 people" in page
    assert page.count("<h2>") == 2  # the stop that may be known, and the list
    assert "confidential" not in page


def test_who_works_at_a_hidden_stop_by_name_is_told_who_gets_off_there(client, run, officer):
    client.force_login(officer)
    text = client.get(f"/buses/{run.pk}/list/").text
    assert "Hidden house: 2 people" in text
    assert text.count("<table") == 2
    assert "→ Hidden house ·" in client.get(f"/buses/{run.pk}/").text
    machine = Machine(officer)
    assert machine.get(f"transport-runs/{run.pk}/").json()["stops"] == ["sisian", "secret"]
    assert {one["site"] for one in machine.get("passengers/").json()["results"]} == {None, "secret"}


def test_who_may_know_of_people_everywhere_is_told_where_each_gets_off(client, run, officer):
    everywhere = make_user(Role.PROTECTION)
    assert {one["site"] for one in Machine(everywhere).get("passengers/").json()["results"]} == {"sisian", "secret"}
    client.force_login(everywhere)
    assert client.get(f"/buses/{run.pk}/list/").text.count("<table") == 2


def test_no_seat_is_given_by_a_hold_of_which_one_may_not_know(run, families, goris, officer):
    now, ours = timezone.now(), make_user(Role.COORDINATOR, goris)
    take_off_bus(run, household=families[1], by=ours)
    assert who_may_be_put_on(run, ours, now) == []
    with pytest.raises(NothingHeld):
        put_on_bus(run, household=families[1], by=ours)
    assert [one.code for one in who_may_be_put_on(run, officer, now)] == [str(families[1])]
    put_on_bus(run, household=families[1], by=officer)


def test_a_stop_is_told_of_no_seats(run, families, sisian, officer):
    on_the_road(run, families, officer, until_off=False)
    assert get_off_bus(run, household=families[0], site=sisian, by=make_user("volunteer", sisian)).seats_left is None


def aboard(run):
    """What became of the two seats at each stop, and whether the run goes on."""
    run.refresh_from_db()
    ends = {one.site.code: one.ended_as for one in run.passengers.select_related("site")}
    return ends, run.arrived_at is None


def test_who_knows_of_no_later_stop_ends_the_run_for_none_who_ride_on(client, run, families, sisian, secret, officer):
    on_the_road(run, families, officer, until_off=False)
    at_sisian = make_user("volunteer", sisian)
    client.force_login(at_sisian)
    assert client.get(f"/buses/{run.pk}/").text.count(f"/buses/{run.pk}/comes/") == 1
    end_bus(run, site=sisian, by=at_sisian)
    assert aboard(run) == ({"sisian": "not_seen", "secret": ""}, True)
    get_off_bus(run, household=families[1], site=secret, by=officer)
    end_bus(run, site=secret, by=officer)
    assert aboard(run) == ({"sisian": "not_seen", "secret": "got_off"}, False)


def due(run, ago):
    """Let the run be one that should have been at its last stop so long ago."""
    arrives_at = timezone.now() - ago
    TransportRun.objects.filter(pk=run.pk).update(departs_at=arrives_at - timedelta(hours=2), arrives_at=arrives_at)


def test_a_run_whose_last_stop_reads_nobody_off_is_ended_from_the_stop_before_it_three_hours_late(
    run, families, sisian, secret, officer
):
    on_the_road(run, families, officer, until_off=False)
    at_sisian = make_user("volunteer", sisian)
    end_bus(run, site=sisian, by=at_sisian)
    due(run, timedelta(hours=3) - timedelta(minutes=5))
    end_bus(run, site=sisian, by=at_sisian)
    assert aboard(run) == ({"sisian": "not_seen", "secret": ""}, True)
    due(run, timedelta(hours=3))
    end_bus(run, site=sisian, by=at_sisian)
    assert aboard(run) == ({"sisian": "not_seen", "secret": "not_seen"}, False)
    get_off_bus(run, household=families[1], site=secret, by=officer)
    assert aboard(run) == ({"sisian": "not_seen", "secret": "got_off"}, False)


def test_the_run_ends_at_a_stop_after_which_nobody_is_aboard(run, families, sisian, secret, officer):
    on_the_road(run, families, officer, until_off=True)
    end_bus(run, site=sisian, by=make_user("volunteer", sisian))
    assert aboard(run) == ({"sisian": "got_off", "secret": "got_off"}, False)


def test_who_may_not_know_who_gets_off_at_a_stop_neither_moves_it_nor_ends_it(client, run, families, secret, officer):
    on_the_road(run, families, officer, until_off=False)
    knows_of_sites = make_user(Role.ADMINISTRATOR)  # and of nobody at the hidden one
    starts_at = knows_of_sites.assignments.get().starts_at
    knows_of_sites.assignments.create(role=Role.COORDINATOR, starts_at=starts_at)
    asker = User.objects.get(pk=knows_of_sites.pk)
    with pytest.raises(NotAStop):
        reroute_bus(run, old=secret, new=make_site("vayk"), by=asker)
    with pytest.raises(NotAStop):
        end_bus(run, site=secret, by=asker)
    client.force_login(asker)
    assert client.get(f"/buses/{run.pk}/").text.count(f'value="{secret.pk}"') == 1  # a place to go instead, like any
    assert aboard(run) == ({"sisian": "", "secret": ""}, True)
