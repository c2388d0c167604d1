"""A small town to meter: one water network, two districts, named customers."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from gis.models import ConnectionPoint, Network, Node, Zone, ZoneMembership
from metering.models import Contact, Meter, RegisterReading, ServiceAgreement, Source

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def network(code: str = "town", utility: str = "water") -> Network:
    """Return a network, made once."""
    found, _ = Network.objects.get_or_create(
        code=code, defaults={"utility": utility, "name_fr": "Réseau", "name_ar": "شبكة"}
    )
    return found


def zone(code: str, west: float = -2.34, *, kind: str = "dma", utility: str | None = "water") -> Zone:
    """Return a zone of about 900 m by 1100 m whose western edge lies at `west`."""
    box = Polygon.from_bbox((west, 34.92, west + 0.01, 34.93))
    return Zone.objects.create(
        code=code,
        kind=kind,
        utility=utility,
        name_fr=f"Secteur {code}",
        name_ar=f"قطاع {code}",
        geom=MultiPolygon(box, srid=4326),
        valid=DateTimeTZRange(LONG_AGO, None),
    )


def connection_point(code: str, *, of: Network | None = None, lon: float = -2.335) -> ConnectionPoint:
    """Return a connection point at a node of its own."""
    of = of or network()
    place = Point(lon, 34.925, srid=4326)
    node = Node.objects.create(network=of, code=f"n-{code}", kind="junction", geom=place)
    return ConnectionPoint.objects.create(network=of, code=code, node=node, geom=place)


def member(
    point: ConnectionPoint, of: Zone, since: datetime = LONG_AGO, until: datetime | None = None
) -> ZoneMembership:
    """Put a connection point into a zone for a time."""
    return ZoneMembership.objects.create(
        connection_point=point, zone=of, zone_kind=of.kind, valid=DateTimeTZRange(since, until)
    )


def meter(
    code: str,
    point: ConnectionPoint | None = None,
    *,
    utility: str = "water",
    zone: Zone | None = None,
    installed: datetime = LONG_AGO,
    removed: datetime | None = None,
    **fields: object,
) -> Meter:
    """Return a meter, on a point of its own and in a zone where one is named."""
    point = point or connection_point(f"W-{code}")
    if zone is not None:
        member(point, zone)
    return Meter.objects.create(
        code=code,
        utility=utility,
        connection_point=point,
        installed=DateTimeTZRange(installed, removed),
        **fields,
    )


def agreement(
    point: ConnectionPoint, *, name: str = "Aïcha Benali", language: str = "ar", consents: bool = True
) -> ServiceAgreement:
    """Serve a named person at a point."""
    contact = Contact.objects.create(
        full_name=name, phone="+212612345678", language=language, consents_to_advice=consents
    )
    return ServiceAgreement.objects.create(
        connection_point=point, contact=contact, valid=DateTimeTZRange(LONG_AGO, None)
    )


def register(of: Meter, at: str, value: str) -> RegisterReading:
    """Write a register at a time with its offset, without marking anything stale."""
    return RegisterReading.objects.create(
        meter=of, at=datetime.fromisoformat(at), value=Decimal(value), source=Source.MANUAL
    )
