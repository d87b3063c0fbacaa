"""The numbers of cases, as they stood once a day, for who follows none."""

import django.core.serializers.json
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("census", "0004_snapshots_are_revised")]

    operations = [
        migrations.CreateModel(
            name="CaseReading",
            fields=[
                ("on", models.DateField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("numbers", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
            ],
            options={"ordering": ("-on",)},
        ),
    ]
