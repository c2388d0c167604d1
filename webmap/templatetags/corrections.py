"""Words of elements and of their fields, on pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

register = template.Library()

FIELDS = {
    "place": gettext_lazy("Position"),
    "diameter_mm": gettext_lazy("Diameter"),
    "length_m": gettext_lazy("Length"),
    "elevation_m": gettext_lazy("Altitude"),
    "state": gettext_lazy("State"),
    "operable": gettext_lazy("Can be operated"),
    "address": gettext_lazy("Address"),
}
KINDS = {
    "junction": gettext_lazy("Node"),
    "tank": gettext_lazy("Tank"),
    "reservoir": gettext_lazy("Source"),
    "bus": gettext_lazy("Busbar"),
    "substation": gettext_lazy("Substation"),
    "pipe": gettext_lazy("Pipe"),
    "valve": gettext_lazy("Isolation valve"),
    "pump": gettext_lazy("Pump"),
    "prv": gettext_lazy("Pressure-reducing valve"),
    "control_valve": gettext_lazy("Control valve"),
    "line": gettext_lazy("Line"),
    "switch": gettext_lazy("Switch"),
    "transformer": gettext_lazy("Transformer"),
    "connection_point": gettext_lazy("Connection point"),
}
STATES = {
    "open": gettext_lazy("open"),
    "closed": gettext_lazy("closed"),
    "active": gettext_lazy("regulating"),
}


@register.filter
def element_kind(kind: str) -> str:
    """Name a kind of element."""
    return str(KINDS.get(kind, kind))


@register.filter
def field_name(field: str) -> str:
    """Name a field of an element."""
    return str(FIELDS.get(field, field))


@register.simple_tag
def field_value(field: str, value: Any) -> SafeString:
    """Write a value of a field, kept left to right where it is a figure."""
    if value is None or value == "":
        return SafeString("–")
    if field == "state":
        return format_html("{}", STATES.get(value, value))
    if field == "operable":
        return format_html("{}", _("yes") if value else _("no"))
    if field == "address":
        return format_html("<bdi>{}</bdi>", value)
    unit = "mm" if field.endswith("_mm") else "m"
    return format_html('<bdi dir="ltr">{} {}</bdi>', localize(round(float(value), 2)), unit)
