from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.db import migrations

MADE = (Path(__file__).parent / "sql" / "0030_words.sql").read_text(encoding="utf-8")
UNMADE = "DROP FUNCTION gis_note_words CASCADE"


class Migration(migrations.Migration):
    """Tell of addresses and names that change: searches follow them, tiles do not show them."""

    dependencies: ClassVar = [("gis", "0024_export_jobs")]

    operations: ClassVar = [migrations.RunSQL(MADE, UNMADE)]
