"""What an operation begins with, checked by the same forms whether it is typed or read from a file."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from centre.forms import AdministratorForm, OperationForm, SiteForm
from centre.lines import LineField
from shelter.inventory_forms import AddRoomsForm, read_room_names
from shelter.models import Room

NAMES = ("name_en", "name_hy", "name_ru")  # one is enough
SITE_FIELDS = ("code", *NAMES, "kind", "marz")
MORE_SITE_FIELDS = ("confidential", "cut_off_hours", "presumed_left_after", "coordinates", "p_code")
ROOM_FIELDS = ("rooms", "places", "room_kind")
YES = {"yes", "true", "1", "x"}


class Wrong(Exception):
    """An answer cannot be right; the message says which and why, and `fields` names the answers that are wrong."""

    def __init__(self, message: str, fields: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.fields = frozenset(fields)


class FirstRooms(forms.Form):
    """The rooms of a site, all alike; none when no name is given."""

    rooms = LineField(label=_("Rooms"), max_length=400, help_text=_("12, 14-18; empty: none yet"))
    places = forms.IntegerField(label=_("Places in each"), min_value=1, max_value=500, required=False)
    room_kind = forms.ChoiceField(label=_("Kind"), choices=[("", ""), *Room.Kind.choices], required=False)

    def clean_rooms(self) -> list[str]:
        """A name for each room."""
        return read_room_names(self.cleaned_data["rooms"]) if self.cleaned_data["rooms"] else []

    def clean(self) -> dict[str, Any]:
        """The parameters of add_rooms, or nothing."""
        told = super().clean() or self.cleaned_data
        if not told.get("rooms"):
            return {}
        if not told.get("places"):
            raise ValidationError({"places": _("Say how many places each room has.")})
        kind = told.get("room_kind") or AddRoomsForm.base_fields["kind"].initial or Room.Kind.ROOM
        return {"names": told["rooms"], "places": told["places"], "kind": kind}


@dataclass(frozen=True)
class FirstSite:
    """A site to be opened: the parameters of add_site, and of add_rooms where it has rooms."""

    facts: dict[str, Any]
    rooms: dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """All that an operation begins with."""

    operation: dict[str, str]
    account: dict[str, str]
    sites: Sequence[FirstSite]


def read_operation(told: Mapping[str, str]) -> dict[str, str]:
    """Name, code and where to complain; raises Wrong."""
    return _checked(OperationForm(told), "the operation")


def read_account(told: Mapping[str, str]) -> dict[str, str]:
    """The administrator's account; raises Wrong."""
    return _checked(AdministratorForm({"language": "en"} | dict(told)), "the administrator")


def read_site(told: Mapping[str, Any], where: str) -> FirstSite:
    """A site from one row of a table; raises Wrong."""
    row = dict(told) | {"confidential": str(told.get("confidential", "")).strip().lower() in YES}
    facts = _checked(SiteForm({**row, "id": SiteForm.base_fields["id"].initial()}), where)
    facts.pop("id")
    return FirstSite(facts, _checked(FirstRooms(row), where))


def read_sites(text: str) -> list[FirstSite]:
    """Sites from a table with a row of names above, commas or semicolons between; raises Wrong with the line."""
    head = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
    known = {*SITE_FIELDS, *MORE_SITE_FIELDS, *ROOM_FIELDS}
    named = {(name or "").strip() for name in rows.fieldnames or []}
    if missing := {*SITE_FIELDS} - {*NAMES} - named:
        raise Wrong(f"The table of sites has no column {', '.join(sorted(missing))}.")
    if unknown := named - known:
        raise Wrong(f"The table of sites has a column that means nothing here: {', '.join(sorted(unknown))}.")
    sites = list(_read_rows(rows))
    if not sites:
        raise Wrong("The table of sites is empty. An operation needs at least one.")
    return sites


def _read_rows(rows: "csv.DictReader[str]") -> Iterator[FirstSite]:
    seen: set[str] = set()
    for row in rows:
        where = f"line {rows.line_num} of the table of sites"
        if None in row:
            raise Wrong(f"{where}: more fields than there are columns.")
        told = {name.strip(): (value or "").strip() for name, value in row.items()}
        if not any(told.values()):
            continue
        site = read_site(told, where)
        if site.facts["code"] in seen:
            raise Wrong(f"{where}: the code {site.facts['code']} stands twice.")
        seen.add(site.facts["code"])
        yield site


def _checked(form: forms.BaseForm, where: str) -> dict[str, Any]:
    if form.is_valid():
        return dict(form.cleaned_data)
    wrong = [
        (f"{form.fields[name].label}: " if name in form.fields else "") + " ".join(map(str, texts))
        for name, texts in form.errors.items()
    ]
    raise Wrong(f"{where}: {'; '.join(wrong)}", form.errors)
