"""A second factor that was lost is removed by two administrators; what is done about factors leaves lines."""

import django.contrib.postgres.functions
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

VERBS = [
    ("opened", "opened"),
    ("searched", "searched"),
    ("exported", "exported"),
    ("printed", "printed"),
    ("matched", "matched"),
    ("refused", "was refused"),
    ("signed_in", "signed in"),
    ("sign_in_failed", "failed to sign in"),
    ("password_changed", "changed a password"),
    ("role_given", "gave a role"),
    ("role_agreed", "agreed to a role"),
    ("role_withdrawn", "withdrew a role"),
    ("role_ended", "ended a role"),
    ("factor_added", "set up a second factor"),
    ("factor_lost", "asked to remove a second factor"),
    ("factor_removed", "removed a second factor"),
    ("codes_renewed", "made new recovery codes"),
    ("sign_in_blocked", "blocked sign-in"),
    ("sign_in_allowed", "allowed sign-in"),
]


def staff(**how):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, **{"related_name": "+"} | how
    )


class Migration(migrations.Migration):
    dependencies = [("centre", "0016_acts_as_sent")]

    operations = [
        migrations.AlterField(
            model_name="logline", name="verb", field=models.CharField(choices=VERBS, max_length=20)
        ),
        migrations.CreateModel(
            name="LostFactor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow())),
                ("agreed_at", models.DateTimeField(blank=True, null=True)),
                ("agreed_by", staff(blank=True, null=True)),
                ("asked_by", staff()),
                ("user", staff(related_name="lost_factors")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("asked_by", models.F("user")), _negated=True),
                        name="factor_lost_by_word_of_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agreed_at__isnull", True), ("agreed_by__isnull", True)),
                            models.Q(
                                models.Q(("agreed_by", models.F("asked_by")), _negated=True),
                                models.Q(("agreed_by", models.F("user")), _negated=True),
                                ("agreed_at__isnull", False),
                                ("agreed_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="factor_removed_by_two",
                    ),
                ]
            },
        ),
    ]
