"""What a step is about, and that two hand a child over."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0008_open_notes_are_gone'),
    ]

    operations = [
        migrations.AddField(
            model_name='step',
            name='topic',
            field=models.CharField(blank=True, choices=[('visit', 'Visit'), ('call', 'Telephone call'), ('appointment', 'Appointment'), ('medicine', 'Medicine runs out'), ('birth', 'The birth is near'), ('safe_place', 'A safe place for tonight'), ('spoke_alone', 'Spoke with the child alone'), ('carer_seen', "Carer's identity seen"), ('siblings', 'Brothers and sisters are together'), ('relatives', 'Relatives are looked for'), ('health', 'Health looked at'), ('wishes', 'The child said what they want')], max_length=12),
        ),
        migrations.AlterField(
            model_name='step',
            name='kind',
            field=models.CharField(choices=[('opened', 'Opened'), ('known', 'What is known'), ('planned', 'To do'), ('done', 'Done'), ('taken', 'Taken'), ('urgency', 'How urgent'), ('handing', 'To be handed to'), ('closed', 'Closed'), ('reopened', 'Opened again'), ('voided', 'Taken back')], max_length=10),
        ),
    ]
