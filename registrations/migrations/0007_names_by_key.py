from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

# The planner takes an overlap of two long arrays for as cheap as a comparison and reads the whole table for it, 100 ms;
# the index answers in one.
NAMES_WITH_KEY = """
CREATE FUNCTION registrations_names_with_key(integer[]) RETURNS SETOF registrations_name
LANGUAGE sql STABLE SET enable_seqscan = off
AS 'SELECT * FROM registrations_name WHERE keys && $1'
"""


class Migration(migrations.Migration):
    """Names are found by the keys of their letters; the migration after this one fills them."""

    dependencies = [("registrations", "0006_card")]

    operations = [
        migrations.RemoveIndex("name", "name_likeness"),
        migrations.RemoveConstraint("name", "name_once"),
        migrations.RunSQL("TRUNCATE registrations_name", migrations.RunSQL.noop),
        migrations.AddField("name", "spelt", models.CharField(max_length=160, db_collation="C")),
        migrations.AddField("name", "keys", ArrayField(models.IntegerField())),
        migrations.AddConstraint(
            "name", models.UniqueConstraint(fields=["folded", "spelt", "kind"], name="name_once")
        ),
        migrations.AddIndex("name", GinIndex(fields=["keys"], name="name_by_key")),
        migrations.RunSQL(NAMES_WITH_KEY, "DROP FUNCTION registrations_names_with_key(integer[])"),
    ]
