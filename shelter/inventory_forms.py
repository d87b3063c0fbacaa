"""What the pages of the inventory ask; the names are the acts' parameters."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from casework.forms import read_one_phone
from centre.forms import ActForm, field_of
from centre.lines import LineField
from centre.models import Marz, Site, SiteQuerySet
from shelter.beginnings import LONGEST_CONTACT, LONGEST_TOWN
from shelter.begun import KINDS
from shelter.errors import HouseOfThatName
from shelter.forms import Rows, Until
from shelter.models import FEATURES, MOST_PLACES, Place, Room
from shelter.room_lines import CELLS, LONGEST_NAME, Line, read_lines, split_sheet
from shelter.room_names import MOST_ROOMS, spread

EMPTY_LINES = 12  # of the grid, at first
COLUMNS = dict(zip(CELLS, (_("Name"), _("Places"), _("Floor"), _("Kind"), _("Features")), strict=True))


class PlacesForm(ActForm):
    """Places of one room."""

    places = Rows(label=_("Places"), error_messages={"required": _("Tick at least one place.")})

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standing = Place.objects.filter(room=room).standing()
        field_of(self, "places", Rows).rows = standing.select_related("room__site")


class BlockForm(PlacesForm):
    """Keep places from being given."""

    reason = LineField(
        label=_("Reason to block"),
        max_length=120,
        error_messages={"required": _("Say why the places are blocked.")},
        required=True,
    )
    until = Until(label=_("Blocked until"), required=False)


def block_times(at: datetime) -> list[datetime]:
    """When a block may end by itself, to choose from: noons, from the next one to two months ahead."""
    noon = timezone.localtime(at).replace(hour=12, minute=0, second=0, microsecond=0)
    first = noon if noon > at else noon + timedelta(days=1)
    return [first + timedelta(days=days) for days in (0, 1, 2, 6, 13, 29, 59)]


class RoomForm(ActForm):
    """What a room is and has."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Room.Kind)
    floor = forms.IntegerField(
        label=_("Floor"),
        min_value=-5,
        max_value=100,
        required=False,
        help_text=_("0: no stairs, even where the house calls it the first floor."),
    )
    area = forms.DecimalField(label=_("Area in m²"), min_value=1, max_value=99999, decimal_places=1, required=False)
    step_free = forms.BooleanField(label=_("Step-free: no stairs on the way"), required=False)
    women_only = forms.BooleanField(label=_("Women only"), required=False)
    families_only = forms.BooleanField(label=_("Families only"), required=False)
    heating = forms.BooleanField(label=_("Heating"), required=False)
    cot = forms.BooleanField(label=_("Cot"), required=False)
    near_hospital = forms.BooleanField(label=_("Near a hospital"), required=False)

    @property
    def feature_boxes(self) -> list[forms.BoundField]:
        """The boxes to tick, together."""
        return [self[name] for name in FEATURES]


class ChangeRoomForm(RoomForm):
    """A room as it is from now on."""

    name = LineField(label=_("Name"), max_length=LONGEST_NAME, required=True)


class SetPlacesForm(ActForm):
    """How many places a room has."""

    places = forms.IntegerField(label=_("Places"), min_value=0, max_value=MOST_PLACES)


class NewRoomsForm(ActForm):
    """Where rooms are set up, and whether their places come besides those of a room that is to be divided there."""

    site = forms.ModelChoiceField(Site.objects.none(), label=_("Site"))
    besides = forms.BooleanField(
        label=_("The house has these places besides those of its room to be divided"),
        required=False,
        help_text=_("Not ticked, they are taken out of that room."),
    )

    def __init__(self, *args: Any, sites: SiteQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "site", forms.ModelChoiceField).queryset = sites.by_name()
        to_divide = Place.objects.filter(room__site__in=sites, room__kind=Room.Kind.UNDIVIDED).standing()
        if not to_divide.exists():
            del self.fields["besides"]


class AddRoomsForm(NewRoomsForm, RoomForm):
    """Set up rooms of one kind and size."""

    names = LineField(
        label=_("Rooms"),
        help_text=_("Numbers or names, with commas; 12-18 makes seven rooms."),
        max_length=400,
        required=True,
    )
    places = forms.IntegerField(label=_("Places in each"), min_value=1, max_value=MOST_PLACES, initial=4)

    def clean_names(self) -> list[str]:
        return read_room_names(self.cleaned_data["names"])


class DivideForm(RoomForm):
    """Places that are a room of their own from now on."""

    places = Rows(label=_("Places"), error_messages={"required": _("Tick at least one place.")})
    name = LineField(label=_("Name of the room"), max_length=LONGEST_NAME, required=True)

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standing = Place.objects.filter(room=room).standing()
        field_of(self, "places", Rows).rows = standing.select_related("room__site")
        kinds = [choice for choice in Room.Kind.choices if choice[0] != Room.Kind.UNDIVIDED]
        field_of(self, "kind", forms.ChoiceField).choices = kinds


