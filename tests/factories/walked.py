"""A small water network with known faults, as the GeoJSON file and mapping that a surveyor would hand in.

R --p1-- a --p2-- b          c, b and g are ends that serve nobody;
         a --p3-- c          x--y is an island whose end x lies 30 cm beside p1;
         a --p6-- g          v1 is closed: e, f and C3 get no water;
         a --p4-- d =/v1/= e --p5-- f          C4 and c 4 are written alike.
    x --p9-- y
"""

from __future__ import annotations

import json
from pathlib import Path

from django.utils.text import slugify

EAST_M, NORTH_M = 1 / 91_287, 1 / 110_900
"""Degrees of longitude and latitude for a metre, at 34.9 north."""

NODES = {
    "R": (0, 0),
    "a": (100, 0),
    "b": (200, 0),
    "c": (100, 80),
    "g": (100, -80),
    "d": (160, 60),
    "e": (164, 63),
    "f": (230, 110),
    "x": (50, 0.3),
    "y": (50, 60),
}
LINKS = {
    "p1": "Ra",
    "p2": "ab",
    "p3": "ac",
    "p6": "ag",
    "p4": "ad",
    "v1": "de",
    "p5": "ef",
    "p9": "xy",
}
POINTS = {"C2": (52, 62), "C3": (231, 112), "C4": (20, 3), "c 4": (22, 3)}
MAPPING = """
utility: water
layers:
  - {model: node, code: code, kind: kind, only: {what: [node]}}
  - {model: link, code: code, kind: kind, start: start, end: end, start_kind: start_kind, state: state,
     diameter_mm: diameter, only: {what: [link]}}
  - {model: connection_point, code: code, only: {what: [point]}}
"""


def write_walked(folder: Path, name: str, *, west: float, south: float) -> tuple[Path, Path]:
    """Write the network with its corner R at a place (EPSG:4326); return the file and its mapping."""

    def place(at: tuple[float, float]) -> list[float]:
        return [west + at[0] * EAST_M, south + at[1] * NORTH_M]

    def feature(what: str, code: str, kind: str, coordinates: object, **more: object) -> dict[str, object]:
        shape = "LineString" if what == "link" else "Point"
        return {
            "type": "Feature",
            "properties": {"what": what, "code": code, "kind": kind, **more},
            "geometry": {"type": shape, "coordinates": coordinates},
        }

    features = [
        feature("node", code, "reservoir" if code == "R" else "junction", place(at))
        for code, at in NODES.items()
    ]
    for code, (start, end) in LINKS.items():
        line = [place(NODES[start]), place(NODES[end])]
        kinds = {"start_kind": "reservoir" if start == "R" else "junction"}
        ends = {"start": start, "end": end, **kinds}
        if code == "v1":
            features.append(feature("link", code, "valve", line, state="closed", diameter=100, **ends))
        else:
            features.append(feature("link", code, "pipe", line, state="open", diameter=100, **ends))
    features += [feature("point", code, "", place(at)) for code, at in POINTS.items()]
    file, mapping = folder / f"{slugify(name)}.geojson", folder / f"{slugify(name)}.yaml"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    mapping.write_text(MAPPING)
    return file, mapping
