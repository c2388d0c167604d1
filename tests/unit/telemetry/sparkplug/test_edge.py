"""The life of an edge node: births, numbers, aliases, deaths, and when its births are asked for again."""

from __future__ import annotations

from typing import Any

from telemetry.domain.sparkplug import Born, Data, Died, EdgeId, RebirthWanted
from telemetry.domain.sparkplug.asking import MOST_UNANSWERED
from telemetry.domain.sparkplug.payload import wire
from telemetry.domain.sparkplug.values import DataType
from tests.factories.sparkplug import Edge, metric, ms
from tests.unit.telemetry.sparkplug.support import Host, at

EDGE = EdgeId("berkane", "rtu-1")


def flow(value: float | None = None, **more: Any) -> Any:
    return metric("flow", value, DataType.DOUBLE, **more)


def born(host: Host, **more: Any) -> Edge:
    """Let an edge node be born with `flow` (alias 1) and its pump with `speed` (alias 1 of the pump)."""
    edge = Edge(**more)
    host.hear(edge.birth(flow(1.0, alias=1), at=at(host.time_s)))
    host.hear(
        edge.send(
            "DBIRTH",
            metric("speed", -5 & 0xFFFF, DataType.INT16, alias=1),
            device="pump",
            at=at(host.time_s),
        )
    )
    host.outcomes.clear()
    return edge


def test_a_birth_tells_metrics_and_values_without_the_controls() -> None:
    host, edge = Host(), Edge(bd_seq=7)
    (done,) = host.hear(edge.birth(flow(12.5, unit="L/s"), metric("maker", "x", DataType.STRING), at=at(0)))
    assert isinstance(done, Born)
    assert done.bd_seq == 7
    assert [(d.name, d.datatype, d.unit, d.text) for d in done.definitions] == [
        ("flow", DataType.DOUBLE, "L/s", "12.5"),
        ("maker", DataType.STRING, "", "x"),
    ]
    assert host.told() == {"flow": [12.5]}


def test_a_birth_may_carry_any_number_and_the_next_follows_it_around_the_end() -> None:
    host, edge = Host(), Edge()
    host.hear(edge.birth(flow(1.0), at=at(0), seq=254))
    for value in range(600):
        host.hear(edge.send("NDATA", flow(float(value)), at=at(1)))
    assert host.told()["flow"] == [1.0, *map(float, range(600))]
    assert host.asked() == []


def test_aliases_and_left_out_types_are_those_of_the_birth_of_node_or_device() -> None:
    host = Host()
    edge = born(host)
    host.hear(edge.send("NDATA", metric("", 3.5, None, alias=1, written_as=DataType.DOUBLE), at=at(1)))
    host.hear(edge.send("DDATA", metric("", -7 & 0xFFFF, None, alias=1), device="pump", at=at(1)))
    assert host.told() == {"flow": [3.5], "speed": [-7.0]}


def test_an_unknown_alias_is_refused_the_rest_used_and_a_rebirth_asked_for() -> None:
    host = Host()
    edge = born(host)
    host.hear(edge.send("NDATA", metric("", 1.0, alias=99), flow(2.0), at=at(1)))
    assert host.told() == {"flow": [2.0]}
    assert host.refused() == ["unknown_alias"]
    assert host.asked() == ["unknown_metric"]


def test_a_name_no_birth_told_and_a_device_never_born_are_causes_too() -> None:
    host = Host()
    edge = born(host)
    host.hear(edge.send("NDATA", metric("new", 1.0), at=at(1)))
    host.hear(edge.send("DDATA", metric("x", 1.0), device="ghost", at=at(1)), after_s=20)
    assert host.refused() == ["unknown_metric", "unborn_device"]
    assert host.asked() == ["unknown_metric", "unknown_metric"]


def test_an_early_message_waits_for_the_one_before_it() -> None:
    host = Host()
    edge = born(host)
    first, second = (edge.send("NDATA", flow(float(n)), at=at(n)) for n in (1, 2))
    assert host.hear(second) == []
    host.hear(first, after_s=1.9)
    assert host.told() == {"flow": [1.0, 2.0]}
    host.wait(60)
    assert host.asked() == []


