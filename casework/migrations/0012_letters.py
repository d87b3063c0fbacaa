"""A letter or photo is kept with a case, sealed; it is never another, and can only go."""

import centre.sealing
import django.db.models.deletion
from django.db import migrations, models


FORWARD = """
CREATE TRIGGER letter_is_kept BEFORE DELETE ON casework_letter FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What it holds goes in time, and is other letters under another key; nothing else of it ever changes.
CREATE FUNCTION refuse_another_letter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.step_id, NEW.media_type, NEW.size) IS DISTINCT FROM (OLD.step_id, OLD.media_type, OLD.size)
       OR OLD.gone_at IS NOT NULL
       OR NEW.gone_at IS NULL AND current_setting('reception.seals_anew', true) IS DISTINCT FROM 'yes' THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER letter_stays_or_goes BEFORE UPDATE ON casework_letter
    FOR EACH ROW EXECUTE FUNCTION refuse_another_letter();
"""

BACK = """
DROP TRIGGER letter_stays_or_goes ON casework_letter;
DROP FUNCTION refuse_another_letter();
DROP TRIGGER letter_is_kept ON casework_letter;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0011_referrals'),
    ]

    operations = [
        migrations.AlterField(
            model_name='step',
            name='kind',
            field=models.CharField(choices=[('opened', 'Opened'), ('known', 'What is known'), ('planned', 'To do'), ('done', 'Done'), ('taken', 'Taken'), ('urgency', 'How urgent'), ('handing', 'To be handed to'), ('closed', 'Closed'), ('reopened', 'Opened again'), ('voided', 'Taken back'), ('sought', 'Somebody is sought'), ('consent', 'Who seeks was asked'), ('matched', 'May be found'), ('answered', 'Answer to a match'), ('ended', 'Search ended'), ('referred', 'Offered to a service'), ('accepted', 'The service accepts'), ('declined', 'The service declines'), ('appointed', 'Appointment'), ('came', 'Came to the service'), ('missed', 'Did not come to the service'), ('driven', 'Who drives'), ('result', 'Result from the service'), ('withdrawn', 'No longer offered'), ('letter', 'Letter or photo')], max_length=10),
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('step', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='letter', serialize=False, to='casework.step')),
                ('media_type', models.CharField(choices=[('image/jpeg', 'photo'), ('application/pdf', 'document')], max_length=20)),
                ('size', models.IntegerField()),
                ('content', centre.sealing.SealedBytes()),
                ('gone_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('gone_at', None), models.Q(('content', b''), _negated=True)), models.Q(('gone_at__isnull', False), ('content', b'')), _connector='OR'), name='letter_is_here_or_gone')],
            },
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
