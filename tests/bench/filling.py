"""A database as full as a real week: invented people in bulk, laid out by the same rules, not through the desk."""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from django.db import connection
from django.utils import timezone

from centre.access import Role
from centre.models import Assignment, Marz, Site, User
from demonstration.people import InventedFamily, invent_families
from registrations.facts import Birth
from registrations.models import Individual
from registrations.names import fold, fold_fathers_name, sort_key
from registrations.parts import record_names
from shelter.models import Place, Room

DAYS = 10
HOTELS, ROOMS, BEDS = 200, 63, 4
WAITING = 1_500  # families
OPENED = datetime(2020, 1, 1, tzinfo=UTC)

# Everyone comes by the first site; of ten families, eight go on to the second, and from there three to an own address
# and four to a hotel.
MOVEMENTS = """
INSERT INTO registrations_movement (kind, individual_id, counted_as_id, site_id, destination, destination_marz,
                                    happened_at, recorded_at, act_id)
SELECT kind, id, id, (SELECT id FROM centre_site WHERE code = at_site), destination, marz,
       registered_at + after, registered_at + after, registered_in_id
FROM (SELECT *, abs(hashtext(id::text)) %% 100 AS chance, abs(hashtext(registered_in_id::text)) AS family
      FROM registrations_individual) person
CROSS JOIN LATERAL (VALUES
    ('arrived', 'kornidzor', '', '', interval '0', true),
    ('arrived', 'goris', '', '', interval '2 hours', family %% 10 < 8),
    ('departed', 'goris', 'own_address', 'AM-KT', interval '5 hours', family %% 10 < 3),
    ('arrived', 'hotel-' || family %% %(hotels)s, '', '', interval '9 hours', family %% 10 BETWEEN 3 AND 6)
) AS fact (kind, at_site, destination, marz, after, so)
WHERE so ORDER BY registered_at + after
"""

INTERVALS = """
WITH followed AS (
    SELECT *, lead(happened_at) OVER next AS ended_at, lead(id) OVER next AS ended_by
    FROM registrations_movement WINDOW next AS (PARTITION BY counted_as_id ORDER BY happened_at, recorded_at, id)
), presences AS (
    INSERT INTO registrations_presence (movement_id, individual_id, site_id, during, ended_by_id)
    SELECT id, counted_as_id, site_id, tstzrange(happened_at, ended_at), ended_by FROM followed WHERE kind = 'arrived'
)
INSERT INTO registrations_absence (movement_id, individual_id, during)
SELECT id, counted_as_id, tstzrange(happened_at, ended_at) FROM followed WHERE kind = 'departed'
"""

BEDS_TAKEN = """
WITH sleepers AS (
    SELECT individual_id, presence.site_id, lower(during) AS since,
           row_number() OVER (PARTITION BY presence.site_id ORDER BY lower(during), individual_id) AS number
    FROM registrations_presence presence JOIN centre_site ON centre_site.id = presence.site_id
    WHERE code LIKE 'hotel-%%' AND upper_inf(during)
), beds AS (
    SELECT room.site_id, room.id AS room_id, place.id AS place_id,
           row_number() OVER (PARTITION BY room.site_id ORDER BY room.name, place.number) AS number
    FROM shelter_room room JOIN shelter_place place ON place.room_id = room.id
), facts AS (
    INSERT INTO shelter_bedding (kind, individual_id, counted_as_id, room_id, place_id, happened_at, recorded_at,
                                 act_id, reason)
    SELECT 'checked_in', individual_id, individual_id, room_id, place_id, since, since,
           (SELECT id FROM centre_act LIMIT 1), ''
    FROM sleepers JOIN beds USING (site_id, number)
    RETURNING *
)
INSERT INTO shelter_stay (id, kind, individual_id, site_id, room_id, place_id, during, began_by_id, reason,
                          happened_anyway_reason)
SELECT facts.id, 'stay', individual_id, room.site_id, room_id, place_id, tstzrange(happened_at, NULL), facts.id, '', ''
FROM facts JOIN shelter_room room ON room.id = room_id
"""

# Who has no bed goes to an own address, but for so many families at the centre, who wait
OTHERS_GO = """
UPDATE registrations_household SET going = 'own_address' WHERE id NOT IN (
    SELECT household_id FROM registrations_membership JOIN shelter_stay USING (individual_id)
    UNION ALL
    (SELECT DISTINCT household_id FROM registrations_membership JOIN registrations_presence USING (individual_id)
     WHERE site_id = (SELECT id FROM centre_site WHERE code = 'goris') AND upper_inf(during)
     ORDER BY household_id LIMIT %(families)s)
)
"""


