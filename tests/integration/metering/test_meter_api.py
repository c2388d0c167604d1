"""Meters and households' figures: staff only, within their places, and on record."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from backend.core.models import AuditEntry, User
from gis.models import Jurisdiction
from metering.models import Meter
from metering.services.consolidation import consolidate
from tests.factories import core as people
from tests.factories import metering as town
from tests.integration.metering.test_consolidation import MAY, store

pytestmark = pytest.mark.django_db

PERIOD = "?from=2026-05-01&to=2026-05-31"


@pytest.fixture
def meter() -> Meter:
    meter = town.meter("MW-1", zone=town.zone("north"))
    store(meter, *MAY)
    consolidate()
    return meter


@pytest.fixture
def agent() -> User:
    user = people.person("agent", "agent")
    Jurisdiction.objects.create(user=user, zone=None)
    return user


def client_of(user: User | None) -> APIClient:
    client = APIClient()
    if user:
        client.force_authenticate(user)
    return client


def test_staff_list_the_meters_they_answer_for(meter: Meter, agent: User) -> None:
    body = client_of(agent).get("/api/v1/meters/?utility=water&code=MW-").json()
    assert body["next"] is None
    (one,) = body["results"]
    assert (one["code"], one["unit"], one["connection_point"], one["network"]) == (
        "MW-1",
        "m3",
        "W-MW-1",
        "town",
    )
    far = people.person("far", "agent")
    Jurisdiction.objects.create(user=far, zone=town.zone("far", -2.2))
    assert client_of(far).get("/api/v1/meters/").json()["results"] == []
    assert client_of(far).get(f"/api/v1/meters/MW-1/readings/{PERIOD}").status_code == 404


def test_a_page_of_meters_takes_few_queries(agent: User, django_assert_max_num_queries) -> None:
    for number in range(20):
        town.meter(f"MW-{number}")
    with django_assert_max_num_queries(5):
        assert len(client_of(agent).get("/api/v1/meters/").json()["results"]) == 20


@pytest.mark.parametrize(
    "path", ["meters/", "meters/MW-1/readings/", "meters/MW-1/consumption/", "consumption-flags/"]
)
def test_households_are_no_business_of_others(meter: Meter, path: str) -> None:
    assert client_of(None).get(f"/api/v1/{path}").status_code == 401
    assert client_of(people.person("cit", "citizen")).get(f"/api/v1/{path}").status_code == 403


def test_reading_a_household_is_put_on_record_with_its_reason(meter: Meter, agent: User) -> None:
    body = client_of(agent).get(f"/api/v1/meters/MW-1/readings/{PERIOD}&reason=complaint+CH-1").json()
    assert body["unit"] == "m3"
    assert [one["value"] for one in body["results"]] == [100.0]
    body = client_of(agent).get(f"/api/v1/meters/MW-1/consumption/{PERIOD}").json()
    assert len(body["results"]) == 31
    assert body["results"][0] == {
        "day": "2026-05-01",
        "value": 1.0,
        "coverage": 1.0,
        "estimated": 1.0,
        "method": "registers",
    }
    entries = AuditEntry.objects.order_by("pk")
    assert [entry.action for entry in entries] == ["metering.readings_read", "metering.consumption_read"]
    assert entries[0].actor == agent
    assert entries[0].subject == f"meter:{meter.pk}"
    assert entries[0].details["reason"] == "complaint CH-1"


def test_too_long_a_time_is_refused_and_not_recorded(meter: Meter, agent: User) -> None:
    answer = client_of(agent).get("/api/v1/meters/MW-1/readings/?from=2020-01-01&to=2026-01-01")
    assert answer.status_code == 400
    assert not AuditEntry.objects.exists()
