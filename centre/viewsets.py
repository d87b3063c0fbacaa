"""What every address of the API is made of: rows to read, and acts to do."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from functools import cache, wraps
from operator import attrgetter
from typing import Any, Concatenate, TypeVar, get_type_hints

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from centre.api_pages import Pages
from centre.bodies import LONGEST_KEY, LONGEST_SEARCH
from centre.fields import Facts, Instant, Key, Text
from centre.limits import LOOKS, bound
from centre.lines import LONGEST_HAND, line
from centre.log import write_log
from centre.models import LogLine
from centre.requests import StaffCall
from centre.sent import act_done_for, in_this_request, read_sent

Door = Callable[..., Any]
Body = TypeVar("Body", bound="ActFacts")
Row = TypeVar("Row", bound=Model)
Answer = TypeVar("Answer")


class ActFacts(Facts):
    """What every act carries; sent again with the same id and facts, it is done once and answered the same."""

    id = Key(help_text="The act's own id, minted where it was done.")
    at = Instant(required=False, help_text="When it was done; now when absent.")

    @property
    def facts(self) -> dict[str, Any]:
        """The act's parameters, as they are named in the action, with who does it."""
        return {**self.validated_data, "by": self.asker}


class SeveralFacts(ActFacts):
    """An act for the row of the address; the rows that its field `also` names come along in the same act."""

    def with_others(self, row: Any) -> tuple[list[Any], dict[str, Any]]:
        """All the rows of the act, each once, and its other facts."""
        facts = self.facts
        return list({one.pk: one for one in (row, *facts.pop("also", ()))}.values()), facts

    def done_by(self, action: Callable[Concatenate[list[Row], ...], Answer], row: Row) -> Answer:
        """What the action answers when it is done for all of them."""
        rows, facts = self.with_others(row)
        return action(rows, **facts)


class OnPaper(Facts):
    """What may be typed from paper later; its `at` is the day and hour on the paper."""

    written_by = Text(
        max_length=LONGEST_HAND,
        clean=line(LONGEST_HAND),
        required=False,
        help_text="Whose hand the paper was. With it a coordinator may send what is up to 90 days old.",
    )


class DatedFacts(ActFacts):
    """An act that says somebody's age: it must say on which day."""

    at = Instant(help_text="When it was done.")


class Acts(viewsets.GenericViewSet[Any]):
    """Addresses at which acts are done; a row the asker may not see is not found."""

    request: StaffCall
    filterset_class = None
    serializer_class = ActFacts


