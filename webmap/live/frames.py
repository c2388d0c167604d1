"""Server-sent events on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

RETRY = b"retry: 2000\n\n"


@dataclass(frozen=True)
class LiveEvent:
    """Something people see at once. `seq` is its place in the outbox; what cannot be replayed has none."""

    name: str
    data: dict[str, Any]
    seq: int | None = None

    def encoded(self) -> bytes:
        """Return the frame; JSON has no raw line breaks, so one `data:` line is enough."""
        head = f"id: {self.seq}\n" if self.seq is not None else ""
        return f"{head}event: {self.name}\ndata: ".encode() + orjson.dumps(self.data) + b"\n\n"
