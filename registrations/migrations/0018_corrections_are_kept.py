"""What was corrected is kept as it was written; who waited when they were registered waits since then."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER correction_is_append_only BEFORE UPDATE OR DELETE ON registrations_correction
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER conflict_is_append_only BEFORE UPDATE ON registrations_conflict
    FOR EACH ROW EXECUTE FUNCTION refuse_change_but_of('settled_in_id');
CREATE TRIGGER conflict_is_kept BEFORE DELETE ON registrations_conflict
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

UPDATE registrations_household SET waits_since = coalesce(pre_registered_at, registered_at);
"""

BACK = """
DROP TRIGGER conflict_is_kept ON registrations_conflict;
DROP TRIGGER conflict_is_append_only ON registrations_conflict;
DROP TRIGGER correction_is_append_only ON registrations_correction;
"""


class Migration(migrations.Migration):
    dependencies = [("registrations", "0017_facts_about_people")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
