"""The intake: one screen for a whole family, a row per person."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cards.in_hand import OnTable
from centre.forms import field_of
from desk.asked_alike import FamilyFields, PersonFields
from desk.births import for_browsers, in_words
from desk.errors import BedsBecomeFree
from desk.fields import BEDS_FREE, NOT_KNOWN, BirthField, phones_in
from desk.on_paper import PAPER, PaperForm
from registrations.card_texts import LENGTH
from registrations.choosing import members_as_choices
from registrations.facts import Birth, HouseholdFacts, PersonFacts, asks_for_carer
from registrations.models import Going, Membership, NeedCode, Relationship
from registrations.names import mixes_scripts
from registrations.questions import Question, questions_about

MOST_ROWS = 40
FIRST_ROWS = 3  # shown empty to begin with
MORE_ROWS = 5  # added by the button
MOST_IN_A_GROUP = 60  # people of one sex and age group in a family counted at the gate
MOST_CROSSING = 10_000  # people, or vehicles, in one gate count: more is a slip of the finger

HEAD = Relationship.HEAD.value
ROW = "row-"  # the carer is the person on this row of the list
OTHER_CARERS = [choice for choice in Membership.Carer.choices if choice[0] != Membership.Carer.MEMBER]
NAMES = ("family_name", "given_name", "fathers_name")


class IntakeForm(FamilyFields, PaperForm):
    """What a family that comes says of itself, and the card that it gets."""

    card = forms.CharField(label=_("Card?"), required=False, max_length=LENGTH + 20)
    beds_become_free = forms.BooleanField(label=BEDS_FREE, required=False)
    asked = forms.CharField(
        required=False, max_length=4000, widget=forms.HiddenInput
    )  # the questions answered by *so it is*

    field_order = ("id", *PAPER, "card")  # as they stand on the page
    BESIDE = {BedsBecomeFree.code: "beds_become_free"}

    def facts(self) -> dict[str, Any]:
        """The parameters of the act, but for the members."""
        own = {name: self.cleaned_data[name] for name in ("id", "beds_become_free")}
        return {"facts": self._family(), **own, **self.from_paper()}

    def _family(self) -> HouseholdFacts:
        said = self.cleaned_data
        kept = {name: said[name] for name in HouseholdFacts.__dataclass_fields__ if name in said}
        kept["destination_marz"] = said["destination_marz"] if said["going"] == Going.OWN_ADDRESS else ""
        phones = phones_in([said["phone"], said["second_phone"]])
        languages = (said["language"],) if said["language"] else ()
        return HouseholdFacts(**kept, phones=phones, languages=languages)


class MemberForm(PersonFields):
    """One row: a person."""

    use_required_attribute = False

    needs = forms.MultipleChoiceField(label=_("Needs"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(
        self,
        *args: Any,
        needs: Sequence[tuple[str, str]],
        before: Sequence[tuple[str, str]] = (),
        rows: int = 0,
        day: date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "birth", BirthField).today = day
        self.questions: list[Question] = []
        people = [(f"{ROW}{number}", _("Person %(number)d") % {"number": number}) for number in range(1, rows + 1)]
        field_of(self, "carer", forms.ChoiceField).choices = [("", ""), *people, *before, *OTHER_CARERS]
        field_of(self, "needs", forms.ChoiceField).choices = needs
        for name in ("sex", "relationship", "carer"):
            field = field_of(self, name, forms.ChoiceField)
            field.widget.choices = field.choices

    @property
    def understood(self) -> str:
        """How the birth was read, for the place beside it."""
        birth = getattr(self, "cleaned_data", {}).get("birth")
        return in_words(birth, field_of(self, "birth", BirthField).today or timezone.localdate()) if birth else ""

    @property
    def mixed(self) -> list[str]:
        """The names in which one word mixes two scripts: worth a look, never refused."""
        cleaned = getattr(self, "cleaned_data", {})
        return [str(self.fields[name].label) for name in NAMES if mixes_scripts(cleaned.get(name) or "")]

    def person(self, key: uuid.UUID) -> PersonFacts:
        """The person on this row, without a carer yet."""
        said = self.cleaned_data
        names: dict[str, Any] = {name: "" if said.get(name) == NOT_KNOWN else said.get(name, "") for name in NAMES}
        return PersonFacts(
            **names,
            sex=said.get("sex") or None,
            birth=said.get("birth") or Birth(),
            relationship=said.get("relationship", ""),
            needs=tuple(said.get("needs", ())),
            id=key,
        )

    def is_blank(self, carried: str, *, first: bool) -> bool:
        """Whether nothing was typed but what the page itself put there: a carried family name, the first head."""
        said = self.cleaned_data
        typed = any(said.get(name) for name in ("given_name", "fathers_name", "sex", "needs"))
        birth = said.get("birth")
        standing = ("", HEAD) if first else ("",)
        return not (
            self.errors
            or typed
            or (birth and birth.precision != Birth().precision)
            or said.get("relationship", "") not in standing
            or said.get("family_name", "") not in ("", carried)
        )


class MemberFormSet(forms.BaseFormSet):
    """The rows; what is asked of them together."""

    rows: list[tuple[int, MemberForm]]

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return super().get_form_kwargs(index) | {"rows": min(self.total_form_count(), MOST_ROWS)}

    def clean(self) -> None:
        self.rows = self._rows_with_names_carried()
        if not self.rows:
            raise forms.ValidationError(_("Write at least one person."), code="nobody")
        for _position, form in self.rows:
            if not form.cleaned_data.get("given_name") and "given_name" not in form.errors:
                form.add_error("given_name", _("Write the given name, or ? when nobody knows it."))
        self._seat_the_head()
        self._check_carers(self.form_kwargs["day"])

    def people(self, act: uuid.UUID) -> list[PersonFacts]:
        """The persons in their order, each under an id that comes from the act's: the same form gives the same."""
        people = []
        for position, form in self.rows:
            person = form.person(member_key(act, position))
            kind, row = self._carer_of(form)
            if asks_for_carer(person, self.form_kwargs["day"]):
                carer = member_key(act, row) if isinstance(row, int) else row
                person = replace(person, carer_kind=kind, carer=carer)
            people.append(person)
        return people

    def _rows_with_names_carried(self) -> list[tuple[int, MemberForm]]:
        """The rows that are not blank; an empty family name is the one of the row above."""
        rows = []
        carried = ""
        for position, form in enumerate(self.forms):
            if form.is_blank(carried, first=position == 0):
                continue
            family = form.cleaned_data.get("family_name")
            if not family and "family_name" not in form.errors:
                form.cleaned_data["family_name"] = carried
            carried = family or carried
            rows.append((position, form))
        return rows

    def _seat_the_head(self) -> None:
        """One head; the first on the list where none was named. Those who come later have one already."""
        heads = [form for _position, form in self.rows if form.cleaned_data.get("relationship") == HEAD]
        seated = bool(self.form_kwargs["before"])
        if not heads and not seated:
            self.rows[0][1].cleaned_data["relationship"] = HEAD
        for form in heads[0 if seated else 1 :]:
            form.add_error("relationship", _("Another person is head already. A family has one."))

    def _check_carers(self, today: date) -> None:
        seated = {position for position, _form in self.rows}
        for position, form in self.rows:
            if not asks_for_carer(form.person(uuid.UUID(int=0)), today) or "carer" in form.errors:
                continue
            kind, row = self._carer_of(form)
            if not kind:
                form.add_error("carer", _("Say who looks after this child."))
            elif isinstance(row, int) and (row == position or row not in seated):
                form.add_error("carer", _("Choose another person on this list."))

    @staticmethod
    def _carer_of(form: MemberForm) -> tuple[str, int | uuid.UUID | None]:
        """The kind of carer that was chosen, and the row it names, or who had a name before."""
        said = form.cleaned_data.get("carer", "")
        if not said or said in dict(OTHER_CARERS):
            return said, None
        named = int(said.removeprefix(ROW)) - 1 if said.startswith(ROW) else uuid.UUID(said)
        return Membership.Carer.MEMBER.value, named


