"""How a case reads by its steps: the columns that follow from them, and nobody else writes."""

from collections.abc import Collection, Iterable
from typing import Any

from casework.models import Case, Step

READ = ("urgency", "urgent_since", "follower", "due_at", "first_action_at", "outcome", "closed_at", "closed_by")
RAISING = frozenset({Step.Kind.OPENED, Step.Kind.MATCHED})
ACTIONS = frozenset({Step.Kind.TAKEN, Step.Kind.DONE, Step.Kind.CLOSED})


def lay_out(cases: Collection[Case]) -> None:
    """Write what follows from the standing steps of these cases, which are locked or new."""
    steps: dict[Any, list[Step]] = {case.pk: [] for case in cases}
    for step in Step.objects.standing().filter(case__in=cases).defer("words").select_related("follower", "by"):
        steps[step.case_id].append(step)
    for case in cases:
        for name, value in read(steps[case.pk]).items():
            setattr(case, name, value)
    Case.objects.bulk_update(cases, READ)


def read(steps: Iterable[Step]) -> dict[str, Any]:
    """What these steps, in their order, say of their case."""
    said: dict[str, Any] = dict.fromkeys(READ) | {"outcome": ""}
    open_plans: dict[Any, Any] = {}
    for step in steps:
        _read_one(step, said)
        if step.kind == Step.Kind.PLANNED:
            open_plans[step.pk] = step.due_at
        open_plans.pop(step.fulfils_id, None)
        if step.kind in ACTIONS and said["first_action_at"] is None:
            said["first_action_at"] = step.happened_at
    return said | {"due_at": min(open_plans.values(), default=None)}


def _read_one(step: Step, said: dict[str, Any]) -> None:
    if step.kind == Step.Kind.TAKEN:
        said["follower"] = step.follower
    closing = step.kind == Step.Kind.CLOSED
    if closing or step.kind == Step.Kind.REOPENED:
        said["outcome"] = step.outcome
        said["closed_at"], said["closed_by"] = (step.happened_at, step.by) if closing else (None, None)
    raises = step.kind in RAISING and (said["urgency"] is None or step.urgency < said["urgency"])
    if raises or (step.kind == Step.Kind.URGENCY and step.urgency != said["urgency"]):
        said["urgency"], said["urgent_since"] = step.urgency, step.recorded_at
