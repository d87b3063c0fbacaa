"""Which part a handout was and who collected it stay as they were written, with the rest of the handout."""

from django.db import migrations

TRIGGER = """
DROP TRIGGER handout_is_never_edited ON aid_handout;
CREATE TRIGGER handout_is_never_edited
    BEFORE UPDATE OF id, distribution_id, household_id, people, happened_at, recorded_at, act_id, by_id,
        card_read{more} ON aid_handout
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("aid", "0008_parts_of_a_share")]

    operations = [migrations.RunSQL(TRIGGER.format(more=", part, collected_by"), TRIGGER.format(more=""))]
