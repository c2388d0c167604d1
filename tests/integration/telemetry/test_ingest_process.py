"""The ingester as a process, with a real broker and a real database: nothing acknowledged is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, connections
from psycopg import sql

from telemetry.models import Alarm, DeadLetter, Device, Reading, ReadingConflict, SequenceGap
from tests.factories import telemetry as factory
from tests.factories.telemetry import ago
from tests.integration.telemetry.support import Broker, Field, Worker, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(170)]


def stored() -> set[tuple[str, int]]:
    rows = Reading.objects.filter(at__gte=ago(3600)).values_list("sensor__device__code", "seq")
    return set(rows)


@contextmanager
def readings_locked() -> Iterator[None]:
    """Let no reading be stored for a while."""
    other = connections.create_connection("default")
    other.set_autocommit(False)
    try:
        other.cursor().execute("LOCK TABLE telemetry_latestreading IN ACCESS EXCLUSIVE MODE")
        yield
    finally:
        other.rollback()
        other.close()


def test_everything_acknowledged_to_the_devices_is_stored_once_and_in_order(
    field: Field, ingester: Worker
) -> None:
    for code in ("PL-1", "PL-2", "PL-3"):
        factory.logger(code)
    ingester.start_listening()
    for seq in range(1, 501):
        for code in ("PL-1", "PL-2", "PL-3"):
            field.publish(code, seq)
    wait_until(field.all_acknowledged)
    wait_until(lambda: len(stored()) == 1500)
    assert stored() == field.acknowledged
    assert set(Device.objects.values_list("last_seq", flat=True)) == {500}
    assert SequenceGap.objects.count() == ReadingConflict.objects.count() == DeadLetter.objects.count() == 0
    assert ingester.stop() == 0


def test_killed_in_the_middle_again_and_again_it_loses_nothing(field: Field, ingester: Worker) -> None:
    for code in ("PL-1", "PL-2"):
        factory.logger(code)
    ingester.start_listening()
    for round_ in range(3):
        for seq in range(round_ * 700, round_ * 700 + 700):
            field.publish("PL-1", seq)
            field.publish("PL-2", seq)
            if seq % 700 == 350 + 100 * round_:
                ingester.kill()
        ingester.start()
    wait_until(field.all_acknowledged)
    wait_until(lambda: len(stored()) == 4200, 60)
    assert stored() == field.acknowledged
    assert Reading.objects.count() == 4200
    assert ReadingConflict.objects.count() == 0


def test_nothing_is_acknowledged_before_it_is_committed(field: Field, ingester: Worker) -> None:
    factory.logger()
    ingester.start_listening()
    with readings_locked():
        for seq in range(20):
            field.publish("PL-1", seq)
        wait_until(field.all_acknowledged)
        time.sleep(1)
        ingester.kill()
    assert stored() == set()
    ingester.start()
    wait_until(lambda: len(stored()) == 20)


def test_a_second_ingester_waits_and_takes_over(broker: Broker, field: Field, ingester: Worker) -> None:
    factory.logger()
    ingester.start_listening()
    standby = Worker("ingest_mqtt", MQTT_URL=broker.url).start()
    try:
        field.publish("PL-1", 1)
        wait_until(lambda: len(stored()) == 1)
        wait_until(lambda: standby.says("ingest.standby"), 90)
        ingester.kill()
        field.publish("PL-1", 2)
        began = time.monotonic()
        wait_until(lambda: len(stored()) == 2)
        took_s = time.monotonic() - began
        print(f"the standby stored its first message {took_s:.2f} s after the other was killed")
        assert took_s < 5
    finally:
        standby.remove()


@contextmanager
def database_away() -> Iterator[None]:
    """Refuse the test's database to everyone who is not connected, and disconnect everyone else."""
    settings = connection.settings_dict
    server = {"host": settings["HOST"], "port": settings["PORT"]}
    with psycopg.connect(
        **server, user=settings["USER"], password=settings["PASSWORD"], dbname="postgres", autocommit=True
    ) as other:
        allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        name = sql.Identifier(settings["NAME"])
        other.execute(allow.format(name, sql.SQL("false")))
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            yield
        finally:
            other.execute(allow.format(name, sql.SQL("true")))


