"""A duty is edited by people: it has a version."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("telemetry", "0030_health")]

    operations = [
        migrations.AddField(
            model_name="alarmduty",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
    ]
