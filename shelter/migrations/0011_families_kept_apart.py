import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TAKE_OVER = """
ALTER TABLE plans_apartpair RENAME TO shelter_apartpair;
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT conname FROM pg_constraint
               WHERE conrelid = 'shelter_apartpair'::regclass AND starts_with(conname, 'plans_apartpair_') LOOP
        EXECUTE format('ALTER TABLE shelter_apartpair RENAME CONSTRAINT %I TO %I', one.conname,
                       replace(one.conname, 'plans_apartpair_', 'shelter_apartpair_'));
    END LOOP;
    FOR one IN SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
               WHERE indrelid = 'shelter_apartpair'::regclass AND starts_with(relname, 'plans_apartpair_') LOOP
        EXECUTE format('ALTER INDEX %I RENAME TO %I', one.relname,
                       replace(one.relname, 'plans_apartpair_', 'shelter_apartpair_'));
    END LOOP;
END $$;
"""

GIVE_BACK = """
ALTER TABLE shelter_apartpair RENAME TO plans_apartpair;
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT conname FROM pg_constraint
               WHERE conrelid = 'plans_apartpair'::regclass AND starts_with(conname, 'shelter_apartpair_') LOOP
        EXECUTE format('ALTER TABLE plans_apartpair RENAME CONSTRAINT %I TO %I', one.conname,
                       replace(one.conname, 'shelter_apartpair_', 'plans_apartpair_'));
    END LOOP;
    FOR one IN SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
               WHERE indrelid = 'plans_apartpair'::regclass AND starts_with(relname, 'shelter_apartpair_') LOOP
        EXECUTE format('ALTER INDEX %I RENAME TO %I', one.relname,
                       replace(one.relname, 'shelter_apartpair_', 'plans_apartpair_'));
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    """Families kept apart are heeded by every bed that is given: the table and its rows come from plans."""

    dependencies = [("plans", "0002_families_kept_apart_move_out"), ("shelter", "0010_roll_calls_are_append_only")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TAKE_OVER, GIVE_BACK)],
            state_operations=[
                migrations.CreateModel(
                    name='ApartPair',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('reason', models.CharField(max_length=200)),
                        ('ended_at', models.DateTimeField(blank=True, null=True)),
                        ('act', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centre.act')),
                        ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('first', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registrations.household')),
                        ('second', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registrations.household')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('first', 'second'), name='kept_apart_once'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='kept_apart_in_order'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='kept_apart_for_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='kept_apart_ended_by_someone')],
                    },
                ),
            ],
        ),
    ]
