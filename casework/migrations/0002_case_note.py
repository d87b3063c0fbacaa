"""A case says in a sentence how it came about."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_initial")]

    operations = [
        migrations.AddField("case", "note", models.CharField(blank=True, max_length=200)),
        migrations.AlterField(
            "case",
            "reason",
            models.CharField(
                choices=[
                    ("child_alone", "Child without a parent here"),
                    ("child_left", "Child has gone with another person"),
                    ("urgent_need", "Urgent need"),
                ],
                max_length=20,
            ),
        ),
    ]
