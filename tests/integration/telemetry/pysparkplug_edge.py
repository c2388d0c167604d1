"""An edge node of somebody else's making: pysparkplug 0.6, run by an environment of its own.

It is born, sends every type it knows, answers one request for its births, then says goodbye.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

from pysparkplug import (  # type: ignore[import-not-found]
    Client,
    DataType,
    Device,
    EdgeNode,
    Message,
    MessageType,
    Metric,
    NBirth,
    QoS,
    Topic,
    get_current_timestamp,
)

VALUES: list[tuple[str, Any, Any, Any]] = [
    ("int8", DataType.INT8, -8, -128),
    ("int16", DataType.INT16, -16, -32768),
    ("int32", DataType.INT32, -32, -(2**31)),
    ("int64", DataType.INT64, -64, -(10**15)),
    ("uint8", DataType.UINT8, 8, 255),
    ("uint32", DataType.UINT32, 32, 2**32 - 1),
    ("uint64", DataType.UINT64, 64, 10**15),
    ("float", DataType.FLOAT, 0.5, -2.25),
    ("double", DataType.DOUBLE, 1.25, 1e-9),
    ("boolean", DataType.BOOLEAN, False, True),
    ("text", DataType.STRING, "berkane", "قياس"),
]


def metric(name: str, kind: Any, value: Any, **more: Any) -> Any:
    return Metric(timestamp=get_current_timestamp(), name=name, datatype=kind, value=value, **more)


def main(port: int) -> None:
    """Live one life on the broker of a port."""
    asked = threading.Event()

    def on_command(edge: EdgeNode, message: Any) -> None:
        asked.set()

    control = Metric(
        timestamp=get_current_timestamp(), name="Node Control/Rebirth", datatype=DataType.BOOLEAN, value=False
    )
    metrics = [control, *(metric(name, kind, first) for name, kind, first, _ in VALUES)]
    edge = EdgeNode("outside", "edge-1", metrics, client=Client(), cmd_callback=on_command)
    edge.register(Device("pump", [metric("speed", DataType.INT32, 1450)]))
    edge.connect("127.0.0.1", port=port)
    print("connected", flush=True)
    sys.stdin.readline()
    edge.update([metric(name, kind, last) for name, kind, _, last in VALUES])
    edge.update_device("pump", [metric("speed", DataType.INT32, -1)])
    print("updated", flush=True)
    if not asked.wait(60):
        raise SystemExit("nobody asked for a rebirth")
    reborn = NBirth(
        timestamp=get_current_timestamp(),
        seq=edge._seq,
        metrics=(*edge.metrics.values(), edge._bd_seq_metric),
    )
    topic = Topic(message_type=MessageType.NBIRTH, group_id="outside", edge_node_id="edge-1")
    edge._client.publish(Message(topic=topic, payload=reborn, qos=QoS.AT_MOST_ONCE, retain=False))
    print("reborn", flush=True)
    sys.stdin.readline()
    edge.deregister("pump")
    sys.stdin.readline()
    edge.disconnect()


if __name__ == "__main__":
    main(int(sys.argv[1]))
