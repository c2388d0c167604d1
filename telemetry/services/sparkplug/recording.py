"""Write what edge nodes said: readings, births and deaths, and what could not be used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.db import OperationalError, connection, transaction
from django.db.models import F

from telemetry.domain.quality import Quality
from telemetry.domain.sparkplug import Born, Died, Outcome, RebirthWanted
from telemetry.models import Device, LatestReading, SparkplugEdge, SparkplugMetric
from telemetry.queries.sparkplug import KnownEdges
from telemetry.services.alarms import evaluate_rules
from telemetry.services.dead_letters import keep_dead_letters
from telemetry.services.ingest import Ingested
from telemetry.services.links import drive_links
from telemetry.services.partitions import ensure_partitions
from telemetry.services.readings import notify, store_readings
from telemetry.services.sparkplug.reading import Segment, segments

log = structlog.get_logger(__name__)

MOST_EDGES = 20_000
"""Edge nodes and devices kept; further ones are heard and not listed."""
MOST_METRICS = 5000


def record(*, outcomes: Sequence[Outcome], known: KnownEdges, now: datetime) -> Ingested:
    """Store what a batch of messages came to, in one transaction.

    Raises:
        OperationalError, InterfaceError: the database is away; nothing was stored.
    """
    parts = list(segments(outcomes, known))
    rows = [row for part in parts for row in (*part.rows, *part.history, *part.ended)]
    try:
        ensure_partitions(days={row.at.date() for row in rows})
    except OperationalError as error:
        log.warning("telemetry.partition_not_created", error=str(error))
    done = Ingested()
    with transaction.atomic():
        for part in parts:
            done += _record(part, known, now)
    return done


def _record(part: Segment, known: KnownEdges, now: datetime) -> Ingested:
    if part.letters:
        keep_dead_letters(letters=part.letters)
    _note_heard(part)
    for birth in part.births:
        _note_birth(birth)
    _lift_ends(part.revived)
    evaluate_rules(rows=part.rows, ruled=known.registry.ruled, now=now)
    stored = store_readings(rows=part.rows, history=[*part.rows, *part.history])
    drive_links(rows=part.rows, moved=stored.moved, registry=known.registry)
    _refresh(part.revived)
    store_readings(rows=part.ended)
    _mark_ended([row.sensor_id for row in part.ended])
    for death in part.deaths:
        _note_death(death)
    for asked in part.asked:
        _note_asked(asked, now)
    return Ingested(
        readings=len(part.rows) + len(part.history),
        new=stored.new,
        conflicts=stored.conflicts,
        letters=len(part.letters),
    )


# -- values that end and come back

_ENDS = ("node_death", "device_death", "not_reborn", "no_birth", "host_offline")


def _lift_ends(sensor_ids: set[int]) -> None:
    """Forget ends marked at the host's time: a device whose clock is behind may speak from before them."""
    if sensor_ids:
        ended = LatestReading.objects.filter(sensor_id__in=sensor_ids, quality=Quality.STALE)
        ended.filter(reason__in=_ENDS).delete()


def _refresh(sensor_ids: set[int]) -> None:
    """A birth says that its values hold now, also those that are older than the newest stored."""
    if sensor_ids:
        LatestReading.objects.filter(sensor_id__in=sensor_ids, stale=True).update(stale=False)


def _mark_ended(sensor_ids: list[int]) -> None:
    """Mark values that are newer than their end too: the clock of the device is ahead."""
    if sensor_ids:
        LatestReading.objects.filter(sensor_id__in=sensor_ids).update(stale=True)
        with connection.cursor() as cursor:
            notify(cursor, sensor_ids)


# -- edge nodes and devices


def _note_heard(part: Segment) -> None:
    for path, at in sorted(part.heard.items()):
        SparkplugEdge.objects.filter(path=path).update(heard_at=at)
    for device_id, at in sorted(part.devices.items()):
        Device.objects.filter(pk=device_id).update(last_seen_at=at)


def _note_birth(birth: Born) -> None:
    path, at = birth.edge.path(birth.device), birth.received_at
    edge = SparkplugEdge.objects.select_for_update().filter(path=path).first()
    if edge is None and SparkplugEdge.objects.count() >= MOST_EDGES:
        return
    if edge is None:
        edge = SparkplugEdge(path=path, first_heard_at=at)
    edge.online, edge.heard_at, edge.born_at = True, at, at
    edge.bd_seq = birth.bd_seq
    edge.save()
    _keep_metrics(edge, birth)


def _keep_metrics(edge: SparkplugEdge, birth: Born) -> None:
    told = [
        SparkplugMetric(
            edge=edge,
            name=one.name,
            datatype=one.datatype,
            unit=_plain(one.unit),
            text=_plain(one.text),
        )
        for one in birth.definitions[:MOST_METRICS]
        if len(one.name) <= 250 and "\0" not in one.name
    ]
    edge.metrics.exclude(name__in=[metric.name for metric in told]).delete()
    SparkplugMetric.objects.bulk_create(
        told,
        update_conflicts=True,
        unique_fields=["edge", "name"],
        update_fields=["datatype", "unit", "text"],
    )


def _plain(text: str) -> str:
    return text.replace("\0", "\ufffd")


def _note_death(death: Died) -> None:
    path = death.edge.path(death.device)
    rows = SparkplugEdge.objects.filter(path=path)
    if not death.device:
        rows |= SparkplugEdge.objects.filter(path__startswith=f"{path}/")
    rows.filter(online=True).update(online=False, died_at=death.at, death_reason=death.reason)
    codes = Device.objects.filter(edge=path)
    if not death.device:
        codes |= Device.objects.filter(edge__startswith=f"{path}/")
    codes.update(last_error=death.reason, last_error_at=death.at)


def _note_asked(asked: RebirthWanted, now: datetime) -> None:
    SparkplugEdge.objects.filter(path=asked.edge.path()).update(
        asked_at=now, asked_reason=asked.reason, asks=F("asks") + 1
    )
