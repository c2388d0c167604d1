"""The journal of alarms: every change, the newest first, filtered, and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from backend.core.domain.spreadsheets import harmless
from gis.queries import zone_by_code
from telemetry.models import Alarm, AlarmTransition
from telemetry.models.alarms import AlarmState
from telemetry.models.scoping import Viewer
from telemetry.queries.alarm_words import alarm_title

MOST_EXPORTED = 200_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold what of the journal is wanted; empty means any. Times are half-open."""

    start: datetime | None = None
    end: datetime | None = None
    state: str = ""
    priority: int | None = None
    alarm_class: str = ""
    zone: str = ""
    sensor: str = ""
    alarm: int | None = None


def alarm_journal(user: Viewer, asked: Asked) -> QuerySet[AlarmTransition]:
    """Return the changes of the alarms that a person may see."""
    alarms: QuerySet[Alarm] = Alarm.objects.visible_to(user)
    if asked.alarm is not None:
        alarms = alarms.filter(pk=asked.alarm)
    if asked.priority is not None:
        alarms = alarms.filter(priority=asked.priority)
    if asked.alarm_class:
        alarms = alarms.filter(rule__alarm_class=asked.alarm_class)
    if asked.sensor:
        alarms = alarms.filter(sensor__code__icontains=asked.sensor)
    if asked.zone:
        alarms = in_zone(alarms, asked.zone)
    rows = AlarmTransition.objects.filter(subject__in=alarms)
    if asked.state:
        rows = rows.filter(to_state=asked.state)
    if asked.start:
        rows = rows.filter(recorded_at__gte=asked.start)
    if asked.end:
        rows = rows.filter(recorded_at__lt=asked.end)
    related = ("subject__rule", "subject__sensor__device", "actor")
    return rows.select_related(*related).order_by("-recorded_at", "-pk")


def in_zone(alarms: QuerySet[Alarm], code: str) -> QuerySet[Alarm]:
    """Keep the alarms of the sensors in a zone; none where there is no such zone."""
    zone = zone_by_code(code)
    return alarms.filter(sensor__geom__intersects=zone.geom) if zone else alarms.none()


class _Line:
    def write(self, line: str) -> str:
        return line


def journal_csv(rows: QuerySet[AlarmTransition]) -> Iterator[str]:
    """Write the journal as CSV, line by line, in UTC and in the language of the moment.

    Cells that a spreadsheet would run are quoted.
    """
    return _lines(rows, get_language())


def _lines(rows: QuerySet[AlarmTransition], language: str | None) -> Iterator[str]:
    """Write in a language: lines are asked for when the request, and its language, are over."""
    writer = csv.writer(_Line())
    with override(language):
        header = writer.writerow(_header())
    yield "\ufeff"
    yield header
    for row in rows[:MOST_EXPORTED].iterator(chunk_size=2000):
        with override(language):
            line = writer.writerow([harmless(cell) for cell in _cells(row)])
        yield line


def _header() -> list[str]:
    return [
        _("Recorded at (UTC)"),
        _("Occurred at (UTC)"),
        _("Alarm"),
        _("Priority"),
        _("Device"),
        _("Sensor"),
        _("What is wrong"),
        _("From"),
        _("To"),
        _("By"),
        _("Reason"),
        _("Until (UTC)"),
    ]


def _cells(row: AlarmTransition) -> list[Any]:
    alarm = row.subject
    return [
        f"{row.recorded_at:%Y-%m-%dT%H:%M:%SZ}",
        f"{row.occurred_at:%Y-%m-%dT%H:%M:%SZ}",
        alarm.pk,
        alarm.priority,
        alarm.sensor.device.code,
        alarm.sensor.code,
        alarm_title(alarm),
        AlarmState(row.from_state).label,
        AlarmState(row.to_state).label,
        str(row.actor) if row.actor else _("the platform"),
        row.reason,
        f"{row.until:%Y-%m-%dT%H:%M:%SZ}" if row.until else "",
    ]
