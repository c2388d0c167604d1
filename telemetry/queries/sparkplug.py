"""Sparkplug edge nodes: what the host knows by heart, and what staff see of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from telemetry.domain.sparkplug import EdgeId
from telemetry.domain.sparkplug.values import NUMBERS
from telemetry.models import Device, Protocol, Quantity, Sensor, SparkplugEdge, SparkplugMetric
from telemetry.models.scoping import Viewer
from telemetry.queries.registry import KnownDevice, Registry, load_registry

QUANTITIES = Quantity.choices


@dataclass(slots=True)
class KnownEdges:
    """Hold the devices known by where they stand in Sparkplug; sensors are found by metric name."""

    registry: Registry
    by_path: dict[str, KnownDevice] = field(default_factory=dict)
    by_node: dict[EdgeId, list[KnownDevice]] = field(default_factory=lambda: defaultdict(list))


def load_edges() -> KnownEdges:
    """Load the active devices of the protocol."""
    registry = load_registry(protocol=Protocol.SPARKPLUG)
    known = KnownEdges(registry)
    for code, path in (
        Device.objects.filter(code__in=registry.devices).exclude(edge="").values_list("code", "edge")
    ):
        device = registry.devices[code]
        known.by_path[path] = device
        known.by_node[edge_of(path)].append(device)
    return known


def edge_of(path: str) -> EdgeId:
    """Return the edge node of a path."""
    group, node = path.split("/")[:2]
    return EdgeId(group, node)


def edges_to_ask() -> list[tuple[EdgeId, int | None]]:
    """Return the edge nodes heard before with the number of their last birth, and those only declared."""
    kept = SparkplugEdge.objects.values_list("path", "bd_seq")
    heard = {edge_of(path): bd_seq for path, bd_seq in kept if path.count("/") == 1}
    declared = Device.objects.filter(protocol=Protocol.SPARKPLUG, active=True).exclude(edge="")
    for path in declared.values_list("edge", flat=True):
        heard.setdefault(edge_of(path), None)
    return sorted(heard.items())


def edges_seen(user: Viewer, *, with_unknown: bool) -> QuerySet[Any]:
    """Return the edge nodes heard whose device a person may see, with `device_code`, `metric_count`.

    `with_unknown`: those of no device too, which lie nowhere yet.
    """
    visible = Device.objects.visible_to(user).exclude(edge="").values("edge")
    owner = Device.objects.filter(edge=OuterRef("path")).values("code")[:1]
    allowed = Q(path__in=visible)
    if with_unknown:
        allowed |= ~Q(path__in=Device.objects.exclude(edge="").values("edge"))
    rows = SparkplugEdge.objects.filter(allowed)
    return rows.annotate(device_code=Subquery(owner), metric_count=Count("metrics")).order_by("path")


def metrics_of(edge: SparkplugEdge) -> list[tuple[SparkplugMetric, bool, str]]:
    """Return an edge node's metrics, whether each can be a sensor, and the code of the one it is."""
    sensors = Sensor.objects.filter(device__edge=edge.path).values_list("field", "code")
    codes = dict(sensors)
    return [(metric, metric.datatype in NUMBERS, codes.get(metric.name, "")) for metric in edge.metrics.all()]


@dataclass(frozen=True, slots=True)
class OfferedMetric:
    """A metric that last births announced: in how many of them, with unit, type and a value then."""

    name: str
    unit: str
    datatype: int
    text: str
    births: int


def offered_metrics(
    user: Viewer, *, family: str, like: str = "", but: Collection[str] = ()
) -> list[OfferedMetric]:
    """Return the metrics that could become sensors of a family, which holds the keys `but`.

    They are those of the edge nodes of its devices, or of the one named by the path `like`; what devices take
    for sensors of their own is left out.
    """
    devices = Device.objects.visible_to(user).filter(family=family, edge__gt="") if family else None
    paths = [like] if like else list(devices.values_list("edge", flat=True)) if devices is not None else []
    seen = edges_seen(user, with_unknown=True).filter(path__in=paths).order_by().values("pk")
    own = Sensor.objects.filter(device__edge__in=paths, active=True).exclude(key__in=but).values("field")
    metrics = SparkplugMetric.objects.filter(edge__in=seen, datatype__in=NUMBERS).exclude(name__in=own)
    told = metrics.order_by("name").values("name").annotate(
        told_unit=Max("unit"), type=Max("datatype"), value=Max("text"), births=Count("edge")
    )  # fmt: skip
    columns = ("name", "told_unit", "type", "value", "births")
    return [OfferedMetric(*row) for row in told.values_list(*columns)]
