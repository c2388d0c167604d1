"""Sparkplug B 3.0 as a host application sees it: topics, payloads, and the life of edge nodes."""

from __future__ import annotations

from telemetry.domain.sparkplug.edge import EdgeSession
from telemetry.domain.sparkplug.outcomes import Born, Data, Died, Incoming, Outcome, RebirthWanted, Refused
from telemetry.domain.sparkplug.payload import Unreadable, rebirth_command
from telemetry.domain.sparkplug.sessions import Sessions
from telemetry.domain.sparkplug.topics import EdgeId, Topic, read_topic

__all__ = [
    "Born",
    "Data",
    "Died",
    "EdgeId",
    "EdgeSession",
    "Incoming",
    "Outcome",
    "RebirthWanted",
    "Refused",
    "Sessions",
    "Topic",
    "Unreadable",
    "read_topic",
    "rebirth_command",
]
