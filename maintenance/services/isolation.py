"""Name the valves to close and the customers who lose their supply, and keep it with the incident."""

from __future__ import annotations

from typing import Any

from backend.core import clock
from gis import queries as gis
from maintenance.models import AffectedPoint, Incident


def trace_incident(incident: Incident, *, network_code: str, kind: str, code: str) -> None:
    """Trace what isolates an element and store the result with the incident, replacing an earlier one."""
    trace = gis.isolation_trace(network_code, kind, code, {})
    incident.isolation = {
        "network": network_code,
        "from": {"kind": kind, "code": code},
        "valves": [_valve(valve) for valve in trace.valves if valve.role == "close"],
        "warnings": list(trace.warning_codes),
        "traced_at": clock.now().isoformat(),
    }
    incident.affected.all().delete()
    AffectedPoint.objects.bulk_create(
        (
            AffectedPoint(incident=incident, connection_point_id=point.id, position=position)
            for position, point in enumerate(trace.connection_points)
        ),
        batch_size=2000,
    )
    incident.affected_count = len(trace.connection_points)
    incident.save(update_fields=["isolation", "affected_count"])


def _valve(valve: Any) -> dict[str, Any]:
    return {"code": valve.code, "kind": valve.kind, "lon": valve.lon, "lat": valve.lat}
