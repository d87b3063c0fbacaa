from django.db import migrations


class Migration(migrations.Migration):
    """The table stays as it is: the app of cards takes it over in its first migration."""

    dependencies = [("registrations", "0012_names_by_sign")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Card")]),
    ]
