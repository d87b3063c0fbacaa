from django.db import migrations


def fill(apps, _schema_editor):
    """Write each distinct name of the people, as the desk does."""
    # Not a copy: a key is worth something only while it is made as the search of this release makes it
    from registrations.names import fold, spelt
    from registrations.near_names import keys_of

    individuals, name = apps.get_model("registrations", "Individual"), apps.get_model("registrations", "Name")
    names = {
        (fold(written), spelt(written), kind)
        for kind in ("given", "family")
        for written in individuals.objects.order_by().values_list(f"{kind}_name", flat=True).distinct().iterator()
        if fold(written)
    }
    name.objects.bulk_create(
        (name(folded=folded, spelt=letters, kind=kind, keys=keys_of(folded, letters)) for folded, letters, kind in sorted(names)),
        batch_size=1000,
    )


class Migration(migrations.Migration):

    dependencies = [("registrations", "0007_names_by_key")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
