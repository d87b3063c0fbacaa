"""The page and the files of cases in numbers."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from casework.kinds import Kind
from census.case_numbers import CaseNumbers, case_numbers, cells, number_tables, shown
from centre.access import Permission
from centre.books import book_chunks
from centre.doors import draw, may
from centre.forms import WhyField
from centre.limits import FILES, bound
from centre.log import write_log
from centre.models import LogLine, User
from centre.requests import StaffRequest
from centre.sheets import CONTENT_TYPES, Table, csv_lines, list_separator


class CaseNumbersForm(forms.Form):
    """What file of the numbers is taken out, and why."""

    suffix = forms.ChoiceField(
        label=_("Format"),
        choices=[("xlsx", _("Excel, LibreOffice (XLSX)")), ("csv", _("Table with HXL tags (CSV)"))],
    )
    why = WhyField()


@require_GET
@may(Permission.SEE_CASES, Permission.SEE_CENSUS)
def numbers(request: StaffRequest) -> HttpResponse:
    """Cases by kind and age group, sex, site, state and outcome, and how soon somebody came."""
    told = case_numbers(request.user, timezone.now())
    write_log(request.user, LogLine.Verb.OPENED, "case", ["numbers"])
    context = {"cuts": _rows(told), "speeds": told.speeds, "hides": told.hides, "stood_at": told.stood_at}
    return render(request, "census/case_numbers.html", context | {"file_form": CaseNumbersForm()})


@require_GET
@may(Permission.SEE_CASES, Permission.SEE_CENSUS)
def numbers_file(request: StaffRequest) -> HttpResponse:
    """The numbers as CSV or XLSX, with a line in the log of who took them and why."""
    form = CaseNumbersForm(request.GET)
    if not form.is_valid():
        return draw(request, "census/case_numbers_file.html", form)
    suffix, why = form.cleaned_data["suffix"], form.cleaned_data["why"]
    return case_numbers_file(request.user, suffix, why)


def case_numbers_file(by: User, suffix: str, why: str) -> HttpResponse:
    """The file; as CSV all tables under one row of headings."""
    bound(by, FILES)
    now = timezone.now()
    tables = number_tables(case_numbers(by, now))
    write_log(by, LogLine.Verb.EXPORTED, "case", ["numbers", f"format={suffix}"], why=why)
    if suffix == "csv":
        first = tables[0]
        whole = Table("cases", first.title, first.columns, (row for table in tables for row in table.rows))
        content = b"".join(csv_lines(whole, list_separator(translation.get_language() or "en")))
    else:
        content = b"".join(book_chunks(tables, made_at=now, title=str(_("Cases"))))
    response = HttpResponse(content, content_type=CONTENT_TYPES[suffix])
    response["Content-Disposition"] = f'attachment; filename="cases-{now:%Y-%m-%d}.{suffix}"'
    return response


def _rows(told: CaseNumbers) -> list[tuple[str, list[str], list[tuple[str, list[str]]]]]:
    """Each cut as its title, its heads and its lines; kinds and groups of which no number is told are left out."""
    cuts = []
    for cut in told.cuts:
        said = cells(cut, told.hides)
        kinds, groups = {kind for kind, _group in said}, {group for _kind, group in said}
        used = [(key, name) for key, name in cut.groups if key in groups]
        lines = [
            (str(Kind(kind).label), [shown(cut.counts[kind][key], told.hides) for key, _name in used])
            for kind in Kind.values
            if kind in kinds
        ]
        cuts.append((cut.title, [name for _key, name in used], lines))
    return [cut for cut in cuts if cut[2]]
