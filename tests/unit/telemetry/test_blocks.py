from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from telemetry.domain.blocks import MAX_REGISTERS, Item, coalesce, split
from telemetry.domain.registers import RegisterSpec


def item(address: int, kind: str = "uint16", table: str = "holding") -> Item:
    return Item(f"{table}-{address}-{kind}", RegisterSpec(table, address, kind))  # type: ignore[arg-type]


def test_neighbours_share_one_read() -> None:
    (block,) = coalesce([item(2, "float32"), item(0, "float32"), item(4)])
    assert (block.start, block.count, len(block.items)) == (0, 5, 3)


def test_a_small_hole_is_bridged_and_a_large_one_is_not() -> None:
    blocks = coalesce([item(0), item(9), item(40)], max_gap=8)
    assert [(block.start, block.count) for block in blocks] == [(0, 10), (40, 1)]


def test_tables_are_never_mixed() -> None:
    assert len(coalesce([item(0), item(1, table="input"), item(2, "bool", "coil")])) == 3


def test_each_value_finds_its_words_in_the_answer() -> None:
    (block,) = coalesce([item(10), item(12, "uint32")])
    assert block.words_of(block.items[1], [1, 2, 3, 4]) == [3, 4]


def test_a_refused_block_is_halved_until_one_value_is_left() -> None:
    (block,) = coalesce([item(0), item(4), item(8), item(12)])
    halves = split(block)
    assert [[i.spec.address for i in half.items] for half in halves] == [[0], [4], [8], [12]]
    assert split(halves[0]) == []


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.sampled_from(["uint16", "float32", "float64"])), max_size=60)
)
def test_blocks_cover_every_value_once_within_the_limit(values: list[tuple[int, str]]) -> None:
    items = [Item(str(n), RegisterSpec("holding", address, kind)) for n, (address, kind) in enumerate(values)]
    blocks = coalesce(items)
    assert sorted(i.key for block in blocks for i in block.items) == sorted(i.key for i in items)
    for block in blocks:
        assert 1 <= block.count <= MAX_REGISTERS
        assert all(
            block.start <= i.spec.address and i.spec.end <= block.start + block.count for i in block.items
        )
