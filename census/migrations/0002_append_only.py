"""A snapshot never changes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("census", "0001_initial"), ("centre", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER snapshot_never_changes BEFORE UPDATE OR DELETE ON census_snapshot
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            "DROP TRIGGER snapshot_never_changes ON census_snapshot;",
        )
    ]
