from django.db import migrations


class Migration(migrations.Migration):
    """The table stays as it is: shelter takes it over."""

    dependencies = [("plans", "0001_plans")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("ApartPair")]),
    ]
