"""The alarm pages: rules tried before they are written, figures, the journal, and what is set aside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from backend.core import clock
from telemetry.domain.alarms import Change
from telemetry.models import Alarm, AlarmRule
from telemetry.queries.registry import load_registry
from telemetry.services.alarms import change_alarm
from telemetry.services.alarms.transitions import follow_condition
from telemetry.services.ingest import ingest_messages
from tests.factories import core, maintenance, telemetry
from tests.factories.telemetry import message, payload

pytestmark = pytest.mark.django_db
PAGES = "/telemetry/alarms/"


@pytest.fixture
def supervisor() -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(maintenance.at_the_desk(core.salma()))
    return client


@pytest.fixture
def rule() -> AlarmRule:
    return telemetry.low_limit(telemetry.logger())


def form(**values: Any) -> dict[str, Any]:
    told = {"kind": "low", "limit": "250", "deadband": "15", "on_delay_s": "10", "off_delay_s": "30"}
    return (
        told | {"priority": "2", "alarm_class": "supply", "op": "gt", "active": "on", "version": "1"} | values
    )


def measure(values: dict[float, float]) -> None:
    start = clock.now() - timedelta(hours=1)
    for minute, value in values.items():
        at = start + timedelta(minutes=minute)
        sent = message(payload(None, at, pressure_kpa=value), received_at=at)
        ingest_messages(messages=[sent], registry=load_registry(protocol="mqtt"), now=at)


def test_a_limit_is_tried_on_what_was_measured_before_it_is_written(
    supervisor: Client, rule: AlarmRule
) -> None:
    measure({0: 400, 1: 290, 2: 290, 3: 400, 10: 280, 11: 280, 12: 400})
    path = f"{PAGES}rules/{rule.pk}/"
    assert "<strong>0</strong>" in supervisor.get(path).content.decode()
    tried = supervisor.post(f"{path}change/", form(limit="300", action="try")).content.decode()
    assert "<strong>2</strong>" in tried
    assert "<polyline" in tried
    assert AlarmRule.objects.get().limit == 250
    assert supervisor.post(f"{path}change/", form(limit="300", action="save")).status_code == 302
    assert AlarmRule.objects.get().limit == 300
    assert supervisor.post(f"{path}change/", form(limit="310", action="save")).status_code == 409


def test_numbers_that_do_not_hang_together_are_told_beside_their_field(
    supervisor: Client, rule: AlarmRule
) -> None:
    answer = supervisor.post(f"{PAGES}rules/{rule.pk}/change/", form(kind="rate", action="save"))
    assert answer.status_code == 422
    assert "Between 10 seconds and 7 days." in answer.content.decode()
    answer = supervisor.post(f"{PAGES}rules/{rule.pk}/change/", form(kind="discrepancy", other="nope"))
    assert "There is no such sensor." in answer.content.decode()


def test_a_new_rule_is_made_on_a_sensor(supervisor: Client, rule: AlarmRule) -> None:
    path = f"{PAGES}rules/new/?sensor=PL-1.pressure_kpa"
    assert supervisor.get(path).status_code == 200
    body = form(kind="no_update", code="silence", window_min="15", sensor="PL-1.pressure_kpa", action="save")
    assert supervisor.post(path, body).status_code == 302
    assert AlarmRule.objects.get(code="silence").window_s == 900
    listed = supervisor.get(f"{PAGES}rules/?kind=no_update").content.decode()
    assert "no value for 15 min" in listed


def test_what_is_shelved_is_listed_with_its_reason_and_taken_back(
    supervisor: Client, rule: AlarmRule
) -> None:
    rule.condition.save_fields(active=True)
    alarm = follow_condition(rule=rule, change=Change(True, clock.now(), 1.0))
    assert alarm is not None
    until, hicham = clock.now() + timedelta(hours=2), core.hicham()
    change_alarm(
        alarm=alarm, to="shelved", actor=hicham, version=None, reason="Capteur en panne", until=until
    )
    assert "Capteur en panne" in supervisor.get(f"{PAGES}aside/").content.decode()
    body = {"to": "active_unacknowledged", "version": Alarm.objects.get().version}
    supervisor.post(f"{PAGES}aside/{alarm.pk}/take-back/", body)
    assert Alarm.objects.get().state == "active_unacknowledged"
    journal = supervisor.get(f"{PAGES}journal/?state=shelved").content.decode()
    assert "Capteur en panne" in journal
    figures = supervisor.get(f"{PAGES}figures/").content.decode()
    assert "1 alarm rose" in figures


def test_quiet_is_planned_and_lifted_on_its_page(supervisor: Client, rule: AlarmRule) -> None:
    now = clock.now()
    body = {"sensors": "PL-1.pressure_kpa", "reason": "Vidange", "starts": f"{now:%Y-%m-%dT%H:%M}"}
    assert supervisor.post(f"{PAGES}quiet/", body).status_code == 422
    body["ends"] = f"{now + timedelta(hours=5):%Y-%m-%dT%H:%M}"
    assert supervisor.post(f"{PAGES}quiet/", body).status_code == 302
    assert "Vidange" in supervisor.get(f"{PAGES}aside/").content.decode()


def test_the_journal_is_taken_away_in_the_language_of_the_reader(supervisor: Client, rule: AlarmRule) -> None:
    follow_condition(rule=rule, change=Change(True, clock.now(), 1.0))
    answer = supervisor.get(f"{PAGES}journal.csv", headers={"Accept-Language": "ar"})
    text = answer.getvalue().decode()
    assert "الأولوية" in text
    assert "نشط" in text
