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
class Box:
    """`BBOX(…)`: four numbers, or six with heights, in the order of the filter's coordinate system."""

    numbers: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Wkt:
    """A geometry as well-known text."""

    text: str


@dataclass(frozen=True, slots=True)
class _OfOne:
    """What is said of one part."""

    part: Node


class Folded(_OfOne):
    """`CASEI(…)`: text whose case does not count."""

    __slots__ = ()


class IsNull(_OfOne):
    """`IS NULL`."""

    __slots__ = ()


class Not(_OfOne):
    """`NOT`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class _OfTwo:
    """What an operator says of two parts."""

    operator: str
    left: Node
    right: Node


class Comparison(_OfTwo):
    """`operator` is one of = <> < <= > >=."""

    __slots__ = ()


class Spatial(_OfTwo):
    """`operator` without its prefix: intersects, within…"""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class _OfSeveral:
    """What joins conditions."""

    parts: tuple[Node, ...]


class And(_OfSeveral):
    """All of them."""

    __slots__ = ()


class Or(_OfSeveral):
    """One of them at least."""

    __slots__ = ()


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
