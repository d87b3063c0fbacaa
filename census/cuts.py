"""Those present and on the way by home, size of household, needs and wish: at an instant, as known at an instant."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from census.counting import CHANGED, CHOSEN, WHO_IS_WHERE
from census.profiles import SMALL
from census.selectors import HOUSED
from centre.access import Permission, require, require_everywhere
from centre.models import Site, User
from centre.rows import rows_of_everyone
from registrations.corrections import undone_of
from registrations.journal import whereabouts_of
from registrations.models import District, Going, NeedCode


class Cut(models.TextChoices):
    """What people are told apart by."""

    HOME = "home", _("Home")
    SIZE = "size", _("People of one family here")
    NEEDS = "needs", _("Needs")
    WAITING = "waiting", _("Shelter")


@dataclass(frozen=True)
class Part:
    """Those who are alike, and of how many households they are; None where so few must not be told."""

    value: str
    people: int | None
    households: int | None


# Whose household each of them was: the one they belonged to, by their own record first. Whoever came before they were
# registered, or stayed after they left one, is counted with the one nearest in time.
HERE = f"""
, {undone_of("membership", "unsaid")}, {undone_of("household", "untold")}, later AS MATERIALIZED (
    SELECT id FROM centre_act WHERE recorded_at > %(known_at)s
), member AS (
    SELECT coalesce(counted.person, membership.individual_id) AS person, membership.individual_id, household_id,
           joined_at, membership.id,
           CASE WHEN unsaid.said ? 'left_at' THEN (unsaid.said ->> 'left_at')::timestamptz ELSE left_at END AS left_at
    FROM registrations_membership membership
    LEFT JOIN counted ON counted.individual_id = membership.individual_id
    LEFT JOIN unsaid ON unsaid.membership_id = membership.id
    WHERE act_id NOT IN (SELECT id FROM later)
      AND NOT CASE WHEN unsaid.said ? 'never_was' THEN unsaid.said -> 'never_was' = 'true' ELSE never_was END
), belongs AS (
    SELECT DISTINCT ON (person) person, household_id FROM member
    ORDER BY person, (joined_at <= %(at)s AND coalesce(left_at, 'infinity') > %(at)s) DESC, individual_id = person DESC,
             greatest(joined_at - %(at)s, %(at)s - left_at), joined_at DESC, id DESC
), here AS (
    SELECT everyone.person, belongs.household_id FROM everyone LEFT JOIN belongs ON belongs.person = everyone.person
    WHERE place = 'site' AND (%(site)s::uuid IS NULL OR site_id = %(site)s::uuid)
       OR place = 'on_the_way' AND %(site)s::uuid IS NULL
)
"""

AS_TOLD = """
FROM here LEFT JOIN registrations_household household ON household.id = here.household_id
LEFT JOIN untold ON untold.household_id = here.household_id
"""

PARTS = {
    Cut.HOME: f"""
{HERE}
SELECT coalesce(CASE WHEN untold.said ? 'last_residence'
                     THEN untold.said -> 'last_residence' ->> 'last_residence_district'
                     ELSE last_residence_district END, '') AS value,
       count(*) AS people, count(DISTINCT here.household_id) AS households
{AS_TOLD} GROUP BY 1
""",
    Cut.SIZE: f"""
{HERE}
SELECT CASE WHEN household_id IS NULL THEN '' WHEN size >= %(most)s THEN %(most)s || '+' ELSE size::text END AS value,
       sum(size)::int AS people, count(household_id) AS households
FROM (SELECT household_id, count(*) AS size FROM here GROUP BY household_id) household GROUP BY 1
""",
    Cut.NEEDS: f"""
{HERE}
SELECT code_id AS value, count(DISTINCT here.person) AS people, count(DISTINCT household_id) AS households
FROM registrations_specificneed need
JOIN centre_act act ON act.id = act_id
LEFT JOIN counted ON counted.individual_id = need.individual_id
JOIN here ON here.person = coalesce(counted.person, need.individual_id)
WHERE act.at <= %(at)s AND act.recorded_at <= %(known_at)s
  AND (ended_at IS NULL OR ended_at > %(at)s OR ended_in_id IN (SELECT id FROM later))
GROUP BY 1
""",
    Cut.WAITING: f"""
{HOUSED}, sleeping AS (
    SELECT person FROM housed
  UNION
    SELECT individual_id FROM shelter_stay
    WHERE kind = 'stay' AND during @> %(at)s::timestamptz
      AND NOT EXISTS (SELECT FROM chosen WHERE chosen.id = individual_id)
){HERE}
SELECT CASE WHEN here.person IN (SELECT person FROM sleeping) THEN 'housed'
            ELSE coalesce(CASE WHEN untold.said ? 'going' THEN untold.said -> 'going' ->> 'going' ELSE going END, '')
       END AS value,
       count(*) AS people, count(DISTINCT here.household_id) AS households
{AS_TOLD} GROUP BY 1
""",
}
MOST = 10  # people: larger households are counted together


def cut(by: Cut, at: datetime, known_at: datetime, site: Site | None = None) -> list[Part]:
    """Those present and on the way, or at one site, by home, size, needs or wish; somebody may have several needs."""
    asked = {"at": at, "known_at": known_at, "after": known_at, "by": "infinity"}
    asked |= {"site": site.pk if site else None, "most": MOST}
    parts = rows_of_everyone(Part, whereabouts_of(f"{CHANGED}, {CHOSEN}") + WHO_IS_WHERE + PARTS[by], asked)
    return sorted(parts, key=lambda part: (len(part.value) if by == Cut.SIZE else 0, part.value))


def require_cut(user: User, by: Cut, site: Site | None = None) -> None:
    """Raise NotAllowed unless the user reads the census told apart by this, at the site or at all of them."""
    if by == Cut.NEEDS and site is None:
        require_everywhere(user, Permission.SEE_NEEDS)
    elif by == Cut.NEEDS:
        require(user, Permission.SEE_NEEDS, site)


def cuts_for(user: User) -> list[Cut]:
    """By what the user reads the census of all sites told apart."""
    return [by for by in Cut if by != Cut.NEEDS or user.reach(Permission.SEE_NEEDS) is None]


def name_of_part(by: Cut, value: str) -> str:
    """What a part is called, in the reader's language."""
    if by == Cut.SIZE:
        return value or str(_("not known"))
    return str(_names_of(by).get(value) or value or _("not known"))


def _names_of(by: Cut) -> dict[str, Any]:
    match by:
        case Cut.HOME:
            return dict(District.choices)
        case Cut.WAITING:
            return dict(Going.choices) | {Going.SHELTER.value: _("Want shelter, no bed yet"), "housed": _("Have a bed")}
        case _:
            return {code.pk: code.name for code in NeedCode.objects.all()}


def cut_to_show(by: Cut, at: datetime, known_at: datetime, site: Site | None = None) -> list[Part]:
    """The same without the numbers of few people who have a need."""
    parts = cut(by, at, known_at, site)
    if by != Cut.NEEDS:
        return parts
    return [Part(part.value, None, None) if (part.people or 0) < SMALL else part for part in parts]
