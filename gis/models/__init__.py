"""Networks and their elements, zones and their members, who may see where, and what was imported."""

from __future__ import annotations

from gis.models.corrections import Correction, CorrectionTransition
from gis.models.drawn_devices import DrawnDevice
from gis.models.export_jobs import ExportJob, ExportJobState
from gis.models.history import (
    ConnectionPointAliasEvent,
    ConnectionPointEvent,
    LinkEvent,
    NodeEvent,
    ZoneEvent,
)
from gis.models.import_jobs import ImportJob, ImportJobState
from gis.models.imports import HydraulicModel, ImportRecord
from gis.models.networks import (
    ConnectionPoint,
    ConnectionPointAlias,
    Link,
    Network,
    Node,
    Placement,
    StateSource,
    Utility,
)
from gis.models.proposals import ZoneProposal
from gis.models.quality import FindingTransition, QualityFinding, QualityRun
from gis.models.search import SearchWord
from gis.models.tiles import LayerChange, TileCell
from gis.models.topology import StaleArea, TopologyChange
from gis.models.zones import FormerOutline, Jurisdiction, Zone, ZoneKind, ZoneMembership

__all__ = [
    "ConnectionPoint",
    "ConnectionPointAlias",
    "ConnectionPointAliasEvent",
    "ConnectionPointEvent",
    "Correction",
    "CorrectionTransition",
    "DrawnDevice",
    "ExportJob",
    "ExportJobState",
    "FindingTransition",
    "FormerOutline",
    "HydraulicModel",
    "ImportJob",
    "ImportJobState",
    "ImportRecord",
    "Jurisdiction",
    "LayerChange",
    "Link",
    "LinkEvent",
    "Network",
    "Node",
    "NodeEvent",
    "Placement",
    "QualityFinding",
    "QualityRun",
    "SearchWord",
    "StaleArea",
    "StateSource",
    "TileCell",
    "TopologyChange",
    "Utility",
    "Zone",
    "ZoneEvent",
    "ZoneKind",
    "ZoneMembership",
    "ZoneProposal",
]
