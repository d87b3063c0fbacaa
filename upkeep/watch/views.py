"""Signs of life for machines, figures for Prometheus, and what is wrong for the administrator."""

import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from centre.access import Permission, require
from centre.requests import StaffRequest
from upkeep.watch.findings import findings
from upkeep.watch.metrics import write_metrics
from upkeep.watch.probes import ready


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process lives; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether this server can serve: 503 names what lacks."""
    found = ready()
    return JsonResponse(found, status=200 if set(found.values()) == {"ok"} else 503)


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for whoever brings METRICS_TOKEN; to all others there is no such page."""
    token = settings.METRICS_TOKEN
    brought = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not secrets.compare_digest(brought.encode(), token.encode()):
        raise Http404
    return HttpResponse(write_metrics(), content_type=CONTENT_TYPE_LATEST)


@never_cache
@require_safe
def operation(request: StaffRequest) -> HttpResponse:
    """What is wrong, each with what to do."""
    require(request.user, Permission.SET_UP)
    now = timezone.now()
    return render(request, "upkeep/operation.html", {"findings": findings(now), "at": now})
