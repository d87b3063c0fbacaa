"""Whom the handouts of before were for: who belonged to the card's household then. It is never changed."""

from django.db import migrations

WHO = """
INSERT INTO aid_handoutperson (handout_id, membership_id)
SELECT handout.id, membership.id
FROM aid_handout handout JOIN registrations_membership membership ON membership.household_id = handout.household_id
WHERE membership.joined_at <= handout.happened_at AND NOT membership.never_was
    AND (membership.left_at IS NULL OR membership.left_at > handout.happened_at)
"""

KEEP = """
CREATE TRIGGER people_of_a_handout_are_kept BEFORE UPDATE OR DELETE ON aid_handoutperson
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("aid", "0010_handoutperson")]

    operations = [
        migrations.RunSQL(KEEP, "DROP TRIGGER people_of_a_handout_are_kept ON aid_handoutperson"),
        migrations.RunSQL(WHO, migrations.RunSQL.noop),
    ]
