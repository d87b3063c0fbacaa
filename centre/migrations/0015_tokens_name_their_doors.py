"""A token names what it may read and write; one of before opens what it did, for the days it still has."""

import django.contrib.postgres.fields
from django.db import migrations, models

import centre.tokens


def doors():
    return list(centre.tokens.DOORS)


def named(default):
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(max_length=40), default=default, size=None
    )


class Migration(migrations.Migration):
    dependencies = [("centre", "0014_roles_by_two")]

    operations = [
        migrations.AddField(model_name="token", name="reads", field=named(doors)),
        migrations.AddField(model_name="token", name="writes", field=named(doors)),
        migrations.AlterField(model_name="token", name="reads", field=named(list)),
        migrations.AlterField(model_name="token", name="writes", field=named(list)),
        migrations.AddConstraint(
            model_name="token",
            constraint=models.CheckConstraint(
                condition=models.Q(("reads", []), ("writes", []), _negated=True), name="token_opens_something"
            ),
        ),
    ]
