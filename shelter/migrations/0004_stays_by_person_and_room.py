"""The stays of a person and those of a room are found by index, however many there are."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0001_initial"), ("shelter", "0003_given_up")]

    operations = [
        migrations.AlterField(
            model_name="stay",
            name="individual",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="stays", to="registrations.individual"
            ),
        ),
        migrations.AlterField(
            model_name="stay",
            name="room",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="stays", to="shelter.room"
            ),
        ),
    ]
