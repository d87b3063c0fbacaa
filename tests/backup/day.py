"""A day that leaves a row in nearly every table, by the acts themselves."""

from datetime import date, datetime, timedelta
from typing import Any

from django.test import override_settings
from django.utils import timezone

from aid.actions import Rule, add_item, hand_out, plan_distribution, reverse_handout
from aid.models import Distribution, Handout, Item
from aid.storing import receive_stock
from casework.actions import do_in_case
from casework.kinds import Topic
from casework.models import Case
from census.actions import take_snapshots
from census.selectors import Tally
from centre.access import Role
from centre.actions import add_site, open_operation
from centre.log import write_log
from centre.models import LogLine, Site
from centre.sessions import SessionStore
from centre.staff_acts import add_staff
from centre.tokens import make_token
from desk.actions import depart, pre_register, record_birth
from desk.gate import count_gate
from desk.merging import merge_individuals
from desk.voiding import void_movement
from registrations.facts import Birth, Group, HouseholdFacts
from registrations.models import Household, Individual, Movement
from shelter.actions import hold_places, place_household
from shelter.inventory import add_rooms, block_places
from shelter.models import Place, Room
from tests.build import make_user, person, register_family

PASSWORD = "seven-dry-apricots"


def live_a_day() -> None:
    """Open an operation, register, count, place, hand out, merge, take back, and take the census."""
    administrator = open_operation(
        name="Goris 2026", code="GORI", purpose="real", username="armine", password=PASSWORD, language="hy"
    )
    goris, hotel = (_site(code, kind, administrator) for code, kind in (("goris", "reception"), ("hotel", "hotel")))
    add_staff(username="narek", first_name="Նարեկ", last_name="", language="hy", role="auditor", by=administrator)
    by = make_user(username="coordinator")
    protection = make_user(Role.PROTECTION)
    count_gate(goris, people=17, vehicles=4, by=by)
    pre_register(
        goris, groups=[Group(1, "F", "18-59"), Group(2, None, "0-4")], facts=HouseholdFacts(going="shelter"), by=by
    )
    families = [_family(goris, by, name) for name in ("Հակոբյան", "Петросян", "O'Brien\\\n\t")]
    record_birth(families[0], site=goris, child=person("Ani", relationship="daughter", birth=_today()), by=by)
    _shelter(goris, hotel, families, by)
    _aid(goris, families, by)
    _take_back(goris, families, by, protection)
    with override_settings(DEMONSTRATION=True):  # a census of this instant, though not all has settled
        take_snapshots(timezone.now(), sites=[goris, hotel], by=by)
    make_token(by, "census board", timezone.now() + timedelta(hours=1))
    write_log(by, LogLine.Verb.SEARCHED, "household", ["name"])
    SessionStore().create()


def count_tonight(at: datetime) -> dict[str, Any]:
    """The census of the instant."""
    return Tally(at, at).row(None, None)


def _site(code: str, kind: str, by: Any) -> Site:
    names = {"name_en": code.title(), "name_hy": "Գորիս", "name_ru": "Горис"}
    return Site.objects.get(pk=add_site(code=code, kind=kind, marz="AM-SU", by=by, **names).site)


def _today() -> Birth:
    return Birth(timezone.localdate(), "day")


def _family(site: Site, by: Any, name: str) -> Household:
    child = person(
        "Նարեկ", name, sex="M", relationship="niece_nephew", carer_kind="nobody", birth=Birth(date(2017, 1, 2), "day")
    )
    return register_family(site, by, person("Աննա", name), person("Հասմիկ", name, relationship="sibling"), child)


def _shelter(goris: Site, hotel: Site, families: list[Household], by: Any) -> None:
    for site in (goris, hotel):
        add_rooms(site, names=["1", "2"], places=4, by=by)
    officer = make_user(Role.PROTECTION)
    for case in Case.objects.filter(kind="child_protection"):
        do_in_case(case, topic=Topic.SAFE_PLACE, words="room 14", by=officer)
    place_household(families[0], rooms=[Room.objects.get(site=goris, name="1")], by=by)
    until = timezone.now() + timedelta(hours=8)
    hold_places(families[1], rooms=[Room.objects.get(site=hotel, name="1")], until=until, reason="bus", by=by)
    block_places([Place.objects.filter(room__name="2").first()], reason="wet", by=by)


def _aid(goris: Site, families: list[Household], by: Any) -> None:
    item = Item.objects.get(pk=add_item(name_en="Blanket", by=by).item)
    receive_stock(goris, item=item, quantity=100, by=by)
    rules = [Rule(item=item, per="person", quantity=1)]
    planned = plan_distribution(goris, name="Kit", starts_at=timezone.now() - timedelta(minutes=1), rules=rules, by=by)
    distribution = Distribution.objects.get(pk=planned.distribution)
    given = [hand_out(distribution, family, by=by) for family in families[:2]]
    reverse_handout(Handout.objects.get(pk=given[1].handout), reason="wrong card", by=by)


def _take_back(goris: Site, families: list[Household], by: Any, protection: Any) -> None:
    one, other = (Individual.objects.filter(memberships__household=family).first() for family in families[1:])
    merge_individuals(other, into=one, reason="the same", by=by)
    left = depart(families[2], site=goris, destination="own_address", destination_marz="AM-ER", by=protection)
    void_movement(Movement.objects.get(pk=left.movements[0]), by=protection)
