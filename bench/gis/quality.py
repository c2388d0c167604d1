"""The quality queue at a million connection points: how long all checks take, and whether they find all.

Measured on a scratch copy of the district, against the number of faults planted in it: a check that finds
fewer misses some, one that finds more raises false alarms. Then one repair, and two hundred in bulk, each
with what is checked again around it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from backend.core.models import Role, User
from backend.core.services.people import grant_role
from bench.gis.database import copied
from bench.gis.zones import _connected_to
from gis.models import QualityFinding
from gis.services import check_networks, derive_memberships
from gis.services.quality import repair_finding, repair_findings
from gis.statements import statement

NETWORK = "million"
PLANTED = {
    "end_off_node": 500,
    "duplicate_link": 200,
    "duplicate_point": 200,
    "point_without_node": 300,
    "point_without_zone": 300,
}
BULK = 200


def measure() -> dict[str, Any]:
    """Check the district as it is, plant faults, check again, repair."""
    connection.close()
    with copied(os.environ["DATABASE_URL"], "bench_quality") as copy, _connected_to(copy):
        derive_memberships(network_code=NETWORK)
        sound, whole_s = _checked()
        for check, number in PLANTED.items():
            with connection.cursor() as cursor:
                cursor.execute(statement(__file__, f"plant_{check}"), {"number": number})
        found, again_s = _checked()
        editor = _editor()
        ends = list(QualityFinding.objects.filter(check_code="end_off_node", state="open").order_by("pk"))
        one_s = _timed(lambda: repair_finding(finding=ends[0], actor=editor))
        bulk_s = _timed(lambda: repair_findings(findings=ends[1 : BULK + 1], actor=editor))
        return {
            "all_checks_s": whole_s,
            "all_checks_after_planting_s": again_s,
            "by_check_s": {code: one["seconds"] for code, one in found.items()},
            "found_as_generated": {code: one["standing"] for code, one in sound.items() if one["standing"]},
            "planted_and_found": {
                code: {"planted": number, "found": found[code]["standing"] - sound[code]["standing"]}
                for code, number in PLANTED.items()
            },
            "one_repair_and_its_surroundings_s": one_s,
            f"{BULK}_repairs_in_bulk_s": bulk_s,
        }


def _checked() -> tuple[dict[str, dict[str, Any]], float]:
    began = time.perf_counter()
    (report,) = check_networks(network_code=NETWORK)
    seconds = round(time.perf_counter() - began, 1)
    found = {code: {"standing": one.standing, "seconds": one.seconds} for code, one in report.found.items()}
    return found, seconds


def _editor() -> User:
    editor = User.objects.create(username="bench-quality", is_superuser=True)
    grant_role(user=editor, role=Role.ADMINISTRATOR)
    return editor


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return round(time.perf_counter() - began, 2)
