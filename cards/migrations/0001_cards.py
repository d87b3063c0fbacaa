import uuid

import django.contrib.postgres.functions
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TAKE_OVER = """
ALTER TABLE registrations_card RENAME TO cards_card;
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT conname FROM pg_constraint WHERE conrelid = 'cards_card'::regclass AND starts_with(conname, 'registrations_card_') LOOP
        EXECUTE format('ALTER TABLE cards_card RENAME CONSTRAINT %I TO %I', one.conname, replace(one.conname, 'registrations_card_', 'cards_card_'));
    END LOOP;
    FOR one IN SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
               WHERE indrelid = 'cards_card'::regclass AND starts_with(relname, 'registrations_card_') LOOP
        EXECUTE format('ALTER INDEX %I RENAME TO %I', one.relname, replace(one.relname, 'registrations_card_', 'cards_card_'));
    END LOOP;
END $$;
"""

GIVE_BACK = """
ALTER TABLE cards_card RENAME TO registrations_card;
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT conname FROM pg_constraint WHERE conrelid = 'registrations_card'::regclass AND starts_with(conname, 'cards_card_') LOOP
        EXECUTE format('ALTER TABLE registrations_card RENAME CONSTRAINT %I TO %I', one.conname, replace(one.conname, 'cards_card_', 'registrations_card_'));
    END LOOP;
    FOR one IN SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
               WHERE indrelid = 'registrations_card'::regclass AND starts_with(relname, 'cards_card_') LOOP
        EXECUTE format('ALTER INDEX %I RENAME TO %I', one.relname, replace(one.relname, 'cards_card_', 'registrations_card_'));
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    """Cards have an app of their own: the table and its rows come from registrations."""

    initial = True

    dependencies = [("centre", "0008_backup_moves_to_upkeep"), ("registrations", "0013_cards_move_out")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TAKE_OVER, GIVE_BACK)],
            state_operations=[
                migrations.CreateModel(
                    name='Card',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('number', models.BigIntegerField(editable=False)),
                        ('language', models.CharField(choices=[('hy', 'Armenian'), ('ru', 'Russian'), ('en', 'English')], max_length=2)),
                        ('secret_digest', models.CharField(max_length=64, unique=True)),
                        ('code_digest', models.CharField(max_length=64)),
                        ('recorded_at', models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow())),
                        ('revoked_at', models.DateTimeField(blank=True, null=True)),
                        ('revoked_as', models.CharField(blank=True, choices=[('lost', 'lost'), ('stolen', 'stolen'), ('damaged', 'damaged'), ('misprinted', 'misprinted')], max_length=10)),
                        ('act', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cards', to='centre.act')),
                        ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cards', to='centre.site')),
                    ],
                    options={
                        'ordering': ('number', 'recorded_at'),
                        'indexes': [models.Index(fields=['number'], name='card_of_number')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('number',), name='one_live_card'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_as', ''), ('revoked_at__isnull', True), ('revoked_by__isnull', True)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False), models.Q(('revoked_as', ''), _negated=True)), _connector='OR'), name='card_revoked_by_someone')],
                    },
                ),
            ],
        ),
    ]