def test_after_the_reorder_timeout_what_waited_is_used_in_order_and_a_rebirth_asked_for() -> None:
    host = Host()
    edge = born(host)
    edge.send("NDATA", flow(0.0), at=at(0))  # lost
    sent = [edge.send("NDATA", flow(float(n)), at=at(n)) for n in (1, 2, 3)]
    for message in reversed(sent):
        assert host.hear(message) == []
    assert host.wait(1.9) == []
    host.wait(0.2)
    assert host.told() == {"flow": [1.0, 2.0, 3.0]}
    assert host.asked() == ["sequence_gap"]
    host.hear(edge.send("NDATA", flow(4.0), at=at(4)))
    assert host.told()["flow"][-1] == 4.0


def test_a_message_later_than_its_place_is_refused() -> None:
    host = Host()
    edge = born(host)
    late = edge.send("NDATA", flow(0.0), at=at(0))
    host.hear(edge.send("NDATA", flow(1.0), at=at(1)))
    host.wait(3)
    host.hear(late)
    assert host.refused() == ["out_of_sequence"]
    assert host.told() == {"flow": [1.0]}


def test_what_comes_before_a_birth_waits_for_it() -> None:
    host, edge = Host(), Edge()
    birth = edge.birth(flow(1.0, alias=1), at=at(0))
    data = edge.send("NDATA", metric("", 2.0, None, alias=1, written_as=DataType.DOUBLE), at=at(0))
    host.hear(data)
    host.hear(birth)
    assert host.told() == {"flow": [1.0, 2.0]}
    assert host.asked() == []


def test_a_node_heard_without_a_birth_is_asked_for_it_ever_more_rarely() -> None:
    host, edge = Host(), Edge()
    for _ in range(600):
        host.hear(edge.send("NDATA", flow(1.0), at=at(0)))
        host.wait(1)
    assert host.asked() == ["unborn_node"] * len(host.asked())
    assert 3 <= len(host.asked()) <= 7
    assert host.refused() == ["unborn_node"]
    assert host.values() == []


def test_a_death_with_the_number_of_the_birth_or_a_later_one_counts_an_earlier_one_does_not() -> None:
    host = Host()
    edge = born(host, bd_seq=0)
    edge.bd_seq = 255
    host.hear(edge.death(at=at(5)))
    assert host.deaths() == []
    edge.bd_seq = 0
    host.hear(edge.death(at=at(5)), after_s=9)
    assert host.deaths() == [Died(EDGE, "", at(9), "node_death")]


def test_a_dead_node_s_data_waits_and_asks_for_a_birth() -> None:
    host = Host()
    edge = born(host)
    host.hear(edge.death(at=at(1)))
    host.hear(edge.send("DDATA", metric("speed", 3, DataType.INT16), device="pump", at=at(2)))
    host.wait(3)
    assert host.values() == []
    assert host.asked() == ["unborn_node"]


def test_the_death_of_a_device_counts_from_the_time_it_tells() -> None:
    host = Host()
    edge = born(host)
    host.hear(edge.send("DDEATH", device="pump", at=at(-30)), after_s=10)
    assert host.deaths() == [Died(EDGE, "pump", at(-30), "device_death")]
    host.hear(edge.send("DDATA", metric("speed", 3, DataType.INT16), device="pump", at=at(2)))
    assert host.refused() == ["unborn_device"]


def test_a_time_of_death_that_cannot_be_is_the_time_of_receipt() -> None:
    host = Host()
    edge = born(host)
    host.hear(edge.send("DDEATH", device="pump", at=at(86_400)), after_s=10)
    assert host.deaths()[0].at == at(10)


def test_a_rebirth_changes_aliases_and_devices_that_do_not_come_back_are_gone() -> None:
    host = Host()
    edge = born(host)
    host.hear(edge.birth(flow(2.0, alias=40), at=at(1)))
    host.hear(edge.send("NDATA", metric("", 3.0, None, alias=40, written_as=DataType.DOUBLE), at=at(2)))
    assert host.told() == {"flow": [2.0, 3.0]}
    assert host.wait(9) == []
    assert host.wait(2) == [Died(EDGE, "pump", at(11), "not_reborn")]


def test_what_waited_when_a_birth_comes_is_read_with_the_names_of_its_time() -> None:
    host = Host()
    edge = born(host)
    edge.send("NDATA", flow(0.0), at=at(0))  # lost
    host.hear(edge.send("NDATA", metric("", 5.0, None, alias=1, written_as=DataType.DOUBLE), at=at(1)))
    host.hear(edge.birth(metric("level", 9.0, alias=1), at=at(2)))
    assert host.told() == {"flow": [5.0], "level": [9.0]}
    host.wait(30)
    assert host.asked() == []


