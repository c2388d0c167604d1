"""The sensors of a Sparkplug family: which metric of its edge nodes each of them is."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from webmap.forms.columns import Column
from webmap.forms.sensor_rows import DETAILS, KEY, QUANTITY, UNIT, SensorRow, Shape, blank_row

QUANTITY_OF = {
    "kPa": "pressure", "bar": "pressure", "L/s": "flow", "m3/h": "flow", "m³/h": "flow", "m": "level",
    "m3": "volume", "m³": "volume", "kWh": "energy", "kW": "power", "V": "voltage", "A": "current",
    "°C": "temperature",
}  # fmt: skip
METRICS = Shape(
    seen=(
        Column(
            name="metric", path=("sparkplug", "metric"), label=_("Metric"), most=250, css="path"
        ),
        KEY,
        QUANTITY,
        UNIT,
        Column(
            name="scale", path=("sparkplug", "scale"), label=pgettext_lazy("factor", "Scale"), kind="number",
            usual=1, most=20, css="number",
        ),
        Column(
            name="offset", path=("sparkplug", "offset"), label=_("Offset"), kind="number", usual=0, most=20,
            css="number",
        ),
    ),
    under=DETAILS,
)  # fmt: skip


def slug(name: str) -> str:
    """Return a key for a metric, after its name."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_")[:64] or "metric"


def row_for(metric: str, unit: str) -> SensorRow:
    """Return the row of a metric that an edge node announced, as far as its birth tells what it measures."""
    row = blank_row(METRICS, metric=metric, key=slug(metric), unit=unit[:16] or "1")
    row.texts["quantity"] = QUANTITY_OF.get(unit, "other")
    row.focus = "key"
    return row
