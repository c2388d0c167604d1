"""Know a correction again when a phone sends it twice, and what the phone had shown."""

from __future__ import annotations

from typing import ClassVar

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("gis", "0013_corrections")]

    operations: ClassVar = [
        migrations.AddField(
            "correction",
            "digest",
            models.CharField(blank=True, default="", help_text="Of what was sent, to know it again.", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            "correction", "received_at", models.DateTimeField(default=django.utils.timezone.now)
        ),
        migrations.AddField("correction", "subject_version", models.PositiveIntegerField(null=True)),
        migrations.RunSQL("UPDATE gis_correction SET received_at = made_at", migrations.RunSQL.noop),
    ]
