"""Who is called at a site in a shift, and which need opens a case."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.actions import set_case_rule, set_duty
from casework.forms import DutyForm, RuleForm
from casework.models import CaseRule, Duty
from centre.access import Permission, allows
from centre.doors import at_a_site, do, draw, may, see
from centre.models import Site
from centre.requests import StaffRequest, form_page
from registrations.models import NeedCode


@at_a_site(Permission.REGISTER)
@form_page
def duty(request: StaffRequest, site: Site) -> HttpResponse:
    """Who is called for a matter at the site of the shift, now and next; a user who follows cases there enters it."""
    form = DutyForm(request.POST or None)
    if do(request, form, set_duty, site, said=_("On duty.")):
        return see("casework:duty")
    coming = Duty.objects.filter(site=site, until__gt=timezone.now(), ended_at=None)
    context = {"coming": coming, "site_of_duty": site, "now": timezone.now()}
    return draw(request, "casework/duty.html", form, sets=allows(request.user, Permission.SEE_CASES, site), **context)


@may(Permission.SET_UP)
@form_page
def rules(request: StaffRequest) -> HttpResponse:
    """Which matter each need opens, and how soon somebody has to look; an administrator changes it."""
    form = RuleForm(request.POST or None)
    if do(request, form, set_case_rule, said=_("Changed.")):
        return see("casework:rules")
    of_code = CaseRule.objects.in_bulk()
    rows = [
        (
            code,
            form
            if form.is_bound and form.data.get("code") == code.pk
            else RuleForm(
                initial={
                    "code": code.pk,
                    "kind": of_code[code.pk].kind if code.pk in of_code else "",
                    "urgency": of_code[code.pk].urgency if code.pk in of_code else "week",
                },
                auto_id=f"id_{code.pk}_%s",
            ),
        )
        for code in NeedCode.objects.all()
    ]
    return draw(request, "casework/rules.html", form, rows=rows)