def read_room_names(text: str) -> list[str]:
    """12, 14-16 and hall give 12, 14, 15, 16, hall; ValidationError for none, too many or a double."""
    names: list[str] = []
    for part in filter(None, (word.strip() for word in text.split(","))):
        names += spread(part)
    if not 0 < len(names) <= MOST_ROOMS:
        raise ValidationError(_("Name between 1 and %(most)d rooms.") % {"most": MOST_ROOMS}, code="number")
    if len(set(names)) < len(names):
        raise ValidationError(_("A name stands twice."), code="twice")
    if max(map(len, names)) > LONGEST_NAME:
        raise ValidationError(_("A name is too long."), code="long")
    return names


class EnterForm(NewRoomsForm):
    """A grid of rooms, and lines pasted from a sheet, which are added to it."""

    sheet = forms.CharField(
        label=_("Paste from a sheet"),
        required=False,
        max_length=20_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A line for each room: name, places, floor, kind, features. 12-18 as a name makes seven rooms."),
    )

    def __init__(self, *args: Any, sites: SiteQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, sites=sites, **kwargs)
        self.lines: list[Line] = []

    def clean(self) -> dict[str, Any]:
        """The rooms, or what is wrong with each; what was pasted is in the grid then, if it has room for it."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        site = cleaned.get("site")
        taken = set(Room.objects.filter(site=site).values_list("name", flat=True)) if site else set()
        typed, pasted = self._typed(), split_sheet(cleaned.pop("sheet", ""))
        if not self.has_error("sheet") and not 0 < len(typed) + len(pasted) <= MOST_ROOMS:
            self.add_error("sheet", _("Name between 1 and %(most)d rooms.") % {"most": MOST_ROOMS})
        if self.has_error("sheet"):  # it stays in its box: the grid is not for so many lines, and would lose some
            self.lines = read_lines(typed, taken)
            return cleaned
        self.lines = read_lines([*typed, *pasted], taken)
        self._into_the_grid()
        if wrong := sum(bool(line.wrong) for line in self.lines):
            said = ngettext("%(count)d line cannot be read.", "%(count)d lines cannot be read.", wrong)
            self.add_error(None, said % {"count": wrong} + " " + gettext("No room was added: see beside it."))
        return cleaned | {"rooms": [line.room for line in self.lines]}

    def _typed(self) -> list[dict[str, str]]:
        sent: Any = self.data
        columns = [sent.getlist(f"room_{name}") for name in CELLS]
        rows = [dict(zip(CELLS, cells, strict=True)) for cells in zip(*columns, strict=False)]
        return [row for row in rows if any(cell.strip() for cell in row.values())][: MOST_ROOMS + 1]

    def _into_the_grid(self) -> None:
        sent: Any = self.data
        typed = sent.copy()
        typed["sheet"] = ""
        self.data = typed

    @property
    def most(self) -> int:
        """How many lines the grid may have."""
        return MOST_ROOMS

    @property
    def wrong_cells(self) -> list[dict[str, Any]]:
        """Where a line cannot be read, for the list of errors to lead there."""
        return [
            {"id": f"room_{cell}_{line.number}", "number": line.number, "column": COLUMNS[cell], "wrong": wrong}
            for line in self.lines
            for cell, wrong in line.wrong.items()
        ]

    @property
    def grid(self) -> list[Line]:
        """The lines as they were typed, and empty ones to type more."""
        empty = max(EMPTY_LINES - len(self.lines), 2)
        cells = dict.fromkeys(CELLS, "")
        return [*self.lines, *(Line(len(self.lines) + more, cells, {}, None) for more in range(1, empty + 1))]


NO_PHONE = _("Write the telephone at which they answer.")


class BeginForm(ActForm):
    """A house by telephone."""

    name = LineField(label=_("Name of the house"), max_length=120, required=True)
    kind = forms.ChoiceField(label=_("What it is"), choices=[(kind.value, kind.label) for kind in KINDS])
    marz = forms.ChoiceField(label=_("Marz"))
    places = forms.IntegerField(label=_("How many places"), min_value=1, max_value=MOST_PLACES)
    phone = LineField(label=_("Telephone"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    contact = LineField(label=_("Who answers there"), max_length=LONGEST_CONTACT)
    town = LineField(label=_("Town or village"), max_length=LONGEST_TOWN)
    another = forms.BooleanField(label=_("It is another house of the same name"), required=False)

    def __init__(self, *args: Any, marzes: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [choice for choice in Marz.choices if choice[0] in marzes]
        field_of(self, "marz", forms.ChoiceField).choices = choices

    def clean_phone(self) -> str:
        """The number in full; empty where none was said."""
        said: str = self.cleaned_data["phone"]
        return read_one_phone(said) if said else ""

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("contact") and not said.get("phone") and "phone" not in self.errors:
            self.add_error("phone", NO_PHONE)
        return said

    @property
    def asks_again(self) -> bool:
        """Whether a house of this name was found, or was said to be another."""
        return self.has_error("__all__", HouseOfThatName.code) or bool(self.data.get("another"))
