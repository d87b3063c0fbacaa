"""The pages on which an administrator sets up sites and staff."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from centre.access import Permission, require
from centre.actions import (
    add_site,
    add_staff,
    allow_sign_in,
    block_sign_in,
    change_site,
    end_role,
    give_password,
    give_role,
)
from centre.forms import ActForm, SiteChangeForm, SiteForm, act_id
from centre.log import write_log
from centre.models import Assignment, LogLine, Site, User
from centre.setup import read_slip, read_staff
from centre.setup_forms import RoleForm, StaffForm

SITE_FACTS = ("name_en", "name_hy", "name_ru", "cut_off_hours", "presumed_left_after", "confidential")


@require_http_methods(["GET", "HEAD", "POST"])
def sites(request: HttpRequest) -> HttpResponse:
    """The sites, and one more."""
    shown = _sites(request)
    form = SiteForm(request.POST or None)
    if form.is_valid() and form.carry_out(add_site, by=request.user, **form.cleaned_data):
        messages.success(request, _("The site is open."))
        return _to("centre:sites")
    context = {"sites": shown.order_by("closed_at", "code"), "form": form, "now": timezone.now()}
    return render(request, "centre/sites.html", context, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def site(request: HttpRequest, code: str) -> HttpResponse:
    """What may change of a site."""
    known = get_object_or_404(_sites(request), code=code)
    form = SiteChangeForm(request.POST or None, initial={name: getattr(known, name) for name in SITE_FACTS})
    if form.is_valid() and form.carry_out(change_site, known, by=request.user, **form.cleaned_data):
        messages.success(request, _("Saved."))
        return _to("centre:sites")
    return render(request, "centre/site.html", {"site": known, "form": form}, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def staff(request: HttpRequest) -> HttpResponse:
    """Who works here, and one more."""
    require(request.user, Permission.SET_UP)
    form = StaffForm(request.POST or None, by=request.user, initial={"language": "hy"})
    if form.is_valid():
        saved = form.carry_out(add_staff, by=request.user, **form.facts())
        if saved:
            return _to("centre:slip", saved.user, form.cleaned_data["id"])
    words = request.GET.get("search", "")[:80]
    context = {"people": read_staff(request.user, words, timezone.now()), "form": form, "words": words}
    return render(request, "centre/staff.html", context, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One member of staff: their roles, and one more."""
    user = _person(request, key)
    form = RoleForm(request.POST or None, by=request.user)
    if form.is_valid() and form.carry_out(give_role, user, by=request.user, **form.facts()):
        messages.success(request, _("The role is given."))
        return _to("centre:person", key)
    return _draw_person(request, user, form)


@require_POST
def end(request: HttpRequest, key: uuid.UUID, role: int) -> HttpResponse:
    """The role ends now."""
    user = _person(request, key)
    assignment = get_object_or_404(user.assignments, pk=role)
    return _done(request, user, end_role, assignment, said=_("The role has ended."))


@require_POST
def let_in(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The person may sign in no more, or again."""
    user = _person(request, key)
    if user.is_active:
        return _done(request, user, block_sign_in, user, said=_("They cannot sign in any more."))
    return _done(request, user, allow_sign_in, user, said=_("They can sign in again."))


@require_POST
def new_password(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """A one-time password for somebody who forgot theirs."""
    user = _person(request, key)
    form = ActForm(request.POST)
    if form.is_valid() and form.carry_out(give_password, user, by=request.user, **form.cleaned_data):
        return _to("centre:slip", key, form.cleaned_data["id"])
    return _draw_person(request, user, RoleForm(by=request.user), form)


@require_GET
@never_cache
def slip(request: HttpRequest, key: uuid.UUID, act: uuid.UUID) -> HttpResponse:
    """The one-time password, to be printed and handed over; for whoever gave it, until it is changed."""
    user = _person(request, key)
    password = read_slip(user, act, request.user)
    write_log(request.user, LogLine.Verb.PRINTED, user, ["password"])
    address = request.build_absolute_uri("/")
    return render(request, "centre/slip.html", {"person": user, "password": password, "address": address})


def _done(request: HttpRequest, user: User, action: Any, *subject: Any, said: str) -> HttpResponse:
    form = ActForm({"id": act_id(request)})
    if form.is_valid() and form.carry_out(action, *subject, by=request.user, **form.cleaned_data):
        messages.success(request, said)
        return _to("centre:person", user.pk)
    return _draw_person(request, user, RoleForm(by=request.user), form)


def _draw_person(request: HttpRequest, user: User, form: RoleForm, refused: ActForm | None = None) -> HttpResponse:
    roles = Assignment.objects.filter(user=user).select_related("site", "given_by").order_by("-starts_at")
    reach = request.user.reach(Permission.SET_UP)
    if reach is not None:
        roles = roles.filter(site__in=reach)
    now = timezone.now()
    context = {
        "person": user,
        "running": [role for role in roles if role.covers(now)],
        "past": [role for role in roles if not role.covers(now)],
        "form": form,
        "refused": refused,
        "act": ActForm(),
    }
    return render(request, "centre/person.html", context, status=422 if form.is_bound or refused else 200)


def _person(request: HttpRequest, key: uuid.UUID) -> User:
    """A member of staff whom the user may set up; others are not there."""
    require(request.user, Permission.SET_UP)
    users = User.objects.all()
    reach = request.user.reach(Permission.SET_UP)
    if reach is not None:
        users = users.filter(assignments__site__in=reach).distinct()
    return get_object_or_404(users, pk=key)


def _sites(request: HttpRequest) -> "QuerySet[Site]":
    require(request.user, Permission.SET_UP)
    return Site.objects.where(request.user, Permission.SET_UP)


def _status(form: ActForm) -> int:
    return 422 if form.is_bound else 200


def _to(name: str, *args: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name, args=args), status=303)
