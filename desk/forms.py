"""What is asked as families arrive, and at the file: the forms of one act each. The intake's form is in intake.py."""

import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Any, Self

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cards.fields import CardField
from cards.selectors import Shown
from centre.forms import ActForm, WhyField, field_of, with_values
from centre.lines import LineField
from centre.models import Marz, Site
from centre.requests import StaffRequest
from centre.sheets import list_separator, read_why
from desk.errors import BedsBecomeFree
from desk.fields import BEDS_FREE, NOT_KNOWN, BirthField, NameField
from desk.intake import MOST_IN_A_GROUP, MemberForm, child_key, need_name
from desk.naming import card_facts, given_in
from desk.newborn import CHILDS, faults_of, mothers_in
from desk.on_paper import PAPER, PaperForm
from registrations.births import birth_in_words
from registrations.choosing import PeopleField, PersonChoice, PersonField, as_choices, called, members_as_choices
from registrations.facts import Birth, Group, HouseholdFacts, PersonFacts
from registrations.fields import NumberField
from registrations.models import AgeGroup, Going, Household, Individual, Movement, NeedCode, Sex
from registrations.other_names import likeness

LONGEST_SHOWN = 20  # of what was scanned and leads nowhere: no page needs more of it


class ListForm(forms.Form):
    """As what and in which language a list leaves, and why."""

    suffix = forms.ChoiceField(
        label=_("Format"), choices=[("xlsx", _("Excel, LibreOffice (XLSX)")), ("csv", _("Table (CSV)"))]
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    why = WhyField()

    @classmethod
    def asked(cls, request: StaffRequest) -> Self:
        """As it was sent; before that, a workbook in the reader's language."""
        sent = request.GET if "why" in request.GET else None
        return cls(sent, initial={"language": request.LANGUAGE_CODE, "suffix": "xlsx"})

    def chosen(self) -> dict[str, Any]:
        """What a file is written with, once the form is valid."""
        return self.cleaned_data | {"separator": list_separator(self.cleaned_data["language"])}


class GateForm(PaperForm):
    """A family counted at the gate: how many of which sex and age, what is urgent, where they want to go."""

    card = CardField(label=_("Card?"))
    urgent_need = forms.ChoiceField(label=_("Urgent need"), required=False)
    going = forms.ChoiceField(
        label=_("Where do they want to go?"), choices=Going, widget=forms.RadioSelect, initial=Going.SHELTER
    )
    destination_marz = forms.ChoiceField(label=_("Marz"), choices=[("", _("not known")), *Marz.choices], required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needs = NeedCode.objects.filter(at_desk=True)
        field_of(self, "urgent_need", forms.ChoiceField).choices = [("", _("none"))] + [
            (n.code, need_name(n)) for n in needs
        ]
        for name, label in self._counters():
            self.fields[name] = forms.IntegerField(
                label=label,
                required=False,
                min_value=0,
                max_value=MOST_IN_A_GROUP,
                widget=forms.NumberInput(attrs={"data-stepper": "", "inputmode": "numeric", "placeholder": "0"}),
            )

    @staticmethod
    def _counters() -> list[tuple[str, Any]]:
        pairs = [
            (f"{sex}_{position}", f"{_word(sex)} {group.label}")
            for position, group in enumerate(AgeGroup)
            for sex in (Sex.FEMALE.value, Sex.MALE.value)
        ]
        return [*pairs, ("others", _("Sex or age not known"))]

    def rows(self) -> list[tuple[str, Any, Any]]:
        """The counters as they stand on the page: an age group, women and girls, men and boys."""
        return [(group.label, self[f"F_{place}"], self[f"M_{place}"]) for place, group in enumerate(AgeGroup)]

    def groups(self) -> list[Group]:
        """The people counted, as the act takes them."""
        counted = [
            Group(self.cleaned_data[f"{sex}_{place}"], sex, group.value)
            for place, group in enumerate(AgeGroup)
            for sex in (Sex.FEMALE.value, Sex.MALE.value)
            if self.cleaned_data.get(f"{sex}_{place}")
        ]
        others = self.cleaned_data.get("others")
        return counted + ([Group(others)] if others else [])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        card = cleaned.get("card")
        if card and not given_in(card, cleaned.get("id")):
            self.add_error("card", _("This card has already been given out. Enter their names at the desk."))
        if not self.errors and not self.groups():
            raise forms.ValidationError(_("Count at least one person."), code="nobody")
        return cleaned

    def show_number(self, as_seen: Callable[[Shown], Shown]) -> None:
        """Judge the form, then show the card's number instead of what was scanned: no page shows a secret again.

        Whether the card itself was seen at this desk, now or in the step before, `as_seen` knows.
        """
        self.full_clean()
        card = self.cleaned_data.get("card")
        if card:
            self.cleaned_data["card"] = as_seen(card)
        shown = self.data.copy()  # type: ignore[attr-defined]  # it was sent: it holds a QueryDict
        shown["card"] = str(card) if card else shown.get("card", "")[:LONGEST_SHOWN]
        self.data = shown

    def facts(self) -> dict[str, Any]:
        """The parameters of the act."""
        going = self.cleaned_data["going"]
        marz = self.cleaned_data["destination_marz"] if going == Going.OWN_ADDRESS else ""
        return {
            "groups": self.groups(),
            "facts": HouseholdFacts(going=going, destination_marz=marz),
            "urgent_need": self.cleaned_data["urgent_need"] or None,
            **card_facts(self.cleaned_data["card"]),
            "id": self.cleaned_data["id"],
            **self.from_paper(),
        }


class ProofForm(forms.Form):
    """Who one of the family is, where only its number was typed."""

    member_name = NameField(label=_("Name of one of them"))
    member_birth = BirthField(label=_("Born, or age"))

    def member(self) -> PersonFacts:
        """What was said of the member; the name is one of theirs, or several."""
        name, birth = self.cleaned_data["member_name"], self.cleaned_data["member_birth"]
        return PersonFacts(given_name="" if name == NOT_KNOWN else name, birth=birth or Birth())


class EmergencyForm(forms.Form):
    """Why a file is opened that its reader does not see."""

    emergency = LineField(label=_("Why must you open this family now?"), max_length=200, required=True)

    def clean_emergency(self) -> str:
        return read_why(self.cleaned_data["emergency"])


class DepartForm(PaperForm):
    """Who leaves, and where to."""

    members = PeopleField(label=_("Who leaves?"), error_messages={"required": _("Choose who leaves.")})
    destination = forms.ChoiceField(label=_("Where to?"), choices=Movement.Destination, widget=forms.RadioSelect)
    destination_site = forms.ModelChoiceField(label=_("Which site"), queryset=Site.objects.none(), required=False)
    destination_marz = forms.ChoiceField(label=_("Marz"), choices=[("", _("not known")), *Marz.choices], required=False)
    happened_anyway = LineField(
        label=_("It has already happened: how?"),
        help_text=_("Only when a child has already left with someone else. A protection officer is told at once."),
        max_length=200,
    )

    def __init__(self, *args: Any, people: list[Individual], sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "members", PeopleField).choices = as_choices(people)
        self.fields["members"].initial = [str(person.pk) for person in people]
        field_of(self, "destination_site", forms.ModelChoiceField).queryset = sites

    def clean(self) -> dict[str, Any]:
        """Keep of site and marz only what belongs to the destination."""
        cleaned = super().clean() or self.cleaned_data
        destination = cleaned.get("destination")
        if destination != Movement.Destination.SITE:
            cleaned["destination_site"] = None
        elif not cleaned.get("destination_site") and "destination_site" not in self.errors:
            self.add_error("destination_site", _("Choose the site they go to."))
        if destination != Movement.Destination.OWN_ADDRESS:
            cleaned["destination_marz"] = ""
        return cleaned


class ArriveForm(PaperForm):
    """Who of the family came; those who are nowhere else are chosen already."""

    members = PeopleField(label=_("Who is here?"), error_messages={"required": _("Choose who is here.")})
    happened_anyway = LineField(
        label=_("It has already happened: how?"),
        help_text=_("Only when a child came without who looks after it. A protection officer is told at once."),
        max_length=200,
    )
    beds_become_free = forms.BooleanField(label=BEDS_FREE, required=False)

    BESIDE = {BedsBecomeFree.code: "beds_become_free"}

    def __init__(
        self,
        *args: Any,
        people: Mapping[uuid.UUID, str],
        chosen: Collection[uuid.UUID],
        sleep_elsewhere: bool = False,
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        self.asks_of_beds = sleep_elsewhere
        choices = [(str(key), label) for key, label in people.items()]
        field_of(self, "members", forms.MultipleChoiceField).choices = choices
        self.fields["members"].initial = [str(key) for key in people if key in chosen]

    @classmethod
    def after(cls, refused: PaperForm, **options: Any) -> Self:
        """The same once more, and why the whole family was refused."""
        chosen = [str(key) for key in options["chosen"]]
        typed = with_values(refused.data, "members", chosen)  # type: ignore[arg-type]  # it was sent: a QueryDict
        form = cls(typed, **options)
        form.errors.pop("members", None)
        form.add_error(None, refused.errors["__all__"].as_data())
        return form


class SeenForm(ActForm):
    """At which site the family was seen."""

    site = forms.ModelChoiceField(queryset=Site.objects.none(), widget=forms.HiddenInput)

    def __init__(self, *args: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "site", forms.ModelChoiceField).queryset = sites


class ConfirmForm(SeenForm):
    """That they did arrive there."""

    beds_become_free = forms.BooleanField(required=False, widget=forms.HiddenInput)
    happened_anyway = LineField(max_length=200)


class DiedForm(PaperForm):
    """Who died."""

    individual = PersonChoice(label=_("Who died?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, people: list[Individual], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        field_of(self, "individual", PersonChoice).choices = as_choices(people)

    def clean_individual(self) -> Individual:
        return self.people[self.cleaned_data["individual"]]


class BornForm(PaperForm, MemberForm):
    """A child that was born at the site, and its mother."""

    mother = PersonField(label=_("Mother"), required=False)

    field_order = ("id", "given_name", "family_name", "fathers_name", "sex", "birth", "relationship", "mother")

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, needs=[], **kwargs)
        for name in ("carer", "needs"):
            del self.fields[name]
        field_of(self, "relationship", forms.ChoiceField).choices = [("", ""), *CHILDS]
        field_of(self, "birth", BirthField).today = self.day
        mothers = mothers_in(household, self.day)
        field_of(self, "mother", PersonField).choices = [("", ""), *members_as_choices(mothers)]

    def of_the_child(self) -> list[Any]:
        """What is asked of the child; what may be typed from paper is asked apart."""
        return [field for field in self.visible_fields() if field.name not in PAPER]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, fault in faults_of(self.person(uuid.UUID(int=0)), self.day).items():
            if name not in self.errors:
                self.add_error(name, fault)
        return cleaned

    def facts(self) -> dict[str, Any]:
        """The parameters of the act; the child's id comes from the act's."""
        act = self.cleaned_data["id"]
        return {
            "child": self.person(child_key(act)),
            "mother": self.cleaned_data["mother"],
            "id": act,
            **self.from_paper(),
        }


class VoidForm(ActForm):
    """Facts of the journal that were told together and were wrong."""

    movements = forms.ModelMultipleChoiceField(queryset=Movement.objects.none(), widget=forms.MultipleHiddenInput)
    happened_anyway = LineField(max_length=200)

    def __init__(self, *args: Any, movements: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "movements", forms.ModelMultipleChoiceField).queryset = movements

    def clean_movements(self) -> list[Movement]:
        return sorted(self.cleaned_data["movements"].select_related("site"), key=lambda movement: movement.pk)


class PairForm(forms.Form):
    """The numbers of two families to look at side by side."""

    one = NumberField(label=_("This family"), required=True)
    other = NumberField(label=_("Possible duplicate"), required=True)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="")


class MergeForm(ActForm):
    """Which members of the other family are persons of this one, and how that is known."""

    reason = LineField(label=_("How do you know?"), max_length=200, required=True)

    def __init__(self, *args: Any, one: list[Individual], other: list[Individual], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.one = {str(person.pk): person for person in one}
        self.other = other
        choices = [("", _("nobody here")), *as_choices(one)]
        for person in other:
            self.fields[f"same_{person.pk}"] = PersonChoice(
                label=called(person), choices=choices, required=False, initial=self._likeliest(person)
            )

    def rows(self) -> list[tuple[Individual, str, Any]]:
        """Each member of the other family, when they were born, and the field that says who of this one it is."""
        today = timezone.localdate()
        return [(person, birth_in_words(person.birth, today), self[f"same_{person.pk}"]) for person in self.other]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.pairs():
            raise forms.ValidationError(_("Choose at least one person who is in both."), code="nobody")
        return cleaned

    def facts(self) -> dict[str, Any]:
        """The parameters of the act."""
        return {"pairs": self.pairs(), **{name: self.cleaned_data[name] for name in ("reason", "id")}}

    def pairs(self) -> list[tuple[Individual, Individual]]:
        """Who is merged into whom."""
        chosen = [(person, self.cleaned_data.get(f"same_{person.pk}")) for person in self.other]
        return [(person, self.one[key]) for person, key in chosen if key]

    def _likeliest(self, person: Individual) -> str:
        """The member of this family whose names are alike and whose sex and birth do not contradict; or nobody."""
        fits = {
            key: likeness(person.family_fold, one.family_fold) + likeness(person.given_fold, one.given_fold)
            for key, one in self.one.items()
            if one.sex == person.sex and _born_alike(person, one)
        }
        best = max(fits, key=lambda key: fits[key], default="")
        return best if best and fits[best] >= 1.75 else ""


def _born_alike(one: Individual, other: Individual) -> bool:
    if one.birth_date is None or other.birth_date is None:
        return True
    return abs(one.birth_date.year - other.birth_date.year) <= 1


def _word(sex: str) -> Any:
    return _("women and girls") if sex == Sex.FEMALE else _("men and boys")
