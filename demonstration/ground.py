"""The ground of a demonstration: sites, rooms, staff, items and distributions, before anybody has arrived."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import cycle

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from aid.actions import Rule, add_item, plan_distribution
from aid.models import EntitlementRule, Item
from aid.storing import receive_stock
from centre.access import Role
from centre.actions import declare_operation
from centre.clock import local_instant
from centre.models import Act, Assignment, Operation, Site, User
from centre.operations import DEMONSTRATE
from centre.public_logins import PASSWORD, logins
from demonstration.sites import (
    CAMP,
    CAMP_HALL,
    CAMP_TENTS,
    GATE,
    GORIS,
    HOUSE,
    STORE,
    VAYK,
    Ground,
    all_sites,
)
from demonstration.targets import targets
from shelter.models import Place, Room

NAME, CODE = "Սյունիք, 2023 (օրինակ)", "DEMO"
COMPLAINTS_TO = "0-800-00-000"  # invented: nobody answers there
VOLUNTEERS_END = timedelta(days=30)
# Who works there, in the order of the logins: invented, and named for nobody.
STAFF = (
    ("Անի", "Մարգարյան"), ("Տիգրան", "Ավագյան"), ("Նունե", "Բաղդասարյան"), ("Արմեն", "Հարությունյան"),
    ("Լուսինե", "Գրիգորյան"), ("Սոնա", "Վարդանյան"), ("Վահե", "Պետրոսյան"), ("Հասմիկ", "Դանիելյան"),
    ("Դավիթ", "Մանուկյան"), ("Կարինե", "Ստեփանյան"),
)  # fmt: skip
AREA_PER_PERSON = 4  # m²; the standard asks for 3.5
ROOMS_A_FLOOR = 8
HOTEL_ROOMS = (4, 2, 3, 5, 4, 6, 3, 2, 4, 7)  # places, in turn
STOCK = 250_000  # of each item, at each store: enough for the whole of 2023

# Items of the arrival kit: code, names, per person or household, how many.
PERSON, HOUSEHOLD = EntitlementRule.Per.PERSON, EntitlementRule.Per.HOUSEHOLD
ITEMS = (
    ("water", ("Water, 1.5 l", "Ջուր, 1,5 լ", "Вода, 1,5 л"), PERSON, 2),
    ("dry-ration", ("Dry ration", "Չոր սնունդ", "Сухой паёк"), PERSON, 1),
    ("blanket", ("Blanket", "Վերմակ", "Одеяло"), PERSON, 1),
    ("hygiene-kit", ("Family hygiene kit", "Հիգիենայի հավաքածու", "Гигиенический набор"), HOUSEHOLD, 1),
)


def lay_ground(places: int, *, since: datetime) -> User:
    """Set up sites with so many places, staff, and a distribution that runs since then; the coordinator.

    Everything is open from before the first day of September 2023, so that its acts may be told again.
    """
    opened_at = min(since, targets(1).start) - timedelta(days=7)
    sites = {ground.code: _make_site(ground, opened_at) for ground in all_sites(places)}
    for ground in all_sites(places):
        _make_rooms(sites[ground.code], ground)
    staff = _make_staff(sites, opened_at)
    coordinator = staff[Role.COORDINATOR]
    _make_distributions(sites, coordinator, since)
    Act.objects.create(
        kind=DEMONSTRATE,
        at=timezone.now(),
        by=staff[Role.ADMINISTRATOR],
        digest=hashlib.sha256(DEMONSTRATE.encode()).hexdigest(),
        answer={},
    )
    declare_demonstration(staff[Role.ADMINISTRATOR])
    return coordinator


def declare_demonstration(by: User) -> None:
    """Say what this installation is for, so that nobody opens an operation in it."""
    purpose = Operation.Purpose.DEMONSTRATION
    declare_operation(name=NAME, code=CODE, purpose=purpose, complaints_to=COMPLAINTS_TO, by=by)


def _make_site(ground: Ground, opened_at: datetime) -> Site:
    return Site.objects.create(
        code=ground.code,
        name_en=ground.names[0],
        name_hy=ground.names[1],
        name_ru=ground.names[2],
        kind=ground.kind,
        confidential=ground.confidential,
        marz=ground.town.marz,
        latitude=ground.town.latitude,
        longitude=ground.town.longitude,
        presumed_left_after=ground.presumed_left_after,
        opened_at=opened_at,
    )


def _make_rooms(site: Site, ground: Ground) -> None:
    """Rooms of a hotel, tents of a camp, halls of a collective centre; their places together are the site's."""
    kinds = {"camp": Room.Kind.TENT, "collective": Room.Kind.HALL}
    rooms, places = [], []
    for number, beds in enumerate(_sizes(ground), start=1):
        floor = 1 + (number - 1) // ROOMS_A_FLOOR if ground.kind == "hotel" else 1
        room = Room(
            site=site,
            name=f"{floor}{(number - 1) % ROOMS_A_FLOOR + 1:02}" if ground.kind == "hotel" else str(number),
            kind=kinds.get(ground.kind, Room.Kind.ROOM),
            floor=floor,
            area=beds * AREA_PER_PERSON,
            step_free=floor == 1,
        )
        rooms.append(room)
        places += [Place(room=room, number=place) for place in range(1, beds + 1)]
    Room.objects.bulk_create(rooms)
    Place.objects.bulk_create(places)


