"""Zones at a million connection points: who lies in which of 2,000 zones, and what one moved boundary costs.

Measured on a scratch copy of the district against the product's own limits: all memberships from nothing in
60 seconds, one moved boundary in 2; memberships of the past must come out as they were.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.db import connection

from bench.gis.database import copied, migrate
from gis.models import Network, Zone
from gis.services import Neighbours, derive_memberships, propose_zones, redraw_zone

ALL_LIMIT_S, ONE_LIMIT_S = 60.0, 2.0
BOUNDARIES = 20
STEP_DEGREES = 0.0004
"""Some 40 metres."""


def measure() -> dict[str, Any]:
    """Derive memberships of 2,000 zones, of the rest, move boundaries one by one, and propose zones anew."""
    connection.close()
    with copied(os.environ["DATABASE_URL"], "bench_zones") as copy, _connected_to(copy):
        dma = _derived("dma")
        others = [_derived(kind) for kind in ("district", "commune")]
        before = _state()
        moved = sorted(_moved(zone) for zone in Zone.objects.filter(kind="dma").order_by("?")[:BOUNDARIES])
        town = _moved(Zone.objects.get(kind="commune"))
        proposed = _proposed()
        return {
            "a_million_points_in_2000_zones": {**dma, "limit_s": ALL_LIMIT_S},
            "the_other_kinds": others,
            "one_moved_boundary_s": {
                "median": moved[len(moved) // 2],
                "worst": moved[-1],
                "limit_s": ONE_LIMIT_S,
                "how": f"{BOUNDARIES} zones each grown by 40 m, their neighbours giving way",
            },
            "the_boundary_around_all_moved_s": town,
            "memberships_of_the_past_unchanged": _state() == before,
            "proposed_by_flood_fill": proposed,
        }


def _derived(kind: str) -> dict[str, Any]:
    began = time.perf_counter()
    changes = derive_memberships(kind=kind)
    seconds = time.perf_counter() - began
    zones = Zone.objects.filter(kind=kind).count()
    return {"kind": kind, "zones": zones, "memberships": changes.begun, "seconds": round(seconds, 1)}


def _moved(zone: Zone) -> float:
    """Grow a zone and let its neighbours give way; return the seconds until all memberships follow."""
    wider = zone.geom.buffer(STEP_DEGREES, quadsegs=1)
    began = time.perf_counter()
    redraw_zone(code=zone.code, geom=wider, neighbours=Neighbours.TAKE)
    return round(time.perf_counter() - began, 3)


def _proposed() -> dict[str, Any]:
    began = time.perf_counter()
    found = propose_zones(network_code=Network.objects.values_list("code", flat=True)[0])
    seconds = round(time.perf_counter() - began, 1)
    points = sum(one.points for one in found)
    held = sum(one.held for one in found) / max(points, 1)
    return {
        "zones": len(found),
        "points": points,
        "held_by_their_outline": round(held, 4),
        "seconds": seconds,
    }


def _state() -> tuple[int, int]:
    """Return how many memberships were in force before any change here, and a sum that tells them apart."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), sum(hashtextextended(connection_point_id || ':' || zone_id, 0))::text"
            " FROM gis_zonemembership WHERE valid @> '2026-01-01'::timestamptz"
        )
        count, total = cursor.fetchone()
    return count, int(total)


@contextmanager
def _connected_to(address: str) -> Iterator[None]:
    """Point Django at another database of the same server for a while."""
    migrate(address)
    held = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = urlsplit(address).path.strip("/")
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = held
