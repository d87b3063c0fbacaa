"""A closed case goes with its person too: who has the person now may read and reopen it, who had them may no more."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION case_follows_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE casework_case AS followed SET site_id = latest.site_id
    FROM ({latest}
          WHERE one.individual_id IN (SELECT moved.individual_id FROM moved
                                      JOIN casework_case AS theirs ON theirs.counted_as_id = moved.individual_id
                                      {which})
          ORDER BY one.individual_id, one.during DESC) AS latest
    WHERE followed.counted_as_id = latest.individual_id AND {followed} followed.site_id <> latest.site_id;
    RETURN NULL;
END $$;
"""
LATEST = """SELECT DISTINCT ON (one.individual_id) one.individual_id,
                 coalesce(left_for.destination_site_id, one.site_id) AS site_id
          FROM registrations_presence AS one
          LEFT JOIN registrations_movement AS left_for
              ON left_for.id = one.ended_by_id AND left_for.kind = 'departed'"""
ALL = FUNCTION.format(latest=LATEST, which="", followed="")
OPEN_ALONE = FUNCTION.format(
    latest=LATEST, which="WHERE theirs.closed_at IS NULL", followed="followed.closed_at IS NULL AND"
)
MOVED = f"""
UPDATE casework_case AS followed SET site_id = latest.site_id
FROM ({LATEST}
      WHERE one.individual_id IN (SELECT counted_as_id FROM casework_case WHERE closed_at IS NOT NULL)
      ORDER BY one.individual_id, one.during DESC) AS latest
WHERE followed.counted_as_id = latest.individual_id AND followed.site_id <> latest.site_id;
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0014_words_of_steps"), ("registrations", "0020_needs_end_in_an_act")]

    operations = [migrations.RunSQL(ALL, OPEN_ALONE), migrations.RunSQL(MOVED, migrations.RunSQL.noop)]
