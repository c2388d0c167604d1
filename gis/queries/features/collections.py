"""The collections of features: who reads each, its properties and where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.core.queries.users import is_staff_member
from gis.models import ConnectionPoint, Link, Node, Zone
from gis.models.networks import LINK_KINDS, LINK_STATES, NODE_KINDS, StateSource, Utility
from gis.models.zones import ZoneKind
from gis.queries.search import Viewer

Interval = tuple[datetime | None, datetime | None]
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Property:
    """What a feature says of itself. `path` is the column as the ORM names it; an object is not queryable."""

    name: str
    type: str
    title: Text
    path: str = ""
    choices: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        return self.path or self.name

    @property
    def is_queryable(self) -> bool:
        return self.type != "object"


@dataclass(frozen=True, slots=True)
class Collection:
    """Features of one kind: a table. `interval` is the column that says when one is in force, if any."""

    id: str
    model: type[Model]
    title: Text
    description: Text
    geometry: str
    properties: tuple[Property, ...]
    interval: str = ""
    is_public: bool = False

    @property
    def queryables(self) -> dict[str, Property]:
        return {one.name: one for one in self.properties if one.is_queryable}

    def rows(self, user: Viewer) -> QuerySet[Any]:
        """Return what a person may read."""
        rows: Any = self.model._default_manager.all()
        return rows if self.is_public else rows.visible_to(user)

    def is_readable(self, user: Viewer) -> bool:
        """Whether a person may read any of it; which of it, `rows` says."""
        return self.is_public or is_staff_member(user)


def readable_collections(user: Viewer) -> list[Collection]:
    """Return the collections a person may read."""
    return [collection for collection in COLLECTIONS.values() if collection.is_readable(user)]


def _values(choices: Any) -> tuple[str, ...]:
    return tuple(str(value) for value, _label in choices)


CODE = Property("code", "string", pgettext_lazy("network", "Code"))
NETWORK = (
    Property("network", "string", _("Network"), "network__code"),
    Property("utility", "string", _("Utility"), "network__utility", tuple(Utility.values)),
)
SYNTHETIC = Property("synthetic", "boolean", _("Generated, not surveyed"))
ATTRIBUTES = Property("attributes", "object", _("Further attributes of the source"))
COLLECTIONS = {
    collection.id: collection
    for collection in (
        Collection(
            "nodes",
            Node,
            _("Nodes"),
            _("Where pipes and lines meet: junctions, tanks, reservoirs, buses, substations."),
            "Point",
            (
                CODE,
                Property("kind", "string", _("Kind"), choices=_values(NODE_KINDS)),
                *NETWORK,
                Property("elevation_m", "number", _("Elevation (m)")),
                Property("is_source", "boolean", _("Feeds the network")),
                SYNTHETIC,
                ATTRIBUTES,
            ),
        ),
        Collection(
            "links",
            Link,
            _("Links"),
            _("Pipes and lines, and the devices on them: valves, pumps, switches, transformers."),
            "LineString",
            (
                CODE,
                Property("kind", "string", _("Kind"), choices=_values(LINK_KINDS)),
                *NETWORK,
                Property("start", "string", _("Start node"), "start_node__code"),
                Property("end", "string", _("End node"), "end_node__code"),
                Property("length_m", "number", _("Length (m)")),
                Property("diameter_mm", "number", _("Diameter (mm)")),
                Property("state", "string", _("State"), choices=_values(LINK_STATES)),
                Property(
                    "state_source", "string", _("Who told the state"), choices=tuple(StateSource.values)
                ),
                Property("state_at", "date-time", _("State told at")),
                Property("operable", "boolean", _("Can be operated")),
                SYNTHETIC,
                ATTRIBUTES,
            ),
        ),
        Collection(
            "connection-points",
            ConnectionPoint,
            _("Connection points"),
            _("Where customers join the network. Names and addresses are read one by one elsewhere."),
            "Point",
            (
                CODE,
                *NETWORK,
                Property("node", "string", _("Node"), "node__code"),
                Property("link", "string", pgettext_lazy("network", "Link"), "link__code"),
                Property("category", "string", _("Category")),
                Property("critical_kind", "string", _("Critical customer")),
                SYNTHETIC,
            ),
        ),
        Collection(
            "zones",
            Zone,
            _("Zones"),
            _("Communes, districts, metered areas, feeders: those in force now, or at the time asked for."),
            "MultiPolygon",
            (
                CODE,
                Property("kind", "string", _("Kind"), choices=tuple(ZoneKind.values)),
                Property("utility", "string", _("Utility"), choices=tuple(Utility.values)),
                Property("parent", "string", _("Part of"), "parent__code"),
                Property("name_fr", "string", _("Name in French")),
                Property("name_ar", "string", _("Name in Arabic")),
                Property("valid_from", "date-time", _("In force from"), "valid__startswith"),
                Property("valid_until", "date-time", _("In force until"), "valid__endswith"),
            ),
            interval="valid",
            is_public=True,
        ),
    )
}
