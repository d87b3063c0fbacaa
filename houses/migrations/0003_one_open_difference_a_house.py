"""A difference knows its house, and which later number took its place."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("houses", "0002_what_was_said_is_kept"), ("centre", "0001_initial")]

    operations = [
        migrations.AddField(
            "difference",
            "site",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="centre.site",
            ),
        ),
        migrations.AddField(
            "difference",
            "overtaken_by",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="houses.reportedheadcount",
            ),
        ),
    ]
