"""Run the checks, over a whole network or around a place, and keep what they find."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from time import monotonic

from django.contrib.gis.geos import Polygon
from django.db import connection, transaction

from backend.core import clock
from backend.core.errors import InvalidInput
from gis.errors import NoSuchNetwork
from gis.models import Network, QualityRun
from gis.services.quality.registry import Look, Preparation, QualityCheck, quality_check, quality_checks
from gis.statements import statement

TOLERANCE_M = 0.5
REACH_M = 100.0
READ = ("gis_node", "gis_link", "gis_connectionpoint", "gis_zonemembership")


@dataclass(frozen=True, slots=True)
class Found:
    """What one check found: how many stand, how many are new, how many are gone since; seconds it took."""

    standing: int
    new: int
    gone: int
    seconds: float


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What the checks found in one network, or in the zones where it is None."""

    network: str | None
    tolerance_m: float
    found: Mapping[str, Found] = field(default_factory=dict)

    @property
    def standing(self) -> int:
        return sum(found.standing for found in self.found.values())


def check_networks(
    *,
    network_code: str | None = None,
    checks: Collection[str] = (),
    tolerance_m: float | None = None,
    actor_id: int | None = None,
) -> list[CheckReport]:
    """Check one network, or all of them and the zones; `checks` names some of the checks only.

    The tolerance is kept: later runs take that of the run before, until told another.

    Raises:
        NoSuchNetwork: there is none of this code.
        InvalidInput: there is no such check, or the tolerance is not above 0 and at most 10 m.
    """
    if unknown := [code for code in checks if quality_check(code) is None]:
        raise InvalidInput(errors={"checks": unknown})
    if tolerance_m is not None and not 0 < tolerance_m <= 10:
        raise InvalidInput(errors={"tolerance_m": [str(tolerance_m)]})
    return [
        _run(network, checks, tolerance_m or last_tolerance_m(network), actor_id)
        for network in _subjects(network_code)
    ]


def check_around(*, network: Network | None, boxes: Collection[Polygon]) -> None:
    """Check again what lies around places that changed; boxes in EPSG:4326. Must run in a transaction."""
    for box in boxes:
        _look(_looking(network, last_tolerance_m(network), box), ())


def check_whole(*, network: Network) -> None:
    """Check again what can only be told of a network as a whole and its topology: islands and loops."""
    codes = {check.code for check in quality_checks() if check.whole and check.prepares}
    _look(_looking(network, last_tolerance_m(network)), codes)


def last_tolerance_m(network: Network | None) -> float:
    """Return the tolerance of the last run over a network."""
    last = QualityRun.objects.filter(network=network).order_by("-started_at")
    return last.values_list("tolerance_m", flat=True).first() or TOLERANCE_M


def _subjects(network_code: str | None) -> Iterator[Network | None]:
    if network_code is None:
        yield from Network.objects.order_by("pk")
        yield None
        return
    network = Network.objects.filter(code=network_code).first()
    if network is None:
        raise NoSuchNetwork(errors={"network": [network_code]})
    yield network


def _run(
    network: Network | None, checks: Collection[str], tolerance_m: float, actor_id: int | None
) -> CheckReport:
    run = QualityRun.objects.create(
        network=network, actor_id=actor_id, tolerance_m=tolerance_m, started_at=clock.now()
    )
    with connection.cursor() as cursor:
        # Right after an import the planner would take the tables for what they were before it.
        cursor.execute(f"ANALYZE {', '.join(READ)}")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('gis.quality.' || %s))", [str(network or "")]
            )
        found = _look(_looking(network, tolerance_m), checks)
    run.finished_at = clock.now()
    run.counts = {code: one.standing for code, one in found.items()}
    run.save(update_fields=["finished_at", "counts"])
    return CheckReport(network.code if network else None, tolerance_m, found)


def _looking(network: Network | None, tolerance_m: float, box: Polygon | None = None) -> Look:
    return Look(network, clock.now(), tolerance_m, REACH_M, box)


def _look(look: Look, codes: Collection[str]) -> dict[str, Found]:
    """Run the checks of a look in the transaction at hand."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', '256MB', true), set_config('jit', 'off', true)")
    prepared: set[Preparation] = set()
    return {
        check.code: _find(check, look, prepared)
        for check in quality_checks()
        if check.concerns(look) and (not codes or check.code in codes)
    }


def _find(check: QualityCheck, look: Look, prepared: set[Preparation]) -> Found:
    started = monotonic()
    for prepare in check.prepares:
        if prepare not in prepared:
            prepare(look)
            prepared.add(prepare)
    values = {**look.parameters, "check": check.code}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS found")
        cursor.execute(f"CREATE TEMPORARY TABLE found ON COMMIT DROP AS {check.statement}", values)
        # Statistics may lag behind what was just written: the index keeps comparing cheap whatever they say.
        cursor.execute("CREATE INDEX ON found (key)")
        cursor.execute("ANALYZE found")
        cursor.execute(statement(__file__, "keep_found"), values)
        standing, new = cursor.fetchone()
        cursor.execute(statement(__file__, "close_gone"), values)
        (gone,) = cursor.fetchone()
    return Found(standing, new, gone, round(monotonic() - started, 2))