class Rows(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]):
    """Rows the asker may see, listed and by id; where they are about people, each look leaves a line in the log."""

    request: StaffCall
    queryset: QuerySet[Any]
    paginator: Pages
    about = ""  # where rows are about people: what of a row is the id of the person or household

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        filters = getattr(self, "filterset_class", None)
        known = set(filters.base_filters) if filters else set()
        check_parameters(request.query_params, known | {"cursor", "page_size", "format"})
        return self.narrowed(request, known & set(request.query_params), request.query_params.get("search", ""))

    def narrowed(self, request: Request, fields: Iterable[str], words: str) -> Response:
        """A page of the rows, or of those that the words name."""
        found = self.search(words) if words else None
        if found is None:
            page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        else:
            page = self.paginator.page_of_found(found, request)
        self._log(LogLine.Verb.SEARCHED, self.subject, fields, page or ())
        answer = self.get_paginated_response if found is None else self.paginator.answer_found
        return answer(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        bound(self.request.user, LOOKS)
        row = self.get_object()
        self._log(LogLine.Verb.OPENED, row, (), [row])
        return Response(self.get_serializer(row).data)

    def _log(self, verb: LogLine.Verb, subject: Any, fields: Iterable[str], rows: Iterable[Any]) -> None:
        if self.about:
            write_log(self.request.user, verb, subject, fields, shown=map(attrgetter(self.about), rows))

    def search(self, query: str) -> Sequence[Any] | None:
        """The rows these words name, the likeliest first; None where rows have no names."""
        return None

    @property
    def subject(self) -> str:
        """What the log calls these rows."""
        return str(self.queryset.model._meta.model_name)


class SearchFacts(Facts):
    """Words that name somebody: sent, so that no address names them."""

    search = serializers.CharField(max_length=LONGEST_SEARCH, help_text="Names in any script, or the number")


class NamedRows(Rows):
    """Rows that have names."""

    @extend_schema(request=SearchFacts)
    @action(detail=False, methods=["post"], url_path="search")
    def find(self, request: Request) -> Response:
        """Those whom the words name, the likeliest first; the cursor and the page's size stay in the address."""
        check_parameters(request.query_params, {"cursor", "page_size", "format"})
        body = SearchFacts(data=request.data)
        body.is_valid(raise_exception=True)
        return self.narrowed(request, ["search"], body.validated_data["search"])


def check_parameters(asked: Mapping[str, Any], known: set[str]) -> None:
    """Raise ValidationError for a parameter that nobody reads or that says nothing: it must not show everything."""
    wrong = {name[:LONGEST_KEY]: [_("There is no such parameter.")] for name in sorted(set(asked) - known)}
    wrong |= {name: [_("Give it a value, or leave it out.")] for name in asked if name in known and not asked[name]}
    if wrong:
        raise ValidationError(wrong)


def act_on_row(
    takes: type[ActFacts],
    answers: type,
    url_path: str | None = None,
    again: Callable[[dict[str, Any]], Any] | None = None,
) -> Callable[[Door], Door]:
    """Make a method `POST <rows>/<id>/<verb>/`: called with the row and the valid body, it does an act and answers.

    What was sent before, word for word, is answered as it was before the row is looked for and the body judged; where
    a door says more than its act answers, `again` adds it.
    """

    def decorate(door: Door) -> Door:
        @extend_schema(request=takes, responses={201: answer_of(answers)})
        @action(detail=True, methods=["post"], url_path=url_path)
        @wraps(door)
        def post(self: Any, request: Request, pk: str) -> Response:
            def do() -> Any:
                row = self.get_object()
                return door(self, row, read_body(self, takes, row))

            return _once(request, do, again)

        return post

    return decorate


def act_on_list(
    takes: type[ActFacts], answers: type, again: Callable[[dict[str, Any]], Any] | None = None, *, below: str = ""
) -> Callable[[Door], Door]:
    """Make a method `POST <rows>/`, or `POST <rows>/<below>/`: called with the valid body, it does an act.

    What was sent before is answered as it was; where a door says more than its act answers, `again` adds it.
    """

    def decorate(door: Door) -> Door:
        @wraps(door)
        def post(self: Any, request: Request) -> Response:
            return _once(request, lambda: door(self, read_body(self, takes)), again)

        # the schema outermost: `action` forgets what was said within it
        address = action(detail=False, methods=["post"], url_path=below)(post) if below else post
        described: Door = extend_schema(request=takes, responses={201: answer_of(answers)}, filters=False)(address)
        return described

    return decorate


def _once(request: Any, do: Callable[[], Any], again: Callable[[dict[str, Any]], Any] | None = None) -> Response:
    said = request.data
    sent = read_sent(said.get("id"), request.path, said) if isinstance(said, dict) else None
    done = act_done_for(request.user, sent)
    if done:
        kept: dict[str, Any] = done.answer or {}  # no act is seen before it has its answer
        return _answer(again(kept) if again else kept)
    with in_this_request(sent):
        return _answer(do())


def read_body(view: Any, takes: type[Body], row: Any = None) -> Body:
    """The body, valid; raises ValidationError with the field's name."""
    body = takes(data=view.request.data, context={"request": view.request, "view": view, "row": row})
    body.is_valid(raise_exception=True)
    return body


PLAIN: dict[Any, Callable[[], serializers.Field[Any, Any, Any, Any]]] = {
    str: serializers.CharField,
    int: serializers.IntegerField,
    int | None: lambda: serializers.IntegerField(allow_null=True),
    list[str]: lambda: serializers.ListField(child=serializers.CharField()),
    list[int]: lambda: serializers.ListField(child=serializers.IntegerField()),
}


@cache
def answer_of(answers: Any) -> Any:
    """The serializer of an act's answer, read from its dataclass of plain values."""
    if not (isinstance(answers, type) and is_dataclass(answers)):
        return answers
    hints = get_type_hints(answers)
    return inline_serializer(
        answers.__name__,
        {field.name: PLAIN[hints[field.name]]() for field in fields(answers)},
    )


def _answer(answer: Any) -> Response:
    """By name: the kept answer comes back from the database in an order of its own."""
    told = asdict(answer) if is_dataclass(answer) and not isinstance(answer, type) else answer
    return Response(dict(sorted(told.items())), status=status.HTTP_201_CREATED)
