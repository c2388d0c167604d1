"""What edge nodes say, in the database: values, history, ends, new beginnings, and unknown ones."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from backend.core import clock
from backend.core.errors import InvalidInput
from telemetry.domain.sparkplug import Sessions
from telemetry.domain.sparkplug.payload import wire
from telemetry.domain.sparkplug.values import DataType
from telemetry.models import Alarm, DeadLetter, Device, LatestReading, Reading, Sensor, SparkplugEdge
from telemetry.queries.sparkplug import edges_seen, edges_to_ask, load_edges, metrics_of
from telemetry.services.locks import SPARKPLUG_LOCK, SessionLock
from telemetry.services.sparkplug import NewDevice, NewSensor, adopt_edge, decline_edge
from telemetry.services.sparkplug.recording import record
from telemetry.services.staleness import mark_stale
from tests.factories import telemetry as factory
from tests.factories.core import salma
from tests.factories.sparkplug import Edge, metric, ms

pytestmark = pytest.mark.django_db


class Platform:
    """The host application without its broker."""

    def __init__(self) -> None:
        self.now = clock.now()
        self.sessions = Sessions()
        self.time_s = 1000.0

    def hear(self, *messages: tuple[str, bytes], after_s: float = 0.0) -> None:
        self.now += timedelta(seconds=after_s)
        self.time_s += after_s
        outcomes = [
            outcome
            for topic, raw in messages
            for outcome in self.sessions.receive(topic, raw, received_at=self.now, time_s=self.time_s)
        ]
        outcomes += self.sessions.tick(now=self.now, time_s=self.time_s)
        record(outcomes=outcomes, known=load_edges(), now=self.now)


def station(path: str = "berkane/rtu-1", code: str = "RTU-1", **fields: str) -> Device:
    device = factory.device(code, protocol="sparkplug", edge=path)
    for key, name in (fields or {"flow_l_s": "flow"}).items():
        factory.sensor(device, key, "flow", "L/s", field=name)
    return device


def latest(code: str = "RTU-1.flow_l_s") -> LatestReading:
    return LatestReading.objects.get(sensor__code=code)


def flow(value: float | None, at: datetime | None = None, **more: Any) -> Any:
    return metric("flow", value, **more, **({"timestamp": ms(at)} if at else {}))


def births(edge: Edge, at: datetime) -> list[tuple[str, bytes]]:
    """Return the births of a node with its flow and of its pump with its speed."""
    pump = metric("speed", 9.0)
    return [edge.birth(flow(1.0), at=at), edge.send("DBIRTH", pump, device="pump", at=at)]


def test_births_and_data_become_readings_of_the_sensors_declared() -> None:
    station()
    host, edge = Platform(), Edge()
    host.hear(edge.birth(flow(12.5), metric("other", 1.0), at=host.now))
    host.hear(edge.send("NDATA", flow(13.5, quality=0), at=host.now + timedelta(seconds=1)), after_s=1)
    assert (latest().value, latest().quality, latest().reason) == (13.5, 0, "device_bad")
    assert Reading.objects.count() == 2
    assert Device.objects.get().last_seen_at == host.now
    assert not DeadLetter.objects.exists()


def test_history_fills_the_past_and_never_moves_the_latest_nor_an_alarm() -> None:
    sensor = station().sensors.get()
    factory.low_limit(sensor, limit=10, on_delay_s=0)
    host, edge = Platform(), Edge()
    host.hear(edge.birth(flow(50.0), at=host.now))
    before = latest().at
    later = host.now + timedelta(seconds=5)
    old = [flow(float(n), host.now - timedelta(seconds=n), is_historical=True) for n in (1, 2, 3)]
    host.hear(edge.send("NDATA", *old, flow(4.0, later, is_historical=True), at=later), after_s=6)
    assert Reading.objects.count() == 5
    assert (latest().at, latest().value) == (before, 50.0)
    assert not Alarm.objects.exists()


def test_the_death_of_a_node_ends_all_its_values_at_the_host_s_time_and_its_birth_brings_them_back() -> None:
    station()
    station("berkane/rtu-1/pump", "PUMP", speed="speed")
    host, edge = Platform(), Edge()
    born_at = host.now
    host.hear(
        edge.birth(flow(1.0), at=born_at),
        edge.send("DBIRTH", metric("speed", 9.0), device="pump", at=born_at),
    )
    host.hear(edge.death(at=born_at), after_s=60)
    for code in ("RTU-1.flow_l_s", "PUMP.speed"):
        ended = latest(code)
        assert (ended.value, ended.quality, ended.reason, ended.stale) == (None, 500, "node_death", True)
        assert ended.at == host.now
    assert set(SparkplugEdge.objects.values_list("online", "death_reason")) == {(False, "node_death")}
    # The clock of this node is a minute behind: its birth is older than its end.
    edge.bd_seq = 1
    host.hear(edge.birth(flow(2.0), at=born_at + timedelta(seconds=30)), after_s=30)
    assert (latest().value, latest().quality, latest().stale) == (2.0, 192, False)
    assert latest("PUMP.speed").stale
    assert SparkplugEdge.objects.get(path="berkane/rtu-1").online


def test_the_death_of_a_device_ends_its_values_alone_at_the_time_it_tells() -> None:
    station()
    station("berkane/rtu-1/pump", "PUMP", speed="speed")
    host, edge = Platform(), Edge()
    host.hear(
        edge.birth(flow(1.0), at=host.now),
        edge.send("DBIRTH", metric("speed", 9.0), device="pump", at=host.now),
    )
    died = host.now + timedelta(seconds=5)
    host.hear(edge.send("DDEATH", device="pump", at=died), after_s=60)
    assert (latest("PUMP.speed").reason, ms(latest("PUMP.speed").at)) == ("device_death", ms(died))
    assert not latest().stale


def test_a_death_and_a_birth_in_one_batch_leave_the_birth_standing() -> None:
    station()
    host, edge = Platform(), Edge()
    host.hear(edge.birth(flow(1.0), at=host.now))
    death = edge.death(at=host.now)
    edge.bd_seq = 1
    host.hear(death, edge.birth(flow(2.0), at=host.now - timedelta(seconds=20)), after_s=10)
    assert (latest().value, latest().stale) == (2.0, False)


def test_a_value_that_does_not_change_is_not_stale_while_its_host_listens() -> None:
    station()
    host, edge = Platform(), Edge()
    host.hear(edge.birth(flow(1.0), at=host.now))
    lock = SessionLock(SPARKPLUG_LOCK, listen="chabaka_devices")
    assert lock.hold()
    assert mark_stale(now=host.now + timedelta(days=2)) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [SPARKPLUG_LOCK])
    assert mark_stale(now=host.now + timedelta(days=2)) == [Sensor.objects.get().pk]


def test_times_that_cannot_be_and_data_sets_go_to_the_dead_letters() -> None:
    station(flow="flow", table="table")
    host, edge = Platform(), Edge()
    table = metric("table", wire.DataSet(columns=["a"]), DataType.DATASET)
    host.hear(edge.birth(flow(1.0), table, at=host.now))
    future = host.now + timedelta(days=3)
    host.hear(edge.send("NDATA", flow(2.0, future), table, at=host.now))
    host.hear(("spBv1.0/berkane/NDATA/rtu-1", b"\xff\xff"))
    reasons = set(DeadLetter.objects.values_list("reason", "device__code"))
    assert reasons == {
        ("time_in_future", "RTU-1"),
        ("dataset_not_stored", "RTU-1"),
        ("unreadable_sparkplug", "RTU-1"),
    }
    assert latest("RTU-1.flow").value == 1.0


def test_an_unknown_edge_node_is_listed_with_its_metrics_and_taken_in_by_staff() -> None:
    host, edge = Platform(), Edge()
    told = [
        flow(1.5, unit="L/s"),
        metric("Pump 1/Speed", 7, DataType.INT16),
        metric("maker", "X", DataType.STRING),
    ]
    host.hear(edge.birth(*told, at=host.now))
    supervisor = salma()
    (seen,) = edges_seen(supervisor, with_unknown=True)
    assert (seen.path, seen.online, seen.metric_count) == ("berkane/rtu-1", True, 3)
    listed = {m.name: (may, m.text, m.unit) for m, may, _ in metrics_of(seen)}
    assert listed == {
        "Pump 1/Speed": (True, "7", ""),
        "flow": (True, "1.5", "L/s"),
        "maker": (False, "X", ""),
    }
    chosen = [
        NewSensor("flow", "flow_l_s", "flow", "L/s"),
        NewSensor("Pump 1/Speed", "speed", "other", "1/min"),
    ]
    device = adopt_edge(path=seen.path, wanted=NewDevice("RTU-9", "Station", (-2.3, 34.9), chosen))
    assert set(device.sensors.values_list("code", "field")) == {
        ("RTU-9.flow_l_s", "flow"),
        ("RTU-9.speed", "Pump 1/Speed"),
    }
    host.hear(edge.send("NDATA", flow(2.5), at=host.now))
    assert latest("RTU-9.flow_l_s").value == 2.5


@pytest.mark.parametrize(
    ("code", "sensors", "reason"),
    [
        ("RTU-9", [], "at least one"),
        ("R 9", [NewSensor("flow", "flow", "flow", "L/s")], "Letters, digits"),
        ("RTU-9", [NewSensor("maker", "maker", "other", "1")], "no number"),
        ("RTU-9", [NewSensor("flow", "x", "flow", "L/s"), NewSensor("flow", "x", "flow", "L/s")], "same key"),
    ],
)
def test_what_cannot_be_taken_in_is_said_and_nothing_stays(
    code: str, sensors: list[NewSensor], reason: str
) -> None:
    host = Platform()
    host.hear(Edge().birth(flow(1.5), metric("maker", "X", DataType.STRING), at=host.now))
    with translation.override("en"), pytest.raises(InvalidInput, match=reason):
        adopt_edge(path="berkane/rtu-1", wanted=NewDevice(code, sensors=sensors))
    assert not Device.objects.exists()


def test_a_declined_edge_node_can_be_offered_again() -> None:
    host, supervisor = Platform(), salma()
    host.hear(Edge().birth(flow(1.5), at=host.now))
    assert decline_edge(path="berkane/rtu-1", actor=supervisor, now=host.now).declined_at == host.now
    assert decline_edge(path="berkane/rtu-1", actor=supervisor, now=host.now).declined_at is None


def test_a_restarted_host_knows_whom_to_ask() -> None:
    station("berkane/rtu-7", "RTU-7")
    host = Platform()
    host.hear(Edge(bd_seq=4).birth(flow(1.5), at=host.now))
    assert [(edge.node, bd_seq) for edge, bd_seq in edges_to_ask()] == [("rtu-1", 4), ("rtu-7", None)]
