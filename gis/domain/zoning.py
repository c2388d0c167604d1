"""What may hang from what among zones."""

from __future__ import annotations

from collections.abc import Mapping

WIDTH: Mapping[str, int] = {"commune": 0, "district": 1, "feeder": 1, "dma": 2, "transformer": 2}
"""How wide a kind of zone is, the widest first: a zone hangs from one of its own kind or of a wider one."""


def may_hang(kind: str, parent_kind: str) -> bool:
    """Say whether a zone of one kind may have a parent of another."""
    return kind == parent_kind or WIDTH[parent_kind] < WIDTH[kind]


def hangs_from_itself(code: str, parent_of: Mapping[str, str | None]) -> bool:
    """Say whether going up from a zone leads back to it."""
    seen: set[str] = set()
    above = parent_of.get(code)
    while above is not None and above not in seen:
        if above == code:
            return True
        seen.add(above)
        above = parent_of.get(above)
    return False
