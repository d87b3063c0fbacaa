"""Bedding is append-only; a stay lies within a presence at its room's site; a place lies in its room."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER bedding_is_append_only BEFORE UPDATE ON shelter_bedding
    FOR EACH ROW EXECUTE FUNCTION refuse_change_but_of('counted_as_id');
CREATE TRIGGER bedding_is_kept BEFORE DELETE ON shelter_bedding
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

ALTER TABLE shelter_stay ADD CONSTRAINT stay_at_the_rooms_site
    FOREIGN KEY (room_id, site_id) REFERENCES shelter_room (id, site_id);
ALTER TABLE shelter_stay ADD CONSTRAINT stay_place_in_the_room
    FOREIGN KEY (place_id, room_id) REFERENCES shelter_place (id, room_id);

-- `sleeper` is the individual of a stay and empty for a hold, so that holds need no presence.
ALTER TABLE shelter_stay ADD CONSTRAINT stay_within_presence
    FOREIGN KEY (sleeper, site_id, PERIOD during)
    REFERENCES registrations_presence (individual_id, site_id, PERIOD during)
    DEFERRABLE INITIALLY DEFERRED;
"""

BACK = """
ALTER TABLE shelter_stay DROP CONSTRAINT stay_within_presence;
ALTER TABLE shelter_stay DROP CONSTRAINT stay_place_in_the_room;
ALTER TABLE shelter_stay DROP CONSTRAINT stay_at_the_rooms_site;
DROP TRIGGER bedding_is_kept ON shelter_bedding;
DROP TRIGGER bedding_is_append_only ON shelter_bedding;
"""


class Migration(migrations.Migration):
    dependencies = [("shelter", "0001_initial"), ("registrations", "0002_append_only")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
