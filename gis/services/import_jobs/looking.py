"""See what a file seems to be once it is here: its format, its layers, and a mapping to start from."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from gis.domain.drafts import draft_mapping
from gis.domain.rows import UnreadableNetworkError

SMALL_ENOUGH = 64 * 1024**2
"""Formats without a table of contents are read whole to be described: only up to this size."""
LISTED = (".gpkg", ".fgb", ".csv")
PANDAPOWER = b"pandapower"


def look(path: Path, likely: str) -> dict[str, Any]:
    """Return the options that the file itself suggests; nothing where it cannot be read."""
    if likely == "pandapower":
        with path.open("rb") as file:
            likely = likely if PANDAPOWER in file.read(4096) else "vector"
    if likely != "vector":
        return {"file_format": likely}
    if path.suffix not in LISTED and path.stat().st_size > SMALL_ENOUGH:
        return {"file_format": likely}
    # GDAL's reader is read with the first file that needs it.
    from gis.adapters.vector import opened, utility_of

    try:
        with opened(path) as layers:
            found = [asdict(layer.description) for layer in layers.values()]
    except UnreadableNetworkError:
        return {"file_format": likely}
    shapes = ((one["name"], one["geometry"], list(one["fields"])) for one in found)
    return {
        "file_format": likely,
        "layers": [{**one, "fields": list(one["fields"])} for one in found],
        "mapping": draft_mapping(shapes, utility_of(path) or "water"),
    }
