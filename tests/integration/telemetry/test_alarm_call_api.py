"""Over HTTP: when alarms call again, and who is on duty to be told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from backend.core import clock
from backend.core.models import AuditEntry
from telemetry.models import AlarmDuty, AlarmEscalation
from tests.factories import core, maintenance

pytestmark = pytest.mark.django_db
API = "/api/v1/"
HOUR = timedelta(hours=1)


@pytest.fixture
def supervisor() -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(maintenance.at_the_desk(core.salma()))
    return client


def send(client: Client, method: str, path: str, body: Any = None) -> Any:
    return getattr(client, method)(API + path, body or {}, content_type="application/json")


def hours(start: float, end: float) -> dict[str, str]:
    now = clock.now()
    return {"starts_at": (now + start * HOUR).isoformat(), "ends_at": (now + end * HOUR).isoformat()}


def test_the_times_of_a_priority_are_changed_as_they_were_seen_within_their_bounds(
    supervisor: Client,
) -> None:
    path = "alarm-escalations/1/"
    listed = supervisor.get(API + "alarm-escalations/").json()["results"]
    assert [row["priority"] for row in listed] == [1, 2, 3, 4]
    seen = supervisor.get(API + path).json()
    assert seen == listed[0]
    body = {"repeat_after_s": 30, "escalate_after_s": None, "version": seen["version"]}
    changed = send(supervisor, "patch", path, body).json()
    assert (changed["repeat_after_s"], changed["escalate_after_s"]) == (30, None)
    assert changed["sms"] == seen["sms"]
    late = send(supervisor, "patch", path, body | {"repeat_after_s": 60})
    assert (late.status_code, late.json()["code"]) == (409, "version_conflict")
    refused = send(supervisor, "patch", path, {"repeat_after_s": 1, "version": changed["version"]})
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert "repeat_after_s" in refused.json()["errors"]
    assert AlarmEscalation.objects.get(priority=1).repeat_after_s == 30
    assert AuditEntry.objects.get(action="telemetry.escalation_changed").details["repeat_after_s"]["to"] == 30
    assert supervisor.get(API + "alarm-escalations/9/").status_code == 404


def test_somebody_is_put_on_duty_changed_and_taken_off(supervisor: Client) -> None:
    meriem = core.person("meriem", "supervisor")
    people = supervisor.get(API + "alarm-duties/people/").json()["results"]
    assert {"id": meriem.pk, "name": "Meriem"} in people
    made = send(supervisor, "post", "alarm-duties/", {"user": meriem.pk} | hours(-1, 1))
    assert (made.status_code, made.json()["phone"]) == (201, meriem.phone)
    path = f"alarm-duties/{made.json()['id']}/"
    assert supervisor.get(API + path).json() == made.json()
    assert [row["id"] for row in supervisor.get(API + "alarm-duties/").json()["results"]] == [
        made.json()["id"]
    ]
    longer = {"ends_at": hours(0, 3)["ends_at"], "version": 1}
    assert send(supervisor, "patch", path, longer).json()["version"] == 2
    assert send(supervisor, "patch", path, longer).status_code == 409
    again = send(supervisor, "post", "alarm-duties/", {"user": meriem.pk} | hours(1, 2)).json()
    assert again["errors"]["starts_at"] == ["This person is on duty then already."]
    assert send(supervisor, "delete", path, {"version": 1}).status_code == 409
    assert send(supervisor, "delete", path, {"version": 2}).status_code == 204
    assert AlarmDuty.objects.get().ends_at <= clock.now()
    assert supervisor.get(API + path).status_code == 404


def test_only_who_can_be_told_is_put_on_duty_and_not_for_months(supervisor: Client) -> None:
    for person in (core.hicham(), core.person("meriem", "supervisor", phone=None)):
        refused = send(supervisor, "post", "alarm-duties/", {"user": person.pk} | hours(0, 1))
        assert refused.json()["errors"] == {"user": ["Choose a supervisor who has a telephone."]}
    nadia = core.person("nour", "supervisor")
    long = send(supervisor, "post", "alarm-duties/", {"user": nadia.pk} | hours(0, 32 * 24))
    assert "ends_at" in long.json()["errors"]
    assert not AlarmDuty.objects.exists()


def test_the_control_room_reads_and_only_editors_write(supervisor: Client) -> None:
    person = core.person("meriem", "supervisor")
    held = send(supervisor, "post", "alarm-duties/", {"user": person.pk} | hours(0, 1)).json()
    for who, reads in ((core.hicham(), 200), (core.samira(), 403)):
        client = Client()
        client.force_login(maintenance.at_the_desk(who))
        for path in ("alarm-duties/", f"alarm-duties/{held['id']}/", "alarm-escalations/"):
            assert client.get(API + path).status_code == reads
        assert send(client, "delete", f"alarm-duties/{held['id']}/", {"version": 1}).status_code == 403