Members = forms.formset_factory(
    MemberForm,
    formset=MemberFormSet,
    extra=0,
    max_num=MOST_ROWS,
    absolute_max=MOST_ROWS,
    validate_max=True,
)


class Intake:
    """The whole screen: the family's form and its rows, blank, or as they were typed.

    `before` are the members who had names before, where only those who are left over are named.
    """

    def __init__(
        self, data: Any = None, *, card: str = "", people: int = FIRST_ROWS, before: Sequence[Membership] = ()
    ) -> None:
        self.before = members_as_choices(before)
        self.questions: list[Question] = []
        self.needs = [(need.code, need_name(need)) for need in NeedCode.objects.filter(at_desk=True)]
        self.form = IntakeForm(data, initial={"card": card})
        rows = [{"relationship": "" if before else HEAD}] + [
            {} for _ in range(min(max(people, FIRST_ROWS), MOST_ROWS) - 1)
        ]
        self.members = self._members(data, initial=None if data is not None else rows)

    @property
    def births(self) -> str:
        """The words by which the browser reads a birth while it is typed."""
        return json.dumps(for_browsers(), ensure_ascii=False)

    @classmethod
    def again(cls, data: Any, *, more: int = 0, before: Sequence[Membership] = ()) -> "Intake":
        """The screen with what was typed and some more rows, without judging it."""
        typed = cls(data)
        rows = [{name: form[name].value() for name in form.fields} for form in typed.members.forms]
        if before and rows and rows[0]["relationship"] == HEAD:
            rows[0]["relationship"] = ""  # as the page put it there before the card was looked up
        drawn = cls(before=before)
        drawn.needs = typed.needs
        drawn.form = IntakeForm(initial={name: typed.form[name].value() for name in typed.form.fields})
        drawn.members = drawn._members(None, initial=(rows + [{}] * more)[:MOST_ROWS])
        return drawn

    @staticmethod
    def rows_in(data: Any) -> int:
        """How many rows were sent; none where that cannot be read."""
        sent = data.get("member-TOTAL_FORMS", "")
        return min(int(sent), MOST_ROWS) if sent.isdecimal() and len(sent) < 6 else 0

    def is_valid(self, card: OnTable | None = None) -> bool:
        """Whether the form and every row can be taken, and the card's number leads somewhere."""
        if card and card.error and "card" not in self.form.errors:
            self.form.add_error("card", card.error)
        return all([self.form.is_valid(), self.members.is_valid()])

    def ask_once(self) -> list[Question]:
        """What is to be looked at again, beside its row; nothing of it is asked when the same is sent once more."""
        rows = {position + 1: form for position, form in self.members.rows}
        questions = questions_about(dict(zip(rows, self.people(), strict=True)), self.form.day)
        if {question.key for question in questions} <= set(self.form.cleaned_data["asked"].split()):
            return []
        for question in questions:
            rows[question.row].questions.append(question)
        typed = self.form.data.copy()  # type: ignore[attr-defined]  # it was sent: it holds a QueryDict
        typed["asked"] = " ".join(question.key for question in questions)
        self.form.data, self.questions = typed, questions
        return questions

    def people(self) -> list[PersonFacts]:
        """The members, as the act takes them."""
        return self.members.people(self.form.cleaned_data["id"])

    def typed_so_far(self) -> tuple[list[PersonFacts], str]:
        """The people whose rows can be read, and the settlement, for finding matches while the rest is typed.

        Each person's id is the number of their row.
        """
        self.is_valid()
        people = [form.person(uuid.UUID(int=position)) for position, form in getattr(self.members, "rows", ())]
        return people, self.form.cleaned_data.get("last_residence_settlement", "")

    def _members(self, data: Any, *, initial: Any) -> Any:
        usual = {"needs": self.needs, "before": self.before, "day": self.form.day, "empty_permitted": False}
        return Members(data, prefix="member", initial=initial, form_kwargs=usual)


def member_key(act: uuid.UUID, position: int) -> uuid.UUID:
    """The id of the member at this position of an intake: the same whenever the act is sent."""
    return uuid.uuid5(act, f"member {position}")


def child_key(act: uuid.UUID) -> uuid.UUID:
    """The id of the child whose birth the act records."""
    return uuid.uuid5(act, "child")


def need_name(need: NeedCode) -> str:
    """The need as it is said at a desk: without its code, in the reader's language where it has a name there."""
    return need.name.split(" (")[0]
