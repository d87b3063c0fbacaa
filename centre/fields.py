"""What the fields of an act accept: exactly what the schema says, and nothing that has to be guessed."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError as Invalid
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty, get_error_detail

from centre.bodies import LONGEST_KEY
from centre.clock import read_instant
from centre.lines import seen
from centre.models import Site, User
from centre.sight import sight_of

UUID_LENGTH = 36


class Facts(serializers.Serializer[Any]):
    """The facts of an act; a field it does not know is named instead of being lost."""

    default_error_messages = {"unknown": _("There is no such field.")}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(str(name)[:LONGEST_KEY] for name in data if name not in self.fields)
            if unknown:
                raise serializers.ValidationError({name: [self.error_messages["unknown"]] for name in unknown})
        return super().to_internal_value(data)

    @property
    def asker(self) -> User:
        """Who asks."""
        return self.context["request"].user


class Key(serializers.UUIDField):
    """A UUID as text."""

    def to_internal_value(self, data: Any) -> uuid.UUID:
        if not isinstance(data, str) or len(data) != UUID_LENGTH:
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """A string, read by a cleaner that the pages share; a text of which nobody sees anything is empty.

    Marks that nobody sees are dropped, but from a secret, which is taken to the letter (trim_whitespace=False).
    """

    def __init__(self, clean: Callable[[str], Any] | None = None, **options: Any) -> None:
        self.clean = clean
        super().__init__(**options)

    def run_validation(self, data: Any = empty) -> Any:
        text = super().run_validation(data)
        if not text or not self.trim_whitespace:
            return text
        said = self._cleaned(text) if seen(text).strip() else ""
        if said == "" and not self.allow_blank:
            self.fail("blank")
        return said

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)

    def _cleaned(self, text: str) -> Any:
        if not self.clean:
            return seen(text).strip()
        try:
            return self.clean(text)
        except Invalid as error:
            raise serializers.ValidationError(get_error_detail(error)) from error


class Count(serializers.IntegerField):
    """A whole number; true, 5.0 and "5" are none."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return data


@extend_schema_field({"type": "string", "format": "date-time"})
class Instant(serializers.Field[datetime, str, str, Any]):
    """An instant with its offset from UTC, between 2000 and 2100."""

    def to_internal_value(self, data: Any) -> datetime:
        try:
            return read_instant(data)
        except Invalid as error:
            raise serializers.ValidationError(get_error_detail(error)) from error

    def to_representation(self, value: datetime) -> str:
        return value.isoformat()


class Choice(serializers.ChoiceField):
    """One of the codes, as a string."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=str(data)[:LONGEST_KEY])
        return super().to_internal_value(data)


def site_known_to(user: User, word: str) -> Site | None:
    """The site of this code or id; none when the word is neither, or names what the user may not know of."""
    return _sites_by(word).visible_to(user).first()


def _sites_by(word: str) -> Any:
    named = Q(code=word)
    if len(word) == UUID_LENGTH:
        try:
            named |= Q(pk=uuid.UUID(word))
        except ValueError:
            return Site.objects.none()
    return Site.objects.filter(named)


@extend_schema_field({"type": "string", "maxLength": 36, "description": "A site's code or id."})
class SiteField(serializers.Field[Site, str, str, Any]):
    """A site by its code or id."""

    default_error_messages = {"unknown": _("There is no such site.")}

    def to_internal_value(self, data: Any) -> Site:
        site = self.find(data) if isinstance(data, str) and len(data) <= UUID_LENGTH else None
        if site is None:
            self.fail("unknown")
        return site

    def find(self, word: str) -> Site | None:
        """The site of this code or id, if the asker may know of it."""
        return site_known_to(self.context["request"].user, word)

    def to_representation(self, value: Site) -> str:
        return value.code


@extend_schema_field({"type": "string", "maxLength": 36, "description": "A hospital's code or id."})
class HospitalField(SiteField):
    """A hospital by its code or id: anybody may send somebody there."""

    def find(self, word: str) -> Site | None:
        hospital: Site | None = _sites_by(word).to_be_sent_to().first()
        return hospital


@extend_schema_field({"type": ["string", "null"], "description": "A site's code; null where one may not know of it."})
class ShownSite(serializers.Field[Site, str, str, Any]):
    """The code of the site of a row, for who may know that somebody was there."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"read_only": True} | options)

    def to_representation(self, value: Site) -> Any:
        return value.code if sight_of(self.context["request"].user).is_told(value) else None


@extend_schema_field({"type": "array", "items": {"type": "string", "format": "uuid"}, "minItems": 1})
class RowsField(serializers.ListField):
    """Rows by their ids, each once, in the order named; those the asker may not see do not exist for them."""

    child = Key()
    default_error_messages = {
        "unknown": _("There is nothing with this id."),
        "twice": _("This is named twice."),
    }

    def __init__(self, rows: Callable[[User], "QuerySet[Any]"], **options: Any) -> None:
        self.rows = rows
        super().__init__(**{"allow_empty": False, "max_length": 100} | options)

    def to_internal_value(self, data: Any) -> list[Any]:
        keys = super().to_internal_value(data)
        found = self.rows(self.context["request"].user).in_bulk(keys)
        wrong: dict[Any, Any] = {
            place: [self.error_messages["twice" if key in keys[:place] else "unknown"]]
            for place, key in enumerate(keys)
            if key not in found or key in keys[:place]
        }
        if wrong:
            raise serializers.ValidationError(wrong)
        return [found[key] for key in keys]
