"""Numbers, money and months as pages and machines say them of houses."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import get_error_detail

from centre.clock import check_is_near

MOST = 99_999  # of places or people of one house
MOST_NIGHTS = 9_999_999  # of one invoice
MOST_RATE, MOST_AMOUNT = Decimal("99999999.99"), Decimal("999999999999.99")  # dram
MONTH = re.compile(r"(\d{4})-(\d\d)", re.ASCII)
NO_MONTH = _("Write the month as 2026-11.")


class Money(forms.DecimalField):
    """Dram, with at most two digits after the point; a comma is read as a point, and spaces between digits as none."""

    def __init__(self, *, most: Decimal, **options: Any) -> None:
        digits = len(most.as_tuple().digits)
        super().__init__(
            min_value=Decimal(0), max_value=most, max_digits=digits, decimal_places=2, widget=forms.TextInput, **options
        )
        self.widget.attrs["inputmode"] = "decimal"

    def to_python(self, value: Any) -> Any:
        """The amount as a decimal."""
        text = re.sub(r"\s+", "", str(value)).replace(",", ".") if value not in self.empty_values else ""
        return super().to_python(text)


def read_month(text: str) -> date:
    """The first day of the month written as 2026-11; raises ValidationError where it is none."""
    written = MONTH.fullmatch(text)
    try:
        first = date(int(written[1]), int(written[2]), 1) if written else None
    except ValueError:
        first = None
    if first is None:
        raise ValidationError(NO_MONTH, code="month")
    check_is_near(first)
    return first


class MonthField(forms.CharField):
    """A month, written as 2026-11; its first day."""

    def __init__(self, **options: Any) -> None:
        shown = {"inputmode": "numeric", "placeholder": "2026-11"}
        usual: dict[str, Any] = {"max_length": 7, "widget": forms.TextInput(attrs=shown)}
        super().__init__(**usual | options)
        self.error_messages["max_length"] = NO_MONTH

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        return read_month(text) if text else None

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%Y-%m}" if isinstance(value, date) else value


@extend_schema_field({"type": "string", "pattern": r"^\d{4}-\d\d$", "example": "2026-11"})
class Month(serializers.Field[date, str, str, Any]):
    """The same at the API."""

    def to_internal_value(self, data: Any) -> date:
        try:
            return read_month(data if isinstance(data, str) else "")
        except ValidationError as error:
            raise serializers.ValidationError(get_error_detail(error)) from error

    def to_representation(self, value: date) -> str:
        return f"{value:%Y-%m}"


@extend_schema_field(OpenApiTypes.DATE)
class Day(serializers.DateField):
    """A local day at the API, as 2026-11-26, between 2000 and 2100."""

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DD")
        day = super().to_internal_value(value)
        try:
            check_is_near(day)
        except ValidationError as error:
            raise serializers.ValidationError(get_error_detail(error)) from error
        return day


class Dram(serializers.DecimalField):
    """Money at the API: a decimal as text."""

    def __init__(self, *, most: Decimal, **options: Any) -> None:
        digits = len(most.as_tuple().digits)
        super().__init__(max_digits=digits, decimal_places=2, min_value=Decimal(0), **options)

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)