def fill(people: int, seed: int = 1) -> dict[str, int]:
    """Fill an empty database with this many individuals over the last ten days; answers the row counts."""
    with connection.cursor() as cursor:
        cursor.execute("SET transaction_timeout = 0")  # a million people take longer than any request may
    now = timezone.now()
    sites = make_ground()
    desk = User.objects.create_user(username="bulk")
    start = now - timedelta(days=DAYS)
    families = list(invent_families(seed, people=people))
    rng = Random(seed)
    moments = sorted(start + timedelta(days=DAYS) * min(rng.betavariate(2, 3), 0.999) for _ in families)
    _copy_families(zip(families, moments, strict=True), sites["kornidzor"], desk)
    record_names(Individual.objects.order_by())
    with connection.cursor() as cursor:
        cursor.execute(MOVEMENTS, {"hotels": HOTELS})
        cursor.execute(INTERVALS)
        cursor.execute(BEDS_TAKEN, {})
        cursor.execute(OTHERS_GO, {"families": WAITING})
        cursor.execute("VACUUM ANALYZE")
        return {table: _count(cursor, table) for table in COUNTED}


COUNTED = (
    "registrations_household",
    "registrations_individual",
    "registrations_name",
    "registrations_movement",
    "registrations_presence",
    "registrations_absence",
    "shelter_place",
    "shelter_stay",
)


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {table}")
    return cursor.fetchone()[0]


def make_ground() -> dict[str, Site]:
    """The registration point, the centre and the hotels, with rooms and places."""
    sites = {
        code: Site.objects.create(code=code, name_en=code, kind=kind, marz=Marz.SYUNIK, opened_at=OPENED)
        for code, kind in [
            ("kornidzor", Site.Kind.REGISTRATION_POINT),
            ("goris", Site.Kind.RECEPTION),
            *((f"hotel-{n}", Site.Kind.HOTEL) for n in range(HOTELS)),
        ]
    }
    Site.objects.filter(code="kornidzor").update(presumed_left_after=12)
    hotels = [site for code, site in sites.items() if code.startswith("hotel")]
    rooms = Room.objects.bulk_create(Room(site=site, name=f"{n:03}") for site in hotels for n in range(ROOMS))
    Place.objects.bulk_create(Place(room=room, number=n) for room in rooms for n in range(1, BEDS + 1))
    return sites


def make_staff(role: Role, site: Site | None, username: str) -> User:
    """Someone with this role for the length of the bench."""
    user = User.objects.create_user(username=username)
    ends_at = timezone.now() + timedelta(days=1)
    Assignment.objects.create(user=user, site=site, role=role, starts_at=OPENED, ends_at=ends_at)
    return user


def _copy_families(families: Iterator[tuple[InventedFamily, datetime]], site: Site, desk: User) -> None:
    acts: list[tuple] = []
    households: list[tuple] = []
    individuals: list[tuple] = []
    memberships: list[tuple] = []
    for family, at in families:
        act, household = uuid.uuid4(), uuid.uuid4()
        acts.append((act, "register", at, desk.pk, at, "", "{}"))
        residence = family.as_intake(id=act, at=at, site=site.code)["last_residence"]
        households.append(
            (household, site.pk, act, at, desk.pk, act, residence["district"], residence["settlement"], "shelter")
        )
        for position, member in enumerate(family.members):
            individuals.append((member.id, *_names(member), member.sex, *_birth(member.birth, at), at, desk.pk, act))
            memberships.append((household, member.id, member.id, member.relationship, position, at, act))
    _copy("centre_act (id, kind, at, by_id, recorded_at, digest, answer)", acts)
    _copy(
        "registrations_household (id, site_id, act_id, registered_at, registered_by_id, registered_in_id,"
        " last_residence_district, last_residence_settlement, going)",
        households,
        extra={
            "original_registration_district": "",
            "original_registration_settlement": "",
            "phones": "{}",
            "languages": "{}",
            "vehicle": "",
            "destination_marz": "",
        },
    )
    _copy(
        "registrations_individual (id, given_name, family_name, fathers_name, given_fold, family_fold, fathers_fold,"
        " sort_key, sex, birth_date, birth_precision, registered_at, registered_by_id, registered_in_id)",
        individuals,
        extra={"age_group": "", "documents": "[]"},
    )
    _copy(
        "registrations_membership (household_id, individual_id, counted_as_id, relationship, position, joined_at,"
        " act_id)",
        memberships,
        extra={"carer_kind": ""},
    )


def _names(member: Any) -> tuple[str, ...]:
    given, family, father = member.given_name, member.family_name, member.fathers_name
    return given, family, father, fold(given), fold(family), fold_fathers_name(father), sort_key(f"{family} {given}")


def _birth(said: dict[str, Any], at: datetime) -> tuple[Any, str]:
    match said:
        case {"birth_date": day}:
            return date.fromisoformat(day), "day"
        case {"birth_year": year}:
            birth = Birth.in_year(year)
        case {"age": age}:
            birth = Birth.of_age(age, at.date())
        case _:
            birth = Birth()
    return birth.on, birth.precision


def _copy(target: str, rows: list[tuple], extra: dict[str, str] | None = None) -> None:
    extra = extra or {}
    columns = target.rstrip(")") + "".join(f", {name}" for name in extra) + ")"
    with connection.cursor() as cursor, cursor.copy(f"COPY {columns} FROM STDIN") as copy:
        for row in rows:
            copy.write_row((*row, *extra.values()))
