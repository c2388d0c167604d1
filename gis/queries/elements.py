"""Find elements of the networks by code or by place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import QuerySet

from backend.core.models import User
from gis.domain.rows import Key, NodeKind
from gis.errors import NoSuchElement
from gis.models import ConnectionPoint, Link, Network, Node, Zone
from gis.statements import statement

Table = Literal["node", "link", "connection_point"]


@dataclass(frozen=True, slots=True)
class ElementPlace:
    """An element and where it is (EPSG:4326): a link at its middle."""

    table: str
    id: int
    kind: str
    code: str
    network: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class NearestElement:
    """The link nearest to a place, and how far it is in metres."""

    element_id: int
    kind: str
    code: str
    network_id: int
    network: str
    distance_m: float
    is_link: bool = True


def element_places(*, network: str, table: Table, codes: Collection[str]) -> list[ElementPlace]:
    """Return the elements of a network with these codes; a code may name several kinds."""
    return _places(network=network, table=table, codes=codes)


def connection_points_by_code(code: str) -> list[ElementPlace]:
    """Return the connection points of this code, in whichever network."""
    return _places(network=None, table="connection_point", codes=[code])


def nearest_element(lon: float, lat: float, utility: str | None = None) -> NearestElement | None:
    """Return the link nearest to a place, of one utility if asked; None where there are no networks."""
    networks = Network.objects.all() if utility is None else Network.objects.filter(utility=utility)
    ids = list(networks.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(statement(__file__, "nearest_link"), {"lon": lon, "lat": lat, "networks": ids})
        row = cursor.fetchone()
    if row is None:
        return None
    return NearestElement(row[0], row[1], row[2], row[3], row[4], round(row[5], 1))


def connection_points_in(zone: Zone, at: datetime) -> QuerySet[ConnectionPoint]:
    """Return the connection points that lay in a zone at an instant."""
    return ConnectionPoint.objects.filter(memberships__zone=zone, memberships__valid__contains=at)


def find_element(user: User | AnonymousUser, network: str, kind: str, code: str) -> Any:
    """Return an element that a person may see, with its network.

    Raises:
        NoSuchElement: there is none, or none for that person.
    """
    point = kind == "connection_point"
    model: Any = ConnectionPoint if point else Node if kind in set(NodeKind) else Link
    rows = model.objects.visible_to(user).select_related("network").filter(network__code=network, code=code)
    found = (rows if point else rows.filter(kind=kind)).first()
    if found is None:
        raise NoSuchElement
    return found


def is_visible(user: User | AnonymousUser, network: str, kind: str, code: str) -> bool:
    """Say whether a person may see an element, named by network, kind and code."""
    if kind == "connection_point":
        return ConnectionPoint.objects.visible_to(user).filter(network__code=network, code=code).exists()
    elements = (Node if kind in set(NodeKind) else Link).objects.visible_to(user)
    return elements.filter(network__code=network, kind=kind, code=code).exists()


def unseen(user: User | AnonymousUser, network: str, places: Collection[Key]) -> list[Key]:
    """Return those of some elements, named by kind and code, that a person may not see; one query a table."""
    codes: dict[Any, set[str]] = {}
    for kind, code in places:
        codes.setdefault(_model(kind), set()).add(code)
    seen: set[Key] = set()
    for model, wanted in codes.items():
        rows = model.objects.visible_to(user).filter(network__code=network, code__in=wanted)
        if model is ConnectionPoint:
            seen |= {("connection_point", code) for code in rows.values_list("code", flat=True)}
        else:
            seen |= set(rows.values_list("kind", "code"))
    return [place for place in places if place not in seen]


def _model(kind: str) -> Any:
    if kind == "connection_point":
        return ConnectionPoint
    return Node if kind in set(NodeKind) else Link


def network_code(network_id: int) -> str | None:
    """Return the code of a network."""
    return Network.objects.filter(pk=network_id).values_list("code", flat=True).first()


def _places(*, network: str | None, table: Table, codes: Collection[str]) -> list[ElementPlace]:
    values = {"network": network, "table": table, "codes": list(codes)}
    with connection.cursor() as cursor:
        cursor.execute(statement(__file__, "element_places"), values)
        return [ElementPlace(*row) for row in cursor.fetchall()]
