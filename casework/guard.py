"""No act parts a child from who looks after it, or lets it sleep among strangers: the guard of every door."""

import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from casework.errors import ChildAmongStrangers, ChildApart, OfficerFirst
from casework.kinds import Kind, Reason, Topic
from casework.models import Case, Duty, Step
from casework.parts import open_cases, site_followed_at
from centre.access import Permission, allows
from centre.models import Act, Site, User
from centre.refusals import Refusal
from registrations.together import Apart

_guarded: ContextVar[bool] = ContextVar("guarded", default=False)


@contextmanager
def children_kept(
    find_apart: Callable[[], set[Apart]],
    *,
    by: User,
    site: Site | None,
    act: Act | None,
    happened_anyway: str = "",
    refusal: type[Refusal] | None = ChildApart,
    reason: Reason = Reason.CHILD_ALONE,
) -> Iterator[None]:
    """Let what is written within leave every child with who looks after it; the people are locked.

    Refuses otherwise, unless a protection officer does it; of what happened anyway, and where nothing is refused, an
    urgent case opens where the child is. Of several acts in one, this is asked around all of them.
    """
    if _guarded.get():
        yield
        return
    token = _guarded.set(True)
    try:
        before = find_apart()
        yield
        parted = find_apart() - before
    finally:
        _guarded.reset(token)
    if parted and act and (happened_anyway or refusal is None):
        children = {one.child for one in parted}
        _open_where_they_are(children, site=site, reason=reason, act=act, by=by, note=happened_anyway)
    elif parted and refusal and not allows(by, Permission.SEE_CASES, site, act.judged_at if act else None):
        raise ChildAmongStrangers if any(one.among_strangers for one in parted) else refusal


def require_agreed(
    children: Collection[uuid.UUID], *, by: User, site: Site, act: Act, happened_anyway: str = ""
) -> None:
    """Let nobody give a bed to these children, after whom nobody of their family looks, without a protection officer.

    One of them does it, or has said in the child's case that the place is safe. Refuses with OfficerFirst, which names
    who is on duty; of what happened anyway an urgent case opens, or goes on.
    """
    if not children or allows(by, Permission.SEE_CASES, site, act.judged_at):
        return
    said = Step.objects.standing().filter(kind=Step.Kind.DONE, topic=Topic.SAFE_PLACE)
    agreed = Case.objects.open().filter(counted_as__in=children, kind=Kind.CHILD_PROTECTION, steps__in=said)
    alone = set(children) - set(agreed.values_list("counted_as", flat=True))
    if alone and happened_anyway:
        _open_where_they_are(alone, site=site, reason=Reason.CHILD_ALONE, act=act, by=by, note=happened_anyway)
    elif alone:
        raise OfficerFirst(str(Duty.objects.at(act.at).filter(site=site).first() or ""))


def _open_where_they_are(
    children: Collection[uuid.UUID], *, site: Site | None, reason: Reason, act: Act, by: User, note: str = ""
) -> None:
    """Open an urgent case for each child at the site where it is or is going, or at this one where that is none."""
    for child in sorted(children):
        known = site_followed_at(child, act.at, site)
        open_cases([child], site=known, reason=reason, act=act, by=by, words=note)
