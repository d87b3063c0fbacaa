"""The API's paging and its way of answering errors."""

from rest_framework.pagination import CursorPagination


class Pages(CursorPagination):
    """Pages by cursor, so that a list stays right while rows are added."""

    ordering = "pk"
    max_page_size = 500
    page_size_query_param = "page_size"
