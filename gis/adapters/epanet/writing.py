"""Write a water network as an EPANET input file that computes as the one it was read from."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis.adapters.epanet.elements import Elements
from gis.adapters.epanet.names import kept_controls, named
from gis.domain.rows import NetworkRows

POWER = re.compile(r"(?<=\s)(POWER\s+)([\d.eE+-]+)")


class UnwritableNetworkError(Exception):
    """This network cannot be written as an EPANET model."""


@dataclass(frozen=True, slots=True)
class Written:
    """What could not be said as the network says it, and how often: by reason."""

    assumed: Mapping[str, int]


def write_epanet(rows: NetworkRows, path: Path) -> Written:
    """Write `rows`, in whatever plane their positions are, to the file at `path`.

    Names that EPANET cannot hold, or that two kinds share, are changed; controls whose elements are gone are
    left out.

    Raises:
        UnwritableNetworkError: the network is no water network, or a control cannot be said.
    """
    from wntr.network import from_dict, write_inpfile

    if rows.utility != "water":
        raise UnwritableNetworkError(rows.utility)
    assumed: Counter[str] = Counter()
    content = _content(rows, assumed)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            write_inpfile(from_dict(content), str(path), units=_units(rows.hydraulics))
    # wntr raises whatever its own tables met: KeyError, ValueError, ControlError…
    except Exception as error:
        raise UnwritableNetworkError(f"{type(error).__name__}: {error}") from error
    _shorten_powers(path)
    return Written(dict(assumed))


def _shorten_powers(path: Path) -> None:
    """Write the powers of pumps with as many digits as all other figures: wntr gives them all they have.

    20 hp as 19.999999999999996 is enough to turn a valve at the edge of closing (ky10).
    """
    text = path.read_text(encoding="utf-8")
    path.write_text(POWER.sub(lambda found: f"{found[1]}{float(found[2]):.11g}", text), encoding="utf-8")


def _units(hydraulics: Mapping[str, Any]) -> str:
    options: Mapping[str, Any] = hydraulics.get("options") or {}
    return (options.get("hydraulic") or {}).get("inpfile_units") or "LPS"


def _content(rows: NetworkRows, assumed: Counter[str]) -> dict[str, Any]:
    """Return the network as the dictionary that wntr reads."""
    nodes = named((node.key for node in rows.nodes), assumed)
    links = named((link.key for link in rows.links), assumed)
    elements = Elements(nodes, links, assumed)
    held = rows.hydraulics
    there = {*nodes.values(), *links.values()}
    return {
        "version": None,
        "comment": None,
        "name": None,
        "references": [],
        "options": held.get("options") or {},
        "curves": held.get("curves") or [],
        "patterns": held.get("patterns") or [],
        "nodes": [elements.node(node) for node in rows.nodes],
        "links": [elements.link(link) for link in rows.links],
        "sources": [one for one in held.get("sources") or () if one["node_name"] in nodes.values()],
        "controls": kept_controls(held.get("controls") or (), there, assumed),
    }
