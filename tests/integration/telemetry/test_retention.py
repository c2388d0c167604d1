"""What is no longer kept goes, whole days at once where nobody needs them, and a record says what went."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from backend.core import clock
from telemetry.domain.rollups import LEVELS, RAW, span_named, span_of
from telemetry.models import (
    DayRollup,
    DeadLetter,
    MinuteRollup,
    Reading,
    ReadingConflict,
    RetentionRun,
    Sensor,
    SequenceGap,
    StoragePolicy,
)
from telemetry.queries.partitions import partition_figures
from telemetry.queries.storage import load_policies
from telemetry.services import partitions
from telemetry.services.partitions import ensure_partitions, repair_default_partitions
from telemetry.services.readings import Row, store_readings
from telemetry.services.retention import run_retention, save_policy
from telemetry.services.rollups import fold
from tests.factories import telemetry

pytestmark = pytest.mark.django_db
OLD = datetime(2024, 3, 5, 12, tzinfo=UTC)
NOW = OLD + timedelta(days=100)


@pytest.fixture(autouse=True)
def _fresh_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the partitions that were undone with other tests."""
    monkeypatch.setattr(partitions, "_known", set())


def put(sensor: Sensor, at: datetime = OLD) -> None:
    ensure_partitions(days=[at.date()])
    store_readings(rows=[Row(sensor.pk, at, at, None, 1.0, 192)])


def has_table(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
        return bool(cursor.fetchone()[0])


def test_a_day_that_nobody_keeps_is_dropped_whole_and_its_rollups_stay() -> None:
    put(telemetry.logger())
    fold()
    save_policy(policy=StoragePolicy(raw_days=30))
    run = run_retention(now=NOW)
    (item,) = run.items
    assert (item["how"], item["partition"], item["rows"]) == ("dropped", "telemetry_reading_20240305", 1)
    assert not has_table("telemetry_reading_20240305")
    assert (Reading.objects.count(), MinuteRollup.objects.count(), DayRollup.objects.count()) == (0, 1, 1)
    assert RetentionRun.objects.get().rows == 1
    out = StringIO()
    call_command("retention", last=3, stdout=out)
    assert "telemetry_reading_20240305" in out.getvalue()


def test_registers_are_kept_for_ever_and_others_of_their_day_deleted() -> None:
    meter = telemetry.logger("WM-1", quantity="volume", cumulative=True)
    put(meter)
    put(telemetry.logger())
    fold()
    save_policy(policy=StoragePolicy(raw_days=30))
    (item,) = run_retention(now=NOW).items
    assert (item["how"], item["rows"]) == ("deleted", 1)
    assert Reading.objects.get().sensor_id == meter.pk
    assert run_retention(now=NOW).items == []


def test_what_waits_to_be_rolled_up_is_not_dropped() -> None:
    put(telemetry.logger())
    save_policy(policy=StoragePolicy(raw_days=30))
    (item,) = run_retention(now=NOW).items
    assert (item["how"], Reading.objects.count()) == ("postponed", 1)
    fold()
    assert run_retention(now=NOW).items[0]["how"] == "dropped"


def test_a_dry_run_says_the_same_and_drops_nothing() -> None:
    put(telemetry.logger())
    fold()
    save_policy(policy=StoragePolicy(raw_days=30))
    assert run_retention(now=NOW, dry_run=True).items[0]["how"] == "dropped"
    assert (Reading.objects.count(), RetentionRun.objects.count()) == (1, 0)


def test_rollups_have_their_own_days_and_old_days_go_too() -> None:
    put(telemetry.logger())
    fold()
    save_policy(policy=StoragePolicy(raw_days=None, minute_days=40, quarter_days=None, day_days=50))
    found = {(item["table"], item["how"]) for item in run_retention(now=NOW).items}
    assert found == {("telemetry_rollup_1m", "dropped"), ("telemetry_rollup_1d", "deleted")}
    assert (Reading.objects.count(), MinuteRollup.objects.count(), DayRollup.objects.count()) == (1, 0, 0)


def test_late_data_of_a_time_no_longer_kept_does_not_undo_its_rollups() -> None:
    sensor = telemetry.logger()
    for second in range(3):
        put(sensor, OLD + timedelta(seconds=second))
    fold()
    save_policy(policy=StoragePolicy(raw_days=30))
    run_retention(now=NOW)
    put(sensor, OLD + timedelta(seconds=30))
    fold()
    assert MinuteRollup.objects.get().count == 3


def test_the_narrowest_policy_wins() -> None:
    for family, quantity, days in (("", "", 1), ("", "flow", 2), ("logger", "", 3), ("logger", "flow", 4)):
        save_policy(policy=StoragePolicy(family=family, quantity=quantity, raw_days=days))
    policies = load_policies()
    asked = [("x", "level"), ("x", "flow"), ("logger", "level"), ("logger", "flow")]
    found = [policies.days(RAW, family=f, quantity=q, cumulative=False) for f, q in asked]
    assert found == [1, 2, 3, 4]
    assert policies.days(RAW, family="logger", quantity="flow", cumulative=True) is None


def test_partitions_are_known_by_their_names() -> None:
    for level in LEVELS[:4]:
        span = span_of(level, OLD.date())
        assert span.start <= OLD < span.end
        assert span_named(level, span.name) == span
    assert span_named(RAW, "telemetry_reading_default") is None


def test_rows_that_no_partition_took_are_seen_and_given_one() -> None:
    sensor = telemetry.logger()
    at = datetime(2033, 3, 5, 12, tzinfo=UTC)
    store_readings(rows=[Row(sensor.pk, at, at, None, 1.0, 192)])
    assert partition_figures()[0].astray == 1
    assert repair_default_partitions() == ["telemetry_reading_20330305"]
    assert partition_figures()[0].astray == 0


def test_what_is_left_of_messages_that_went_wrong_goes_once_nobody_can_use_it() -> None:
    device, now = telemetry.device(), clock.now()
    ages = [("waits", 399, None), ("too old", 401, None), ("read", 200, 89), ("read long ago", 200, 91)]
    for name, days, decided in ages:
        at = now - timedelta(days=days)
        DeadLetter.objects.create(
            digest=name.encode(), topic=name, payload=b"", size=0, reason="bad_ts", first_received_at=at,
            received_at=at, replayed_at=None if decided is None else now - timedelta(days=decided),
        )  # fmt: skip
    for days in (399, 401):
        at = now - timedelta(days=days)
        SequenceGap.objects.create(device=device, first=days, last=days, missing=[], detected_at=at)
        sensor = telemetry.sensor(device, f"of-{days}")
        ReadingConflict.objects.create(sensor=sensor, at=at, received_at=at, value=1.0, quality=192)
    assert run_retention(now=now, dry_run=True).rows == run_retention(now=now).rows == 4
    assert set(DeadLetter.objects.values_list("topic", flat=True)) == {"waits", "read"}
    assert SequenceGap.objects.get().first == 399
    assert ReadingConflict.objects.get().received_at == now - timedelta(days=399)
