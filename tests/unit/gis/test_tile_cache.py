"""The memory of tiles made."""

from __future__ import annotations

from dataclasses import dataclass

from gis.queries.tiles.cache import OVERHEAD, BoundedCache


@dataclass
class Thing:
    body: bytes


def cache_for(bodies: int, size: int = 100) -> BoundedCache[Thing]:
    return BoundedCache(bodies * (size + OVERHEAD))


def thing(size: int = 100) -> Thing:
    return Thing(b"x" * size)


def test_what_is_kept_is_found() -> None:
    cache = cache_for(2)
    cache.put("a", one := thing())
    assert cache.get("a") is one
    assert cache.get("b") is None


def test_the_longest_unused_goes_first() -> None:
    cache = cache_for(2)
    cache.put("a", thing())
    cache.put("b", thing())
    cache.get("a")
    cache.put("c", thing())
    assert [key for key in "abc" if cache.get(key)] == ["a", "c"]


def test_a_key_kept_again_counts_once() -> None:
    cache = cache_for(2)
    for _ in range(10):
        cache.put("a", thing())
    cache.put("b", thing())
    assert cache.get("a")
    assert cache.get("b")


def test_what_is_larger_than_all_the_room_is_not_kept() -> None:
    cache = cache_for(1)
    cache.put("a", thing(10_000))
    assert cache.get("a") is None
    cache.put("b", thing())
    assert cache.get("b")
