"""A small town for the pages: one district, its people, a crew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from io import BytesIO

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.core.cache import cache
from django.test import Client
from PIL import Image

from backend.core import clock
from backend.core.models import User
from gis.services import NewZone, add_zones, assign_jurisdiction
from maintenance import services
from maintenance.models import Incident, Report, Technician, WorkOrder
from tests.factories import core as cast

HERE = (-2.326, 34.926)
FAR = (-6.85, 34.02)
AREA = MultiPolygon(Polygon.from_bbox((-2.40, 34.90, -2.25, 34.95)), srid=4326)


@dataclass
class Town:
    """Who works here and who came with a problem."""

    hicham: User
    nadia: User
    samira: Technician
    youssef: Technician

    def report(self, **values: object) -> Report:
        """File a report about no water at the centre."""
        given = {"category": "no-water", "lon": HERE[0], "lat": HERE[1], "text": "Plus une goutte."} | values
        return services.submit_report(**given)  # type: ignore[arg-type]

    def incident(self) -> Incident:
        """Open and confirm an incident from one report."""
        incident = services.open_incident(actor=self.hicham, reports=[self.report()])
        return services.transition_incident(incident=incident, to="confirmed", actor=self.hicham)

    def order(self, *, given_to: Technician | None = None) -> WorkOrder:
        """Write an order, and give it to someone."""
        order = services.create_order_from_incident(incident=self.incident(), actor=self.hicham)
        if given_to is None:
            return order
        return services.assign(order=order, technician=given_to, actor=self.hicham, version=order.version)


@pytest.fixture(autouse=True)
def media(settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    cache.clear()


@pytest.fixture
def town(db: None) -> Town:
    services.seed_categories()
    cast.operator(service_area=AREA)
    add_zones(
        zones=[
            NewZone("berkane", "commune", "Berkane", "بركان", AREA),
            NewZone("dma-a", "dma", "Secteur A", "القطاع أ", AREA, utility="water", parent="berkane"),
        ]
    )
    hicham, nadia = cast.hicham(), cast.nadia()
    for dispatcher in (hicham, nadia):
        assign_jurisdiction(user=dispatcher)
    return Town(hicham, nadia, _technician(cast.samira()), _technician(cast.youssef()))


@pytest.fixture
def outsider() -> Client:
    return Client(headers={"Accept-Language": "fr"})


def signed_in(user: User) -> Client:
    """Return a browser in French in which someone is signed in."""
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(user)
    return client


def picture(colour: str = "teal") -> BytesIO:
    """Return a small photo, as a phone would send it."""
    file = BytesIO()
    Image.new("RGB", (64, 48), colour).save(file, "JPEG")
    file.seek(0)
    file.name = "photo.jpg"
    return file


def _technician(user: User) -> Technician:
    assign_jurisdiction(user=user)
    technician = services.ensure_technician(user=user, skills=["water-network"], home=HERE)
    today = clock.local_day(clock.now())
    services.ensure_shifts(
        technician=technician,
        first_day=today - timedelta(days=1),
        last_day=today + timedelta(days=1),
        start=time(0),
        end=time(0),
    )
    return technician
