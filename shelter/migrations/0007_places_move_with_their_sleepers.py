"""A place that moves to another room takes its holds and stays along; one that was taken away is empty."""

from django.db import migrations

FORWARD = """
ALTER TABLE shelter_stay DROP CONSTRAINT stay_place_in_the_room;
ALTER TABLE shelter_stay ADD CONSTRAINT stay_place_in_the_room
    FOREIGN KEY (place_id, room_id) REFERENCES shelter_place (id, room_id) ON UPDATE CASCADE;

CREATE TRIGGER room_change_is_append_only BEFORE UPDATE OR DELETE ON shelter_roomchange
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION retired_place_is_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM shelter_stay WHERE place_id = NEW.id AND during && tstzrange(NEW.retired_at, NULL)) THEN
        RAISE EXCEPTION 'somebody sleeps on this place, or is awaited'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'retired_place_is_empty';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER retired_place_is_empty BEFORE UPDATE OF retired_at ON shelter_place
    FOR EACH ROW WHEN (NEW.retired_at IS NOT NULL) EXECUTE FUNCTION retired_place_is_empty();
"""

BACK = """
DROP TRIGGER retired_place_is_empty ON shelter_place;
DROP FUNCTION retired_place_is_empty;
DROP TRIGGER room_change_is_append_only ON shelter_roomchange;
ALTER TABLE shelter_stay DROP CONSTRAINT stay_place_in_the_room;
ALTER TABLE shelter_stay ADD CONSTRAINT stay_place_in_the_room
    FOREIGN KEY (place_id, room_id) REFERENCES shelter_place (id, room_id);
"""


class Migration(migrations.Migration):
    dependencies = [("registrations", "0002_append_only"), ("shelter", "0006_rooms_change_and_places_end")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
