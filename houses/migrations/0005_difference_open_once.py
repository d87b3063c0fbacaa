"""A house has one open difference at most, of its own numbers."""

import django.db.models.deletion
from django.db import migrations, models

GUARD = """
ALTER TABLE houses_difference ADD CONSTRAINT difference_of_headcount_at_its_house
    FOREIGN KEY (headcount_id, site_id) REFERENCES houses_reportedheadcount (id, site_id);
ALTER TABLE houses_difference ADD CONSTRAINT difference_overtaken_at_its_house
    FOREIGN KEY (overtaken_by_id, site_id) REFERENCES houses_reportedheadcount (id, site_id);
DROP TRIGGER difference_is_never_edited ON houses_difference;
CREATE TRIGGER difference_is_never_edited BEFORE UPDATE OF id, headcount_id, site_id, counted ON houses_difference
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

BACK = """
DROP TRIGGER difference_is_never_edited ON houses_difference;
CREATE TRIGGER difference_is_never_edited BEFORE UPDATE OF id, headcount_id, counted ON houses_difference
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE houses_difference DROP CONSTRAINT difference_overtaken_at_its_house;
ALTER TABLE houses_difference DROP CONSTRAINT difference_of_headcount_at_its_house;
"""


class Migration(migrations.Migration):
    dependencies = [("houses", "0004_earlier_differences_are_folded"), ("centre", "0001_initial")]

    operations = [
        migrations.AlterField(
            "difference",
            "site",
            models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="centre.site"
            ),
        ),
        migrations.AddConstraint(
            "difference",
            models.UniqueConstraint(
                condition=models.Q(settled_at=None, overtaken_by=None),
                fields=("site",),
                name="difference_open_once_a_house",
            ),
        ),
        migrations.RunSQL(GUARD, BACK),
    ]
