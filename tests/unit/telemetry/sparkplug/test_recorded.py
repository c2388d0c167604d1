"""The life of an edge node of somebody else's making, recorded: `pysparkplug_edge.py` tells how it goes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from telemetry.domain.sparkplug import Born
from tests.unit.telemetry.sparkplug.support import Host

RECORDED = [
    (topic, bytes.fromhex(raw))
    for topic, raw in json.loads((Path(__file__).parent / "pysparkplug.json").read_text())
]
FIRST = {
    "int8": -8.0,
    "int16": -16.0,
    "int32": -32.0,
    "int64": -64.0,
    "uint8": 8.0,
    "uint32": 32.0,
    "uint64": 64.0,
    "float": 0.5,
    "double": 1.25,
    "boolean": 0.0,
}
LAST = {
    "int8": -128.0,
    "int16": -32768.0,
    "int32": -(2.0**31),
    "int64": -1e15,
    "uint8": 255.0,
    "uint32": 2.0**32 - 1,
    "uint64": 1e15,
    "float": -2.25,
    "double": 1e-9,
    "boolean": 1.0,
}


def test_a_foreign_edge_node_is_understood_from_birth_to_death() -> None:
    host = Host()
    for message in RECORDED[:2]:
        host.hear(message)
    assert {name: values[0] for name, values in host.told().items()} == FIRST | {"speed": 1450.0}
    (node, pump) = [done for done in host.outcomes if isinstance(done, Born)]
    assert (node.edge, node.device, node.bd_seq, pump.device) == (("outside", "edge-1"), "", 0, "pump")
    assert "text" in {definition.name for definition in node.definitions}
    for message in RECORDED[2:4]:
        host.hear(message)
    assert {name: values[-1] for name, values in host.told().items()} == LAST | {"speed": -1.0}
    for message in RECORDED[4:]:
        host.hear(message, after_s=1)
    assert [(death.device, death.reason) for death in host.deaths()] == [
        ("pump", "device_death"),
        ("", "node_death"),
    ]
    assert host.asked() == host.refused() == []


def test_its_farewell_carries_the_number_of_the_next_connection_and_counts_all_the_same() -> None:
    host = Host()
    for message in [*RECORDED[:4], RECORDED[-1]]:
        host.hear(message)
    assert [death.reason for death in host.deaths()] == ["node_death"]


@pytest.mark.parametrize("missing", range(1, 4))
def test_what_is_missing_from_it_is_noticed(missing: int) -> None:
    host = Host()
    for place, message in enumerate(RECORDED[:4]):
        if place != missing:
            host.hear(message)
    host.wait(3)
    assert bool(host.asked()) == (missing < 3)
