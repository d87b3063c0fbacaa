"""Migrations that take half as long: a new constraint or index makes no model anew, nor all that point to it.

Django makes the class of a model, and of each related to it, anew after every operation. A constraint and an index are
only told of in the class; two hundred and fifty of them were half of what a first start takes.
"""

from typing import Any

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState


class State(ProjectState):
    """The models between two migrations."""

    def clone(self) -> ProjectState:
        """The same, of the same kind."""
        copy = super().clone()
        copy.__class__ = State
        return copy

    def _append_option(self, app_label: str, model_name: str, option_name: str, obj: Any) -> None:
        options = self.models[app_label, model_name].options
        options[option_name] = [*options[option_name], obj]
        self._tell(app_label, model_name, option_name)

    def _remove_option(self, app_label: str, model_name: str, option_name: str, obj_name: str) -> None:
        options = self.models[app_label, model_name].options
        options[option_name] = [one for one in options[option_name] if one.name != obj_name]
        self._tell(app_label, model_name, option_name)

    def _tell(self, app_label: str, model_name: str, option_name: str) -> None:
        if "apps" in vars(self):  # else no class is made yet
            told = self.models[app_label, model_name].options[option_name]
            setattr(self.apps.get_model(app_label, model_name)._meta, option_name, list(told))


class Executor(MigrationExecutor):
    """Runs migrations on such a state."""

    def _create_project_state(self, with_applied_migrations: bool = False) -> ProjectState:
        state = super()._create_project_state(with_applied_migrations)  # type: ignore[misc]  # its own stubs lack it
        return State(state.models, state.real_apps)
