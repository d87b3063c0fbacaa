"""Filters that every list shares: sites, instants and days."""

import re
from datetime import datetime
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from centre.clock import read_instant
from centre.days import LocalDay
from centre.fields import UUID_LENGTH, site_known_to
from centre.models import Marz, Site, User


class SiteChoice(forms.CharField):
    """A site by its code or id, of those that the asker may know of."""

    asker: User

    def clean(self, value: Any) -> Site | None:
        word = super().clean(value)
        if not word:
            return None
        site = site_known_to(self.asker, word)
        if site is None:
            raise ValidationError(_("There is no such site."), code="unknown")
        return site


class InstantInput(forms.CharField):
    """An instant with its offset; a plus sign that an address turned into a space is read as one."""

    def clean(self, value: Any) -> datetime | None:
        text = super().clean(value)
        return read_instant(re.sub(r" (?=\d\d:?\d\d$)", "+", text)) if text else None


class KeyInput(forms.UUIDField):
    """An id as it is written in addresses, with its dashes."""

    def clean(self, value: Any) -> Any:
        if value and len(str(value)) != UUID_LENGTH:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().clean(value)


class TruthInput(forms.CharField):
    """true or false; anything else is a mistake and not "whatever"."""

    def clean(self, value: Any) -> bool | None:
        word = super().clean(value)
        if word not in ("", "true", "false"):
            raise ValidationError(_("Write true or false."), code="invalid")
        return word == "true" if word else None


class KeyFilter(filters.UUIDFilter):
    """Rows with this id."""

    field_class = KeyInput


class TruthFilter(filters.BooleanFilter):
    """Rows of which this is true, or is not."""

    field_class = TruthInput


class SiteFilter(filters.CharFilter):
    """Rows of one site."""

    field_class = SiteChoice

    @property
    def field(self) -> Any:
        """The field of this very request: what it finds depends on who asks."""
        field = super().field
        field.asker = self.parent.request.user
        return field


@extend_schema_field(OpenApiTypes.DATETIME)
class InstantFilter(filters.CharFilter):
    """Rows at an instant, since it, or until it."""

    field_class = InstantInput


@extend_schema_field(OpenApiTypes.DATE)
class DayFilter(filters.CharFilter):
    """Rows of a local day."""

    field_class = LocalDay


class SiteFilterSet(filters.FilterSet):
    """How sites are narrowed down."""

    kind = filters.MultipleChoiceFilter(choices=Site.Kind.choices)
    marz = filters.ChoiceFilter(choices=Marz.choices)
    open = TruthFilter(method="filter_open")

    class Meta:
        model = Site
        fields = ()

    def filter_open(self, sites: "QuerySet[Site]", _name: str, is_open: bool) -> "QuerySet[Site]":
        running = Site.objects.open(timezone.now()).values("pk")
        return sites.filter(pk__in=running) if is_open else sites.exclude(pk__in=running)
