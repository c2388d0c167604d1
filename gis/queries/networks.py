"""Networks as a whole."""

from __future__ import annotations

from django.contrib.gis.db.models import Extent
from django.utils.translation import gettext as _

from backend.core import clock
from gis.models import Network, Node, Placement, Zone, ZoneKind


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
