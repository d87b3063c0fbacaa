"""Stock movements are append-only: stock is their sum."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("aid", "0001_initial"), ("centre", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER stock_is_append_only BEFORE UPDATE OR DELETE ON aid_stockmovement
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            "DROP TRIGGER stock_is_append_only ON aid_stockmovement;",
        )
    ]
