"""The specific-needs codes that are known; none is verified against UNHCR's text yet."""

from django.db import migrations

from registrations.need_codes import load_need_codes


def load(apps, schema_editor):
    load_need_codes(apps.get_model("registrations", "NeedCode"))


class Migration(migrations.Migration):
    dependencies = [("registrations", "0002_append_only")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
