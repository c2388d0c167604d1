"""The quality queue: what waits, what was decided, where it lies, and when it was last looked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models import Extent
from django.contrib.gis.db.models.functions import SnapToGrid
from django.contrib.gis.geos import Polygon
from django.db.models import Avg, Count, F, Func, QuerySet
from django.db.models.fields import FloatField

from gis.errors import NoSuchFinding
from gis.models import QualityFinding, QualityRun
from gis.queries.search import Viewer

MOST_PLACES = 1500
CELLS_ACROSS = 48
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class FindingPlace:
    """A finding on the map, or a cell that stands for `count` of them (then without an id)."""

    lon: float
    lat: float
    count: int = 1
    id: int | None = None
    check: str = ""
    state: str = ""


def findings(
    user: Viewer, *, state: str = "", check: str = "", network: str = "", ids: Collection[int] | None = None
) -> QuerySet[QualityFinding]:
    """Return the findings that a member of staff may see, oldest first; `network` `-` is none: the zones."""
    rows = QualityFinding.objects.visible_to(user).select_related("network").order_by("pk")
    wanted: dict[str, Any] = {"state": state, "check_code": check, "network__code": network}
    if network == "-":
        wanted |= {"network__code": "", "network__isnull": True}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value != ""})
    return rows if ids is None else rows.filter(pk__in=ids)


def finding(user: Viewer, finding_id: int) -> QualityFinding:
    """Return one finding.

    Raises:
        NoSuchFinding: there is none, or none this person may see.
    """
    found = findings(user, ids=[finding_id]).first()
    if found is None:
        raise NoSuchFinding
    return found


def finding_counts(rows: QuerySet[QualityFinding]) -> dict[str, int]:
    """Count findings by the code of their check."""
    return dict(rows.order_by().values_list("check_code").annotate(Count("pk")))


def finding_places(rows: QuerySet[QualityFinding], box: Polygon | None = None) -> list[FindingPlace]:
    """Return where findings lie within a box (EPSG:4326): each, or cells with counts where they are many."""
    within = rows.filter(geom__bboverlaps=box) if box else rows
    points = within.order_by("pk").values_list("pk", "check_code", "state", "geom")[: MOST_PLACES + 1]
    found = list(points)
    if len(found) <= MOST_PLACES:
        return [
            FindingPlace(geom.x, geom.y, id=pk, check=code, state=state) for pk, code, state, geom in found
        ]
    west, south, east, north = box.extent if box else _extent(within)
    cells = within.order_by().annotate(
        cell=SnapToGrid("geom", max(east - west, north - south, 1e-6) / CELLS_ACROSS)
    )
    counted = cells.values("cell").annotate(
        number=Count("pk"), lon=Avg(_coordinate("X")), lat=Avg(_coordinate("Y"))
    )
    return [FindingPlace(*row) for row in counted.values_list("lon", "lat", "number")]


def findings_extent(rows: QuerySet[QualityFinding]) -> Box | None:
    """Return west, south, east, north of findings; None where there are none."""
    extent: Box | None = rows.order_by().aggregate(extent=Extent("geom"))["extent"]
    return extent


def quality_runs() -> list[QualityRun]:
    """Return the last run over each network, and over the zones, the newest first."""
    last = QualityRun.objects.order_by("network", "-started_at").distinct("network").values("pk")
    return list(
        QualityRun.objects.filter(pk__in=last).select_related("network", "actor").order_by("-started_at")
    )


def _extent(rows: QuerySet[QualityFinding]) -> Box:
    return findings_extent(rows) or (-180.0, -90.0, 180.0, 90.0)


def _coordinate(axis: str) -> Func:
    return Func(F("geom"), function=f"ST_{axis}", output_field=FloatField())
