"""Networks as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.gis.db.models import Extent
from django.core.cache import cache
from django.db import connection
from django.utils.translation import gettext as _

from backend.core import clock
from gis.models import Network, Node, Placement, Zone, ZoneKind
from gis.statements import statement

KEPT_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class NetworkSize:
    """What a network holds; `length_m` is that of its pipes and lines."""

    network: Network
    nodes: int
    links: int
    length_m: float
    connection_points: int


def demonstration_notice() -> str:
    """Say that what is shown is no real network, where that is so; empty otherwise."""
    artificial = Network.objects.filter(placement=Placement.SYNTHETIC).order_by("pk")
    models = list(artificial.values_list("source_model", flat=True))
    if not models:
        return ""
    commune = (
        Zone.objects.valid_at(clock.now()).filter(kind=ZoneKind.COMMUNE).defer("geom", "geom_3857").first()
    )
    return _(
        "Demonstration network: public models %(models)s, artificially placed on %(place)s; "
        "it represents no real installation."
    ) % {"models": _listed(models), "place": commune.name if commune else "—"}


def _listed(names: list[str]) -> str:
    *first, last = names
    return _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last} if first else last


def network_extents() -> dict[int, tuple[float, float, float, float]]:
    """Return west, south, east, north of each network by its id."""
    return dict(Node.objects.values_list("network_id").annotate(Extent("geom")).order_by())


def networks_box() -> tuple[float, float, float, float] | None:
    """Return west, south, east, north of all networks together; None where nothing lies anywhere."""
    versions = Network.objects.order_by("pk").values_list("pk", "topology_version")
    key = "gis.networks_box." + ".".join(f"{pk}-{version}" for pk, version in versions)
    box: tuple[float, float, float, float] | None = cache.get(key)
    if box is None and (extents := network_extents()):
        west, south, east, north = zip(*extents.values(), strict=True)
        box = (min(west), min(south), max(east), max(north))
        cache.set(key, box, KEPT_S)
    return box


def network_sizes() -> list[NetworkSize]:
    """Return what each network holds, counted once for each version of its topology."""
    return [NetworkSize(network, *_size(network)) for network in Network.objects.order_by("code")]


def _size(network: Network) -> tuple[int, int, float, int]:
    key = f"gis.network_size.{network.pk}.{network.topology_version}"
    counted: tuple[int, int, float, int] | None = cache.get(key)
    if counted is None:
        with connection.cursor() as cursor:
            cursor.execute(statement(__file__, "network_size"), {"network": network.pk})
            counted = cursor.fetchone()
        cache.set(key, counted, KEPT_S)
    return counted


def networks_by_code() -> dict[str, str]:
    """Return the names of the networks, in the language of the moment, by code."""
    return {network.code: network.name for network in Network.objects.order_by("code")}
