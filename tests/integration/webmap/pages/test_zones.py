"""Anyone reads a zone's figures, as words, as a table, as a file."""

from __future__ import annotations

import csv
import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from backend.core import clock
from gis.queries import zone_by_code
from metering.models import ZoneConsumption
from tests.integration.webmap.pages.conftest import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def figures(town: Town) -> None:
    """Give the district 40 days of 100 m³, and 80 m³ a year before."""
    zone, today = zone_by_code("dma-a"), clock.local_day(clock.now())
    days = [(today - timedelta(days=n), "100") for n in range(1, 40)]
    days += [(today - timedelta(days=n + 364), "80") for n in range(1, 40)]
    ZoneConsumption.objects.bulk_create(
        ZoneConsumption(
            zone=zone,
            utility="water",
            day=day,
            value=Decimal(value),
            coverage=0.9,
            estimated_share=0,
            meters_read=18,
            meters_total=20,
        )
        for day, value in days
    )


@pytest.mark.usefixtures("figures")
class TestZone:
    def test_a_sentence_says_how_it_compares(self, outsider: Client) -> None:
        page = outsider.get("/zones/dma-a/?days=7").content.decode()
        assert re.search(r"600.{0,3}m³</strong>, soit 25.%", page)
        assert "relevés 90" in page

    def test_the_plot_and_the_table_hold_the_same_days(self, outsider: Client) -> None:
        page = outsider.get("/zones/dma-a/?days=30").content.decode()
        found = re.search(r'<script id="plot-days" type="application/json">(.*?)</script>', page)
        assert found
        plot = json.loads(found[1])
        assert len(plot["days"]) == len(plot["values"]) == len(plot["before"]) == 30
        assert page.count('<th scope="row">') == 30

    def test_complaints_are_counted_by_kind(self, town: Town, outsider: Client) -> None:
        town.report()
        town.report(category="visible-leak")
        page = outsider.get("/zones/dma-a/").content.decode()
        assert "Fuite visible" in page

    def test_the_file_holds_the_days(self, town: Town, outsider: Client) -> None:
        town.report()
        answer = outsider.get("/zones/dma-a/figures.csv?days=7")
        assert 'filename="dma-a-water-7.csv"' in answer["Content-Disposition"]
        rows = list(csv.DictReader(answer.content.decode().splitlines()))
        assert len(rows) == 7
        assert (rows[0]["consumption_m3"], rows[0]["last_year"]) == ("100.000", "80.000")
        assert rows[-1]["complaints"] == "1"

    def test_the_list_shows_the_last_week(self, outsider: Client) -> None:
        page = outsider.get("/zones/").content.decode()
        assert "700" in page
        assert "Secteur A" in page


def test_a_zone_without_figures_says_so(town: Town, outsider: Client) -> None:
    page = outsider.get("/zones/berkane/")
    assert page.status_code == 200


def test_an_unknown_zone_is_a_404(town: Town, outsider: Client) -> None:
    assert outsider.get("/zones/nowhere/").status_code == 404
    assert outsider.get("/zones/nowhere/figures.csv").status_code == 404


def test_nonsense_in_the_address_falls_back(town: Town, outsider: Client) -> None:
    assert outsider.get("/zones/dma-a/?days=-1&utility=gold").status_code == 200
