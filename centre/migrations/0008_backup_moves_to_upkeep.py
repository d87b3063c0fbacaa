from django.db import migrations


class Migration(migrations.Migration):
    """The table stays as it is: upkeep takes it over in its first migration."""

    dependencies = [("centre", "0007_a_name_in_any_language")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Backup")]),
    ]
