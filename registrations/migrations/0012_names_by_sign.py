from django.db import migrations


def fill(apps, _schema_editor):
    """Fold anew what folds otherwise since, and write each distinct name with the keys of today's search."""
    # Not a copy: a key is worth something only while it is made as the search of this release makes it
    from registrations.names import fold, fold_fathers_name, spelt
    from registrations.near_names import keys_of

    people, name = apps.get_model("registrations", "Individual").objects.order_by(), apps.get_model("registrations", "Name")
    name.objects.all().delete()
    for kind, fold_as in (("given", fold), ("family", fold), ("fathers", fold_fathers_name)):
        written_as, folded_as = f"{kind}_name", f"{kind}_fold"
        names = set()
        for written, stored in list(people.values_list(written_as, folded_as).distinct()):
            folded = fold_as(written)
            if folded != stored:
                people.filter(**{written_as: written}).update(**{folded_as: folded})
            if folded:
                names.add((folded, spelt(written)))
        if kind != "fathers":
            name.objects.bulk_create(
                (name(folded=folded, spelt=letters, kind=kind, keys=keys_of(folded, letters)) for folded, letters in sorted(names)),
                batch_size=1000,
            )


class Migration(migrations.Migration):

    dependencies = [("registrations", "0011_age_in_months")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
