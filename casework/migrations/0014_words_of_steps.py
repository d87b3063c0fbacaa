"""The words for what was done, and for a death, are those of one person."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0013_searches_by_key'),
    ]

    operations = [
        migrations.AlterField(
            model_name='case',
            name='outcome',
            field=models.CharField(blank=True, choices=[('helped', 'Helped'), ('referred', 'A service has taken over'), ('reunited', 'With the family again'), ('handed_over', 'Handed to a parent or carer'), ('left', 'Left, and others follow it there'), ('declined', 'Did not want help'), ('died', 'The person died'), ('mistake', 'Opened by mistake'), ('other', 'Other end')], max_length=12),
        ),
        migrations.AlterField(
            model_name='step',
            name='kind',
            field=models.CharField(choices=[('opened', 'Opened'), ('known', 'What is known'), ('planned', 'To do'), ('done', 'It was done'), ('taken', 'Taken'), ('urgency', 'How urgent'), ('handing', 'To be handed to'), ('closed', 'Closed'), ('reopened', 'Opened again'), ('voided', 'Taken back'), ('sought', 'Somebody is sought'), ('consent', 'Who seeks was asked'), ('matched', 'May be found'), ('answered', 'Answer to a match'), ('ended', 'Search ended'), ('referred', 'Offered to a service'), ('accepted', 'The service accepts'), ('declined', 'The service declines'), ('appointed', 'Appointment'), ('came', 'Came to the service'), ('missed', 'Did not come to the service'), ('driven', 'Who drives'), ('result', 'Result from the service'), ('withdrawn', 'No longer offered'), ('letter', 'Letter or photo')], max_length=10),
        ),
        migrations.AlterField(
            model_name='step',
            name='outcome',
            field=models.CharField(blank=True, choices=[('helped', 'Helped'), ('referred', 'A service has taken over'), ('reunited', 'With the family again'), ('handed_over', 'Handed to a parent or carer'), ('left', 'Left, and others follow it there'), ('declined', 'Did not want help'), ('died', 'The person died'), ('mistake', 'Opened by mistake'), ('other', 'Other end')], max_length=12),
        ),
    ]
