"""A hold that was ended before its time names the act that ended it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("centre", "0002_append_only"), ("shelter", "0002_append_only")]

    operations = [
        migrations.AddField(
            model_name="stay",
            name="given_up_in",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="centre.act",
            ),
        ),
        migrations.RemoveConstraint(model_name="stay", name="hold_ends_and_stay_began"),
        migrations.AddConstraint(
            model_name="stay",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("act__isnull", False),
                        ("began_by__isnull", True),
                        ("during__upper_inf", False),
                        ("kind", "hold"),
                        ("place__isnull", False),
                    ),
                    models.Q(
                        ("act__isnull", True),
                        ("began_by__isnull", False),
                        ("given_up_in__isnull", True),
                        ("kind", "stay"),
                    ),
                    _connector="OR",
                ),
                name="hold_ends_and_stay_began",
            ),
        ),
    ]
