"""Roll calls and who was seen in them are append-only; a merge changes nothing of them."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER roll_call_is_append_only BEFORE UPDATE OR DELETE ON shelter_rollcall
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER roll_call_seen_is_append_only BEFORE UPDATE OR DELETE ON shelter_rollcallseen
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

BACK = """
DROP TRIGGER roll_call_seen_is_append_only ON shelter_rollcallseen;
DROP TRIGGER roll_call_is_append_only ON shelter_rollcall;
"""


class Migration(migrations.Migration):
    dependencies = [("registrations", "0002_append_only"), ("shelter", "0009_roll_calls")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
