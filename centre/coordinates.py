"""Where a thing lies on the map, as somebody pastes it from the map of a telephone."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from centre.lines import LineField

FARTHEST = (90, 180)  # degrees of latitude and of longitude
NEAR = 3  # degrees: sites of one operation are some hundred kilometres apart at most
FIVE_PLACES = Decimal("0.00001")  # of a degree: a metre

_NUMBER = r"([+-]?\d{1,3}(?:[.,]\d{1,20})?)\s*°?"
_BETWEEN = r"\s*N?\s*(?:[;,/]\s*|\s)\s*"
_PAIR = re.compile(rf"(?:geo:)?\s*{_NUMBER}{_BETWEEN}{_NUMBER}\s*E?(?:[?;].*)?", re.ASCII | re.IGNORECASE)

LatitudeLongitude = tuple[Decimal, Decimal]


class CoordinatesField(LineField):
    """Latitude and longitude in degrees, WGS 84, such as `39.5111, 46.3389` or `geo:39.5111,46.3389`; or None."""

    default_error_messages = {
        "coordinates": _("Write the latitude, a comma and the longitude, such as 39.5111, 46.3389."),
    }

    def clean(self, value: Any) -> LatitudeLongitude | None:
        said = super().clean(value)
        if not said:
            return None
        found = _PAIR.fullmatch(said)
        pair = [Decimal(number.replace(",", ".")) for number in found.groups()] if found else []
        if not pair or any(abs(degrees) > most for degrees, most in zip(pair, FARTHEST, strict=True)):
            raise ValidationError(self.error_messages["coordinates"], code="coordinates")
        latitude, longitude = (degrees.quantize(FIVE_PLACES) for degrees in pair)
        return latitude, longitude

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(f"{degrees.normalize():f}" for degrees in value) if isinstance(value, tuple) else value


def are_exchanged(pair: LatitudeLongitude, others: Iterable[LatitudeLongitude]) -> bool:
    """Whether the pair lies far from all the others, and near to one of them the other way round."""
    known = list(others)
    return not _near_to_one(pair, known) and _near_to_one((pair[1], pair[0]), known)


def _near_to_one(pair: LatitudeLongitude, others: Iterable[LatitudeLongitude]) -> bool:
    return any(all(abs(here - there) <= NEAR for here, there in zip(pair, other, strict=True)) for other in others)
