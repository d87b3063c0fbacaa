"""A bus is told of whole or not at all: one with a stop that the reader may not know is no bus for them."""

import re
import uuid
from datetime import timedelta
from itertools import zip_longest

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone

from centre.access import Role
from centre.models import Site, User
from registrations.errors import NotTold
from shelter.actions import hold_places
from tests.api.conftest import Machine
from tests.build import make_room, make_site, make_user
from tests.promises.test_hidden_is_nothing import PASSING, UUID
from tests.transport.conftest import HOUR, expected_family, make_run
from tests.transport.test_driver import linked, opened
from transport.actions import end_bus, plan_bus, put_on_bus, send_bus
from transport.closing import close_site
from transport.errors import BusGoesByItself, NothingHeld, OnABus
from transport.linking import make_driver_link
from transport.links import DriverLink
from transport.models import Passenger, TransportRun
from transport.rerouting import reroute_bus
from transport.riding import board_bus, get_off_bus
from transport.selectors import read_sheet, who_may_be_put_on

READERS = (
    ("volunteer", "goris"), ("coordinator", "goris"), ("coordinator", None), ("coordinator", "sisian"),
    ("volunteer", "sisian"), ("coordinator", "kapan"), ("administrator", None),
)  # fmt: skip
LISTS = (
    "transport-runs/", "transport-runs/?site=goris", "transport-runs/?site=sisian", "transport-runs/?state=on_the_road",
    "transport-runs/?state=planned", "passengers/", "passengers/?aboard=true", "passengers/?waiting=true",
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


def hide(site):
    """The site is one that not everybody may know of, from now on."""
    Site.objects.filter(pk=site.pk).update(confidential=True)
    site.refresh_from_db()


def mixed_of_before(goris, *stops, by):
    """A bus that was planned before one of its stops became confidential."""
    Site.objects.filter(code="secret").update(confidential=False)
    run = make_run(goris, *Site.objects.filter(pk__in=[one.pk for one in stops]).order_by("-code"), by=by)
    hide(Site.objects.get(code="secret"))
    return run


@pytest.fixture
def mixed(goris, sisian, secret, officer, families):
    """Such a bus with a family for each of its two stops."""
    run = mixed_of_before(goris, sisian, secret, by=officer)
    for family in families:
        put_on_bus(run, household=family, by=officer)
    return run


@pytest.fixture
def open_bus(goris, sisian, officer):
    """Another one, with a family, that everybody may know of."""
    run = make_run(goris, sisian, make_site("vayk"), by=officer)
    put_on_bus(run, household=expected_family(goris, sisian, officer), by=officer)
    return run


def on_the_road(run, families, officer, *, until_off):
    """These families on the bus, and where they go."""
    for family in families:
        board_bus(run, household=family, by=officer)
    send_bus(run, by=officer)
    stops = {one.household_id: one.site for one in run.passengers.select_related("site")}
    for family in families if until_off else ():
        get_off_bus(run, household=family, site=stops[family.pk], by=officer)


def never_went(run):
    """The same world without the bus: who was on it went as they were told to have gone."""
    Passenger.objects.filter(run=run).delete()
    DriverLink.objects.filter(run=run).delete()
    run.stops.all().delete()
    run.delete()


def read(user, run, other, families, link):
    """All that the user reads of buses and of these families, on pages and as a machine, and what acts answer."""
    cache.clear()  # how often each reader has asked is nothing to the next
    client, machine = Client(), Machine(user)
    client.force_login(user)
    pages = ["/buses/", "/buses/?site=goris", "/buses/?state=on_the_road", "/shelter/", "/families/", "/intake/"]
    pages += [f"/buses/{bus}/{page}" for bus in (run, other) for page in ("", "list/")]
    pages += [f"/families/{one}/{page}" for one in families for page in ("", "log/", "told/")]
    answers = [client.get(page) for page in pages]
    rows = [*LISTS, f"transport-runs/{run}/", f"passengers/?run={run}"]
    rows += [f"{which}{one.pk}" for one in families for which in ("passengers/?household=", "households/")]
    answers += [machine.get(address) for address in rows]
    for act in ("send", "cancel", "end", "reroute", "driver-link", "fill", "board"):
        facts = {"site": "sisian", "old": "sisian", "new": "vayk", "household": str(families[0].pk)}
        answers.append(machine.post(f"transport-runs/{run}/{act}/", id=str(uuid.UUID(int=9)), **facts))
    for act in ("leaves/", "cancel/", "comes/", "reroute/", "scan/on/", "link/", f"{families[0]}/fill/"):
        answers.append(client.post(f"/buses/{run}/{act}", {"id": str(uuid.UUID(int=9))}))
    answers.append(opened(link))
    kept = {str(one.pk) for one in families} | {str(run), str(other)}
    texts = [f"{answer.request['PATH_INFO']} {answer.status_code}\n{answer.text}" for answer in answers]
    return [PASSING.sub("", UUID.sub(lambda found: found[0] if found[0] in kept else "", text)) for text in texts]


@pytest.mark.parametrize("stage", ["planned", "on the road", "off"])
@pytest.mark.parametrize("alone", [True, False], ids=["alone", "mixed"])
def test_a_bus_with_a_hidden_stop_is_none(goris, sisian, secret, officer, families, open_bus, alone, stage):
    run = make_run(goris, secret, by=officer) if alone else mixed_of_before(goris, sisian, secret, by=officer)
    riding = families[1:] if alone else families
    for family in riding:
        put_on_bus(run, household=family, by=officer)
    link = linked(run, make_user("coordinator", goris))
    if stage != "planned":
        on_the_road(run, riding, officer, until_off=stage == "off")
    places = {"goris": goris, "sisian": sisian, "kapan": make_site("kapan"), None: None}
    users = [make_user(role, places[at]) for role, at in READERS]
    key, other = run.pk, open_bus.pk
    worlds = []
    for there in (True, False):
        with transaction.atomic():
            if there:
                looked_at(run, officer)
            else:
                never_went(run)
            worlds.append([read(user, key, other, families, link) for user in users])
            transaction.set_rollback(True)
    for reader, with_it, without in zip(READERS, *worlds, strict=True):
        assert (reader, list(differing(with_it, without))) == (reader, [])
        assert "Hidden house" not in "".join(with_it)


def differing(*worlds):
    """The address and the two lines wherever two worlds are answered otherwise."""
    for pages in zip(*worlds, strict=True):
        for lines in zip_longest(*map(str.splitlines, pages)):
            if len(set(lines)) > 1:
                yield pages[0].partition("\n")[0], *lines


def looked_at(run, officer):
    """Who may know of the bus looks at it: the log says so."""
    insider = Client()
    insider.force_login(officer)
    assert insider.get(f"/buses/{run.pk}/").status_code == 200
    opened(linked(run, officer))
    assert Machine(officer).get("passengers/").json()["results"]


@pytest.fixture
def meghri(db):
    return make_site("meghri")


@pytest.fixture
def riders(goris, sisian, meghri, officer):
    """A family for each of two stops that everybody may know of."""
    return [expected_family(goris, sisian, officer), expected_family(goris, meghri, officer)]


@pytest.fixture
def two_stops(goris, sisian, meghri, officer, riders):
    """Their bus."""
    run = make_run(goris, sisian, meghri, by=officer)
    for family in riders:
        put_on_bus(run, household=family, by=officer)
    return run


def test_who_works_where_it_leaves_reads_who_gets_off_at_each_stop(client, two_stops, riders, goris, sisian, meghri):
    ours = make_user(Role.COORDINATOR, goris)
    client.force_login(ours)
    page = client.get(f"/buses/{two_stops.pk}/").text
    listed = client.get(f"/buses/{two_stops.pk}/list/").text
    by_link = opened(linked(two_stops, ours)).text
    assert (listed.count("<table"), by_link.count('<ul class="aboard">')) == (2, 2)
    for family, site in zip(riders, (sisian, meghri), strict=True):
        assert re.search(rf"{family}</span>[^<]*\(1 on a lap\)[^<]* → {site} ·|{family}</span>[^<]*→ {site} ·", page)
        assert f"<li>{site} – 2 people</li>" in page
        assert str(family) in listed.partition(f"<h2>{site} – 2 people</h2>")[2].partition("</table>")[0]
        assert re.search(rf"<h2>{site}</h2>\s*<p>2 people", by_link)
        assert str(family) in by_link.partition(f"<h2>{site}</h2>")[2].partition("</section>")[0]
    rows = Machine(ours).get("passengers/", run=str(two_stops.pk)).json()["results"]
    assert {(one["household"], one["site"]) for one in rows} == {
        (str(family.pk), site.code) for family, site in zip(riders, (sisian, meghri), strict=True)
    }


def test_who_works_at_a_stop_alone_reads_who_gets_off_there_and_no_sums(client, two_stops, riders, sisian):
    theirs = make_user(Role.COORDINATOR, sisian)
    machine = Machine(theirs)
    rows = machine.get("passengers/", run=str(two_stops.pk)).json()["results"]
    assert ({one["site"] for one in rows}, len(rows)) == ({"sisian"}, 2)
    (row,) = machine.get("transport-runs/").json()["results"]
    assert (row["stops"], row["taken"] + row["on_laps"]) == (["sisian", "meghri"], 2)
    client.force_login(theirs)
    for page in (f"/buses/{two_stops.pk}/", f"/buses/{two_stops.pk}/list/"):
        text = client.get(page).text
        assert "Sisian – 2 people" in text
        assert "Meghri: " not in text
        assert str(riders[1]) not in text
        assert " taken, " not in text
    assert f"<h2>{two_stops.site}" not in client.get(f"/buses/{two_stops.pk}/list/").text


def test_who_may_know_of_each_stop_reads_all_of_it(client, mixed, officer):
    for user in (officer, make_user(Role.PROTECTION)):
        client.force_login(user)
        text = client.get(f"/buses/{mixed.pk}/list/").text
        assert "Hidden house – 2 people" in text
        assert text.count("<table") == 2
        machine = Machine(user)
        assert machine.get(f"transport-runs/{mixed.pk}/").json()["stops"] == ["sisian", "secret"]
        assert {one["site"] for one in machine.get("passengers/").json()["results"]} == {"sisian", "secret"}


def test_the_link_of_who_may_know_says_heads_and_no_numbers_of_a_hidden_stop(mixed, families, officer):
    page = opened(linked(mixed, officer)).text
    assert "a confidential site" in page
    assert page.count("<p>2 people") == 2
    assert [str(one) in page for one in families] == [True, False]


def test_a_link_leads_nowhere_once_its_maker_is_not_told_of_the_bus(client, two_stops, goris, meghri):
    ours = make_user(Role.COORDINATOR, goris)
    link = DriverLink.objects.get(pk=make_driver_link(two_stops, by=ours).link)
    client.force_login(ours)
    there = [opened(link.address).status_code, client.get(f"/buses/driver-links/{link.pk}/").status_code]
    hide(meghri)
    assert there == [200, 200]
    assert [opened(link.address).status_code, client.get(f"/buses/driver-links/{link.pk}/").status_code] == [404, 404]


def test_a_hidden_stop_and_another_are_never_on_one_bus(client, goris, sisian, secret, officer):
    now = timezone.now()
    facts = {"seats": 9, "departs_at": now + HOUR, "arrives_at": now + 4 * HOUR, "by": officer}
    for stops in ([sisian, secret], [secret, sisian]):
        with pytest.raises(BusGoesByItself):
            plan_bus(goris, stops=stops, **facts)
    plan_bus(goris, stops=[secret], **facts)
    assert TransportRun.objects.count() == 1
    hours = {one: (now + HOUR * more).isoformat() for one, more in (("departs_at", 1), ("arrives_at", 4))}
    said = Machine(officer).post("transport-runs/", site="goris", stops=["sisian", "secret"], seats=9, **hours)
    assert (said.status_code, said.json()["code"]) == (409, "bus_goes_by_itself")


def test_what_is_refused_stands_beside_its_field(client, goris, sisian, secret, officer):
    run = make_run(goris, sisian, make_site("vayk"), by=officer)
    client.force_login(officer)
    client.post("/settings/shift/", {"site": goris.pk})
    said = client.post(f"/buses/{run.pk}/reroute/", {"id": uuid.uuid4(), "old": sisian.pk, "new": secret.pk})
    assert said.status_code == 422
    assert said.context["rerouting"].errors["new"] == [str(BusGoesByItself())]
    assert run.stops.filter(site=sisian, given_up_in=None).exists()


def test_a_bus_is_sent_to_a_hidden_stop_where_no_other_is_ahead(goris, sisian, secret, families, officer):
    run, vayk = make_run(goris, sisian, make_site("vayk"), by=officer), Site.objects.get(code="vayk")
    put_on_bus(run, household=families[0], by=officer)
    with pytest.raises(BusGoesByItself):
        reroute_bus(run, old=vayk, new=secret, by=officer)
    on_the_road(run, families[:1], officer, until_off=True)  # Sisian is behind it
    reroute_bus(run, old=vayk, new=secret, by=officer)
    assert not TransportRun.objects.visible_to(make_user(Role.COORDINATOR, goris)).exists()
    only = make_run(goris, sisian, by=officer)
    reroute_bus(only, old=sisian, new=secret, by=officer)
    reroute_bus(only, old=secret, new=sisian, by=officer)
    assert TransportRun.objects.visible_to(make_user(Role.COORDINATOR, goris)).get() == only


def test_who_got_off_at_a_hidden_stop_is_told_of_to_nobody_when_the_bus_goes_on_elsewhere(
    goris, sisian, secret, families, officer
):
    run = make_run(goris, secret, by=officer)
    put_on_bus(run, household=families[1], by=officer)
    on_the_road(run, families[1:], officer, until_off=True)
    reroute_bus(run, old=secret, new=sisian, by=officer)
    ours = make_user(Role.COORDINATOR, goris)
    seen = TransportRun.objects.visible_to(ours).with_counts(ours).get()
    assert read_sheet(seen, ours, timezone.now()).parties == []
    assert (seen.off, Machine(ours).get("passengers/").json()["results"]) == (0, [])


def test_a_family_on_a_bus_untold_is_offered_and_refused_in_the_words_for_a_hidden_place(
    goris, sisian, secret, families, officer, open_bus
):
    ours, hidden, family = make_user(Role.COORDINATOR, goris), make_run(goris, secret, by=officer), families[1]
    put_on_bus(hidden, household=family, by=officer)
    with pytest.raises(NothingHeld):  # as without that bus
        put_on_bus(open_bus, household=family, by=ours)
    hold_places(family, rooms=[make_room(sisian, 2)], until=timezone.now() + 20 * HOUR, by=officer)  # beside it
    assert str(family) in [one.code for one in who_may_be_put_on(open_bus, ours, timezone.now())]
    assert str(family) not in [one.code for one in who_may_be_put_on(open_bus, officer, timezone.now())]
    with pytest.raises(NotTold):
        put_on_bus(open_bus, household=family, by=ours)
    with pytest.raises(OnABus):
        put_on_bus(open_bus, household=family, by=officer)


def test_a_bus_untold_keeps_no_site_open(goris, secret, officer):
    make_run(goris, secret, by=officer)
    close_site(goris, by=make_user(Role.ADMINISTRATOR))
    assert Site.objects.get(pk=goris.pk).closed_at


def test_a_stop_is_told_of_no_seats(two_stops, riders, sisian, officer):
    on_the_road(two_stops, riders, officer, until_off=False)
    done = get_off_bus(two_stops, household=riders[0], site=sisian, by=make_user("volunteer", sisian))
    assert done.seats_left is None


def aboard(run):
    """What became of the two seats at each stop, and whether the run goes on."""
    run.refresh_from_db()
    ends = {one.site.code: one.ended_as for one in run.passengers.select_related("site")}
    return ends, run.arrived_at is None


def test_who_ends_the_run_at_a_stop_ends_it_for_none_who_ride_on(two_stops, riders, sisian, meghri, officer):
    on_the_road(two_stops, riders, officer, until_off=False)
    end_bus(two_stops, site=sisian, by=make_user("volunteer", sisian))
    assert aboard(two_stops) == ({"sisian": "not_seen", "meghri": ""}, True)
    get_off_bus(two_stops, household=riders[1], site=meghri, by=officer)
    end_bus(two_stops, site=meghri, by=officer)
    assert aboard(two_stops) == ({"sisian": "not_seen", "meghri": "got_off"}, False)


def due(run, ago):
    """Let the run be one that should have been at its last stop so long ago."""
    arrives_at = timezone.now() - ago
    TransportRun.objects.filter(pk=run.pk).update(departs_at=arrives_at - timedelta(hours=2), arrives_at=arrives_at)


def test_a_run_whose_last_stop_reads_nobody_off_is_ended_from_the_stop_before_it_three_hours_late(
    two_stops, riders, sisian, meghri, officer
):
    on_the_road(two_stops, riders, officer, until_off=False)
    at_sisian = make_user("volunteer", sisian)
    end_bus(two_stops, site=sisian, by=at_sisian)
    due(two_stops, timedelta(hours=3) - timedelta(minutes=5))
    end_bus(two_stops, site=sisian, by=at_sisian)
    assert aboard(two_stops) == ({"sisian": "not_seen", "meghri": ""}, True)
    due(two_stops, timedelta(hours=3))
    end_bus(two_stops, site=sisian, by=at_sisian)
    assert aboard(two_stops) == ({"sisian": "not_seen", "meghri": "not_seen"}, False)
    get_off_bus(two_stops, household=riders[1], site=meghri, by=officer)
    assert aboard(two_stops) == ({"sisian": "not_seen", "meghri": "got_off"}, False)


def test_the_run_ends_at_a_stop_after_which_nobody_is_aboard(two_stops, riders, sisian, officer):
    on_the_road(two_stops, riders, officer, until_off=True)
    end_bus(two_stops, site=sisian, by=make_user("volunteer", sisian))
    assert aboard(two_stops) == ({"sisian": "got_off", "meghri": "got_off"}, False)


def test_who_knows_of_the_house_and_of_nobody_there_has_no_such_bus_and_plans_none(
    client, mixed, goris, sisian, secret
):
    knows_of_sites = make_user(Role.ADMINISTRATOR)
    starts_at = knows_of_sites.assignments.get().starts_at
    knows_of_sites.assignments.create(role=Role.COORDINATOR, starts_at=starts_at)
    asker = User.objects.get(pk=knows_of_sites.pk)
    client.force_login(asker)
    client.post("/settings/shift/", {"site": goris.pk})
    assert client.get(f"/buses/{mixed.pk}/").status_code == 404
    plan = client.get("/buses/").text.partition('id="plan"')[2]
    assert (f'value="{sisian.pk}"' in plan, f'value="{secret.pk}"' in plan) == (True, False)
