"""The topics of Sparkplug: `spBv1.0/{group}/{kind}/{edge node}[/{device}]`."""

from __future__ import annotations

from typing import NamedTuple

NAMESPACE = "spBv1.0"
FROM_NODES = frozenset({"NBIRTH", "NDATA", "NDEATH"})
FROM_DEVICES = frozenset({"DBIRTH", "DDATA", "DDEATH"})
COMMANDS = frozenset({"NCMD", "DCMD"})


class EdgeId(NamedTuple):
    """Name an edge node: its group and its own identifier, unique together."""

    group: str
    node: str

    def path(self, device: str = "") -> str:
        """Return `group/node` or `group/node/device`."""
        return f"{self.group}/{self.node}/{device}" if device else f"{self.group}/{self.node}"


class Topic(NamedTuple):
    """Hold what a topic says; `device` is empty for messages of the node itself."""

    kind: str
    edge: EdgeId
    device: str = ""


def read_topic(text: str) -> Topic | None:
    """Return what a topic of births, data and deaths says, None for any other."""
    parts = text.split("/")
    if not 4 <= len(parts) <= 5 or parts[0] != NAMESPACE or not all(parts):
        return None
    wanted = FROM_NODES if len(parts) == 4 else FROM_DEVICES
    if parts[2] not in wanted:
        return None
    return Topic(parts[2], EdgeId(parts[1], parts[3]), parts[4] if len(parts) == 5 else "")


def is_command(text: str) -> bool:
    """Tell whether a topic carries a command of a host, our own included."""
    parts = text.split("/")
    return len(parts) > 2 and (parts[2] in COMMANDS or parts[1] == "STATE")


def command_topic(edge: EdgeId) -> str:
    """Return where commands to an edge node go."""
    return f"{NAMESPACE}/{edge.group}/NCMD/{edge.node}"


def state_topic(host_id: str) -> str:
    """Return where a host application says whether it is there."""
    return f"{NAMESPACE}/STATE/{host_id}"
