"""The values of an MQTT family: which sensor each is, and where it stands in the message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from webmap.forms.columns import Column
from webmap.forms.sensor_rows import DETAILS, KEY, QUANTITY, Shape

_OF_SENSOR = frozenset({"quantity", "unit"})

VALUES = Shape(
    seen=(
        KEY,
        QUANTITY,
        Column(
            name="sensor_unit", path=("unit",), label=_("Unit"), always=True, usual="", most=16, css="unit"
        ),
        Column(
            name="path", path=("value", "path"), label=_("Where it stands"), usual="", most=300, css="path",
            hint="$.object.pressure",
        ),
        Column(name="unit", path=("value", "unit"), label=_("Unit sent"), most=16, css="unit"),
    ),
    under=(
        Column(
            name="value_scale", path=("value", "scale"), label=pgettext_lazy("factor", "Scale"),
            kind="number", usual=1, most=20,
        ),
        Column(
            name="value_offset", path=("value", "offset"), label=_("Offset"), kind="number", usual=0, most=20
        ),
        Column(
            name="words", path=("value", "words"), label=_("Words and their numbers"), kind="words",
            most=400, hint="open=1, closed=0",
        ),
        *DETAILS,
    ),
)  # fmt: skip


def joined(sensors: Iterable[Any], values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return each sensor by key, with its value of the mapping beside it as `value`."""
    found = {str(one["key"]): dict(one) for one in sensors if isinstance(one, dict) and "key" in one}
    for key, value in values.items():
        part = dict(value) if isinstance(value, dict) else {"path": value}
        found[key] = found.get(key, {"key": key}) | {"value": part}
    return found


def parted(rows: Iterable[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the sensors, and the values by key; a row without quantity and unit is a value alone."""
    sensors, values = [], {}
    for row in rows:
        value = row.get("value") or {}
        sensor = {name: told for name, told in row.items() if name != "value"}
        if any(sensor.get(name) for name in _OF_SENSOR) or not value.get("path"):
            sensors.append(sensor)
        if value.get("path"):
            values[str(row["key"])] = value
    return sensors, values
