"""A town of one street, its crews, and what its people report.

    R1 --p0-- r ==v1== a --p1-- b ==v2== c --p2-- d

`a` and `b` hang on one isolation segment between the valves `v1` and `v2`; `c` and `d` lie behind it. A
school and a home are served at `b`, another home at `d`. A pressure logger stands at `a`.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Polygon
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from PIL import Image

from backend.core import clock
from backend.core.models import Message, User
from backend.core.services import outbox
from gis.models import ConnectionPoint, Link, Network, Node, Zone
from gis.services import NewZone, add_zones, assign_jurisdiction
from gis.services.writing import write_links, write_nodes
from maintenance import services
from maintenance.models import Incident, Report, Technician, WorkOrder
from metering.models import Contact, ServiceAgreement
from telemetry.models import Alarm, AlarmCondition
from tests.factories import core as cast
from tests.factories import telemetry as devices
from tests.factories.gis import drawn_rows

STREET = "R1 --p0-- r ==v1== a --p1-- b ==v2== c --p2-- d"
LAT = 34.92
NEAR_A, NEAR_B, NEAR_D, AT_SEA = (-2.3179, 34.9201), (-2.3172, 34.9201), (-2.3152, 34.9201), (-2.9, 35.5)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def box(west: float, east: float) -> MultiPolygon:
    """Return the area between two longitudes around the street."""
    outline = Polygon.from_bbox((west, LAT - 0.01, east, LAT + 0.01))
    return MultiPolygon(outline, srid=4326)


def town() -> Network:
    """Build the street, its zones (`dma-west` up to b, `dma-east` beyond), its operator and the catalogue."""
    cast.operator(service_area=box(-2.33, -2.30))
    network = Network.objects.create(code="street", utility="water", name_fr="Rue", name_ar="شارع")
    rows = drawn_rows(STREET)
    with transaction.atomic():
        write_nodes(network, rows.nodes)
        write_links(network, rows.links)
    add_zones(
        zones=[
            NewZone("berkane", "commune", "Berkane", "بركان", box(-2.33, -2.30), valid_from=LONG_AGO),
            NewZone("dma-west", "dma", "Ouest", "الغرب", box(-2.33, -2.3165), "water", "berkane", LONG_AGO),
            NewZone("dma-east", "dma", "Est", "الشرق", box(-2.3165, -2.30), "water", "berkane", LONG_AGO),
        ]
    )
    for code, node, critical in (("W-1", "b", ""), ("W-2", "b", "school"), ("W-3", "d", "")):
        place = Node.objects.get(network=network, code=node)
        ConnectionPoint.objects.create(
            network=network, code=code, node=place, geom=place.geom, critical_kind=critical
        )
    services.seed_categories()
    return network


def at_the_desk(user: User, zone: str | None = None) -> User:
    """Give a member of staff a jurisdiction: everywhere unless a zone is named."""
    assign_jurisdiction(user=user, zone_code=zone)
    return user


def crew(
    user: User, *, home: tuple[float, float] = NEAR_D, skills: tuple[str, ...] = ("water-network",)
) -> Technician:
    """Make someone a technician on shift from yesterday to tomorrow."""
    technician = services.ensure_technician(user=user, skills=skills, home=home)
    today = clock.local_day(clock.now())
    day = timedelta(days=1)
    services.ensure_shifts(
        technician=technician, first_day=today - day, last_day=today + day, start=time(0), end=time(0)
    )
    return technician


def report(at: tuple[float, float] | None = NEAR_B, **values: Any) -> Report:
    """File a report of no water near b, in French, without a phone, unless told."""
    where: dict[str, Any] = {"place": "derrière la mosquée"}
    if at is not None:
        where = {"lon": at[0], "lat": at[1]}
    return services.submit_report(**({"category": "no-water"} | where | values))


def alarm(network: Network, node: str = "a", *, state: str = "active_unacknowledged") -> Alarm:
    """Raise a low-pressure alarm at a node."""
    place = Node.objects.get(network=network, code=node)
    sensor = devices.sensor(devices.device(f"PL-{node}", geom=place.geom, node=place), node=place)
    rule = devices.low_limit(sensor)
    AlarmCondition.objects.update_or_create(rule=rule, defaults={"active": True})
    now = clock.now()
    return Alarm.objects.create(
        rule=rule, sensor=sensor, state=state, priority=2, raised_at=now, raised_value=180, updated_at=now
    )


def clear_alarms() -> None:
    """Let every condition be over."""
    AlarmCondition.objects.update(active=False)
    Alarm.objects.update(state="normal")


def customer(network: Network, point: str, phone: str, language: str = "fr") -> ServiceAgreement:
    """Serve someone at a connection point."""
    contact = Contact.objects.create(full_name="Aziz Naciri", phone=phone, language=language)
    served_at = ConnectionPoint.objects.get(network=network, code=point)
    return ServiceAgreement.objects.create(
        connection_point=served_at,
        contact=contact,
        valid=DateTimeTZRange(LONG_AGO, None),
    )


def incident(actor: User, *reports: Report, alarm_ids: tuple[int, ...] = ()) -> Incident:
    """Open an incident out of reports."""
    return services.open_incident(actor=actor, reports=reports, alarm_ids=alarm_ids)


def order(actor: User, of: Incident) -> WorkOrder:
    """Write an order for an incident."""
    return services.create_order_from_incident(incident=of, actor=actor)


def walk(order: WorkOrder, actor: User, *steps: str) -> WorkOrder:
    """Take an order along steps, with a photo before the work is done."""
    for step in steps:
        if step == "work_done":
            services.add_order_photo(order=order, author=actor, file=photo())
        order = services.transition_order(order=order, to=step, actor=actor)
    return order


def photo(
    name: str = "fuite.jpg", size: tuple[int, int] = (64, 48), format_: str = "JPEG", **options: Any
) -> SimpleUploadedFile:
    """Take a photo of nothing much."""
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, format_, **options)
    return SimpleUploadedFile(name, out.getvalue())


def deliver() -> None:
    """Let the worker do everything that is owed, and what follows from it."""
    while outbox.deliver_due():
        pass


def messages(phone: str) -> list[str]:
    """Return the templates of the messages to a number, the oldest first."""
    return list(Message.objects.filter(phone=phone).order_by("pk").values_list("template", flat=True))


def links(network: Network) -> dict[str, Link]:
    """Return the links of a network by code."""
    return {link.code: link for link in Link.objects.filter(network=network)}


def zone(code: str) -> Zone:
    """Return a zone."""
    return Zone.objects.get(code=code)
