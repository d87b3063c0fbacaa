"""No act parts a child from who looks after it, or lets it sleep among strangers: the guard of every door."""

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.db.models import Min, Q

from casework.errors import ChildAmongStrangers, ChildApart, OfficerFirst
from casework.kinds import Kind, Reason, Topic
from casework.models import Case, Duty, Step
from casework.parts import open_cases, since_it_goes_on, site_followed_at
from centre.access import Permission, allows
from centre.locks import lock_by_key
from centre.models import Act, Site, User
from centre.refusals import Refusal
from registrations.corrections import Correction
from registrations.models import Membership
from registrations.together import Apart

ALONE = (Reason.CHILD_ALONE, Reason.CHILD_LEFT)
SAID_OF_A_CHILD = ("birth", "carer", "relationship", "left_at")
AGREED_FOR = timedelta(days=1)  # a safe place for tonight

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
    opened: Collection[uuid.UUID] = (),
) -> Iterator[None]:
    """Let what is written in this block leave every child with somebody who looks after it; the people are locked.

    When it separates a child it raises `refusal`, unless the user is a protection officer. When it happened anyway, or
    `refusal` is None, an urgent case opens where the child is, but not for the children in `opened`: they have one.
    Where such blocks are nested, only the outermost one asks.
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
        children = {one.child for one in parted} - set(opened)
        _open_where_they_are(children, site=site, reason=reason, act=act, by=by, note=happened_anyway)
    elif parted and refusal and not allows(by, Permission.SEE_CASES, site, act.judged_at if act else None):
        raise ChildAmongStrangers if any(one.among_strangers for one in parted) else refusal


def require_agreed(
    people: Collection[uuid.UUID],
    looked_after: Mapping[uuid.UUID, frozenset[uuid.UUID]],
    *,
    by: User,
    site: Site,
    act: Act,
    happened_anyway: str = "",
) -> set[uuid.UUID]:
    """Let nobody give a bed to a child who is there without a carer, unless a protection officer has agreed.

    `looked_after` is, for each child among the people, its carers who are with it. A protection officer gives the bed,
    or has written in the child's case within the last day that the place is safe. Refuses with OfficerFirst, which
    names who is on duty. When it happened anyway, an urgent case opens or goes on. Returns the children of these cases.
    """
    if allows(by, Permission.SEE_CASES, site, act.judged_at):
        return set()
    alone = not_agreed(people, looked_after, act.at, lock=True)
    if alone and not happened_anyway:
        raise OfficerFirst(on_duty_for(alone, site, by, act.at))
    _open_where_they_are(alone, site=site, reason=Reason.CHILD_ALONE, act=act, by=by, note=happened_anyway)
    return alone


def not_agreed(
    people: Collection[uuid.UUID],
    looked_after: Mapping[uuid.UUID, frozenset[uuid.UUID]],
    at: datetime,
    *,
    lock: bool = False,
) -> set[uuid.UUID]:
    """The children among the people who are there without a carer, and whose place no officer called safe in a day."""
    alone = {child for child, carers in looked_after.items() if not carers} | _followed(people, looked_after)
    return alone - (_agreed(alone, at, lock) if alone else set())


def on_duty_for(children: Collection[uuid.UUID], site: Site, by: User, at: datetime) -> str:
    """Who is on duty where these children are, else at this site: name and telephone, as far as the user may know.

    Empty where nobody is.
    """
    for where in (*(site_followed_at(child, at, site) for child in sorted(children)), site):
        duty = Duty.objects.at(at).filter(site=where).first() if by.knows(where, at) else None
        if duty:
            return str(duty)
    return ""


def _followed(people: Collection[uuid.UUID], looked_after: Mapping[uuid.UUID, frozenset[uuid.UUID]]) -> set[uuid.UUID]:
    """The children with an open case as a child alone for whom no carer counts who is with them now.

    A carer counts who was in the family before the case opened, and only when nothing was entered anew about the child
    since. So a desk cannot end this by what it enters while the case is open: an officer does.
    """
    alone_now = Case.objects.open().filter(counted_as__in=people, kind=Kind.CHILD_PROTECTION).order_by()
    cases = list(alone_now.values_list("pk", flat=True))
    if not cases:
        return set()
    opened = Step.objects.filter(kind=Step.Kind.OPENED, reason__in=ALONE, case__in=cases).order_by()
    found = set()
    for child, since in opened.values_list("case__counted_as").annotate(since=Min("recorded_at")):
        before = Membership.objects.today().filter(act__recorded_at__lt=since)
        if _told_anew(child, since) or not before.filter(counted_as__in=looked_after.get(child, ())).exists():
            found.add(child)
    return found


def _told_anew(child: uuid.UUID, since: datetime) -> bool:
    """Whether the child's age, who looks after it, what it is to whom, or its household was said otherwise since."""
    rows = Q(membership__counted_as=child) | Q(individual__memberships__counted_as=child)
    return Correction.objects.filter(rows, field__in=SAID_OF_A_CHILD, recorded_at__gt=since).exists()


def _agreed(children: Collection[uuid.UUID], at: datetime, lock: bool) -> set[uuid.UUID]:
    """The children in whose open case an officer said lately that the place is safe; the cases are locked if asked."""
    open_now = Case.objects.open().filter(counted_as__in=children, kind=Kind.CHILD_PROTECTION)
    cases = lock_by_key(open_now) if lock else open_now
    said = Step.objects.standing().filter(kind=Step.Kind.DONE, topic=Topic.SAFE_PLACE)
    lately = said.filter(happened_at__gt=at - AGREED_FOR)
    return {case.counted_as_id for case in cases if since_it_goes_on(case, lately).exists()}


def _open_where_they_are(
    children: Collection[uuid.UUID], *, site: Site | None, reason: Reason, act: Act, by: User, note: str = ""
) -> None:
    """Open an urgent case for each child at the site where it is or is going, or at this one where that is none."""
    for child in sorted(children):
        known = site_followed_at(child, act.at, site)
        open_cases([child], site=known, reason=reason, act=act, by=by, words=note)
