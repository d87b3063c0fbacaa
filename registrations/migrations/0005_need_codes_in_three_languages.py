"""The names of the needs in Armenian and Russian, for databases that were made before they had them."""

from django.db import migrations

from registrations.need_codes import load_need_codes


def load(apps, schema_editor):
    load_need_codes(apps.get_model("registrations", "NeedCode"))


class Migration(migrations.Migration):
    dependencies = [("registrations", "0004_absence")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
