"""How a house began is append-only; of those that began before, who began them is in their act.

The room with which they began was called in the language of who began them: it is called the same in every one now.
"""

from django.db import migrations

FORWARD = """
INSERT INTO shelter_beginning (site_id, contact, phone, town, act_id)
SELECT site.id, '', '', '', act.id
FROM centre_act act JOIN centre_site site ON site.id::text = act.answer ->> 'site'
WHERE act.kind = 'begin_house'
ON CONFLICT DO NOTHING;

UPDATE shelter_room SET name = 'to be divided'
WHERE kind = 'undivided' AND name IN ('բաժանման ենթակա', 'к разделению') AND NOT EXISTS (
    SELECT FROM shelter_room other WHERE other.site_id = shelter_room.site_id AND other.id <> shelter_room.id
        AND other.name IN ('to be divided', 'բաժանման ենթակա', 'к разделению')
);

CREATE TRIGGER beginning_is_append_only BEFORE UPDATE OR DELETE ON shelter_beginning
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

BACK = """
DROP TRIGGER beginning_is_append_only ON shelter_beginning;
DELETE FROM shelter_beginning;
"""


class Migration(migrations.Migration):
    dependencies = [("registrations", "0002_append_only"), ("shelter", "0016_houses_that_begin_by_telephone")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
