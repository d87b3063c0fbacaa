"""The OpenAPI description: what every address may answer besides its success."""

from typing import Any, Literal

from django.utils.translation import gettext_lazy as _
from drf_spectacular.openapi import AutoSchema
from rest_framework.permissions import AllowAny

from centre.api_errors import DETAIL, FIELDS, REFUSAL


class HouseSchema(AutoSchema):
    """Adds the errors each operation may answer, and heads it with the first sentence of its docstring."""

    def get_summary(self) -> str:
        return self.get_description().partition(". ")[0].partition("\n")[0].removesuffix(".")

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        for code, (words, schema) in self._errors().items():
            bodies.setdefault(code, {"content": {"application/json": {"schema": schema}}, "description": str(words)})
        return bodies

    def _errors(self) -> dict[str, tuple[Any, dict[str, Any]]]:
        errors: dict[str, tuple[Any, dict[str, Any]]] = {}
        open_to_all = any(isinstance(permission, AllowAny) for permission in self.view.get_permissions())
        is_file = self.path.endswith((".csv", ".{suffix}"))
        if self.method == "POST" or self._is_list_view() or self.path.endswith("census/") or is_file:
            errors["400"] = (_("A field is wrong; it is named."), FIELDS)
        if not open_to_all:
            errors["401"] = (_("Nobody is signed in, or the token is unknown, expired or revoked."), DETAIL)
            errors["403"] = (_("The role does not allow this here."), DETAIL)
        if "{" in self.path or self.method == "DELETE":
            errors["404"] = (_("There is no such thing, or none that you may see."), DETAIL)
        if self.method == "POST" or is_file:
            errors["409"] = (_("Refused: the code says why."), REFUSAL)
        if self.method == "POST":
            errors["413"] = (_("The body is too large."), DETAIL)
            errors["415"] = (_("The body is no JSON."), DETAIL)
        if open_to_all:
            errors["401"] = (_("The name or the password is wrong."), DETAIL)
            errors["429"] = (_("Too many tries; wait."), DETAIL)
        return errors
