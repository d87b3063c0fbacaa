"""How a person comes in at a page, does an act there, and is led on."""

from collections.abc import Callable, Container
from functools import wraps
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.forms import BaseForm
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import gettext as _

from centre.access import Permission, allows, require
from centre.forms import ActForm
from centre.models import Site
from centre.requests import StaffRequest
from centre.shift import site_of_shift

Answer = TypeVar("Answer")
View = Callable[..., HttpResponseBase]

LONGEST_SHOWN = 40  # letters of what was not understood


def at_a_site(permission: Permission) -> Callable[[View], View]:
    """Let in who may do this at the site of their shift, and pass the site; who has not chosen one chooses first."""

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            require(request.user, permission)
            site = site_of_shift(request)
            if site is None:
                return HttpResponseRedirect(reverse("centre:shift", query={"next": request.path}))
            require(request.user, permission, site)
            return view(request, site, *args, **kwargs)

        return door

    return decorate


def may(*permissions: Permission) -> Callable[[View], View]:
    """Let in who may do one of these at any site."""

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not any(allows(request.user, permission) for permission in permissions):
                require(request.user, permissions[0])
            return view(request, *args, **kwargs)

        return door

    return decorate


def site_or_none(request: StaffRequest, permission: Permission) -> Site | None:
    """The site of the shift if the user may do this there; buttons are drawn by it."""
    site = site_of_shift(request)
    return site if site and allows(request.user, permission, site) else None


def do(
    request: StaffRequest,
    form: ActForm,
    action: Callable[..., Answer],
    *about: Any,
    said: str | Promise = "",
    of: object = "",
    **facts: Any,
) -> Answer | None:
    """The answer of the act that the form asks for; None when the form shows why it was refused.

    The next page begins with the sentence `said`, after `of`: the name or number of the family or person.
    """
    if not form.is_valid():
        return None
    answer = form.carry_out(action, *about, by=request.user, **form.facts(), **facts)
    if answer:
        _say(request, said, of)
    return answer


def press(
    request: StaffRequest,
    action: Callable[..., Answer],
    *about: Any,
    said: str | Promise = "",
    of: object = "",
    **facts: Any,
) -> Answer:
    """Do what a button of its own asks for; a refusal is for the caller, or becomes a page of its own."""
    answer = action(*about, by=request.user, **pressed(request).facts(), **facts)
    _say(request, said, of)
    return answer


def _say(request: StaffRequest, said: str | Promise, of: object) -> None:
    """What was done, above the next page."""
    if said:
        messages.success(request, " · ".join(filter(None, (str(of), str(said)))))


def pressed(request: StaffRequest) -> ActForm:
    """The form of a button, which says no more than the act's id; BadRequest without one."""
    form = ActForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    return form


def warn(request: StaffRequest, form: ActForm) -> None:
    """Say above the next page why the form was not carried out."""
    for errors in form.errors.values():
        messages.warning(request, " ".join(map(str, errors)))


def offered(request: StaffRequest, name: str, choices: Container[str]) -> str:
    """What the address asks for by this name, of what is offered; else empty, and the page says what was left out."""
    asked = request.GET.get(name, "")
    if asked and asked not in choices:
        not_understood(request, asked)
        return ""
    return asked


def not_understood(request: StaffRequest, asked: str) -> None:
    """Say above this page that the address asks for something that there is not, and that nothing is narrowed by it."""
    told = _("There is no “%(asked)s” to choose here: nothing is narrowed by it.")
    messages.warning(request, told % {"asked": asked[:LONGEST_SHOWN]})


def draw(request: StaffRequest, template: str, form: BaseForm, /, **context: Any) -> HttpResponse:
    """The page around a form; 422 for one that was sent and not carried out.

    Where the page has no place any more for the words that were typed, they stand with why it was refused.
    """
    context |= {"form": form}
    status = 422 if form.is_bound else 200
    page = render(request, template, context, status=status)
    if not form.is_bound or is_drawn_on(page, form):
        return page
    context["words_typed"] = typed_into(form, forms.Textarea, forms.TextInput)
    return render(request, template, context, status=status)


def is_drawn_on(page: HttpResponse, form: BaseForm) -> bool:
    """Whether all words that were typed into the form can be read on the page."""
    shown = page.content.decode()
    return all(escape(words) in shown for _label, words in typed_into(form, forms.Textarea, forms.TextInput))


def typed_into(form: BaseForm, *kinds: type[forms.Widget]) -> list[tuple[str, str]]:
    """What was typed into the fields of these kinds, each with its label; a day and an hour as the field draws them."""
    fields = [field for field in form.visible_fields() if isinstance(field.field.widget, kinds) and field.value()]
    return [(str(field.label), str(field.field.widget.format_value(field.value()))) for field in fields]


def see(name: str, *args: Any, **query: Any) -> HttpResponseRedirect:
    """On to the page of this name, which the browser asks for anew."""
    return HttpResponseRedirect(reverse(name, args=args, query=query), status=303)
