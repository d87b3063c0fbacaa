"""What was said anew of a family, in words: who said what, when, and what stood before."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from centre.clock import local_day
from centre.insiders import named
from centre.models import Act, Marz, User
from desk.correcting import birth_of
from desk.taking_back import UNDOABLE, may_undo_own
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
    "not_left": gettext_lazy("Taken back"),
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
NOT_IN_WORDS = ("left_at", "never_was", "registered")  # the verb says it


@dataclass(frozen=True)
class FieldSaid:
    """What a field said before and what it says since, in a desk's words; with the person it is about, if any."""

    field: str
    words: str
    was: str
    now: str
    person: uuid.UUID | None

    def __str__(self) -> str:
        return f"{self.words} – {self.was} → {self.now}" if self.was else f"{self.words} – {self.now}"


@dataclass(frozen=True)
class Changed:
    """What one act said anew: a line a field, with what stood before; `undone` is the act that took it back."""

    act: Act
    words: str
    reason: str
    people: dict[uuid.UUID, str]
    lines: list[FieldSaid]
    undone: Act | None


@dataclass(frozen=True)
class About:
    """Whom it was told of: a household, its memberships of all times, and records of people, with their names.

    `until` is when it was recorded that somebody left: what is said of them elsewhere since is not this family's.
    """

    household: Household
    memberships: Sequence[Membership]
    people: Mapping[uuid.UUID, str]
    until: Mapping[uuid.UUID, datetime]

    @classmethod
    def of(cls, household: Household, rows: Iterable[Any] | None = None) -> "About":
        """The household and everybody who ever belonged to it; or those of the rows."""
        rows = list(belonging_to(Q(household=household)) if rows is None else rows)
        own = [row for row in rows if row.household_id == household.pk]
        members = {row.individual_id for row in own if row.left_at is None}
        left = {row.individual_id: row.left_recorded_at for row in sorted(own, key=lambda one: one.joined_at)}
        until = {key: at for key, at in left.items() if at and key not in members}
        return cls(household, own, {row.individual_id: str(row.individual) for row in rows}, until)

    @cached_property
    def everything(self) -> list[Correction]:
        """What was said anew of them, in order, also after they left."""
        return list(self.filter(Correction).select_related("act__by", "membership").order_by("id"))

    @property
    def corrections(self) -> list[Correction]:
        """What was said anew of them while they belonged to it."""
        return [one for one in self.everything if self.knew(person_of(one), one.recorded_at)]

    def knew(self, record: uuid.UUID | None, recorded_at: datetime) -> bool:
        """Whether what was recorded then of this record was told while it belonged to the family."""
        return record is None or (record in self.people and recorded_at <= self.until.get(record, recorded_at))

    def filter(self, facts: Any) -> Any:
        """Those of the facts that are about them."""
        return facts.objects.filter(
            Q(household=self.household) | Q(membership__household=self.household) | Q(individual__in=list(self.people))
        )

    def named(self, one: Correction | Conflict) -> dict[uuid.UUID, str]:
        """Of whom it was said, where it was said of a person."""
        key = person_of(one)
        return {key: self.people[key]} if key and key in self.people else {}


def belonging_to(which: Q) -> Any:
    """These memberships, with when it was recorded that each ended."""
    left = Max("corrections__recorded_at", filter=Q(corrections__field="left_at"))
    rows = Membership.objects.filter(which).annotate(left_recorded_at=left)
    return rows.select_related("individual", "act__by")


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


def read_changes(about: About) -> list[Changed]:
    """What was said anew of the household and its people, the latest first."""
    household = about.household
    corrections: dict[Act, list[Correction]] = defaultdict(list)
    for one in about.corrections:
        corrections[one.act].append(one)
    joined: dict[Act, dict[uuid.UUID, str]] = defaultdict(dict)
    for row in about.memberships:
        if row.act_id not in (household.act_id, household.registered_in_id) or row.act.kind in ("split",):
            joined[row.act][row.individual_id] = about.people[row.individual_id]
    acts = sorted({*corrections, *joined}, key=lambda one: (one.at, one.recorded_at), reverse=True)
    undone = _undone(about)
    return [
        Changed(
            act=one,
            words=str(VERBS[one.kind]),
            reason=next((each.reason_in_words for each in corrections[one] if each.reason), ""),
            people=reduce(or_, map(about.named, corrections[one]), joined[one]),
            lines=[_said(each, about.people) for each in corrections[one] if each.field not in NOT_IN_WORDS],
            undone=undone.get(one.pk),
        )
        for one in acts
        if one.kind in VERBS
    ]


def may_be_undone(changed: Changed, user: User, supervises: bool) -> bool:
    """Whether the user may take back what this act said."""
    open_to_them = supervises or may_undo_own(changed.act, user)
    return changed.act.kind in UNDOABLE and changed.undone is None and open_to_them


def read_conflicts(household: Household, unnamed: Collection[object]) -> list[Disputed]:
    """The fields of which two desks said otherwise, until somebody decides."""
    about = About.of(household)
    open_ones = about.filter(Conflict).filter(settled_in=None)
    return [
        Disputed(
            key=one.pk,
            who="".join(about.named(one).values()),
            field=str(FIELDS[one.field]),
            stands=in_words(one.field, _stands(one), about.people),
            meant=in_words(one.field, one.now, about.people),
            by=named(one.act.by, unnamed),
            at=one.act.at,
        )
        for one in open_ones.select_related("act__by", "membership", "individual", "household")
    ]


def in_words(field: str, value: Any, people: Mapping[uuid.UUID, str]) -> str:
    """The value of a field as a desk reads it."""
    return value_in_words(field, value, people) or _("nothing")


def value_in_words(field: str, value: Any, people: Mapping[uuid.UUID, str]) -> str:
    """The same; empty where nothing was said."""
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
        case "languages":
            names = dict(settings.LANGUAGES)
            said = ", ".join(str(names.get(code, code)) for code in value)
        case "documents":
            said = str(len(value)) if value else ""
        case _:
            said = ", ".join(value) if isinstance(value, list) else str(value or "")
    return said


def person_of(one: Correction | Conflict) -> uuid.UUID | None:
    """The record of the person it is about; None when it is about the household."""
    return one.membership.individual_id if one.membership else one.individual_id


def _undone(about: About) -> dict[uuid.UUID, Act]:
    """The acts of which something was taken back, by the act that did."""
    known = {one.pk: one for one in about.corrections}
    never = {one.membership_id: one.act for one in about.corrections if one.field == "never_was"}
    taken_back = {known[one.voids_id].act_id: one.act for one in known.values() if one.voids_id in known}
    return taken_back | {row.act_id: never[row.pk] for row in about.memberships if row.never_was}


def _said(one: Correction, people: Mapping[uuid.UUID, str]) -> FieldSaid:
    was, now = (in_words(one.field, value, people) for value in (one.was, one.now))
    return FieldSaid(one.field, str(FIELDS[one.field]), was, now, person_of(one))


def _stands(one: Conflict) -> Any:
    row = one.membership or one.individual or one.household
    return value_of(row, one.field) if row else None
