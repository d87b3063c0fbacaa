"""Whether the release of before may go on serving while the waiting migrations run, told from what they do.

The release of before writes every column that it knows and no other, and asks for every table that it knows. So what
is new and may stay empty is nothing to it; what is renamed, altered or gone refuses its acts. What cannot be read from
an operation (Python, SQL) may be either, and counts as what it must not meet.
"""

from collections.abc import Collection, Iterator
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED, Field

NOTHING_TO_OLD_CODE = (
    operations.CreateModel,
    operations.AddIndex,
    operations.RemoveIndex,
    operations.RenameIndex,
    operations.AlterModelOptions,
    operations.AlterModelManagers,
    operations.AlterModelTableComment,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
)
IN_CODE_ALONE = set(Field.non_db_attrs) - {"db_column"}
UNREADABLE = (operations.RunPython, operations.RunSQL)


def not_beside(loader: MigrationLoader, applied: Collection[tuple[str, str]]) -> Iterator[str]:
    """What of the migrations that are not applied the release of before cannot live with, each in words."""
    known = [node for node in loader.graph.nodes if node in applied]
    if not known:
        return  # nothing was ever served from this database
    state = loader.project_state(known)
    new: set[tuple[str, str]] = set()  # tables that only the coming release knows
    for migration in _waiting(loader, applied):
        for operation in _flat(migration.operations):
            if not _is_nothing_to_old_code(operation, migration.app_label, state, new):
                yield f"{migration.app_label} {migration.name}: {operation.describe()}"
            if isinstance(operation, operations.CreateModel):
                new.add((migration.app_label, operation.name_lower))
        state = migration.mutate_state(state, preserve=False)


def _waiting(loader: MigrationLoader, applied: Collection[tuple[str, str]]) -> Iterator[Migration]:
    seen = set(applied)
    for leaf in loader.graph.leaf_nodes():
        for node in loader.graph.forwards_plan(leaf):
            if node not in seen:
                seen.add(node)
                yield loader.graph.nodes[node]


def _flat(found: Collection[Operation]) -> Iterator[Operation]:
    """The operations that touch the database; what is told to the state alone is not there."""
    for operation in found:
        if isinstance(operation, operations.SeparateDatabaseAndState):
            yield from _flat(operation.database_operations)
        else:
            yield operation


def _is_nothing_to_old_code(operation: Operation, app: str, state: ProjectState, new: set[tuple[str, str]]) -> bool:
    if isinstance(operation, NOTHING_TO_OLD_CODE):
        return True
    if isinstance(operation, UNREADABLE):
        return False
    if (app, getattr(operation, "model_name", "").lower()) in new:
        return True
    if isinstance(operation, operations.AddField):
        return _may_be_left_out(operation)
    if isinstance(operation, operations.AlterField):
        before = state.models[app, operation.model_name_lower].fields.get(operation.name)
        return before is not None and _as_kept(before) == _as_kept(operation.field)
    return False


def _may_be_left_out(added: operations.AddField) -> bool:
    """Whether a row can be written without this column."""
    field = added.field
    return bool(field.null or field.many_to_many or field.generated or field.db_default is not NOT_PROVIDED)


def _as_kept(field: "Field[Any, Any]") -> tuple[str, list[Any], dict[str, Any]]:
    """What of a field the database knows."""
    _name, path, args, told = field.deconstruct()
    return path, list(args), {name: said for name, said in told.items() if name not in IN_CODE_ALONE}
