from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('registrations', '0013_cards_move_out'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='needcode',
            name='restricted',
        ),
    ]
