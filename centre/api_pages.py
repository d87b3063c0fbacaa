"""The pages of the API: by cursor, and those of what a search found."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError as Invalid
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

FOUND = {"type": "integer", "description": "How many a search found, at most 1,000; absent in a list."}


class Pages(CursorPagination):
    """Pages by cursor, so that a list stays right while rows are added."""

    ordering = "pk"
    page_size: int
    max_page_size = 500
    page_size_query_param = "page_size"
    key: Any = None  # by which a list goes on; what was found has only places

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        self.key = queryset.model._meta.pk
        return super().paginate_queryset(queryset, request, view)

    def page_of_found(self, found: Sequence[Any], request: Request) -> Any:
        """A page of what a search found: its cursor is a place among the likeliest, and the search is asked again."""
        self.base_url = request.build_absolute_uri()
        self.count, self.size = len(found), self.get_page_size(request)
        cursor = self.decode_cursor(request)
        self.start = cursor.offset if cursor else 0
        return found[self.start : self.start + self.size]

    def answer_found(self, rows: Any) -> Response:
        """That page, with how many were found."""
        after, before = self.start + self.size, max(self.start - self.size, 0)
        links = {
            "next": self._link_to(after) if after < self.count else None,
            "previous": self._link_to(before) if self.start else None,
        }
        return Response({"count": self.count, **links, "results": rows})

    def _link_to(self, place: int) -> str:
        return self.encode_cursor(Cursor(place, False, None))

    def get_page_size(self, request: Request) -> int:
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return self.page_size
        if not (asked.isascii() and asked.isdigit() and len(asked) < 5 and 1 <= int(asked) <= self.max_page_size):
            raise exceptions.ValidationError(
                {self.page_size_query_param: [_("A page has 1 to %(most)d rows.") % {"most": self.max_page_size}]}
            )
        return int(asked)

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The cursor that was sent; one that this list never gave is an error of its own, not an empty page."""
        try:
            cursor = super().decode_cursor(request)
            if cursor and cursor.position is not None:
                if self.key is None:
                    raise exceptions.NotFound
                self.key.to_python(cursor.position)
        except (exceptions.NotFound, Invalid) as error:
            raise exceptions.ValidationError({"cursor": [_("This list gave no such cursor.")]}) from error
        return cursor

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"count": FOUND, "next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """As the schema says it: the page size within its bounds."""
        parameters = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] |= {"minimum": 1, "maximum": self.max_page_size}
        return parameters
