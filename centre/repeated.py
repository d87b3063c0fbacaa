"""A form that is sent again, word for word, is answered as it was: whatever has happened since.

An act that is sent twice is done once (centre.acts). But a page may refuse the second sending before the act is asked:
a family that has departed cannot depart again. The person whose answer was lost on the line needs the first answer.
The session knows for minutes where it led, and with which words; the act knows for good that it was done.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus

from django.contrib import messages
from django.contrib.messages.storage.base import BaseStorage
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from centre.middleware import page_before
from centre.requests import is_for_the_api
from centre.sent import act_done_for, in_this_request, read_sent

ANSWERED = "answers"
MOST_KEPT = 20  # answers a session, the latest: a repeat comes within minutes

Answer = Callable[[HttpRequest], HttpResponse]


def answer_again(get_response: Answer) -> Answer:
    """Redirect a repeated form to the same page as the first time, and say that it was saved."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if is_for_the_api(request) or not request.user.is_authenticated or not request.POST.get("id"):
            return get_response(request)
        sent = read_sent(request.POST["id"], request.get_full_path(), _said(request))
        if sent is None:
            return get_response(request)
        kept = dict(request.session.get(ANSWERED, ()))
        if sent.digest in kept:
            address, words = kept[sent.digest]
            _say_saved(request, words)
            return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)
        with in_this_request(sent):
            response = get_response(request)
        if response.status_code >= HTTPStatus.BAD_REQUEST and act_done_for(request.user, sent):
            _say_saved(request)  # what is printed or read on the page is answered again by the page itself
            return HttpResponseRedirect(page_before(request), status=HTTPStatus.SEE_OTHER)
        if response.status_code == HTTPStatus.SEE_OTHER:
            answer = (response["Location"], _words_above(request))
            request.session[ANSWERED] = [*kept.items(), (sent.digest, answer)][-MOST_KEPT:]
            _save_without_waiting(request.session)
        return response

    return middleware


def _save_without_waiting(session: SessionBase) -> None:
    """The act is on the disk already. Do not wait for this write as well: a crash may lose it without harm."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        session.save()  # Django saves a session whole
    session.modified = False


def _said(request: HttpRequest) -> list[tuple[str, list[str]]]:
    """All that was said, but for the token that changes at sign-in."""
    return [(name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"]


def _words_above(request: HttpRequest) -> list[tuple[int, str, str]]:
    """What is said above the page that this answer leads to: the browser, which carries it, may never get it."""
    waiting = messages.get_messages(request)
    words = [(message.level, str(message.message), message.extra_tags or "") for message in waiting]
    _are_still_to_be_shown(waiting)
    return words


def _say_saved(request: HttpRequest, words: Iterable[tuple[int, str, str]] = ()) -> None:
    """Say so, and the words of the first sending, unless they are still to be shown."""
    waiting = messages.get_messages(request)
    if not any(message.level == messages.SUCCESS for message in waiting):
        messages.success(request, _("This was saved the first time you sent it."))
        for level, text, tags in words:
            messages.add_message(request, level, text, extra_tags=tags)
    _are_still_to_be_shown(waiting)


def _are_still_to_be_shown(waiting: object) -> None:
    """Reading them here is not showing them."""
    if isinstance(waiting, BaseStorage):
        waiting.used = False
