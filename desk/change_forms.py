"""Forms by which what is said of people and families is said anew: the fields of the intake, each as it stands."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import BadRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centre.forms import ActForm, field_of
from centre.lines import LineField
from centre.refusals import Refusal
from desk.asked_alike import FamilyFields, PersonFields
from desk.beside import BesideForm, CarersForm
from desk.correcting import Said, birth_of, told_birth
from desk.document_fields import document_fields, document_rows, documents_said, documents_typed, without_kind
from desk.fields import NOT_KNOWN, phones_in
from desk.intake import OTHER_CARERS
from registrations.births import birth_as_typed
from registrations.choosing import members_as_choices
from registrations.document_kinds import DocumentKind
from registrations.facts import is_child
from registrations.models import Going, Membership
from registrations.said import COLUMNS, NAMES, Row, value_of

WHY = _("Say why when you change whether somebody is a child, their sex, or a name that a document shows.")


class SaidForm(BesideForm):
    """Fields as they stand; what is typed otherwise is said anew. `stood` is what they said when the page was drawn."""

    stood = forms.CharField(widget=forms.HiddenInput, max_length=20_000)

    rows: Sequence[Row]

    def __init__(self, data: Any = None, *, rows: Sequence[Row], **kwargs: Any) -> None:
        self.rows = rows
        read = {field: value_of(row, field) for row in rows for field in COLUMNS[type(row)] if field in self.said_of}
        salt = " ".join(str(row.pk) for row in rows)  # what was read of one person is nothing of another
        self.stands = _read_signed(data.get("stood", ""), salt) if data else read
        if self.stands.keys() != read.keys():
            raise BadRequest
        super().__init__(
            data, initial=self.typed(self.stands) | {"stood": signing.dumps(self.stands, salt=salt)}, **kwargs
        )

    said_of: tuple[str, ...] = ()

    def typed(self, stands: Mapping[str, Any]) -> dict[str, Any]:
        """What the fields of the form show for these values."""
        raise NotImplementedError

    def plain(self, field: str) -> Any:
        """What the form says of the field now, as a plain value."""
        raise NotImplementedError

    def differs(self, *names: str) -> bool:
        """Whether one of these fields of the form was typed otherwise than it was drawn."""
        return any((self.data.get(name) or "").strip() != str(self.initial.get(name) or "") for name in names)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.changed():
            raise forms.ValidationError(_("Nothing was changed here."), code="nothing")
        return cleaned

    def changed(self) -> list[str]:
        """The fields that say something else."""
        raise NotImplementedError


class PersonForm(PersonFields, SaidForm, CarersForm):
    """A person of the family."""

    reason = LineField(label=_("Why?"), max_length=200, help_text=WHY)

    said_of: tuple[str, ...] = (*NAMES, "sex", "birth", "relationship", "carer")
    field_order = ("id", "stood", "family_name", "given_name", "fathers_name", "sex", "birth", "relationship", "carer")

    def __init__(
        self,
        data: Any = None,
        *,
        member: Membership,
        members: Sequence[Membership],
        documents: bool = False,
        **kwargs: Any,
    ) -> None:
        self.person_key = member.individual_id
        self.said_of = (*self.said_of, *(["documents"] if documents else []))
        super().__init__(data, rows=[member.individual, member], members=members, **kwargs)
        self.fields |= document_fields(self.stands["documents"]) if documents else {}
        others = members_as_choices(row for row in members if row != member)
        field_of(self, "carer", forms.ChoiceField).choices = [("", ""), *others, *OTHER_CARERS]

    @property
    def asked(self) -> list[Any]:
        """The fields that are asked before documents and reason; who looks after them, of a child."""
        child = is_child(birth_of(self.stands["birth"]), timezone.localdate())
        carer = child or self["carer"].value() or self["carer"].errors
        beside = {field.name for row in self.documents for field in row} | (
            {"reason"} if carer else {"reason", "carer"}
        )
        return [field for field in self.visible_fields() if field.name not in beside]

    @property
    def documents(self) -> list[list[Any]]:
        """The fields of each document; none for who may not see documents."""
        return [[self[name] for name in row.values()] for row in document_rows(self.stands.get("documents"))]

    @property
    def document_kinds(self) -> list[str]:
        """The common ones, to choose from or to write another word."""
        return [str(label) for label in DocumentKind.labels]

    def fields_for(self, refusal: Refusal) -> list[str]:
        """The fields that can answer the refusal; of the person themselves, the one that stands on the page."""
        if self.person_key in getattr(refusal, "children", ()):
            return ["carer"]
        return super().fields_for(refusal)

    def heads(self) -> set[str]:
        """Who is a head by what is typed."""
        return {str(self.person_key)}

    def typed(self, stands: Mapping[str, Any]) -> dict[str, Any]:
        carer = stands["carer"]
        return {
            **{name: stands[name] for name in NAMES},
            **documents_typed(stands.get("documents")),
            "sex": stands["sex"] or "",
            "birth": birth_as_typed(birth_of(stands["birth"]), timezone.localdate()),
            "relationship": stands["relationship"],
            "carer": carer["carer_id"] or carer["carer_kind"],
        }

    def clean(self) -> dict[str, Any]:
        for name in without_kind(self.cleaned_data, self.stands.get("documents")):
            self.add_error(name, _("Say which document this is."))
        return super().clean()

    def changed(self) -> list[str]:
        of_documents = [name for row in document_rows(self.stands.get("documents")) for name in row.values()]
        return [name for name in self.said_of if self.differs(*(of_documents if name == "documents" else [name]))]

    def plain(self, field: str) -> Any:
        if field == "documents":
            return documents_said(self.cleaned_data, self.stands["documents"])
        said = self.cleaned_data[field]
        if field in NAMES:
            return "" if said == NOT_KNOWN else said
        if field == "birth":
            return told_birth(said)
        if field == "carer":
            return carer_as_told(said)
        return said or (None if field == "sex" else "")

    def facts(self) -> dict[str, Any]:
        """The parameters of the act."""
        said = [Said(name, self.plain(name), was=self.stands[name], person=self.person_key) for name in self.changed()]
        told = {name: self.cleaned_data[name] for name in ("reason", "id")}
        return told | {"said": said, "carers": self.carers_said()}


class FamilyForm(FamilyFields, SaidForm):
    """What the family says of itself, each as it stands."""

    said_of = ("last_residence", "phones", "languages", "original_registration", "vehicle", "going")
    asked = {
        "last_residence": ("last_residence_district", "last_residence_settlement"),
        "phones": ("phone", "second_phone"),
        "languages": ("language",),
        "original_registration": ("original_registration_district", "original_registration_settlement"),
        "vehicle": ("vehicle",),
        "going": ("going", "destination_marz"),
    }

    def typed(self, stands: Mapping[str, Any]) -> dict[str, Any]:
        phones = [*stands["phones"], "", ""]
        going = {name: stands["going"][name] for name in ("going", "destination_marz")}
        numbers = {"phone": phones[0], "second_phone": ", ".join(filter(None, phones[1:]))}
        homes = stands["last_residence"] | stands["original_registration"]
        language = next(iter(stands["languages"]), "")
        return {"vehicle": stands["vehicle"], "language": language, **homes, **going, **numbers}

    def changed(self) -> list[str]:
        return [name for name in self.said_of if self.differs(*self.asked[name])]

    def plain(self, field: str) -> Any:
        said = self.cleaned_data
        if field == "phones":
            return list(phones_in([said["phone"], said["second_phone"]]))
        if field == "going":
            marz = said["destination_marz"] if said["going"] == Going.OWN_ADDRESS else ""
            return {"going": said["going"], "destination_marz": marz}
        if field == "languages":
            others = [one for one in self.stands["languages"][1:] if one != said["language"]]
            return [*filter(None, [said["language"]]), *others]
        if field in ("last_residence", "original_registration"):
            return {name: said[name] for name in self.asked[field]}
        return said[field]

    def facts(self) -> dict[str, Any]:
        """The parameters of the act."""
        said = [Said(name, self.plain(name), was=self.stands[name]) for name in self.changed()]
        return {"said": said, "id": self.cleaned_data["id"]}


class SettleForm(ActForm):
    """Which of two is right."""

    conflict = forms.UUIDField(widget=forms.HiddenInput)
    take = forms.BooleanField(required=False, widget=forms.HiddenInput)


class UndoForm(ActForm):
    """Which act is taken back."""

    done = forms.UUIDField(widget=forms.HiddenInput)


def carer_as_told(said: str) -> dict[str, str | None]:
    """Who looks after a child, as a plain value, from what a form says: a member's id, a kind, or nothing."""
    if said and said not in dict(OTHER_CARERS):
        return {"carer_kind": Membership.Carer.MEMBER.value, "carer_id": said}
    return {"carer_kind": said, "carer_id": None}


def _read_signed(text: str, salt: str) -> dict[str, Any]:
    """What a page of ours said; BadRequest for what none did."""
    try:
        told: dict[str, Any] = signing.loads(text, salt=salt)
    except signing.BadSignature as error:
        raise BadRequest from error
    return told