def test_history_is_marked_and_a_value_older_than_its_birth_holds_at_the_birth_too() -> None:
    host, edge = Host(), Edge()
    host.hear(edge.birth(flow(1.0, timestamp=ms(at(-60))), at=at(0)))
    host.hear(edge.send("NDATA", flow(0.5, is_historical=True, timestamp=ms(at(-99))), at=at(1)))
    assert [(v.at_ms, v.is_historical) for v in host.values()] == [
        (ms(at(-60)), False),
        (ms(at(0)), False),
        (ms(at(-99)), True),
    ]


def test_transient_values_are_not_told_and_datasets_are_refused_by_name() -> None:
    host, edge = Host(), Edge()
    table = metric("table", wire.DataSet(columns=["a"]), DataType.DATASET)
    host.hear(edge.birth(flow(1.0), table, at=at(0)))
    assert host.refused() == []
    host.hear(edge.send("NDATA", flow(2.0, is_transient=True), table, at=at(1)))
    assert host.told() == {"flow": [1.0]}
    assert host.refused() == ["dataset_not_stored"]


def test_members_of_templates_follow_the_alias_of_their_instance() -> None:
    host, edge = Host(), Edge()

    def pump(name: str, kind: DataType | None, value: float, **more: Any) -> Any:
        member = metric("flow", value, kind, written_as=DataType.DOUBLE)
        return metric(
            name, wire.Template(template_ref="p", metrics=[member]), kind and DataType.TEMPLATE, **more
        )

    host.hear(edge.birth(pump("pump", DataType.DOUBLE, 1.0, alias=4), at=at(0)))
    host.hear(edge.send("NDATA", pump("", None, 2.0, alias=4), at=at(1)))
    assert host.told() == {"pump/flow": [1.0, 2.0]}


def test_a_restarted_host_asks_at_once_and_takes_for_dead_who_does_not_answer() -> None:
    host = Host()
    host.sessions.resume([(EDGE, 3), (EdgeId("berkane", "rtu-2"), None)])
    assert {done.edge.node for done in host.wait(0.1) if isinstance(done, RebirthWanted)} == {
        "rtu-1",
        "rtu-2",
    }
    host.hear(Edge(bd_seq=3).birth(flow(1.0), at=at(1)), after_s=1)
    for _ in range(3600):
        host.wait(1)
    assert [(d.edge.node, d.reason) for d in host.deaths()] == [("rtu-2", "no_birth")]
    asked = [done.edge.node for done in host.outcomes if isinstance(done, RebirthWanted)]
    assert asked.count("rtu-1") == 1
    assert asked.count("rtu-2") == MOST_UNANSWERED


def test_a_node_whose_births_mend_nothing_is_not_asked_at_the_rate_of_its_data() -> None:
    host = Host()
    edge = born(host)
    for _ in range(600):
        done = host.hear(edge.send("NDATA", metric("", 1.0, alias=99), at=at(0)), after_s=1)
        if any(isinstance(outcome, RebirthWanted) for outcome in done):
            host.hear(edge.birth(flow(1.0, alias=1), at=at(0)))
    assert 3 <= len(host.asked()) <= 7


def test_a_lost_connection_is_told_once_for_nodes_that_were_there() -> None:
    host = Host()
    born(host)
    done = host.sessions.lose(now=at(50), reason="host_offline")
    assert done == [Died(EDGE, "", at(50), "host_offline")]
    assert host.sessions.lose(now=at(51), reason="host_offline") == []


def test_foreign_topics_are_refused_and_commands_of_hosts_passed_over() -> None:
    host = Host()
    for topic in ("spBv1.0/g/NCMD/e", "spBv1.0/STATE/chabaka", "spBv1.0/g/DCMD/e/d"):
        assert host.hear((topic, b"")) == []
    host.hear(("spBv1.0/g/NDATA/e/too/long", b""))
    host.hear(("spBv1.0/g/NDATA/e", b"\xff\xff\xff"))
    assert host.refused() == ["bad_topic", "unreadable_sparkplug"]
    assert not any(isinstance(done, Data) for done in host.outcomes)
