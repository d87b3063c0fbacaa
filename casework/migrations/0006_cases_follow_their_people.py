"""No step is ever changed; a case is where its person is, goes, or was last, whoever moves them."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER step_is_kept BEFORE DELETE ON casework_step FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Under another key the same words are other letters: only who seals them anew says so, for one transaction.
CREATE FUNCTION refuse_change_of_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - 'words' IS DISTINCT FROM to_jsonb(NEW) - 'words'
       OR current_setting('reception.seals_anew', true) IS DISTINCT FROM 'yes' THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER step_is_append_only BEFORE UPDATE ON casework_step
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_step();

CREATE FUNCTION case_follows_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE casework_case AS followed SET site_id = latest.site_id
    FROM (SELECT DISTINCT ON (one.individual_id) one.individual_id,
                 coalesce(left_for.destination_site_id, one.site_id) AS site_id
          FROM registrations_presence AS one
          LEFT JOIN registrations_movement AS left_for
              ON left_for.id = one.ended_by_id AND left_for.kind = 'departed'
          WHERE one.individual_id IN (SELECT moved.individual_id FROM moved
                                      JOIN casework_case AS theirs ON theirs.counted_as_id = moved.individual_id
                                      WHERE theirs.closed_at IS NULL)
          ORDER BY one.individual_id, one.during DESC) AS latest
    WHERE followed.counted_as_id = latest.individual_id AND followed.closed_at IS NULL
      AND followed.site_id <> latest.site_id;
    RETURN NULL;
END $$;
CREATE TRIGGER case_follows_who_came AFTER INSERT ON registrations_presence
    REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION case_follows_person();
CREATE TRIGGER case_follows_who_is_gone AFTER DELETE ON registrations_presence
    REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION case_follows_person();
"""

BACK = """
DROP TRIGGER case_follows_who_is_gone ON registrations_presence;
DROP TRIGGER case_follows_who_came ON registrations_presence;
DROP FUNCTION case_follows_person();
DROP TRIGGER step_is_append_only ON casework_step;
DROP FUNCTION refuse_change_of_step();
DROP TRIGGER step_is_kept ON casework_step;
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0005_cases_say_what_they_are"), ("registrations", "0020_needs_end_in_an_act")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
