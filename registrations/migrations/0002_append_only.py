"""The journal is append-only, and presences can be referred to by their range."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER movement_is_append_only BEFORE UPDATE ON registrations_movement
    FOR EACH ROW EXECUTE FUNCTION refuse_change_but_of('counted_as_id');
CREATE TRIGGER movement_is_kept BEFORE DELETE ON registrations_movement
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER gate_count_is_append_only BEFORE UPDATE OR DELETE ON registrations_gatecount
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What a stay within a presence refers to.
ALTER TABLE registrations_presence ADD CONSTRAINT presence_of_individual_at_site
    UNIQUE (individual_id, site_id, during WITHOUT OVERLAPS);
"""

BACK = """
ALTER TABLE registrations_presence DROP CONSTRAINT presence_of_individual_at_site;
DROP TRIGGER gate_count_is_append_only ON registrations_gatecount;
DROP TRIGGER movement_is_kept ON registrations_movement;
DROP TRIGGER movement_is_append_only ON registrations_movement;
"""


class Migration(migrations.Migration):
    dependencies = [("registrations", "0001_initial"), ("centre", "0002_append_only")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
