"""What people may edit of an element, and what differs between two versions of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

NODE_FIELDS = ("geom", "elevation_m", "attributes")
LINK_FIELDS = ("geom", "length_m", "diameter_mm", "state", "operable", "attributes")
POINT_FIELDS = ("geom", "category", "critical_kind", "address", "attributes")
EDITABLE: Mapping[str, tuple[str, ...]] = {
    "node": NODE_FIELDS,
    "link": LINK_FIELDS,
    "connection_point": POINT_FIELDS,
}

COMPARED: Mapping[str, tuple[str, ...]] = {
    "node": ("code", "kind", "is_source", *NODE_FIELDS),
    "link": ("code", "kind", "start_node", "end_node", *LINK_FIELDS),
    "connection_point": ("code", "node", "link", *POINT_FIELDS),
}
"""What the history tells; the rest is bookkeeping."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that is not the same in two versions. Attributes are told one by one, as `attributes.NAME`."""

    field: str
    before: Any
    after: Any


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], fields: Iterable[str]
) -> tuple[Difference, ...]:
    """Return what differs, field by field, attribute by attribute."""
    found: list[Difference] = []
    for field in fields:
        old, new = before.get(field), after.get(field)
        if old == new:
            continue
        if field == "attributes":
            found += _attributes(old or {}, new or {})
        else:
            found.append(Difference(field, old, new))
    return tuple(found)


def merged(attributes: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Return attributes with a JSON merge patch applied (RFC 7396, one level): None takes a name away."""
    return {name: value for name, value in {**attributes, **patch}.items() if value is not None}


def _attributes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    names = sorted({*old, *new})
    return [
        Difference(f"attributes.{name}", old.get(name), new.get(name))
        for name in names
        if old.get(name) != new.get(name)
    ]
