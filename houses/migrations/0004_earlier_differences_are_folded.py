"""Of the differences of a house that nobody settled the last stays open; what was taken back is none."""

from django.db import migrations

FOLD = """
ALTER TABLE houses_difference DISABLE TRIGGER difference_is_settled_once;
UPDATE houses_difference difference SET site_id = headcount.site_id
FROM houses_reportedheadcount headcount WHERE headcount.id = difference.headcount_id;
ALTER TABLE houses_difference ENABLE TRIGGER difference_is_settled_once;

UPDATE houses_difference difference SET overtaken_by_id = later.id
FROM houses_reportedheadcount later
WHERE later.voids_id = difference.headcount_id AND difference.settled_at IS NULL;

UPDATE houses_difference difference SET overtaken_by_id = last.headcount_id
FROM (
    SELECT DISTINCT ON (one.site_id) one.site_id, one.headcount_id
    FROM houses_difference one JOIN houses_reportedheadcount told ON told.id = one.headcount_id
    WHERE one.settled_at IS NULL AND one.overtaken_by_id IS NULL
    ORDER BY one.site_id, told.happened_at DESC, told.recorded_at DESC, told.id DESC
) last
WHERE last.site_id = difference.site_id AND last.headcount_id <> difference.headcount_id
    AND difference.settled_at IS NULL AND difference.overtaken_by_id IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("houses", "0003_one_open_difference_a_house")]

    operations = [migrations.RunSQL(FOLD, migrations.RunSQL.noop)]
