"""Keep what could not be read, with its reason, so that it can be looked at and replayed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from telemetry.domain.payloads import Fault

KEPT_BYTES = 262_144

_KEEP = """
INSERT INTO telemetry_deadletter AS letter
    (digest, topic, payload, size, reason, detail, device_id, first_received_at, received_at, occurrences)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (digest) DO UPDATE
SET received_at = excluded.received_at, replayed_at = NULL, discarded_at = NULL,
    occurrences = letter.occurrences + excluded.occurrences
"""


class Letter(NamedTuple):
    """Hold one message, or part of one, that could not be used."""

    topic: str
    payload: bytes
    fault: Fault
    received_at: datetime
    device_id: int | None = None

    @property
    def digest(self) -> bytes:
        """Name the letter by its content and reason: the same one again is counted, not kept twice."""
        head = f"{self.topic}\0{self.fault.reason}\0{self.fault.detail}\0".encode(errors="replace")
        return hashlib.sha256(head + self.payload).digest()


def keep_dead_letters(*, letters: Sequence[Letter]) -> int:
    """Write dead letters in the caller's transaction; return how many."""
    counted: dict[bytes, tuple[Letter, int]] = {}
    for letter in letters:
        digest = letter.digest
        counted[digest] = (letter, counted[digest][1] + 1 if digest in counted else 1)
    with connection.cursor() as cursor:
        cursor.executemany(_KEEP, [_values(digest, *pair) for digest, pair in sorted(counted.items())])
    return len(letters)


def _values(digest: bytes, letter: Letter, occurrences: int) -> tuple[Any, ...]:
    return (
        digest,
        _storable(letter.topic),
        letter.payload[:KEPT_BYTES],
        len(letter.payload),
        letter.fault.reason,
        _storable(letter.fault.detail)[:300],
        letter.device_id,
        letter.received_at,
        letter.received_at,
        occurrences,
    )


def _storable(text: str) -> str:
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
