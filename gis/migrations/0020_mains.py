"""Find at once the links that stay drawn where a tile has too many of them."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.db import migrations

MADE = (Path(__file__).parent / "sql" / "0020_mains.sql").read_text(encoding="utf-8")
UNMADE = """
    DROP FUNCTION gis_note_mains CASCADE;
    DROP INDEX gis_link_mains, gis_link_great_mains;
    DROP FUNCTION gis_main_rank;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("gis", "0023_undo_in_the_worker")]

    operations: ClassVar = [migrations.RunSQL(MADE, UNMADE)]
