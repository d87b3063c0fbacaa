"""What the pages of shelter ask; the names are the acts' parameters."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from centre.clock import INSTANT, read_instant
from centre.days import LocalMinute, Tense
from centre.filters import InstantInput
from centre.forms import ActForm, field_of, with_values
from centre.lines import LineField
from centre.models import Act, Site, User
from registrations.fields import NumberField
from registrations.models import Household, Individual, Membership
from shelter.errors import SeveralFamilies
from shelter.models import Room, StayQuerySet, WaitingFact
from shelter.seating import FIELD, wrong_seats
from shelter.undoing import UNDOABLE

NO_ROOM = _("Choose at least one room.")
MOST_ROOMS = 200  # set up in one act
LONGEST_NAME: int = Room._meta.get_field("name").max_length or 0


class Rows(forms.Field):
    """Rows chosen by key, in the order they were sent, several to a button with commas; others are wrong."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {
        "required": _("Tick at least one of them."),
        "gone": _("This is no longer there. Choose again."),
    }

    def __init__(self, rows: QuerySet[Any] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows = rows

    def clean(self, value: Any) -> list[Any]:
        """The rows; refuses doubles by leaving them out."""
        super().clean(value)
        try:
            keys = list(dict.fromkeys(uuid.UUID(key) for keys in value for key in keys.split(",")))
        except ValueError:
            raise ValidationError(self.error_messages["gone"], code="gone") from None
        assert self.rows is not None
        found = {row.pk: row for row in self.rows.filter(pk__in=keys)}
        if len(found) != len(keys):
            raise ValidationError(self.error_messages["gone"], code="gone")
        return [found[key] for key in keys]


class _TypedOrUsual(forms.TextInput):
    """What was typed; where nothing was, what the page says is usual, in a hidden field of the same name before it."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return next(filter(None, reversed(data.getlist(name))), None)


class Until(LocalMinute):
    """An hour to come, chosen or typed; also with its offset, as machines and pages of before say it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(tense=Tense.AHEAD, **options)
        self.widget = _TypedOrUsual()

    def to_python(self, value: Any) -> datetime | None:
        """The instant."""
        written = INSTANT.fullmatch(value or "")
        return read_instant(value) if written and written["offset"] else super().to_python(value)


class RoomsChosen(ActForm):
    """Rooms of the sites where the user may place."""

    rooms = Rows(error_messages={"required": NO_ROOM})

    def __init__(self, *args: Any, sites: list[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "rooms", Rows).rows = Room.objects.filter(site__in=sites).select_related("site")


class Seated(ActForm):
    """Who sleeps in which of several rooms, where it is chosen by hand."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seats = {name: name.removeprefix(FIELD) for name in self.data if name.startswith(FIELD)}
        for name in self.seats:
            self.fields[name] = forms.CharField(required=False)

    def seated(self) -> list[uuid.UUID] | None:
        """Those who are to be seated, in their order; None where that is not said."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """Who sleeps in which of the rooms, where it is chosen by hand: for each of them, one of these rooms."""
        said = super().clean() or self.cleaned_data
        people = self.seated()
        if self.seats and people and "rooms" in said:
            rooms = {str(room.pk): room for room in said["rooms"]}
            chosen = {person: rooms.get(said.get(f"{FIELD}{person}", "")) for person in people}
            for person in [person for person, room in chosen.items() if room is None]:
                self._wrong(person, _("Choose one of these rooms."))
            self._check({person: room for person, room in chosen.items() if room}, said.get("sharing", ()))
            said["seating"] = list(chosen.values())
        return said

    def _check(self, seats: dict[uuid.UUID, Room], sharing: Sequence[uuid.UUID]) -> None:
        """Say beside each seat what is wrong; what happened anyway is recorded as it is."""
        if self.cleaned_data.get("happened_anyway"):
            return
        needing = {person: room for person, room in seats.items() if person not in sharing}
        for person, text in wrong_seats(needing, timezone.now()).items():
            self._wrong(person, text)

    def _wrong(self, person: uuid.UUID, text: Any) -> None:
        name = f"{FIELD}{person}"
        if name not in self.fields:
            self.fields[name] = forms.CharField(required=False)
        self.add_error(name, text)

    def facts(self) -> dict[str, Any]:
        """The parameters of the act."""
        return {name: value for name, value in super().facts().items() if not name.startswith(FIELD)}


class PlaceForm(Seated, RoomsChosen):
    """Give members of a family places in rooms."""

    members = Rows(error_messages={"required": _("Tick who gets a place.")})
    sharing = Rows(required=False)
    happened_anyway = LineField(label=_("What happened"), max_length=200)

    def __init__(self, *args: Any, people: QuerySet[Individual], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "members", Rows).rows = people
        field_of(self, "sharing", Rows).rows = people

    def seated(self) -> list[uuid.UUID] | None:
        return self.cleaned_data.get("members")

    def clean_members(self) -> list[uuid.UUID]:
        return [person.pk for person in self.cleaned_data["members"]]

    def clean_sharing(self) -> list[uuid.UUID]:
        return [person.pk for person in self.cleaned_data["sharing"]]


class HoldForm(PlaceForm):
    """Keep places in rooms for members of a family until a time."""

    happened_anyway = None  # type: ignore[assignment]  # what is held has not happened
    until = Until(label=_("Hold until"))
    reason = LineField(label=_("Reason"), max_length=200)


class MoveUpForm(ActForm):
    """Why a family goes first."""

    reason = LineField(
        label=_("Why they go first"),
        max_length=200,
        error_messages={"required": _("Say why they go first.")},
        required=True,
    )


class DeclineForm(ActForm):
    """Where a family was offered places, and why it did not take them."""

    site = forms.ModelChoiceField(Site.objects.none())
    reason = LineField(
        label=_("Why they decline"),
        max_length=200,
        error_messages={"required": _("Say why they decline.")},
        required=True,
    )

    def __init__(self, *args: Any, sites: Sequence[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = Site.objects.filter(pk__in=[site.pk for site in sites])
        field_of(self, "site", forms.ModelChoiceField).queryset = offered


class VoidWaitingForm(ActForm):
    """What was recorded of a family's turn by mistake."""

    fact = forms.ModelChoiceField(WaitingFact.objects.none())
    reason = LineField(
        label=_("What was wrong"), max_length=200, error_messages={"required": _("Say what was wrong.")}, required=True
    )

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = WaitingFact.objects.filter(household=household).exclude(kind=WaitingFact.Kind.VOIDED)
        field_of(self, "fact", forms.ModelChoiceField).queryset = told


class OpeningForm(ActForm):
    """For how many places a site is open to others, and until when."""

    places = forms.IntegerField(
        label=_("Places that other sites may hold"), min_value=0, max_value=2000, help_text=_("0 closes it to them.")
    )
    until = InstantInput(label=_("Until"), widget=forms.Select)

    def __init__(self, *args: Any, untils: Sequence[datetime], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(until.isoformat(), date_format(timezone.localtime(until), "DAY_HOUR_FORMAT")) for until in untils]
        self.fields["until"].widget.choices = choices


class StaysForm(ActForm):
    """Stays or holds at the sites where the user may place."""

    stays = Rows(error_messages={"required": _("Tick whose beds you mean.")})
    happened_anyway = LineField(label=_("What happened"), max_length=200)

    def __init__(self, *args: Any, stays: StayQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "stays", Rows).rows = stays.select_related("room__site")


class HoldsForm(StaysForm):
    """Holds."""

    def facts(self) -> dict[str, Any]:
        """The parameters of the act."""
        facts = super().facts()
        return facts | {"holds": facts.pop("stays")}


class CheckInForm(HoldsForm):
    """Holds whose people are here; of those who were told to be elsewhere since, the ones who are named."""

    named = Rows(required=False)

    def __init__(self, data: Any, *args: Any, stays: StayQuerySet, **kwargs: Any) -> None:
        every = [*data.getlist("stays"), *data.getlist("named")]
        super().__init__(with_values(data, "stays", every), *args, stays=stays, **kwargs)
        field_of(self, "named", Rows).rows = stays

    def clean_named(self) -> list[uuid.UUID]:
        return [hold.individual_id for hold in self.cleaned_data["named"]]


class NoShowForm(HoldsForm):
    """Holds that ran out, whose people did not come."""

    happened_anyway = None  # type: ignore[assignment]  # nobody is put to bed by it


class UndoBedsForm(ActForm):
    """What is taken back of what the user did."""

    happened_anyway = LineField(label=_("What happened"), max_length=200)
    done = forms.ModelChoiceField(queryset=Act.objects.none(), widget=forms.HiddenInput)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "done", forms.ModelChoiceField).queryset = Act.objects.filter(by=by, kind__in=UNDOABLE)


class HoldAgainForm(NoShowForm):
    """Keep the same places until a time."""

    until = Until(label=_("Hold until"))


class KeepForm(StaysForm):
    """Keep the beds of people who are away for a while."""

    happened_anyway = None  # type: ignore[assignment]  # a bed that is kept is refused for no child's sake
    until = Until(label=_("Keep until"))
    reason = LineField(label=_("Reason"), max_length=200, required=True)


class GiveRoomForm(StaysForm):
    """Which room those have who sleep in a room to be divided."""

    happened_anyway = None  # type: ignore[assignment]  # nobody moves
    name = LineField(label=_("Which room"), max_length=LONGEST_NAME, required=True)
    together = forms.BooleanField(label=_("They share it: they are more than one family"), required=False)

    @property
    def asks_again(self) -> bool:
        """Whether they were found to be more than one family, or were said to be."""
        return self.has_error("__all__", SeveralFamilies.code) or bool(self.data.get("together"))


class MoveForm(Seated, StaysForm):
    """Move people to other rooms; the babies who share a bed there are named, all of them or none.

    Several choices of rooms are in one form: of the seats those count that are named after the first room chosen.
    """

    rooms = Rows(error_messages={"required": NO_ROOM})
    sharing = Rows(required=False)

    def __init__(self, data: Any, *args: Any, stays: StayQuerySet, sites: list[Site], **kwargs: Any) -> None:
        super().__init__(_of_rooms_chosen(data), *args, stays=stays, **kwargs)
        field_of(self, "rooms", Rows).rows = Room.objects.filter(site__in=sites).select_related("site")
        field_of(self, "sharing", Rows).rows = Individual.objects.filter(stays__in=stays).order_by().distinct()

    def clean_sharing(self) -> list[uuid.UUID]:
        return [person.pk for person in self.cleaned_data["sharing"]]

    def seated(self) -> list[uuid.UUID] | None:
        return [stay.individual_id for stay in self.cleaned_data.get("stays", ())]


def _of_rooms_chosen(data: Any) -> Any:
    """What was sent, with the rooms one by one and the seats of these rooms alone."""
    rooms = [key for keys in data.getlist("rooms") for key in keys.split(",")]
    typed = with_values(data, "rooms", rooms)
    chosen = f"{FIELD}{rooms[0] if rooms else ''}-"
    for name in [name for name in data if name.startswith(FIELD) and len(name) > len(FIELD) + 36]:
        seat = typed.pop(name)
        if name.startswith(chosen) and len(rooms) > 1:
            typed.setlist(FIELD + name.removeprefix(chosen), seat)
    return typed


class SwapForm(StaysForm):
    """Swap the beds of those ticked with those of another family, by its number."""

    other = NumberField(
        label=_("Number of the other family"),
        error_messages={"required": _("Type the number of the other family.")},
        required=True,
    )

    def __init__(self, *args: Any, stays: StayQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, stays=stays, **kwargs)
        self.known = stays

    def clean_other(self) -> list[Any]:
        """The stays of the family of this number, at the sites where the user places."""
        people = Membership.objects.today().filter(household__number=self.cleaned_data["other"]).values("counted_as")
        found = list(self.known.filter(individual__in=people).at(timezone.now()).select_related("room__site"))
        if not found:
            raise ValidationError(_("No family of this number sleeps at your sites. Read it again, letter included."))
        return found

    def facts(self) -> dict[str, Any]:
        """The parameters of the act."""
        facts = super().facts()
        return facts | {"others": facts.pop("other")}


class PastForm(forms.Form):
    """The hour of which a house is read."""

    at = LocalMinute(tense=Tense.PAST, label=_("At what hour?"), required=False, help_text=_("Empty: now."))

    def clean_at(self) -> datetime:
        """Now where nothing is said; nobody knows who will sleep there."""
        now = timezone.now()
        at: datetime = self.cleaned_data["at"] or now
        if at > now:
            raise ValidationError(_("This hour is still to come."), code="ahead")
        return at


class SeenForm(ActForm):
    """Who was seen in a roll call."""

    people = forms.TypedMultipleChoiceField(coerce=uuid.UUID, error_messages={"required": _("Tick who was seen.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ticked = self.data.getlist("people") if self.is_bound else []  # type: ignore[attr-defined]  # a QueryDict
        field_of(self, "people", forms.TypedMultipleChoiceField).choices = [
            (key, key) for key in ticked if _is_key(key)
        ]


def _is_key(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
