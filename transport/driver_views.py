"""The driver's link: made at the bus's page, shown for some minutes, and opened on a telephone without an account."""

import uuid
from http import HTTPStatus

import segno
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from centre.access import Permission
from centre.doors import may, press, see
from centre.limits import MINUTE, count
from centre.log import write_log
from centre.models import LogLine
from centre.requests import StaffRequest, form_page
from houses.models import Contract
from transport.linking import make_driver_link, withdraw_driver_link
from transport.links import DriverLink, read_address
from transport.models import TransportRun
from transport.selectors import DriverSheet, open_link, read_driver_sheet

KEPT = "driver"  # the cookie
LONGEST_TOKEN = 40  # letters
WRONG = 60  # within a minute, from one address: many telephones stand behind one


@require_POST
@may(Permission.PLACE)
def make_link(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """A link is made; the one before leads nowhere."""
    run = get_object_or_404(TransportRun.objects.visible_to(request.user), pk=key)
    return see("transport:driver_link", press(request, make_driver_link, run).link)


@require_POST
@may(Permission.PLACE)
def withdraw_link(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """The link leads nowhere any more."""
    run = get_object_or_404(TransportRun.objects.visible_to(request.user), pk=key)
    press(request, withdraw_driver_link, run, said=_("The link leads nowhere any more."))
    return see("transport:run", run.pk)


@require_GET
@may(Permission.PLACE)
def show_link(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """The link, to who made it a moment ago, to be sent or photographed. Refuses with LinkNotShown."""
    links = DriverLink.objects.visible_to(request.user).filter(run__in=TransportRun.objects.told_to(request.user))
    link = get_object_or_404(links.select_related("run__site", "act"), pk=key)
    address = request.build_absolute_uri(read_address(link, request.user, timezone.now()))
    write_log(request.user, LogLine.Verb.OPENED, link)
    context = {"link": link, "run": link.run, "address": address, "qr": _qr(address)}
    return render(request, "transport/link.html", context)


@login_not_required
@csrf_exempt  # what is sent is the link itself: who has none can do nothing here, and it is nobody's session
@never_cache
@form_page
def driver(request: HttpRequest) -> HttpResponse:
    """The list of the bus for who has its link: by stop, numbers and heads; another link leads nowhere.

    What opens it stands behind the # of the link, which no browser sends and no server's log keeps: the page's script
    sends it once in a body, and from then on a cookie of this page alone holds it.
    """
    sent = request.method == "POST"
    token = request.POST.get("token", "") if sent else request.COOKIES.get(KEPT, "")
    if not token and not sent:
        return _answer(request, "transport/driver_opens.html", HTTPStatus.OK)
    link = open_link(token[:LONGEST_TOKEN], timezone.now())
    if link is None:  # only what is wrong is counted: a stranger behind the same address shuts out no driver
        if count(f"driver:wrong:{get_adapter().get_client_ip(request)}", MINUTE) > WRONG:
            return _answer(request, "transport/driver_ended.html", HTTPStatus.TOO_MANY_REQUESTS, wait=True)
        return _answer(request, "transport/driver_ended.html", HTTPStatus.NOT_FOUND)
    if sent:
        return _keep(token, link)
    sheet = read_driver_sheet(link.run)
    write_log(None, LogLine.Verb.OPENED, link, ["list"], shown=[one.household.pk for one in sheet.parties])
    return _answer(request, "transport/driver.html", HTTPStatus.OK, link=link, sheet=sheet, calls=_calls(sheet))


def _keep(token: str, link: DriverLink) -> HttpResponse:
    """On to the list, which this browser may read from now on for as long as the link is open."""
    page = reverse("transport:driver")
    answer = HttpResponseRedirect(page, status=HTTPStatus.SEE_OTHER)
    secure = settings.SESSION_COOKIE_SECURE
    answer.set_cookie(KEPT, token, expires=link.expires_at, path=page, secure=secure, httponly=True, samesite="Strict")
    return answer


def _calls(sheet: DriverSheet) -> list[Contract]:
    """Whom to call at the houses where the bus stops, where that is agreed and anybody may know of the house."""
    sites = [one.site for one in sheet.stops if one.open]
    return list(Contract.objects.on(timezone.localdate()).filter(site__in=sites))


def _answer(request: HttpRequest, template: str, status: int, **context: object) -> HttpResponse:
    """A page for whoever holds the link: no search engine keeps it, and it says nobody where it was opened from."""
    answer = render(request, template, context, status=status)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "no-referrer"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        answer["Retry-After"] = str(MINUTE)
    return answer


def _qr(address: str) -> SafeString:
    """A QR code as SVG without styles of its own."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        border=4, omitsize=True, svgclass="qr", lineclass=None
    )
    return mark_safe(drawn)  # segno drew it; the address is ours
