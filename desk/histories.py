"""What was said anew of a family, in words: who said what, when, and what stood before."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from centre.clock import local_day
from centre.models import Act, Marz, User
from desk.belonging import UNDOABLE, may_undo_own
from desk.correcting import birth_of
from registrations.births import birth_in_words
from registrations.corrections import Conflict, Correction
from registrations.models import District, Going, Household, Membership, Relationship, Sex
from registrations.said import value_of

VERBS = {
    "correct": gettext_lazy("Corrected"),
    "settle": gettext_lazy("Decided between two desks"),
    "complete": gettext_lazy("Names entered"),
    "join": gettext_lazy("Joined the family"),
    "make_head": gettext_lazy("Another head of the family"),
    "change_household": gettext_lazy("Went over to another family"),
    "split": gettext_lazy("The family parted"),
    "never_was": gettext_lazy("Never was"),
    "undo": gettext_lazy("Taken back"),
    "void": gettext_lazy("Taken back"),
    "void_together": gettext_lazy("Taken back"),
}
FIELDS = {
    "given_name": gettext_lazy("given name"),
    "family_name": gettext_lazy("family name"),
    "fathers_name": gettext_lazy("father's name"),
    "sex": gettext_lazy("sex"),
    "birth": gettext_lazy("born, or age"),
    "documents": gettext_lazy("documents"),
    "relationship": gettext_lazy("relation to head"),
    "carer": gettext_lazy("who looks after the child"),
    "going": gettext_lazy("where they go"),
    "last_residence": gettext_lazy("home"),
    "original_registration": gettext_lazy("earlier registered address"),
    "phones": gettext_lazy("telephone"),
    "languages": gettext_lazy("language"),
    "vehicle": gettext_lazy("vehicle"),
}
NOT_IN_WORDS = ("left_at", "never_was")  # the verb says it


@dataclass(frozen=True)
class Changed:
    """What one act said anew: a line a field, with what stood before."""

    words: str
    at: datetime
    by: str
    reason: str
    people: list[str]
    lines: list[str]
    act: uuid.UUID
    may_be_undone: bool


@dataclass(frozen=True)
class Disputed:
    """A field of which two desks said otherwise."""

    key: uuid.UUID
    who: str
    field: str
    stands: str
    meant: str
    by: str
    at: datetime


def read_changes(household: Household, user: User, supervises: bool) -> list[Changed]:
    """What was said anew of the household and its people, the latest first."""
    memberships = Membership.objects.filter(household=household).select_related("individual", "act__by")
    people = {row.individual_id: str(row.individual) for row in memberships}
    corrections: dict[Act, list[Correction]] = defaultdict(list)
    for one in _about(Correction, household, people).select_related("act__by", "membership").order_by("id"):
        corrections[one.act].append(one)
    joined: dict[Act, list[str]] = defaultdict(list)
    for row in memberships:
        if row.act_id not in (household.act_id, household.registered_in_id) or row.act.kind in ("split",):
            joined[row.act].append(people[row.individual_id])
    acts = sorted({*corrections, *joined}, key=lambda one: (one.at, one.recorded_at), reverse=True)
    undone = set(Correction.objects.filter(act__in=acts, voided_by__isnull=False).values_list("act", flat=True)) | {
        row.act_id for row in memberships if row.never_was
    }
    return [
        Changed(
            words=str(VERBS.get(one.kind, VERBS["correct"])),
            at=one.at,
            by=str(one.by),
            reason=next((each.reason_in_words for each in corrections[one] if each.reason), ""),
            people=list(dict.fromkeys([*joined[one], *_named(corrections[one], people)])),
            lines=[_line(each, people) for each in corrections[one] if each.field not in NOT_IN_WORDS],
            act=one.pk,
            may_be_undone=one.kind in UNDOABLE and one.pk not in undone and (supervises or may_undo_own(one, user)),
        )
        for one in acts
        if one.kind in VERBS
    ]


def read_conflicts(household: Household) -> list[Disputed]:
    """The fields of which two desks said otherwise, until somebody decides."""
    memberships = Membership.objects.filter(household=household).select_related("individual")
    people = {row.individual_id: str(row.individual) for row in memberships}
    open_ones = _about(Conflict, household, people).filter(settled_in=None)
    return [
        Disputed(
            key=one.pk,
            who=people.get(_person(one) or uuid.UUID(int=0), ""),
            field=str(FIELDS[one.field]),
            stands=in_words(one.field, _stands(one), people),
            meant=in_words(one.field, one.now, people),
            by=str(one.act.by),
            at=one.act.at,
        )
        for one in open_ones.select_related("act__by", "membership", "individual", "household")
    ]


def in_words(field: str, value: Any, people: Mapping[uuid.UUID, str]) -> str:
    """The value of a field as a desk reads it."""
    match field:
        case "sex":
            said = str(dict(Sex.choices).get(value, ""))
        case "birth":
            said = birth_in_words(birth_of(value), local_day(timezone.now()))
        case "relationship":
            said = str(dict(Relationship.choices).get(value, ""))
        case "carer":
            key = value["carer_id"]
            kind = str(dict(Membership.Carer.choices).get(value["carer_kind"], ""))
            said = people.get(uuid.UUID(key), kind) if key else kind
        case "going":
            marz = dict(Marz.choices).get(value["destination_marz"])
            said = ", ".join(str(part) for part in (dict(Going.choices)[value["going"]], marz) if part)
        case "last_residence" | "original_registration":
            district = dict(District.choices).get(value[f"{field}_district"], "")
            said = f"{district} {value[f'{field}_settlement']}".strip()
        case "documents":
            said = str(len(value)) if value else ""
        case _:
            said = ", ".join(value) if isinstance(value, list) else str(value or "")
    return said or _("nothing")


def _about(facts: Any, household: Household, people: Iterable[uuid.UUID]) -> Any:
    return facts.objects.filter(
        Q(household=household) | Q(membership__household=household) | Q(individual__in=list(people))
    )


def _person(one: Correction | Conflict) -> uuid.UUID | None:
    return one.membership.individual_id if one.membership else one.individual_id


def _named(corrections: Sequence[Correction], people: Mapping[uuid.UUID, str]) -> list[str]:
    keys = (_person(one) for one in corrections)
    return [people[key] for key in keys if key is not None and key in people]


def _line(one: Correction, people: Mapping[uuid.UUID, str]) -> str:
    was, now = (in_words(one.field, value, people) for value in (one.was, one.now))
    return f"{FIELDS[one.field]}: {was} → {now}"


def _stands(one: Conflict) -> Any:
    row = one.membership or one.individual or one.household
    return value_of(row, one.field) if row else None
