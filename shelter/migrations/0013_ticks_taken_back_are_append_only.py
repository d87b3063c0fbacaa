"""What takes a tick of a roll call back is append-only too."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER roll_call_unseen_is_append_only BEFORE UPDATE OR DELETE ON shelter_rollcallunseen
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

BACK = "DROP TRIGGER roll_call_unseen_is_append_only ON shelter_rollcallunseen;"


class Migration(migrations.Migration):
    dependencies = [("registrations", "0002_append_only"), ("shelter", "0012_ticks_are_taken_back")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
