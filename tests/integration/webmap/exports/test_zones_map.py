"""The map of zones as one file: complete with the network off, safe with hostile names, in two languages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve
from django.utils import translation
from playwright.sync_api import Browser, Page

from backend.core import clock
from backend.core.models import User
from gis.models import Jurisdiction, Link, Network, Node, Zone
from metering.models import ZoneConsumption
from tests.factories import core as people
from tests.factories import metering as town
from webmap.exports.zones_map import zones_map

pytestmark = pytest.mark.django_db

LINES = '"type": "MultiLineString"'
HOSTILE = '</script><img src=x onerror="window.hacked=1">`${window.hacked=1}`'


def draw_town() -> list[Zone]:
    """Two districts with a month of figures and a network of one pipe."""
    zones = [town.zone("dma-a"), town.zone("dma-b", -2.33)]
    yesterday = clock.local_day(clock.now()).toordinal() - 1
    ZoneConsumption.objects.bulk_create(
        ZoneConsumption(
            zone=zone,
            utility="water",
            day=date.fromordinal(yesterday - back),
            value=Decimal(100 * (place + 1)),
            coverage=0.8,
            estimated_share=0.3,
            meters_read=20,
            meters_total=24,
        )
        for place, zone in enumerate(zones)
        for back in range(30)
    )
    network = town.network()
    Network.objects.update(source_model="L-TOWN", placement="synthetic")
    ends = [town.connection_point(code, lon=lon).node for code, lon in (("W-1", -2.338), ("W-2", -2.322))]
    line = f"SRID=4326;LINESTRING({ends[0].geom.x} 34.925, {ends[1].geom.x} 34.925)"
    Link.objects.create(
        network=network,
        code="p1",
        kind="pipe",
        start_node=ends[0],
        end_node=ends[1],
        geom=line,
        length_m=1450,
    )
    assert Node.objects.count() == 2
    return zones


def opened(browser: Browser, page_text: str, folder: Path, width: int = 1200) -> tuple[Page, list[str]]:
    """Open the file in Chromium with the network off; return the page and every address it asked for."""
    path = folder / "map.html"
    path.write_text(page_text, encoding="utf-8")
    context = browser.new_context(offline=True, viewport={"width": width, "height": 800})
    page = context.new_page()
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    page.goto(path.as_uri())
    page.wait_for_selector(".leaflet-container")
    assert faults == []
    return page, [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]


@pytest.mark.browser
def test_it_opens_with_the_network_off_and_asks_nobody_for_anything(browser: Browser, tmp_path: Path) -> None:
    draw_town()
    with translation.override("fr"):
        text = zones_map(reader=None, with_networks=True, at=clock.now())
    page, asked = opened(browser, text, tmp_path)
    assert asked == []
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.locator(".chabaka-panel h1").inner_text() == "Consommation par zone"
    assert "L-TOWN" in page.locator(".attribution").inner_text()
    assert page.locator(".leaflet-control-layers").is_visible()
    assert page.locator("canvas").count() >= 1
    page.mouse.click(500, 400)
    popup = page.locator(".chabaka-popup")
    popup.wait_for()
    assert "m³" in popup.inner_text()
    assert "80" in popup.inner_text()


@pytest.mark.browser
def test_a_hostile_name_is_shown_as_it_is_written_and_runs_nothing(browser: Browser, tmp_path: Path) -> None:
    zones = draw_town()
    Zone.objects.filter(pk__in=[zone.pk for zone in zones]).update(name_fr=HOSTILE)
    with translation.override("fr"):
        text = zones_map(reader=None, with_networks=False, at=clock.now())
    page, asked = opened(browser, text, tmp_path)
    page.mouse.move(520, 420)
    page.mouse.click(500, 400)
    popup = page.locator(".chabaka-popup strong")
    popup.wait_for()
    assert popup.inner_text() == HOSTILE
    assert page.evaluate("window.hacked") is None
    assert asked == []


@pytest.mark.browser
def test_it_reads_from_right_to_left_in_arabic_on_a_phone(browser: Browser, tmp_path: Path) -> None:
    draw_town()
    with translation.override("ar"):
        text = zones_map(reader=None, with_networks=True, at=clock.now())
    page, asked = opened(browser, text, tmp_path, width=390)
    assert asked == []
    assert page.evaluate("getComputedStyle(document.querySelector('.chabaka-panel')).direction") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert "الاستهلاك" in page.locator(".chabaka-panel h1").inner_text()


def served(user: User | AnonymousUser) -> HttpResponse:
    request = RequestFactory().get("/zones/map.html")
    request.user = user
    return resolve("/zones/map.html").func(request)


def test_the_public_gets_zones_and_staff_the_networks_too_as_an_attachment() -> None:
    draw_town()
    answer = served(AnonymousUser())
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith('attachment; filename="zones-')
    assert LINES not in answer.content.decode()
    supervisor = people.person("sup", "supervisor")
    Jurisdiction.objects.create(user=supervisor, zone=None)
    assert LINES in served(supervisor).content.decode()


def test_zones_of_few_households_bear_no_figure_for_the_public() -> None:
    draw_town()
    ZoneConsumption.objects.update(meters_total=9)
    with translation.override("fr"):
        text = zones_map(reader=None, with_networks=False, at=clock.now())
    assert "Aucun chiffre" in text
    assert "3\\u202f000" not in text


@pytest.mark.browser
def test_an_empty_installation_still_gives_a_map(browser: Browser, tmp_path: Path) -> None:
    page, asked = opened(browser, zones_map(reader=None, with_networks=True, at=clock.now()), tmp_path)
    assert asked == []
    assert page.locator(".chabaka-panel h1").is_visible()