def test_while_the_database_is_away_nothing_is_lost(field: Field, ingester: Worker) -> None:
    factory.logger()
    ingester.start_listening()
    field.publish("PL-1", 0)
    wait_until(lambda: len(stored()) == 1)
    with database_away():
        for seq in range(1, 200):
            field.publish("PL-1", seq)
        wait_until(lambda: ingester.says("ingest.database_away"))
        time.sleep(1)
        assert len(stored()) == 1
    wait_until(lambda: len(stored()) == 200)
    assert SequenceGap.objects.count() == 0


def test_what_a_killed_broker_forgot_is_asked_for_again(broker: Broker, ingester: Worker) -> None:
    factory.logger()
    ingester.start_listening()
    before = Field(broker)
    before.publish("PL-1", 1)
    wait_until(lambda: len(stored()) == 1)
    before.close()
    broker.kill()
    broker.start()
    wait_until(lambda: ingester.says("mqtt.subscribed", times=2))
    after = Field(broker)
    after.listen("PL-1")
    after.publish("PL-1", 3)
    wait_until(lambda: after.commands)
    assert after.commands == [("telemetry/PL-1/command", {"resend": {"from": 2, "to": 2}})]
    after.close()


def test_a_gap_is_asked_for_on_the_devices_command_topic_and_filled(field: Field, ingester: Worker) -> None:
    factory.logger()
    field.listen("PL-1")
    ingester.start_listening()
    times = {seq: ago(60 - seq) for seq in range(1, 6)}
    for seq in (1, 2, 5):
        field.publish("PL-1", seq, at=times[seq])
    wait_until(lambda: field.commands)
    assert field.commands == [("telemetry/PL-1/command", {"resend": {"from": 3, "to": 4}})]
    for seq in (3, 4):
        field.publish("PL-1", seq, at=times[seq])
    wait_until(lambda: SequenceGap.objects.filter(filled_at__isnull=False).exists())
    assert {seq for _, seq in stored()} == {1, 2, 3, 4, 5}


def test_poison_is_set_aside_and_does_not_come_back(field: Field, ingester: Worker) -> None:
    factory.logger()
    ingester.start_listening()
    for payload in (b"\x00\xff", b"[" * 5000, b'{"seq": 1}', b""):
        field.publish_raw("telemetry/PL-1", payload)
    field.publish("PL-1", 2)
    wait_until(lambda: len(stored()) == 1)
    ingester.kill()
    ingester.start()
    field.publish("PL-1", 3)
    wait_until(lambda: len(stored()) == 2)
    assert list(DeadLetter.objects.values_list("occurrences", flat=True)) == [1, 1, 1, 1]


def test_an_alarm_whose_delay_was_running_is_raised_after_a_restart(field: Field, ingester: Worker) -> None:
    factory.low_limit(factory.logger(), on_delay_s=3)
    ingester.start_listening()
    field.publish("PL-1", 1, pressure_kpa=100)
    wait_until(lambda: len(stored()) == 1)
    ingester.kill()
    ingester.start()
    alarm = wait_until(lambda: Alarm.objects.filter(state="active_unacknowledged").first())
    assert alarm.raised_at == Reading.objects.get(at__gte=ago(600)).at + timedelta(seconds=3)


def test_a_device_added_while_it_runs_is_known_within_seconds(field: Field, ingester: Worker) -> None:
    ingester.start_listening()
    factory.logger("PL-9")
    field.publish("PL-9", 1)
    wait_until(lambda: Device.objects.filter(last_seq__isnull=False).exists() or field.publish("PL-9", 2), 40)
