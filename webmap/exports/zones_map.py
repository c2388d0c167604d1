"""The zones with their consumption, on a map that is one file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import folium
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.translation import get_language, get_language_bidi, gettext

from backend.core.clock import LOCAL
from backend.core.queries.organisation import organisation
from gis.queries import within_jurisdiction
from gis.queries.drawings import NetworkDrawing, ZoneDrawing, network_drawings, zone_drawings
from gis.queries.zones import public_zones
from metering import queries as metering
from metering.queries.audience import Reader
from metering.queries.summaries import ZoneSummary
from webmap.exports.offline import Verbatim, figure_of, offline_map, render
from webmap.exports.shades import Shade, classes, shade_of
from webmap.exports.shapes import box_of

LAYERS = {"water": "dma", "electricity": "transformer"}
"""The kind of zone that is drawn for each utility."""
LINES = {"water": "#1c6cb4", "electricity": "#a86f00", "sewerage": "#7a4aa6"}
ISOLATED = "\u2068%s\u2069"
"""A name in another script keeps its own direction."""
BERKANE = ((34.90, -2.35), (34.95, -2.30))


@dataclass(frozen=True, slots=True)
class _Layer:
    utility: str
    label: str
    unit: str
    shades: list[Shade]
    features: list[dict[str, Any]]


def zones_map(*, reader: Reader, with_networks: bool, at: datetime) -> str:
    """Return the page: zones shaded by consumption per meter over 30 days, with their figures.

    It holds all it needs (Leaflet, its pictures, the shapes) and forbids itself to load anything else.

    Args:
        reader: whose right counts for the figures.
        with_networks: draw the networks too, where the reader may look; they are not for the public.
        at: when it was made, told on the map.
    """
    drawings = zone_drawings(public_zones(at).values("pk"))
    within = within_jurisdiction(reader) if reader else Q()
    networks = network_drawings(within) if with_networks else []
    layers = _layers(drawings, metering.zone_summaries(reader=reader))
    shaded = [one for one in drawings if one.kind in LAYERS.values()] or drawings
    south_west, north_east = box_of(one.outline for one in shaded) or BERKANE
    mirrored = get_language_bidi()
    drawn = offline_map(south_west=south_west, north_east=north_east, right_to_left=mirrored)
    for place, layer in enumerate(layers):
        _add_layer(drawn, layer, shown=place == 0)
    _add_communes(drawn, drawings)
    for network in networks:
        _add_network(drawn, network)
    folium.LayerControl(collapsed=False, position="topleft" if mirrored else "topright").add_to(drawn)
    figure = figure_of(drawn)
    title = gettext("Consumption by zone")
    panel = {
        "title": title,
        "organisation": organisation().name,
        "layers": layers,
        "at": at.astimezone(LOCAL),
        "attribution": attribution(),
    }
    figure.header.add_child(Verbatim(render_to_string("exports/zones_map_style.html")), name="style")
    figure.html.add_child(Verbatim(render_to_string("exports/zones_map_panel.html", panel)), name="panel")
    return render(drawn, title=escape(title), language=get_language() or "fr", right_to_left=mirrored)


def attribution() -> str:
    """Return the sentence that says which networks are models placed artificially; empty when none is."""
    drawn = [one for one in network_drawings() if one.placement == "synthetic"]
    models = [ISOLATED % (one.source_model or one.code).partition(" (")[0] for one in drawn]
    if not models:
        return ""
    return gettext(
        "Demonstration network: the public models %(models)s, placed artificially; "
        "it represents no real works."
    ) % {"models": gettext(" and ").join(models)}


def _layers(drawings: list[ZoneDrawing], summaries: list[ZoneSummary]) -> list[_Layer]:
    found = {(one.zone, one.utility): one for one in summaries}
    layers = []
    for utility, kind in LAYERS.items():
        zones = [one for one in drawings if one.kind == kind]
        rates = {one.code: _per_meter(found.get((one.code, utility))) for one in zones}
        shades = classes([rate for rate in rates.values() if rate is not None], utility)
        features = [
            _feature(one, found.get((one.code, utility)), shade_of(rates[one.code], shades)) for one in zones
        ]
        if features:
            layers.append(_Layer(utility, _label(utility), _unit(utility), shades, features))
    return layers


def _per_meter(summary: ZoneSummary | None) -> float | None:
    if summary is None or summary.month.value is None or not summary.meters_total:
        return None
    rate = float(summary.month.value) / summary.meters_total
    return round(rate) if rate >= 100 else round(rate, 1)


def _feature(zone: ZoneDrawing, summary: ZoneSummary | None, colour: str) -> dict[str, Any]:
    context = {"zone": zone, "summary": summary, "unit": _unit(summary.utility) if summary else ""}
    if summary:
        context |= {
            "value": _amount(summary.month.value),
            "last_year": _amount(summary.month.last_year),
            "coverage": _percent(summary.month.coverage),
            "estimated": _percent(summary.month.estimated),
        }
    popup = render_to_string("exports/zones_map_popup.html", context)
    properties = {"name": escape(zone.name), "popup": popup, "colour": colour}
    return {"type": "Feature", "geometry": zone.outline, "properties": properties}


def _add_layer(drawn: folium.Map, layer: _Layer, *, shown: bool) -> None:
    folium.GeoJson(
        {"type": "FeatureCollection", "features": layer.features},
        name=str(escape(layer.label)),
        show=shown,
        overlay=False,
        control=True,
        style_function=_zone_style,
        highlight_function=_zone_highlight,
        tooltip=folium.GeoJsonTooltip(fields=["name"], labels=False, sticky=True),
        popup=folium.GeoJsonPopup(fields=["popup"], labels=False, max_width=320),
    ).add_to(drawn)


def _zone_style(feature: dict[str, Any]) -> dict[str, Any]:
    return {
        "fillColor": feature["properties"]["colour"],
        "fillOpacity": 0.75,
        "color": "#59544a",
        "weight": 1,
    }


def _zone_highlight(feature: dict[str, Any]) -> dict[str, Any]:
    return {"weight": 3, "color": "#24211c"}


def _add_communes(drawn: folium.Map, drawings: list[ZoneDrawing]) -> None:
    shapes = [one for one in drawings if one.kind == "commune"]
    features = [{"type": "Feature", "geometry": one.outline, "properties": {}} for one in shapes]
    if features:
        folium.GeoJson(
            {"type": "FeatureCollection", "features": features},
            control=False,
            interactive=False,
            style_function=lambda _: {"fill": False, "color": "#24211c", "weight": 1.5, "dashArray": "6 4"},
        ).add_to(drawn)


def _add_network(drawn: folium.Map, network: NetworkDrawing) -> None:
    colour = LINES.get(network.utility, "#59544a")
    folium.GeoJson(
        {"type": "Feature", "geometry": network.lines, "properties": {}},
        name=str(escape(network.name)),
        interactive=False,
        smooth_factor=0.5,
        style_function=lambda _: {"color": colour, "weight": 1, "opacity": 0.8},
    ).add_to(drawn)


def _amount(value: Any) -> str:
    return "" if value is None else number_format(round(value), force_grouping=True)


def _percent(share: float) -> str:
    return number_format(round(share * 100))


def _label(utility: str) -> str:
    return {"water": gettext("Water: districts"), "electricity": gettext("Electricity: transformer areas")}[
        utility
    ]


def _unit(utility: str) -> str:
    return {"water": gettext("m³"), "electricity": gettext("kWh")}[utility]
