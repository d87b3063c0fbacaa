"""Seals of the log, which are never changed, removed or emptied either."""

import django.contrib.postgres.fields
import django.contrib.postgres.functions
from django.db import migrations, models

NEVER_CHANGED = """
CREATE TRIGGER seal_is_insert_only BEFORE UPDATE OR DELETE ON centre_logseal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER seal_is_never_emptied BEFORE TRUNCATE ON centre_logseal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
MAY_BE_CHANGED = """
DROP TRIGGER seal_is_insert_only ON centre_logseal;
DROP TRIGGER seal_is_never_emptied ON centre_logseal;
"""


class Migration(migrations.Migration):
    dependencies = [("centre", "0011_who_was_shown")]

    operations = [
        migrations.CreateModel(
            name="LogSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow())),
                ("through", models.DateTimeField()),
                ("lines", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                (
                    "marks",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None),
                ),
                ("after", models.CharField(blank=True, max_length=64)),
                ("head", models.CharField(max_length=64)),
                ("key_of", models.CharField(max_length=8)),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [models.UniqueConstraint(fields=("after",), name="one_seal_follows_another")],
            },
        ),
        migrations.RunSQL(NEVER_CHANGED, MAY_BE_CHANGED),
    ]
