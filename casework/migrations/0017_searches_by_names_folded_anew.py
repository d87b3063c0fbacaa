"""Searches for people are found by keys of names, which fold by more rules."""

from django.db import migrations


def key_anew(apps, _schema_editor):
    # Not a copy: a key is worth something only while it is made as the search of this release makes it
    from registrations.near_names import keys_meant

    for request in apps.get_model("casework", "TracingRequest").objects.only("given_name", "family_name").iterator():
        request.keys = sorted({*keys_meant(request.given_name), *keys_meant(request.family_name)})
        request.save(update_fields=["keys"])


class Migration(migrations.Migration):

    dependencies = [
        ("casework", "0016_needs_of_before_open_cases"),
        ("registrations", "0027_names_folded_anew"),
    ]

    operations = [migrations.RunPython(key_anew, migrations.RunPython.noop)]
