"""The shift: the one site a person works at now, chosen in the top bar and kept in the session."""

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from centre.access import Permission, permissions_of
from centre.models import Site, User
from centre.sight import sight_of

CHOSEN = "site_of_shift"
LATELY, REMEMBERED = "sites_lately", 4  # those chosen in this session, the last first
LISTED = 24  # sites in the menu of each page; the others come when it is opened
LAST = "shift"  # the cookie that outlives the session: who worked where

Group = tuple[str | Promise, list[Site]]

WORK = frozenset(
    {Permission.REGISTER, Permission.COUNT_GATE, Permission.PLACE, Permission.SET_UP_ROOMS, Permission.HAND_OUT}
    | {Permission.PLAN_AID, Permission.SEE_CASES, Permission.CHECK_IN}
)
"""What is done at one site; who only reads figures has no site of a shift."""


def sites_of_shift(user: User) -> list[Site]:
    """The open sites the user may work at now, by name as the reader is shown it.

    An assignment to all sites reaches every open one; the confidential only for a protection officer, for their
    names are not shown to others.
    """
    now = timezone.now()
    working = [a for a in user.all_assignments if a.covers(now) and permissions_of(a.role) & WORK]
    sites = {a.site.pk: a.site for a in working if a.site is not None}
    everywhere = [a for a in working if a.site is None]
    if everywhere:
        sites |= {site.pk: site for site in Site.objects.open(now).filter(sight_of(user, now).told())}
    return sorted((s for s in sites.values() if s.is_open(now)), key=lambda site: (site.name.casefold(), site.code))


def sites_for(request: HttpRequest) -> list[Site]:
    """Those of whoever asks, read once for each page."""
    if not isinstance(request.user, User):
        return []
    found: list[Site] | None = getattr(request, "sites_of_shift", None)
    if found is None:
        found = sites_of_shift(request.user)
        request.sites_of_shift = found  # type: ignore[attr-defined]  # of the request, and of nothing else
    return found


def site_of_shift(request: HttpRequest, sites: Sequence[Site] | None = None) -> Site | None:
    """The site chosen for this shift; the only one where there is no choice; None until one is chosen.

    A choice that is not valid any more (the assignment ended, the site closed) counts as none. Pass `sites` if they are
    known already.
    """
    if not isinstance(request.user, User):
        return None
    sites = sites_for(request) if sites is None else sites
    chosen = request.session.get(CHOSEN) or _site_of_last_session(request)
    for site in sites:
        if str(site.pk) == chosen:
            return site
    return sites[0] if len(sites) == 1 else None


def as_looked_for(sites: Sequence[Site], here: Site | None, user: User, request: HttpRequest) -> list[Group]:
    """The sites in the order in which one looks for them: one's own and those used lately, the same province, others.

    The site of the shift is the first; a person who has not chosen one counts as being at the first of their own.
    """
    lately = [*([str(here.pk)] if here else []), *request.session.get(LATELY, [])]
    named = {a.site_id for a in user.all_assignments}
    own = [site for site in sites if site.pk in named or str(site.pk) in lately]
    own.sort(key=lambda site: lately.index(str(site.pk)) if str(site.pk) in lately else REMEMBERED + 1)
    others = sorted((site for site in sites if site not in own), key=lambda site: (site.marz, site.name))
    marz = next((site.marz for site in (here, *own) if site), None)
    groups = (
        (_("Your sites"), own),
        (_("In the same province"), [site for site in others if site.marz == marz]),
        (_("Other sites"), [site for site in others if site.marz != marz]),
    )
    return [(words, members) for words, members in groups if members]


def first_of(groups: Sequence[Group], number: int = LISTED) -> tuple[list[Group], bool]:
    """The groups with so many sites in all, the first, and whether there are more."""
    first: list[Group] = []
    left = number
    for words, sites in groups:
        if left > 0:
            first.append((words, sites[:left]))
        left -= len(sites)
    return first, left < 0


def choose_site(request: HttpRequest, site: Site, answer: HttpResponse) -> None:
    """Keep the site for the rest of the session, and for the one after it if that begins within a shift."""
    chosen = str(site.pk)
    request.session[CHOSEN] = chosen
    before = [one for one in request.session.get(LATELY, []) if one != chosen]
    request.session[LATELY] = [chosen, *before][:REMEMBERED]
    answer.set_signed_cookie(
        LAST,
        f"{request.user.pk} {site.pk}",
        max_age=settings.SESSION_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _site_of_last_session(request: HttpRequest) -> str:
    """The site that this person chose in this browser before their session ended."""
    kept = request.get_signed_cookie(LAST, "", max_age=settings.SESSION_COOKIE_AGE) or ""
    whose, _space, site = kept.partition(" ")
    return site if whose == str(request.user.pk) else ""
