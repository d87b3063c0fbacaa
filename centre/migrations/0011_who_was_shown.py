"""The log says whom an answer showed and from which address it was asked; and it is never emptied."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

NEVER_EMPTIED = """
CREATE TRIGGER log_is_never_emptied BEFORE TRUNCATE ON centre_logline
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
MAY_BE_EMPTIED = "DROP TRIGGER log_is_never_emptied ON centre_logline"


class Migration(migrations.Migration):
    dependencies = [("centre", "0010_sessions")]

    operations = [
        migrations.AddField(
            model_name="logline",
            name="keys",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="logline",
            name="address",
            field=models.GenericIPAddressField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="logline",
            index=django.contrib.postgres.indexes.GinIndex(fields=["keys"], name="log_of_shown"),
        ),
        migrations.AddIndex(
            model_name="logline",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["at"], name="log_of_time"),
        ),
        migrations.RunSQL(NEVER_EMPTIED, MAY_BE_EMPTIED),
    ]
