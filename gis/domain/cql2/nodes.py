"""What a filter is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

Value = str | int | float | bool | date | datetime


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written out. A boolean alone is a condition too."""

    value: Value


@dataclass(frozen=True, slots=True)
class Property:
    """The name of a property of the feature."""

    name: str


@dataclass(frozen=True, slots=True)
class Folded:
    """`CASEI(…)`: text whose case does not count."""

    part: Node


@dataclass(frozen=True, slots=True)
class Box:
    """`BBOX(…)`: four numbers, or six with heights, in the order of the filter's coordinate system."""

    numbers: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Wkt:
    """A geometry as well-known text."""

    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`operator` is one of = <> < <= > >=."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between:
    """Both ends belong to it."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In:
    value: Node
    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Like:
    r"""`%` stands for any text, `_` for one character, `\` takes the next one as it is."""

    value: Node
    pattern: Node


@dataclass(frozen=True, slots=True)
class IsNull:
    value: Node


@dataclass(frozen=True, slots=True)
class Spatial:
    """`operator` without its prefix: intersects, within…"""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]


Node = (
    Literal
    | Property
    | Folded
    | Box
    | Wkt
    | Comparison
    | Between
    | In
    | Like
    | IsNull
    | Spatial
    | Not
    | And
    | Or
)
