"""The pages of casework: the queue by urgency, the file of a case, what is told at a desk, and who is on duty."""

import uuid
from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from casework.actions import (
    ask_to_hand_over_child,
    close_case,
    do_in_case,
    hand_over_case,
    note,
    observe,
    open_case,
    plan,
    reopen_case,
    set_urgency,
    take_case,
    void_step,
)
from casework.filters import QueueFilterSet
from casework.forms import (
    CheckForm,
    CloseForm,
    DoneForm,
    HandingForm,
    HandOverForm,
    ObserveForm,
    OpenForm,
    ReopenForm,
    UrgencyForm,
    VoidStepForm,
    WriteForm,
)
from casework.letter_forms import LetterForm
from casework.models import Case, Step
from casework.selectors import read_file, rows_of
from centre.access import Permission, allows, require
from centre.doors import at_a_site, do, draw, press, see
from centre.forms import ActForm
from centre.log import write_log
from centre.models import LogLine, Site
from centre.requests import StaffRequest, form_page
from registrations.doors import household_or_404
from registrations.models import Household, Individual, Membership

PAGE = 20

WRITES: dict[str, Callable[..., Any]] = {WriteForm.KNOWN: note, WriteForm.DONE: do_in_case, WriteForm.PLANNED: plan}


@require_GET
def cases(request: StaffRequest) -> HttpResponse:
    """The open cases of one's sites: by urgency, then what is overdue, then who has waited longest."""
    require(request.user, Permission.SEE_CASES)
    now = timezone.now()
    shown = Case.objects.open().visible_to(request.user)
    asked = QueueFilterSet(request.GET, queryset=shown, request=request)
    found = asked.qs.in_order(now)
    page = Paginator(found.values_list("pk", flat=True), PAGE).get_page(request.GET.get("page"))
    keys = list(page)
    of_page = Case.objects.select_related("counted_as", "site", "follower").in_bulk(keys)
    listed = [of_page[key] for key in keys]
    write_log(request.user, LogLine.Verb.OPENED, "case", ["list"], shown=[case.individual_id for case in listed])
    context = {
        "page": page,
        "rows": rows_of(listed, request.user, now),
        "asked": asked.form,
        "narrowed": any(request.GET.get(name) for name in asked.form.fields),
        "now": now,
    }
    return render(request, "casework/cases.html", context)


