"""What traces answer."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TracedElement:
    """A node or link found by a trace; `role` is isolated, cut_off, traced, segment or beside."""

    id: int
    kind: str
    code: str
    role: str


@dataclass(frozen=True, slots=True)
class TracedValve:
    """A valve or switch to operate, and where it is (EPSG:4326).

    `role` is close, already_closed or boundary; `feeds` says that the network stays under supply behind it.
    """

    id: int
    kind: str
    code: str
    state: str
    role: str
    lon: float
    lat: float
    feeds: bool = False


@dataclass(frozen=True, slots=True)
class TracedPoint:
    """A connection point affected. `is_visible` False: the reader may count it, not look at it."""

    id: int
    code: str
    lon: float
    lat: float
    category: str
    critical_kind: str
    address: str
    is_visible: bool = True


@dataclass(frozen=True, slots=True)
class TracedSegment:
    """A smallest part that can be cut off, and which valves or switches part it from the one asked for."""

    key: str
    role: str
    nodes: int
    length_m: float
    connection_points: int
    through: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StalePlace:
    """Where a link that a trace passes is drawn away from its stored end, and how far (EPSG:4326)."""

    link: str
    distance_m: float
    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class TraceCounts:
    """How much was found, listed or not. Customers are not counted in a part too large to list."""

    nodes: int = 0
    links: int = 0
    length_m: float = 0.0
    connection_points: int | None = 0
    critical: int = 0


@dataclass(frozen=True, slots=True)
class Trace:
    """What a trace found. Critical customers come first; words are in the reader's language.

    `explanation` tells in sentences what was found; `nearest` is the closest element that all the places
    asked hang on.
    """

    network: str
    kind: str
    nodes: tuple[TracedElement, ...]
    links: tuple[TracedElement, ...]
    connection_points: tuple[TracedPoint, ...]
    warnings: tuple[str, ...]
    warning_codes: tuple[str, ...]
    counts: TraceCounts = field(default_factory=TraceCounts)
    explanation: tuple[str, ...] = ()
    valves: tuple[TracedValve, ...] = ()
    segments: tuple[TracedSegment, ...] = ()
    stale_areas: tuple[StalePlace, ...] = ()
    nearest: TracedElement | None = None
    segment_key: str | None = None
    topology_version: int = 0


@dataclass(frozen=True, slots=True)
class IsolationTrace(Trace):
    """Which valves or switches to close to cut a place off, and who is affected."""


@dataclass(frozen=True, slots=True)
class SupplyGroup:
    """What a place shares its supply with: same key, same isolation segment (or same transformer)."""

    key: str
    kind: str
    network: str
    label: str
