"""Zones from polygons: few enough to be written by the service that draws them."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.geos import GEOSGeometry

from gis.adapters.vector.staged import Reading
from gis.domain.rows import Reason, RowError
from gis.services.importing.reports import Run
from gis.services.staging import Written
from gis.services.zones import NewZone, add_zones, check_zones


def write_zones(reading: Reading, run: Run) -> Written:
    """Draw the zones of a layer, whatever the order of parents and children. Must run in a transaction."""
    zones: dict[str, NewZone] = {}
    numbers: dict[str, int] = {}
    for read, table in reading.tables():
        run.progress("read", read, max(reading.layer.description.rows, read))
        for row in table.to_pylist():
            if row["code"] in zones:
                reading.errors += [_refused(reading, row["row_number"], row["code"], Reason.DUPLICATE)]
            else:
                zones[row["code"]], numbers[row["code"]] = _zone(row), row["row_number"]
    run.progress("zones", 0, len(zones))
    # Without a refused zone those below it have no parent: ask again until nothing more falls.
    while refused := check_zones(list(zones.values())):
        reading.errors += [
            _refused(reading, numbers[code], code, Reason.ZONE_REFUSED, "; ".join(said))
            for code, said in refused.items()
        ]
        zones = {code: zone for code, zone in zones.items() if code not in refused}
    written = add_zones(zones=list(zones.values()), actor=run.record.actor, record=run.record)
    run.progress("zones", len(zones), len(zones))
    return written


def _zone(row: dict[str, Any]) -> NewZone:
    names = ("code", "kind", "name_fr", "name_ar", "utility", "parent", "synthetic")
    return NewZone(geom=GEOSGeometry(row["geom"]), **{name: row[name] for name in names})


def _refused(reading: Reading, number: int, code: str, reason: Reason, detail: str = "") -> RowError:
    return RowError(f"{reading.layer.description.name} {number}: zone {code}", reason, detail)
