"""A browser that knows what was looked up in what it sent: what nobody looked up cannot change the answer."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.test.client import ClientHandler

ALL = "*"  # it was gone through as a whole
HOW_MANY = "#"


class Sent(QueryDict):
    """What was sent, which notes by name what is looked up in it."""

    def __getitem__(self, name: str) -> Any:
        self._note(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self._note(str(name))
        return super().__contains__(name)

    def __len__(self) -> int:
        self._note(HOW_MANY)
        return super().__len__()

    def getlist(self, name: str, default: Any = None) -> list[Any]:
        self._note(name)
        return super().getlist(name, default)

    def _note(self, name: str) -> None:
        vars(self).get("looked_up", set()).add(name)  # it has none while it is made


def _noting_all(method: str) -> Callable[..., Any]:
    def read(sent: Sent, *told: Any) -> Any:
        sent._note(ALL)
        return getattr(QueryDict, method)(sent, *told)

    return read


for _method in ("__iter__", "__copy__", "__deepcopy__", "keys", "values", "items", "lists", "dict", "urlencode"):
    setattr(Sent, _method, _noting_all(_method))


def noting(sent: QueryDict, looked_up: set[str]) -> Sent:
    """The same, which notes there what is looked up."""
    noted = Sent(mutable=True)
    for name, values in sent.lists():
        noted.setlist(name, values)
    vars(noted).update(looked_up=looked_up, _mutable=False)
    return noted


class Noting(ClientHandler):
    """Answers as ever; the request then tells what was looked up in its address and its form."""

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        request.looked_up = set()
        request.GET = noting(request.GET, request.looked_up)
        if request.content_type == "multipart/form-data":
            request.POST = noting(request.POST, request.looked_up)
            return super().get_response(request)
        response = super().get_response(request)
        request.looked_up |= {ALL} if request._read_started else set()
        return response


def is_the_same(one: Mapping[str, str], other: Mapping[str, str], looked_up: set[str]) -> bool:
    """Whether who looked these names up in the one would have found the same in the other."""
    if ALL in looked_up:
        return False
    return (HOW_MANY not in looked_up or len(one) == len(other)) and all(
        one.get(name) == other.get(name) for name in looked_up
    )
