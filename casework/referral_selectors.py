"""What a service is told of a person who was offered to it by name."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.referrals import Referral
from casework.selectors import households_of
from centre.clock import local_day
from registrations.births import age_in_words


@dataclass(frozen=True)
class Told:
    """Who it is, as far as a service is told: no family name, no number, no place."""

    given_name: str
    age: str
    sex: str
    phones: Sequence[str]


def tell_of(referrals: Sequence[Referral], at: datetime) -> dict[uuid.UUID, Told]:
    """By referral, the person; only where the officer let the name be told, and only while the referral is open."""
    named = [one for one in referrals if one.names_person and not one.end and not one.followed_in.closed_at]
    homes = households_of([one.followed_in.counted_as_id for one in named])
    told = {}
    for one in named:
        person = one.followed_in.counted_as
        home = homes.get(person.pk)
        age = age_in_words(person.birth, local_day(at))
        told[one.pk] = Told(person.given_name, age, str(person.get_sex_display()), home.phones if home else ())
    return told
