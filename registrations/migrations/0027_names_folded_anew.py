"""Names fold by more rules: what is stored folds anew, so that a search of this release finds it."""

import re

from django.db import migrations

# What changed for the folds of fathers' names from before a correction, whose spelling is not kept
SINCE = (("zh", "j"), ("f", "p"), (r"(?<=[bcdgjklmnpqrstvwxz])iu", "u"), (r"u(?=[aeo]|i.)", "v"))


def fold_anew(apps, _schema_editor):
    # Not a copy: a key is worth something only while it is made as the search of this release makes it
    from registrations.names import fold, fold_fathers_name, spelt
    from registrations.near_names import keys_of

    individual, former, name = (apps.get_model("registrations", one) for one in ("Individual", "FormerName", "Name"))
    name.objects.all().delete()
    for kind in ("given", "family"):
        names = set()
        for people in (individual.objects.order_by(), former.objects.order_by()):
            names |= {(fold(written), spelt(written)) for written in _fold_column(people, f"{kind}_name", f"{kind}_fold", fold)}
        name.objects.bulk_create(
            (name(folded=folded, spelt=letters, kind=kind, keys=keys_of(folded, letters)) for folded, letters in sorted(names)),
            batch_size=1000,
        )
    _fold_column(individual.objects.order_by(), "fathers_name", "fathers_fold", fold_fathers_name)
    _fold_column(former.objects.order_by(), "fathers_fold", "fathers_fold", _by_what_changed)


def _fold_column(people, written_as, folded_as, fold_as):
    """Fold every distinct name of this column anew; the names."""
    written = list(people.exclude(**{written_as: ""}).values_list(written_as, folded_as).distinct())
    for one, stored in written:
        folded = fold_as(one)
        if folded != stored:
            people.filter(**{written_as: one}).update(**{folded_as: folded})
    return {one for one, _stored in written}


def _by_what_changed(folded):
    for pattern, sign in SINCE:
        folded = re.sub(pattern, sign, folded)
    return folded


class Migration(migrations.Migration):

    dependencies = [("registrations", "0026_deaths_among_movements")]

    operations = [migrations.RunPython(fold_anew, migrations.RunPython.noop)]