def _sizes(ground: Ground) -> Iterator[int]:
    sizes = {"camp": (CAMP_TENTS,), "collective": (CAMP_HALL,)}.get(ground.kind, HOTEL_ROOMS)
    left = ground.places
    for size in cycle(sizes):
        if left <= 0:
            return
        yield min(size, left)
        left -= size


def _make_staff(sites: dict[str, Site], opened_at: datetime) -> dict[str, User]:
    """By username: volunteers at points of the chain and reception at a house, for a time; others everywhere."""
    chain = [sites[code] for code in (GATE, GORIS, VAYK)]
    at_sites: dict[str, list[Site | None]] = {
        Role.VOLUNTEER: [*chain],
        Role.AID_VOLUNTEER: [*chain, sites[CAMP]],
        Role.RECEPTIONIST: [sites[HOUSE]],
    }
    secret, ends_at = make_password(PASSWORD), timezone.now() + VOLUNTEERS_END
    staff: dict[str, User] = {}
    for login, (given, family) in zip(logins(), STAFF, strict=True):
        user = User.objects.create(username=login.username, first_name=given, last_name=family, password=secret)
        staff[login.username] = user
        Assignment.objects.bulk_create(
            Assignment(
                user=user,
                site=site,
                role=login.role,
                starts_at=opened_at,
                ends_at=ends_at if login.role in at_sites else None,
            )
            for site in at_sites.get(login.role, [None])
        )
    return staff


def _make_distributions(sites: dict[str, Site], by: User, since: datetime) -> None:
    """The arrival kit at each point of the chain and in the camp, with stock there and in the store."""
    rules = [
        Rule(item=_make_item(code, names, by, since), per=per, quantity=quantity)
        for code, names, per, quantity in ITEMS
    ]
    for code in (GATE, GORIS, VAYK, CAMP, STORE):
        for rule in rules:
            receive_stock(sites[code], item=rule.item, quantity=STOCK, by=by, at=since)
        if code != STORE:
            plan_distribution(sites[code], name="Ժամանման օգնություն", starts_at=since, rules=rules, by=by, at=since)


def _make_item(code: str, names: tuple[str, str, str], by: User, at: datetime) -> Item:
    added = add_item(name_en=names[0], code=code, name_hy=names[1], name_ru=names[2], by=by, at=at)
    return Item.objects.get(pk=added.item)


def first_day_of_replay() -> datetime:
    """When the replay's distributions begin: midnight of its first day."""
    return local_instant(targets(1).start.date(), time(0))
