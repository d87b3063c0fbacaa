"""What was written in the open is overwritten on the disk too, not only dropped."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL rewrites a table outside of transactions

    dependencies = [("casework", "0007_case_rules")]

    operations = [migrations.RunSQL("VACUUM FULL casework_case", migrations.RunSQL.noop)]
