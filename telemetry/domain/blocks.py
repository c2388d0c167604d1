"""Group register values into few reads, and take a refused read apart until the good part is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from telemetry.domain.registers import BIT_TABLES, TABLES, RegisterSpec, Table

MAX_REGISTERS = 125
MAX_BITS = 2000


@dataclass(frozen=True, slots=True)
class Item:
    """Name one value of a device and where it lies."""

    key: str
    spec: RegisterSpec


@dataclass(frozen=True, slots=True)
class Block:
    """Describe one read request and the values it answers."""

    table: Table
    start: int
    count: int
    items: tuple[Item, ...]

    def words_of(self, item: Item, words: list[int]) -> list[int]:
        """Cut the words of one value out of the answer to the whole block."""
        first = item.spec.address - self.start
        return words[first : first + item.spec.count]


def coalesce(items: Iterable[Item], *, max_gap: int = 8) -> list[Block]:
    """Join values into blocks of at most 125 registers (2000 bits), bridging holes of at most `max_gap`."""
    blocks: list[Block] = []
    ordered = sorted(
        items, key=lambda item: (TABLES.index(item.spec.table), item.spec.address, item.spec.end)
    )
    for item in ordered:
        joined = _joined(blocks[-1], item, max_gap) if blocks else None
        if joined is None:
            blocks.append(Block(item.spec.table, item.spec.address, item.spec.count, (item,)))
        else:
            blocks[-1] = joined
    return blocks


def _joined(block: Block, item: Item, max_gap: int) -> Block | None:
    limit = MAX_BITS if block.table in BIT_TABLES else MAX_REGISTERS
    end = max(block.start + block.count, item.spec.end)
    hole = item.spec.address - (block.start + block.count)
    if block.table != item.spec.table or hole > max_gap or end - block.start > limit:
        return None
    return Block(block.table, block.start, end - block.start, (*block.items, item))


def split(block: Block) -> list[Block]:
    """Halve a block that hit an illegal address; one value alone, or only holes to drop, gives what is left.

    Returns an empty list when a single value cannot be divided further: that value is the bad one.
    """
    if len(block.items) == 1:
        return []
    middle = len(block.items) // 2
    halves = [*coalesce(block.items[:middle], max_gap=0), *coalesce(block.items[middle:], max_gap=0)]
    return halves
