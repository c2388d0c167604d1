"""The rows that every reader hands over and every importer writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from gis.domain.sentences import Sentence

Key: TypeAlias = tuple[str, str]
"""Kind and code: what names an element within its network."""

Position: TypeAlias = tuple[float, float]
"""x, y in the coordinates of the source, or longitude, latitude once placed."""


class NodeKind(StrEnum):
    JUNCTION = "junction"
    TANK = "tank"
    RESERVOIR = "reservoir"
    BUS = "bus"
    SUBSTATION = "substation"


class LinkKind(StrEnum):
    PIPE = "pipe"
    VALVE = "valve"
    PUMP = "pump"
    PRV = "prv"
    CONTROL_VALVE = "control-valve"
    LINE = "line"
    SWITCH = "switch"
    TRANSFORMER = "transformer"


class LinkState(StrEnum):
    """Each trade's own words: an open valve lets water through, an open switch holds current back."""

    OPEN = "open"
    CLOSED = "closed"
    ACTIVE = "active"


CONDUITS = frozenset({LinkKind.PIPE, LinkKind.LINE})
"""Kinds that have a length of their own; the others are devices."""

BARRIERS = frozenset({LinkKind.VALVE, LinkKind.SWITCH})
"""Kinds that people operate to cut a place off."""

ONE_WAY = frozenset({LinkKind.PUMP, LinkKind.PRV})
"""Kinds that let through from start to end only."""

ELECTRICAL = frozenset({LinkKind.LINE, LinkKind.SWITCH, LinkKind.TRANSFORMER})

HYDRAULIC = frozenset(LinkKind) - ELECTRICAL


def link_kinds(utility: str) -> frozenset[LinkKind]:
    """Return the kinds of links that a network of this utility is made of."""
    return ELECTRICAL if utility == "electricity" else HYDRAULIC


def conducts(kind: str, state: str) -> bool:
    """Say whether a link lets through: water unless closed, current unless open."""
    return state != (LinkState.OPEN if kind in ELECTRICAL else LinkState.CLOSED)


def normal_state(kind: str) -> str:
    """Return the state in which a link of this kind lets through."""
    return (LinkState.CLOSED if kind in ELECTRICAL else LinkState.OPEN).value


@dataclass(frozen=True, slots=True)
class NodeRow:
    code: str
    kind: str
    position: Position
    elevation_m: float | None = None
    is_source: bool = False
    attributes: Mapping[str, Any] = field(default_factory=dict)
    synthetic: bool = False

    @property
    def key(self) -> Key:
        return self.kind, self.code


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link with its whole line, both ends included.

    `length_m` is the source's own figure, if it has one; without a `state` it lets through.
    """

    code: str
    kind: str
    start: Key
    end: Key
    line: tuple[Position, ...]
    length_m: float | None = None
    diameter_mm: float | None = None
    state: str = ""
    operable: bool = False
    attributes: Mapping[str, Any] = field(default_factory=dict)
    synthetic: bool = False

    def __post_init__(self) -> None:
        if not self.state:
            object.__setattr__(self, "state", normal_state(self.kind))

    @property
    def key(self) -> Key:
        return self.kind, self.code


@dataclass(frozen=True, slots=True)
class ConnectionPointRow:
    """Where a customer joins the network: at a node, or along a link when `link` is set."""

    code: str
    node: Key
    position: Position
    link: Key | None = None
    category: str = "residential"
    critical_kind: str = ""
    address: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    synthetic: bool = False


class Reason(StrEnum):
    """Why a row is refused, doubtful, or worth a word."""

    DUPLICATE = "duplicate_code"
    DANGLING = "dangling_end"
    SELF_LOOP = "self_loop"
    ZERO_LENGTH = "zero_length"
    UNKNOWN_UNIT = "unknown_unit"
    UNKNOWN_STATE = "unknown_state"
    NO_GEOMETRY = "no_geometry"
    NO_CODE = "no_code"
    OUTSIDE_AREA = "outside_service_area"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_VALUE = "unknown_value"
    NOT_A_NUMBER = "not_a_number"
    NEGATIVE = "negative"
    TOO_LONG = "too_long"
    WRONG_COLUMNS = "wrong_number_of_columns"
    WRONG_GEOMETRY = "wrong_geometry"
    SEVERAL_PARTS = "several_parts"
    INVALID_AREA = "invalid_area"
    OUT_OF_RANGE = "coordinates_out_of_range"
    AMBIGUOUS = "ambiguous_code"
    NOTHING_NEAR = "nothing_within_tolerance"
    REFERENCE_TAKEN = "reference_taken"
    ZONE_REFUSED = "zone_refused"
    OTHER_UTILITY = "kind_of_another_utility"
    SEVERAL_NEAR = "several_within_tolerance"
    SAME_PLACE = "same_place"
    OTHER_LINK = "on_another_link"
    DIVIDED = "link_divided"
    AT_NODE = "put_at_node"


@dataclass(frozen=True, slots=True)
class RowError:
    """One refused row: which one (`pipe p12`), why, and the words that help to find it in the file."""

    row: str
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class NetworkRows:
    """A network as read, in file order, with its coordinate system if the file names one.

    `hydraulics` holds what a water model says beyond its elements: options, patterns, curves, controls.
    """

    utility: str
    nodes: tuple[NodeRow, ...]
    links: tuple[LinkRow, ...]
    connection_points: tuple[ConnectionPointRow, ...] = ()
    crs: str | None = None
    coordinate_unit: str | None = None
    errors: tuple[RowError, ...] = ()
    hydraulics: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.nodes) + len(self.links) + len(self.connection_points)


class UnreadableNetworkError(Exception):
    """The file cannot be read as a network of this format; `sentence` says why."""

    def __init__(self, text: str, **words: str) -> None:
        self.sentence = Sentence(text, words)
        super().__init__(str(self.sentence))
