"""The YAML that says what the layers and fields of a vector file mean, and what is wrong with what it says.

A value comes from a field of the file (`code: ID`), from a field through a table of words
(`state: {field: ETAT, values: {O: open, F: closed}}`), from the third coordinate (`{coordinate: z}`), or is
the same for every row (`kind: {value: pipe}`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from gis.domain.sentences import Sentence, gettext_noop

METRES: dict[str, float] = {
    "mm": 0.001, "cm": 0.01, "m": 1.0, "km": 1000.0, "in": 0.0254, "ft": 0.3048, "us-ft": 1200 / 3937
}  # fmt: skip
"""Units of lengths in a file, in metres."""

Tolerance = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]
LARGEST_YAML = 200_000
DRAWN_AS_LINES = {"start", "end", "start_kind", "end_kind", "length_m", "tolerance_m"}
"""What links say that are drawn as lines, and no device that is drawn as a point."""


SAID: dict[str, str] = {
    "missing": gettext_noop("this is missing"),
    "extra_forbidden": gettext_noop("there is no such attribute here"),
    "literal_error": gettext_noop("one of these is expected: %(expected)s"),
    "union_tag_not_found": gettext_noop("say which model it is: node, link, connection_point or zone"),
    "union_tag_invalid": gettext_noop("one of these is expected: %(expected_tags)s"),
    "too_short": gettext_noop("at least one is expected"),
    "greater_than": gettext_noop("a number above %(gt)s is expected"),
    "less_than_equal": gettext_noop("a number up to %(le)s is expected"),
    "finite_number": gettext_noop("a number is expected"),
    "float_parsing": gettext_noop("a number is expected"),
    "string_type": gettext_noop("a text is expected"),
    "list_type": gettext_noop("a list is expected"),
    "dict_type": gettext_noop("names with their values are expected"),
    "model_type": gettext_noop("names with their values are expected"),
    "model_attributes_type": gettext_noop("names with their values are expected"),
}
"""How Pydantic's refusals are told, by its own names for them."""


class _WrongError(ValueError):
    def __init__(self, text: str, **words: str) -> None:
        self.sentence = Sentence(text, words)
        super().__init__(str(self.sentence))


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Part):
    """Where the values of one attribute come from."""

    field: str | None = None
    value: str | None = None
    values: dict[str, str] | None = None
    default: str | None = None
    unit: Literal["mm", "cm", "m", "km", "in", "ft", "us-ft"] | None = None
    coordinate: Literal["z"] | None = None

    @model_validator(mode="after")
    def _has_one_origin(self) -> Source:
        if sum(origin is not None for origin in (self.field, self.value, self.coordinate)) != 1:
            raise _WrongError(gettext_noop("name one of field, value, coordinate"))
        return self


def _from_field(given: Any) -> Any:
    return {"field": given} if isinstance(given, str) else given


def _named_alike(given: Any) -> Any:
    """Take a list of fields for attributes of the same names, and a field alone for one that holds all."""
    return {str(name): name for name in given} if isinstance(given, list) else _held_in(given)


def _held_in(given: Any) -> Any:
    return Source(field=given) if isinstance(given, str) else given


Value = Annotated[Source, BeforeValidator(_from_field)]
Attributes = Annotated[
    dict[str, Value] | Source, Field(union_mode="left_to_right"), BeforeValidator(_named_alike)
]
"""Attributes by name; or the one field that holds all of them as a JSON object."""
References = Annotated[list[Value] | Source, Field(union_mode="left_to_right"), BeforeValidator(_held_in)]
"""Fields with a reference each; or the one field that holds all of them as a JSON list."""


class Coordinates(_Part):
    """The columns of a table that hold a place: `x` and `y` (and `z`), or a geometry in words."""

    x: str | None = None
    y: str | None = None
    z: str | None = None
    wkt: str | None = None

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Coordinates:
        if (self.wkt is None) == (self.x is None or self.y is None):
            raise _WrongError(gettext_noop("name x and y, or wkt"))
        return self


class On(_Part):
    """Devices drawn as points lie on a pipe or line: the one whose code `link` gives, else the nearest.

    They let through as it is drawn, or the other way round where `reversed` says yes.
    """

    tolerance_m: Tolerance = 0.5
    link: Value | None = None
    reversed: Value | None = None


class _Layer(_Part):
    layer: str | None = None
    crs: str | None = None
    only: dict[str, list[str]] = {}
    coordinates: Coordinates | None = None
    code: Value
    synthetic: Value | None = None

    def sources(self) -> dict[str, Source]:
        """Return the declared sources by path within the layer: `code`, `attributes.material`…"""
        found = {name: held for name, held in self if isinstance(held, Source)}
        for group in ("attributes", "references", "on"):
            held = getattr(self, group, None) or {}
            if isinstance(held, Source):
                continue
            if isinstance(held, On):
                held = {name: part for name, part in held if isinstance(part, Source)}
            pairs = held.items() if isinstance(held, dict) else enumerate(held)
            found |= {f"{group}.{name}": source for name, source in pairs}
        return found

    def fields(self) -> dict[str, str]:
        """Return every field of the file that the layer needs, by the path that names it."""
        found = {path: source.field for path, source in self.sources().items() if source.field}
        found |= {f"only.{name}": name for name in self.only}
        if self.coordinates:
            found |= {f"coordinates.{axis}": name for axis, name in self.coordinates if name}
        return found


class _Element(_Layer):
    attributes: Attributes = {}


