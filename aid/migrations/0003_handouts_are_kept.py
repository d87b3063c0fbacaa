"""A handout is reversed, never edited: what was handed out to whom, when and by whom stays as it was written."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER handout_is_never_edited
    BEFORE UPDATE OF id, distribution_id, household_id, people, happened_at, recorded_at, act_id, by_id ON aid_handout
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER handout_is_kept BEFORE DELETE ON aid_handout
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

BACK = """
DROP TRIGGER handout_is_kept ON aid_handout;
DROP TRIGGER handout_is_never_edited ON aid_handout;
"""


class Migration(migrations.Migration):
    dependencies = [("aid", "0002_append_only")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
