"""Derive which connection points lie in which zones and since when, from the outlines and their periods.

From the instant of a change on, memberships follow the outlines; what was known before it is never touched:
figures of the past rest on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection, transaction

from backend.core import clock
from backend.core.services import outbox
from gis.models import Network
from gis.statements import statement

TOPIC = "gis.memberships_changed"
"""Outbox event `{"zones": [[id, since], …]}`: an instant, or null where all of its time may have changed."""
WITHIN_AREA = (
    "JOIN ST_Subdivide(%(area)s::geometry, 96) AS part (geom) ON ST_Intersects(part.geom, point.geom)"
)
STAGED = (
    *("zone_piece", "affected_point", "target_membership"),
    *("held_membership", "wanted_membership", "membership_change"),
)


@dataclass(frozen=True, slots=True)
class MembershipChanges:
    """How many periods of membership began and ended, in how many zones."""

    begun: int = 0
    ended: int = 0
    zones: int = 0


@transaction.atomic
def derive_memberships(
    *,
    at: datetime | None = None,
    network_code: str | None = None,
    kind: str | None = None,
    area: GEOSGeometry | None = None,
    points: Sequence[int] | None = None,
) -> MembershipChanges:
    """Derive who lies in which zone from `at` on (now, unless told); what was known before `at` stays.

    A point of which nothing was known has been where it lies since its zone began.

    Args:
        network_code: look only at the connection points of this network.
        kind: look only at zones of this kind.
        area: look only at connection points in this area (EPSG:4326).
        points: look only at connection points of these ids.
    """
    network = Network.objects.values_list("pk", flat=True).get(code=network_code) if network_code else None
    values: dict[str, Any] = {
        "at": at or clock.now(),
        "kind": kind,
        "network": network,
        "area": area.hexewkb.decode() if area else None,
        "points": None if points is None else list(points),
    }
    lock_memberships()
    changed = _rewrite(values, everywhere=network is None and area is None and points is None)
    if changed:
        zones = [[zone, since.isoformat() if since else None] for zone, since, _, _ in changed]
        outbox.publish(TOPIC, {"zones": zones})
    return MembershipChanges(
        begun=sum(row[2] for row in changed), ended=sum(row[3] for row in changed), zones=len(changed)
    )


def lock_memberships() -> None:
    """Let one caller at a time change zones and memberships, for the rest of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('gis.memberships'))")


def _rewrite(values: Mapping[str, Any], *, everywhere: bool) -> list[Any]:
    """Stage what is wanted beside what is held and write the difference; return it by zone."""
    points = "gis_connectionpoint" if everywhere else "affected_point"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(STAGED)}")
        cursor.execute("SELECT set_config('work_mem', '128MB', true), set_config('jit', 'off', true)")
        cursor.execute(statement(__file__, "stage_outlines"), values)
        cursor.execute("CREATE INDEX ON zone_piece USING gist (geom); ANALYZE zone_piece")
        if not everywhere:
            within = WITHIN_AREA if values["area"] else ""
            cursor.execute(statement(__file__, "stage_points").format(within=within), values)
            cursor.execute("ANALYZE affected_point")
        for name in ("target", "held", "wanted"):
            cursor.execute(statement(__file__, f"stage_{name}").format(points=points), values)
            cursor.execute(f"ANALYZE {name}_membership")
        for one in statement(__file__, "write_memberships").split(";\n\n"):
            cursor.execute(one)
        return list(cursor.fetchall())
