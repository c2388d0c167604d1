"""A claim names the connection that made it: it ends with it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0004_access_keys")]
    operations = [
        migrations.AddField(
            model_name="outboxdelivery", name="claimed_by", field=models.IntegerField(null=True)
        ),
    ]
