"""Templates, calls and duties are written on their pages; every change says who made it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from backend.core import clock
from telemetry.domain.device_reader import read_family
from telemetry.models import AlarmDuty, AlarmEscalation, AlarmRule, AlarmTemplate
from telemetry.services import save_family
from tests.factories import core, maintenance, telemetry

pytestmark = pytest.mark.django_db
PAGES = "/telemetry/alarms/"
HOUR = timedelta(hours=1)


def client_of(person: Any) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(maintenance.at_the_desk(person))
    return client


@pytest.fixture
def supervisor() -> Client:
    return client_of(core.salma())


@pytest.fixture
def loggers() -> None:
    entry = read_family(
        "logger", {"sensors": [{"key": "pressure_kpa", "quantity": "pressure", "unit": "kPa"}]}
    )
    assert not isinstance(entry, list)
    save_family(code="logger", entry=entry, version=0)
    for code in ("PL-1", "PL-2"):
        telemetry.sensor(telemetry.device(code, family="logger"))


def template(**values: Any) -> dict[str, Any]:
    told = {"code": "basse", "name_fr": "Pression basse", "name_ar": "ضغط منخفض", "family": "logger"}
    told |= {"kind": "low", "limit": "250", "priority": "2", "alarm_class": "supply", "op": "gt"}
    return told | {"active": "on", "version": "1"} | values


def local(at: datetime) -> str:
    return f"{at.astimezone(clock.LOCAL):%Y-%m-%dT%H:%M}"


def duty(person: Any, start: datetime, end: datetime, **values: Any) -> dict[str, Any]:
    return {"user": person.pk, "starts_at": local(start), "ends_at": local(end)} | values


def test_a_template_is_written_changed_and_ended_on_its_page(supervisor: Client, loggers: None) -> None:
    made = supervisor.post(f"{PAGES}templates/new/", template())
    assert (made.status_code, made.headers["Location"]) == (302, f"{PAGES}templates/of/basse/")
    assert AlarmRule.objects.filter(active=True, limit=250).count() == 2
    path = f"{PAGES}templates/of/basse/"
    assert supervisor.post(f"{path}change/", template(limit="260")).status_code == 302
    assert AlarmRule.objects.filter(limit=260).count() == 2
    assert supervisor.post(f"{path}change/", template(limit="270")).status_code == 409
    shown = supervisor.get(path).content.decode()
    assert "Salma Alami" in shown
    assert "<bdi>250.0</bdi>" in shown
    assert supervisor.post(f"{path}end/", {"version": 2}).status_code == 302
    assert not AlarmRule.objects.filter(active=True).exists()
    assert path in supervisor.get(f"{PAGES}rules/").content.decode()


def test_what_is_wrong_with_a_template_is_told_beside_its_field_and_kept(
    supervisor: Client, loggers: None
) -> None:
    answer = supervisor.post(f"{PAGES}templates/new/", template(family="", limit="251"))
    told = answer.content.decode()
    assert answer.status_code == 422
    assert "Name a device family or a zone." in told
    assert 'value="251"' in told
    answer = supervisor.post(f"{PAGES}templates/new/", template(kind="rate", limit="5"))
    assert "Between 10 seconds and 7 days." in answer.content.decode()
    assert not AlarmTemplate.objects.exists()


def levels(**values: Any) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for row in AlarmEscalation.objects.all():
        told |= {f"p{row.priority}-version": row.version, f"p{row.priority}-repeat_min": "15"}
    return told | values


def test_times_of_calls_are_written_together_and_kept_in_bounds(supervisor: Client) -> None:
    path = f"{PAGES}calls/escalations/"
    answer = supervisor.post(path, levels(**{"p1-repeat_min": "0.01", "p2-repeat_min": "7"}))
    assert answer.status_code == 422
    assert "Between 5 seconds and 24 hours." in answer.content.decode()
    assert 'value="0.01"' in answer.content.decode()
    seen = levels(**{"p1-repeat_min": "0.5", "p1-escalate_min": "3", "p1-sms": "on"})
    assert supervisor.post(path, seen).status_code == 302
    row = AlarmEscalation.objects.get(priority=1)
    assert (row.repeat_after_s, row.escalate_after_s, row.sms) == (30, 180, True)
    assert supervisor.post(path, seen | {"p1-repeat_min": "4"}).status_code == 409
    assert "Salma Alami" in supervisor.get(f"{PAGES}calls/").content.decode()


def test_somebody_is_put_on_duty_changed_and_ended(supervisor: Client) -> None:
    now, meriem = clock.now(), core.person("meriem", "supervisor")
    assert "Nobody is on duty now" in supervisor.get(f"{PAGES}calls/").content.decode()
    path = f"{PAGES}calls/duties/"
    assert supervisor.post(path, duty(meriem, now - HOUR, now + HOUR)).status_code == 302
    held = AlarmDuty.objects.get()
    longer = duty(meriem, now - HOUR, now + 3 * HOUR, version=1)
    assert supervisor.post(f"{path}{held.pk}/", longer).status_code == 302
    assert supervisor.post(f"{path}{held.pk}/", longer).status_code == 409
    again = supervisor.post(path, duty(meriem, now, now + HOUR))
    assert "on duty then already" in again.content.decode()
    assert "Nobody is on duty now" not in supervisor.get(f"{PAGES}calls/").content.decode()
    assert supervisor.get(f"{PAGES}calls/?duty={held.pk}").status_code == 200
    assert supervisor.post(f"{path}{held.pk}/end/", {"version": 2}).status_code == 302
    held.refresh_from_db()
    assert held.ends_at <= clock.now()
    later = supervisor.post(path, duty(meriem, now + HOUR, now + 2 * HOUR))
    assert later.status_code == 302
    coming = AlarmDuty.objects.get(starts_at__gt=now)
    supervisor.post(f"{path}{coming.pk}/end/", {"version": 1})
    assert AlarmDuty.objects.count() == 1
    assert "Duty taken away" in supervisor.get(f"{PAGES}calls/").content.decode()


def test_only_supervisors_with_a_telephone_are_on_duty_and_not_for_months(supervisor: Client) -> None:
    now = clock.now()
    others = [core.hicham(), core.person("meriem", "supervisor", phone=None)]
    for person in others:
        assert supervisor.post(f"{PAGES}calls/duties/", duty(person, now, now + HOUR)).status_code == 422
    nadia = core.person("nadia", "supervisor")
    long = supervisor.post(f"{PAGES}calls/duties/", duty(nadia, now, now + 40 * 24 * HOUR))
    assert "within 31 days" in long.content.decode()
    assert not AlarmDuty.objects.exists()


def test_a_dispatcher_reads_and_changes_nothing() -> None:
    dispatcher = client_of(core.hicham())
    shown = dispatcher.get(f"{PAGES}calls/")
    assert shown.status_code == 200
    assert "duty-form" not in shown.content.decode()
    assert dispatcher.post(f"{PAGES}calls/escalations/", levels()).status_code == 403
    assert dispatcher.get(f"{PAGES}templates/new/").status_code == 403
