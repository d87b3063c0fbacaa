"""Whether the card was seen stays as it was written, with the rest of the handout."""

from django.db import migrations

TRIGGER = """
DROP TRIGGER handout_is_never_edited ON aid_handout;
CREATE TRIGGER handout_is_never_edited
    BEFORE UPDATE OF id, distribution_id, household_id, people, happened_at, recorded_at, act_id, by_id{more} ON aid_handout
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("aid", "0004_card_read")]

    operations = [migrations.RunSQL(TRIGGER.format(more=", card_read"), TRIGGER.format(more=""))]
