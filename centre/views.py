"""Settings a person keeps for themselves, and the table of who may do what."""

import sys
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseRedirect,
    HttpResponseServerError,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from centre.access import GIVEN_TO, Permission, Role, permissions_of
from centre.accounts import LANGUAGE_BEFORE_SIGN_IN
from centre.actions import choose_language
from centre.faults import is_away
from centre.forms import LanguageForm
from centre.guides import GUIDES, picture_of
from centre.models import User
from centre.operations import known_operation, marked_as
from centre.requests import StaffRequest, form_page, is_for_the_api
from centre.shift import as_looked_for, choose_site, site_of_shift, sites_of_shift

ASK_AGAIN = 5  # seconds until a page asks again by itself


@require_GET
def settings_index(request: HttpRequest) -> HttpResponse:
    """What can be set, and by whom."""
    return render(request, "centre/settings.html", {"second_factor": settings.SECOND_FACTOR})


@require_GET
def access(request: HttpRequest) -> HttpResponse:
    """The table of roles: who may do what."""
    rows = [(permission, [permission in permissions_of(role) for role in Role]) for permission in Permission]
    given_to = [(role.label, why) for role, why in GIVEN_TO.items()]
    return render(request, "centre/access.html", {"roles": list(Role), "given_to": given_to, "rows": rows})


@form_page
def shift(request: StaffRequest) -> HttpResponse:
    """Choose the site of this shift among those one is assigned to; any other is not there."""
    sites = sites_of_shift(request.user)
    groups = as_looked_for(sites, site_of_shift(request, sites), request.user, request)
    asked_from = {"sites": sites, "groups": groups, "next": request.GET.get("next", reverse("census:board"))}
    if request.method != "POST":
        return render(request, "centre/shift.html", asked_from)
    chosen = next((site for site in sites if str(site.pk) == request.POST.get("site")), None)
    if chosen is None:
        return render(request, "centre/shift.html", asked_from | {"not_found": True}, status=422)
    answer = _back(request)
    choose_site(request, chosen, answer)
    return answer


@require_GET
def own_help(request: StaffRequest) -> HttpResponse:
    """The help of the role one has; of several, the first in the table."""
    roles = request.user.roles()
    return redirect("centre:help", next((role for role in Role.values if role in roles), Role.VOLUNTEER))


@require_GET
def help_page(request: HttpRequest, role: str) -> HttpResponse:
    """What a role does, step by step, with pictures in the reader's language."""
    if role not in GUIDES:
        raise Http404
    steps = [(step, step.picture and picture_of(step.picture, get_language() or "en")) for step in GUIDES[role]]
    return render(
        request, "centre/help.html", {"role": Role(role), "roles": [Role(one) for one in GUIDES], "steps": steps}
    )


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak the chosen language, to the user from now on, or to this browser before sign-in."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return _back(request)
    chosen = form.cleaned_data["language"]
    if isinstance(request.user, User):
        choose_language(chosen, by=request.user)
    else:
        request.session[LANGUAGE_BEFORE_SIGN_IN] = chosen
    answer = _back(request)
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=settings.SESSION_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request made no sense; nothing about it is read again."""
    return HttpResponseBadRequest(_page_without_request("400.html"))


def broken(request: HttpRequest) -> HttpResponse:
    """Something broke; this page asks neither the database nor the session."""
    if is_away(sys.exc_info()[1]):
        return _away(request)
    number = getattr(request, "request_id", "")
    if is_for_the_api(request):
        said = _("Something broke on our side. Send the same again: what was saved is saved once.")
        return JsonResponse({"detail": said, "request_id": number}, status=HTTPStatus.INTERNAL_SERVER_ERROR)
    return HttpResponseServerError(_page_without_request("500.html", number))


def _away(request: HttpRequest) -> HttpResponse:
    """The database does not answer: a page that asks again by itself, a sentence for machines."""
    answer: HttpResponse
    if is_for_the_api(request):
        said = _("The database does not answer. Send the same again: what was saved is saved once.")
        answer = JsonResponse({"code": "database_away", "detail": said}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    else:
        answer = HttpResponse(_page_without_request("503.html"), status=HTTPStatus.SERVICE_UNAVAILABLE)
    if request.method in ("GET", "HEAD"):
        answer["Refresh"] = str(ASK_AGAIN)
    answer["Retry-After"] = str(ASK_AGAIN)
    return answer


def _page_without_request(template: str, request_id: str = "") -> str:
    return render_to_string(template, {"marked_as": marked_as(known_operation()), "request_id": request_id})


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page the choice was made on; to the board when it lies elsewhere."""
    address = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(address if own else reverse("census:board"), status=303)
