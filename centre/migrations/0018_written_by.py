"""An act that was typed from paper keeps whose hand it was."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("centre", "0017_second_factor")]

    operations = [
        migrations.AddField(
            model_name="act",
            name="written_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
    ]