class NodeLayer(_Element):
    """Junctions, tanks, reservoirs, buses, substations: points."""

    model: Literal["node"]
    kind: Value = Source(value="junction")
    elevation_m: Value | None = None
    is_source: Value | None = None


class LinkLayer(_Element):
    """Pipes, lines and devices: lines between two nodes, named by the file or found at their ends.

    With `on`, devices drawn as points: each cuts the pipe or line that it lies on in two.
    """

    model: Literal["link"]
    kind: Value = Source(value="pipe")
    start: Value | None = None
    end: Value | None = None
    start_kind: Value | None = None
    end_kind: Value | None = None
    tolerance_m: Tolerance = 0.5
    length_m: Value | None = None
    diameter_mm: Value | None = None
    state: Value | None = None
    operable: Value | None = None
    on: On | None = None

    @model_validator(mode="after")
    def _has_both_ends_or_none(self) -> LinkLayer:
        if (self.start is None) != (self.end is None):
            raise _WrongError(gettext_noop("name both start and end, or neither"))
        return self

    @model_validator(mode="after")
    def _says_what_lies_on_a_link(self) -> LinkLayer:
        if self.on is None:
            return self
        if "kind" not in self.model_fields_set:
            raise _WrongError(
                gettext_noop("say the kind of what lies on pipes or lines: valve, switch, pump, prv…")
            )
        if given := sorted(self.model_fields_set & DRAWN_AS_LINES):
            raise _WrongError(
                gettext_noop("what lies on pipes or lines has no %(names)s of its own"),
                names=", ".join(given),
            )
        return self


class ConnectionPointLayer(_Element):
    """Where customers join: at the node named, along the link named, or at the nearest of either."""

    model: Literal["connection_point"]
    node: Value | None = None
    node_kind: Value | None = None
    link: Value | None = None
    link_kind: Value | None = None
    nearest: Literal["link", "node"] = "link"
    tolerance_m: Tolerance = 30.0
    category: Value | None = None
    critical_kind: Value | None = None
    address: Value | None = None
    references: References = []


class ZoneLayer(_Layer):
    """Communes, districts, metered areas, feeders: polygons, each with a parent if one is named."""

    model: Literal["zone"]
    kind: Value
    name_fr: Value | None = None
    name_ar: Value | None = None
    parent: Value | None = None
    utility: Value | None = None


Layer = NodeLayer | LinkLayer | ConnectionPointLayer | ZoneLayer
ORDER = ("node", "link", "connection_point", "zone")


class Mapping(_Part):
    """What a file means. `crs`, `unit`, `encoding` and `delimiter` are used where the file does not say."""

    utility: Literal["water", "electricity", "sewerage"] | None = None
    crs: str | None = None
    unit: Literal["m", "mm", "ft", "us-ft", "deg"] | None = None
    encoding: str | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    decimal: Literal[".", ","] = "."
    layers: Annotated[list[Annotated[Layer, Field(discriminator="model")]], Field(min_length=1)]

    def in_order(self) -> list[tuple[int, Layer]]:
        """Return the layers with their places in the list, what others hang on first."""
        return sorted(enumerate(self.layers), key=lambda pair: _depth(pair[1]))

    @property
    def has_elements(self) -> bool:
        """Say whether anything but zones is declared, so that a network is needed."""
        return any(layer.model != "zone" for layer in self.layers)


def _depth(layer: Layer) -> tuple[int, bool]:
    """Rank a layer below those that its rows hang on."""
    return ORDER.index(layer.model), isinstance(layer, LinkLayer) and layer.on is not None


class MappingError(Exception):
    """The mapping cannot be used; `errors` says where and why, by path: `layers.0.code`."""

    def __init__(self, errors: dict[str, list[Sentence]]) -> None:
        super().__init__("; ".join(f"{path}: {', '.join(map(str, said))}" for path, said in errors.items()))
        self.errors = errors


def read_mapping(text: str) -> Mapping:
    """Read a mapping from YAML.

    Raises:
        MappingError: it is no YAML, or not in this shape.
    """
    if len(text) > LARGEST_YAML:
        text = gettext_noop("more than %(most)s characters")
        raise MappingError({"mapping": [Sentence(text, {"most": LARGEST_YAML})]})
    try:
        # Every scalar stays the text that was written: NO is "normally open", 01 is not 1.
        return Mapping.model_validate(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506
    except (yaml.YAMLError, RecursionError) as error:
        raise MappingError({"mapping": [_no_yaml(error)]}) from error
    except ValidationError as error:
        errors: dict[str, list[Sentence]] = {}
        for wrong in error.errors():
            path = ".".join(str(part) for part in wrong["loc"]) or "mapping"
            errors.setdefault(path, []).append(_said(wrong))
        raise MappingError(errors) from error


def _no_yaml(error: Exception) -> Sentence:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return Sentence(gettext_noop("this is no YAML"))
    text = gettext_noop("this is no YAML: line %(line)s, column %(column)s")
    return Sentence(text, {"line": mark.line + 1, "column": mark.column + 1})


def _said(wrong: Any) -> Sentence:
    """Say one of Pydantic's refusals in a sentence of ours; in its own where there is none."""
    context = wrong.get("ctx", {})
    if isinstance(refused := context.get("error"), _WrongError):
        return refused.sentence
    if text := SAID.get(wrong["type"]):
        # Lists of what is expected come as 'a', 'b' or 'c'.
        words = {name: str(value).replace(" or ", ", ").replace("'", "") for name, value in context.items()}
        return Sentence(text, words)
    return Sentence(wrong["msg"])
