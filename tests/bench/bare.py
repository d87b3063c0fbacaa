"""The floor: the same rows of a family of five, by psycopg alone, one transaction a family."""

import time
import uuid
from datetime import UTC, datetime

import psycopg

INSERTS = (
    (1, "centre_act (id, kind, at, by_id, digest, answer)", "%(act)s, 'bare', %(at)s, %(by)s, '', '{}'"),
    (
        1,
        "registrations_household (id, site_id, act_id, registered_at, registered_by_id, registered_in_id,"
        " last_residence_district, last_residence_settlement, original_registration_district,"
        " original_registration_settlement, phones, languages, vehicle, going, destination_marz)",
        "%(household)s, %(site)s, %(act)s, %(at)s, %(by)s, %(act)s, 'MTN', 'Chartar', '', '', '{}', '{}', '',"
        " 'shelter', ''",
    ),
    (
        5,
        "registrations_individual (id, given_name, family_name, fathers_name, given_fold, family_fold, fathers_fold,"
        " sort_key, sex, birth_date, birth_precision, age_group, documents, registered_at, registered_by_id,"
        " registered_in_id)",
        "%(person)s, 'Anna', 'Hakobyan', '', 'ana', 'akopy', '', 'hakobyan anna', 'F', '1989-05-04', 'day', '', '[]',"
        " %(at)s, %(by)s, %(act)s",
    ),
    (
        5,
        "registrations_membership (household_id, individual_id, counted_as_id, relationship, carer_kind, position,"
        " joined_at, act_id)",
        "%(household)s, %(person)s, %(person)s, '', '', 1, %(at)s, %(act)s",
    ),
    (
        5,
        "registrations_movement (id, kind, individual_id, counted_as_id, site_id, destination, destination_marz,"
        " happened_at, act_id)",
        "%(fact)s, 'arrived', %(person)s, %(person)s, %(site)s, '', '', %(at)s, %(act)s",
    ),
    (
        5,
        "registrations_presence (movement_id, individual_id, site_id, during)",
        "%(fact)s, %(person)s, %(site)s, tstzrange(%(at)s, NULL)",
    ),
)


def bare_inserts(database_url: str, site: uuid.UUID, by: uuid.UUID, families: int) -> float:
    """Seconds that it takes to insert this many families of five."""
    statements = [(many, f"INSERT INTO {target} VALUES ({values})") for many, target, values in INSERTS]
    with psycopg.connect(database_url, autocommit=True) as connection:
        began = time.perf_counter()
        for _ in range(families):
            at = datetime.now(UTC)
            common = {"act": uuid.uuid4(), "household": uuid.uuid4(), "site": site, "by": by, "at": at}
            people = [common | {"person": uuid.uuid4(), "fact": uuid.uuid4()} for _ in range(5)]
            with connection.transaction(), connection.cursor() as cursor:
                for many, statement in statements:
                    cursor.executemany(statement, people[:many])
        return time.perf_counter() - began
