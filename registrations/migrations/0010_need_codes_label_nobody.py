"""The names of the needs as they are said today: of people in a vulnerable position, not of a group at risk."""

from django.db import migrations

from registrations.migrations._need_codes import write_need_codes


def load(apps, schema_editor):
    write_need_codes(apps.get_model("registrations", "NeedCode"))


class Migration(migrations.Migration):
    dependencies = [("registrations", "0009_numbers_by_index")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
