"""The pages on which an administrator sets up sites and staff."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from centre.access import Permission, require
from centre.actions import add_site, change_site
from centre.asked import keep_question, names_somebody, read_question
from centre.doors import do, draw, pressed, see
from centre.factors import has_factor
from centre.forms import ActForm, SiteChangeForm, SiteForm, SiteNames
from centre.log import write_log
from centre.models import Assignment, LogLine, LostFactor, Site, User
from centre.requests import StaffRequest, form_page
from centre.setup import read_lost, read_slip, read_staff, read_waiting
from centre.setup_forms import RoleForm, StaffForm
from centre.staff_acts import (
    add_staff,
    agree_to_role,
    allow_sign_in,
    block_sign_in,
    end_role,
    give_password,
    give_role,
    withdraw_role,
)

SITE_FACTS = tuple(SiteNames.base_fields)


@form_page
def sites(request: StaffRequest) -> HttpResponse:
    """The sites, and one more."""
    shown = _sites(request)
    form = SiteForm(request.POST or None)
    if do(request, form, add_site, said=_("The site is open.")):
        return see("centre:sites")
    listed = shown.order_by("closed_at", "code")
    return draw(request, "centre/sites.html", form, sites=listed, now=timezone.now())


@form_page
def site(request: StaffRequest, code: str) -> HttpResponse:
    """What may change of a site."""
    known = get_object_or_404(_sites(request), code=code)
    form = SiteChangeForm(request.POST or None, initial={name: getattr(known, name) for name in SITE_FACTS})
    if do(request, form, change_site, known, said=_("Saved.")):
        return see("centre:sites")
    return draw(request, "centre/site.html", form, site=known)


@form_page
def staff(request: StaffRequest) -> HttpResponse:
    """Who works here, and one more."""
    require(request.user, Permission.SET_UP)
    if names_somebody(request):
        return keep_question(request)
    form = StaffForm(request.POST or None, by=request.user, initial={"language": "hy"})
    if saved := do(request, form, add_staff, said=_("Saved.")):
        return see("centre:slip", saved.user, form.cleaned_data["id"])
    words = read_question(request).get("search", "")[:80]
    people = read_staff(request.user, words, timezone.now())
    undecided = {"waiting": read_waiting(request.user), "lost": read_lost(request.user)}
    return draw(request, "centre/staff.html", form, people=people, words=words, **undecided)


@form_page
def person(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """One member of staff: their roles, and one more."""
    user = person_of(request, key)
    form = RoleForm(request.POST or None, by=request.user)
    if do(request, form, give_role, user, said=_("The role is given.")):
        return see("centre:person", key)
    return _draw_person(request, user, form)


@require_POST
def end(request: StaffRequest, key: uuid.UUID, role: int) -> HttpResponse:
    """The role ends now."""
    user = person_of(request, key)
    assignment = get_object_or_404(user.assignments, pk=role)
    return carry_out_for(request, user, end_role, assignment, said=_("The role has ended."))


@require_POST
def agree(request: StaffRequest, key: uuid.UUID, role: int) -> HttpResponse:
    """A second administrator agrees: the role counts now."""
    user = person_of(request, key)
    assignment = get_object_or_404(user.assignments, pk=role)
    return carry_out_for(request, user, agree_to_role, assignment, said=_("The role counts from now on."))


@require_POST
def withdraw(request: StaffRequest, key: uuid.UUID, role: int) -> HttpResponse:
    """The role is taken back before it counts."""
    user = person_of(request, key)
    assignment = get_object_or_404(user.assignments, pk=role)
    return carry_out_for(request, user, withdraw_role, assignment, said=_("The role is withdrawn."))


@require_POST
def let_in(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """The person may sign in no more, or again."""
    user = person_of(request, key)
    if user.is_active:
        return carry_out_for(request, user, block_sign_in, user, said=_("They cannot sign in any more."))
    return carry_out_for(request, user, allow_sign_in, user, said=_("They can sign in again."))


@require_POST
def new_password(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """A one-time password for somebody who forgot theirs."""
    user = person_of(request, key)
    form = ActForm(request.POST)
    if do(request, form, give_password, user, said=_("Saved.")):
        return see("centre:slip", key, form.cleaned_data["id"])
    return _draw_person(request, user, RoleForm(by=request.user), form)


@require_GET
@never_cache
def slip(request: StaffRequest, key: uuid.UUID, act: uuid.UUID) -> HttpResponse:
    """The one-time password, to be printed and handed over; for whoever gave it, until it is changed."""
    user = person_of(request, key)
    password = read_slip(user, act, request.user)
    write_log(request.user, LogLine.Verb.PRINTED, user, ["password"])
    address = request.build_absolute_uri("/")
    return render(request, "centre/slip.html", {"person": user, "password": password, "address": address})


def carry_out_for(request: StaffRequest, user: User, action: Any, *subject: Any, said: str) -> HttpResponse:
    form = pressed(request)
    if do(request, form, action, *subject, said=said):
        return see("centre:person", user.pk)
    return _draw_person(request, user, RoleForm(by=request.user), form)


def _draw_person(request: StaffRequest, user: User, form: RoleForm, refused: ActForm | None = None) -> HttpResponse:
    roles = Assignment.objects.filter(user=user).select_related("site", "given_by").order_by("-starts_at")
    reach = request.user.reach(Permission.SET_UP)
    if reach is not None:
        roles = roles.filter(site__in=reach)
    now = timezone.now()
    context = {
        "person": user,
        "running": [role for role in roles if role.covers(now)],
        "waiting": [role for role in read_waiting(request.user) if role.user_id == user.pk],
        "past": [role for role in roles if role.ends_at and role.starts_at and role.ends_at <= now],
        "has_factor": has_factor(user),
        "lost": LostFactor.objects.waiting().filter(user=user).select_related("asked_by").first(),
        "form": form,
        "refused": refused,
        "act": ActForm(),
    }
    return draw(request, "centre/person.html", refused or form, **context)


def person_of(request: StaffRequest, key: uuid.UUID) -> User:
    """A member of staff whom the user may set up; others are not there."""
    require(request.user, Permission.SET_UP)
    users = User.objects.all()
    reach = request.user.reach(Permission.SET_UP)
    if reach is not None:
        users = users.filter(assignments__site__in=reach).distinct()
    return get_object_or_404(users, pk=key)


def _sites(request: StaffRequest) -> "QuerySet[Site]":
    require(request.user, Permission.SET_UP)
    return Site.objects.where(request.user, Permission.SET_UP)
