"""The log also says what was done to accounts."""

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
    ("role_ended", "ended a role"),
    ("sign_in_blocked", "blocked sign-in"),
    ("sign_in_allowed", "allowed sign-in"),
]


class Migration(migrations.Migration):
    dependencies = [("centre", "0012_the_log_is_sealed")]

    operations = [
        migrations.AlterField(
            model_name="logline", name="verb", field=models.CharField(choices=VERBS, max_length=20)
        ),
    ]
