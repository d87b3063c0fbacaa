"""What the release of before can live with while migrations run: told of this project's own, and of each kind alone."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.db.migrations import AddField, AlterField, CreateModel, RunSQL, SeparateDatabaseAndState
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from upkeep.beside import not_beside
from upkeep.management.commands.beside import NOT_BESIDE

# The last migration of each app in the release of 2026-11-24; those without one are younger
RELEASED = {"aid": "0003", "casework": "0002", "census": "0002", "centre": "0006", "registrations": "0006"}
RELEASED |= {"shelter": "0003"} | dict.fromkeys(("cards", "desk", "houses", "plans", "transport", "upkeep"), "")
OLD_CODE_LIVES_WITH = [
    ("houses", "0001_what_is_said_of_houses"),  # tables that it does not know
    ("registrations", "0013_cards_move_out"),  # nothing but the state
    ("registrations", "0015_card_read"),  # a column that may stay empty
    ("transport", "0003_seats_of_merged_records"),  # other words for a choice
    ("registrations", "0009_numbers_by_index"),  # an index
]
OLD_CODE_DOES_NOT = [
    ("aid", "0012_item_category"),  # a column that it does not fill
    ("casework", "0005_cases_say_what_they_are"),  # columns that it asks for are gone
    ("shelter", "0014_no_shows_are_taken_off"),  # a rule that it does not keep
    ("houses", "0002_what_was_said_is_kept"),  # SQL
    ("registrations", "0012_names_by_sign"),  # Python
]


@pytest.fixture(scope="module")
def loader():
    return MigrationLoader(None)


def told_of(loader, node):
    """What is said of one migration where those before it are applied."""
    later = {other for other in loader.graph.nodes if node in loader.graph.forwards_plan(other)}
    told = not_beside(loader, set(loader.graph.nodes) - later)
    return [line for line in told if line.startswith(f"{' '.join(node)}: ")]


@pytest.mark.parametrize("node", OLD_CODE_LIVES_WITH, ids=" ".join)
def test_a_migration_beside_the_release_of_before(loader, node):
    assert told_of(loader, node) == []


@pytest.mark.parametrize("node", OLD_CODE_DOES_NOT, ids=" ".join)
def test_a_migration_that_waits_until_the_release_of_before_has_gone(loader, node):
    assert told_of(loader, node)


def test_from_the_release_before_the_two_users_of_the_database_nothing_goes_beside(loader):
    applied = {node for node in loader.graph.nodes if node[1][:4] <= RELEASED.get(node[0], "9999")}
    told = list(not_beside(loader, applied))
    assert "census 0003_snapshots_need_no_act: Remove field act from snapshot" in told
    assert "shelter 0006_rooms_change_and_places_end: Add field extra to place" in told
    assert not [line for line in told if line.startswith("transport ")]  # all of it is of this release


def test_an_empty_database_served_nobody(loader):
    assert list(not_beside(loader, set())) == []


def test_where_nothing_waits_people_go_on(loader):
    assert list(not_beside(loader, set(loader.graph.nodes))) == []


@pytest.mark.parametrize(
    ("operation", "goes"),
    [
        (AddField("Site", "colour", models.CharField(null=True)), True),
        (AddField("Site", "colour", models.CharField(db_default="")), True),
        (AddField("Site", "colour", models.CharField(default="")), False),  # Django's own, not the database's
        (AddField("Site", "friends", models.ManyToManyField("self")), True),
        (AlterField("Site", "code", models.SlugField(max_length=3)), False),
        (SeparateDatabaseAndState([RunSQL("SELECT 1")], []), False),
        (SeparateDatabaseAndState([], [RunSQL("SELECT 1")]), True),
        (CreateModel("Colour", []), True),
    ],
)
def test_an_operation_by_what_it_does(loader, operation, goes):
    coming = MigrationLoader(None)
    leaf = coming.graph.leaf_nodes("centre")[0]
    coming.graph.nodes[leaf].operations = [operation]
    applied = set(coming.graph.nodes) - {leaf}
    assert (list(not_beside(coming, applied)) == []) is goes


@pytest.mark.django_db
def test_the_command_ends_with_a_number_of_its_own():
    said = StringIO()
    call_command("beside", stdout=said)
    assert said.getvalue() == "The release of before may go on serving meanwhile.\n"
    MigrationRecorder(connection).record_unapplied("houses", "0005_difference_open_once")
    with pytest.raises(CommandError) as refused:
        call_command("beside", stdout=said)
    assert refused.value.returncode == NOT_BESIDE == 3
    assert "houses 0005_difference_open_once: Raw SQL operation" in said.getvalue()
