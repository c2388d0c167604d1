"""Folium without its addresses: everything a page needs stands in the page."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from importlib.resources import files

import folium
from branca.element import Element, Figure, MacroElement
from jinja2 import Template

POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
"""What the file may load: what it holds, and nothing from anywhere."""


class Verbatim(Element):
    """A piece of the page that is not a template: braces in it mean nothing."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class MetricScale(MacroElement):
    """Draws a scale in metres and kilometres."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "L.control.scale({imperial: false, position: '{{ this.position }}'})"
        ".addTo({{ this._parent.get_name() }});"
        "{% endmacro %}"
    )

    def __init__(self, position: str) -> None:
        super().__init__()
        self.position = position


def offline_map(
    *, south_west: tuple[float, float], north_east: tuple[float, float], right_to_left: bool = False
) -> folium.Map:
    """Return a folium map without tiles that shows a box (latitude, longitude) and loads nothing.

    The zoom buttons stand at the start of the line of reading and the layers at its end.
    """
    start, end = ("right", "left") if right_to_left else ("left", "right")
    drawn = folium.Map(tiles=None, prefer_canvas=True, zoom_snap=0.25, zoom_control=f"top{start}")
    drawn.add_child(MetricScale(f"bottom{end}"))
    drawn.default_js, drawn.default_css = [], []
    drawn.fit_bounds([south_west, north_east], padding=(24, 24))
    header = figure_of(drawn).header
    header.add_child(
        Verbatim(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'), name="policy"
    )
    header.add_child(Verbatim(f"<style>{leaflet_css()}</style>"), name="leaflet_css")
    header.add_child(Verbatim(f"<script>{leaflet_js()}</script>"), name="leaflet_js")
    return drawn


def figure_of(drawn: folium.Map) -> Figure:
    """Return the page around a map."""
    figure = drawn.get_root()
    assert isinstance(figure, Figure)
    return figure


def render(drawn: folium.Map, *, title: str, language: str, right_to_left: bool) -> str:
    """Return the page of a map, in the language and direction of its reader.

    Args:
        title: escaped already.
    """
    page: str = figure_of(drawn).render()
    direction = "rtl" if right_to_left else "ltr"
    head = f'<html lang="{language}" dir="{direction}">\n<head>\n<title>{title}</title>'
    return re.sub(r"<html>\s*<head>", lambda _: head, page, count=1)


@cache
def leaflet_js() -> str:
    """Return Leaflet's script, without the pointer to its source map."""
    text = (files("leaflet") / "static/leaflet/leaflet.js").read_text(encoding="utf-8")
    return re.sub(r"//# sourceMappingURL=\S+", "", text)


@cache
def leaflet_css() -> str:
    """Return Leaflet's style sheet with its pictures in it."""
    folder = files("leaflet") / "static/leaflet"
    text = (folder / "leaflet.css").read_text(encoding="utf-8")

    def inlined(found: re.Match[str]) -> str:
        data = b64encode((folder / found[1]).read_bytes()).decode()
        return f"url(data:image/png;base64,{data})"

    return re.sub(r"url\((images/[a-z0-9-]+\.png)\)", inlined, text)
