"""Between two migrations the models say of constraints and indexes what Django's own state of them says."""

from django.apps import apps
from django.db import models
from django.db.migrations.operations import AddConstraint, AddIndex, RemoveConstraint, RemoveIndex
from django.db.migrations.state import ProjectState

from registrations.models import Membership
from upkeep.migrating import State

POSITIVE = models.CheckConstraint(condition=models.Q(position__gte=0), name="told_of_here")
FOUND = models.Index(fields=["position"], name="found_here")
APP, MODEL = "registrations", "membership"


def _told(state: ProjectState) -> list[set[str]]:
    meta = state.apps.get_model(APP, MODEL)._meta
    return [{one.name for one in some} for some in (meta.constraints, meta.indexes)]


def test_a_constraint_and_an_index_are_told_of_and_make_no_other_model_anew():
    own = ProjectState.from_apps(apps)
    state = State(own.models, own.real_apps)
    before, of_families = _told(state), state.apps.get_model(APP, "household")
    there = state.clone()
    for operation in (AddConstraint(MODEL, POSITIVE), AddIndex(MODEL, FOUND)):
        operation.state_forwards(APP, there)
    known = _told(there)
    for operation in (RemoveConstraint(MODEL, POSITIVE.name), RemoveIndex(MODEL, FOUND.name)):
        operation.state_forwards(APP, there)
    assert known == [before[0] | {POSITIVE.name}, before[1] | {FOUND.name}]
    assert (
        _told(there)
        == before
        == [{one.name for one in some} for some in (Membership._meta.constraints, Membership._meta.indexes)]
    )
    assert there.apps.get_model(APP, "household") is of_families
