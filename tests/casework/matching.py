"""What a worker does after an act, done here: tests/races/test_matched_by_a_worker.py shows that a real one does it."""

from typing import Any

from casework.tasks import match
from centre.models import Act
from registrations.models import Household, Individual
from tests import build


def let_the_worker_match(act: Act | None = None) -> None:
    """Match everybody who is registered, as after this act, or any."""
    keys = [str(key) for key in Individual.objects.values_list("pk", flat=True)]
    match(keys, str((act or Act.objects.latest("at")).pk))


def register_family(*about: Any, **facts: Any) -> Household:
    """A family at the site, whom the worker has matched."""
    family = build.register_family(*about, **facts)
    let_the_worker_match(family.act)
    return family