@require_GET
def case(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """The file of a case, from what is next to how it began; each look at what was said leaves a line."""
    return _file(request, case_or_404(request, key))


@require_GET
def printed(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """The file of a case for the officer's folder."""
    shown = case_or_404(request, key)
    write_log(request.user, LogLine.Verb.PRINTED, shown, ["words"], shown=[shown.individual_id])
    return render(request, "casework/printed.html", {"file": read_file(shown, request.user, timezone.now())})


@require_POST
def take(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Follow a case; when somebody else was first, their name is said."""
    row = case_or_404(request, key)
    press(request, take_case, row, said=_("You follow this case."))
    return see("casework:case", row.pk)


@require_POST
def write(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Write down what is known, was done, or is to be done."""
    row, form = case_or_404(request, key), WriteForm(request.POST)
    action = WRITES[form.cleaned_data["what"]] if form.is_valid() else note
    return act_in(request, row, form, action, "write", _("Written down."))


@require_POST
def check(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """One of the things that are looked at for a child alone is done."""
    row = case_or_404(request, key)
    return act_in(request, row, CheckForm(request.POST), do_in_case, "check", _("Written down."))


@require_POST
def handing(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Ask a colleague to agree that a child is handed to somebody."""
    row, said = case_or_404(request, key), _("A colleague must agree by closing the case.")
    return act_in(request, row, HandingForm(request.POST), ask_to_hand_over_child, "handing", said)


@require_POST
def hand_over(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Let somebody else follow a case."""
    row = case_or_404(request, key)
    form = HandOverForm(request.POST, site=row.site, by=request.user)
    return act_in(request, row, form, hand_over_case, "hand_over", _("Handed over."), to_queue=True)


@require_POST
def give_back(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Let nobody follow a case until another takes it."""
    press(request, hand_over_case, case_or_404(request, key), to=None, said=_("Given back."))
    return see("casework:cases")


@require_POST
def urgency(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Say how soon somebody has to look."""
    return act_in(request, case_or_404(request, key), UrgencyForm(request.POST), set_urgency, "urgency", _("Changed."))


@require_POST
def close(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Close a case with how it ended; when another officer was first, that is said."""
    row = case_or_404(request, key)
    return act_in(request, row, CloseForm(request.POST), close_case, "close", _("The case is closed."), to_queue=True)


@require_POST
def reopen(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Let a closed case go on."""
    return act_in(
        request, case_or_404(request, key), ReopenForm(request.POST), reopen_case, "reopen", _("The case goes on.")
    )


@require_POST
def step_done(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Say that what was planned is done, from the case or from a round."""
    step = _step_or_404(request, key)
    do(request, form := DoneForm(request.POST), do_in_case, step.case, fulfils=step, said=_("Written down."))
    if form.errors:
        return _file(request, step.case, refused=form)
    return see("desk:round") if request.POST.get("round") else see("casework:case", step.case_id)


@require_POST
def step_void(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Say that a step was wrong."""
    step = _step_or_404(request, key)
    do(request, form := VoidStepForm(request.POST), void_step, step, said=_("Taken back."))
    return see("casework:case", step.case_id) if not form.errors else _file(request, step.case, refused=form)


@at_a_site(Permission.REGISTER)
@form_page
def tell(request: StaffRequest, site: Site, number: int) -> HttpResponse:
    """What a volunteer sees of a person, in two taps; who follows cases reads it, and nobody at the desk."""
    household = _opened(request, number)
    form = ObserveForm(request.POST or None, household=household)
    said = _("A protection officer is told. Nobody else reads it.")
    if do(request, form, observe, site=site, said=said):
        return see("desk:family", household)
    return draw(request, "casework/tell.html", form, household=household)


@form_page
def open_one(request: StaffRequest, number: int) -> HttpResponse:
    """Open a case for a person of a family, or for all of it."""
    if not allows(request.user, Permission.SEE_CASES):
        require(request.user, Permission.MERGE)
    household = _opened(request, number, supervising=True)
    form = OpenForm(request.POST or None, household=household)
    opened = do(request, form, open_case, said=_("A protection officer is told."))
    if opened:
        return see("casework:case", opened.case) if opened.case else see("desk:family", household)
    return draw(request, "casework/open.html", form, household=household)


@require_GET
def family(request: StaffRequest, number: int) -> HttpResponse:
    """A family's cases, as a part of its file; those opened for a record that was merged too."""
    require(request.user, Permission.SEE_CASES)
    household = household_or_404(request, number)
    write_log(request.user, LogLine.Verb.OPENED, household, ["cases"])
    people = household.memberships.today().values("counted_as")
    records = Membership.objects.filter(counted_as__in=people).values("individual")
    found = Case.objects.visible_to(request.user).filter(individual__in=records, counted_with=None)
    found = found.select_related("counted_as", "follower").order_by("-closed_at", "urgency", "opened_at")
    return render(request, "casework/_family.html", {"cases": found, "household": household})


def _opened(request: StaffRequest, number: int, *, supervising: bool = False) -> Household:
    """The household whose people the page names, with a line in the log."""
    household = household_or_404(request, number, acting=True, supervising=supervising)
    people = Individual.objects.members_of(household).values_list("pk", flat=True)
    write_log(request.user, LogLine.Verb.OPENED, household, shown=people)
    return household


def case_or_404(request: StaffRequest, key: uuid.UUID) -> Case:
    """The case, for who may follow it."""
    require(request.user, Permission.SEE_CASES)
    rows = Case.objects.visible_to(request.user).select_related("individual", "counted_as", "site", "follower")
    return get_object_or_404(rows, pk=key)


def _step_or_404(request: StaffRequest, key: uuid.UUID) -> Step:
    require(request.user, Permission.SEE_CASES)
    return get_object_or_404(Step.objects.filter(case__in=Case.objects.visible_to(request.user)), pk=key)


def act_in(
    request: StaffRequest,
    row: Case,
    form: ActForm,
    action: Callable[..., Any],
    name: str,
    said: str = "",
    *,
    to_queue: bool = False,
) -> HttpResponse:
    """Do the act and go on; or the file again with why not, beside the field."""
    if do(request, form, action, row, said=said):
        return see("casework:cases") if to_queue else see("casework:case", row.pk)
    return _file(request, row, **{name: form})


def _file(request: StaffRequest, row: Case, **sent: ActForm) -> HttpResponse:
    write_log(request.user, LogLine.Verb.OPENED, row, ["words"], shown=[row.individual_id])
    forms: dict[str, ActForm] = {
        "write": WriteForm(),
        "hand_over": HandOverForm(site=row.site, by=request.user),
        "urgency": UrgencyForm(initial={"urgency": row.urgency}),
        "close": CloseForm(),
        "handing": HandingForm(),
        "reopen": ReopenForm(),
        "letter": LetterForm(),
    } | sent
    for name, each in forms.items():
        each.auto_id = f"id_{name}_%s"  # they stand on one page
    form = next(iter(sent.values()), ActForm())
    return draw(
        request,
        "casework/case.html",
        form,
        file=read_file(row, request.user, timezone.now()),
        forms=forms,
        act=ActForm(),
    )
