"""What is looked for in a network, and what each finding says; apps above register what they alone know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.contrib.gis.geos import Polygon
from django.utils.functional import Promise

from gis.models import Network

Scope = Literal["network", "zones"]
NEAR_DEGREES = 0.0001
"""About 10 m: how far around a box elements are looked at for what is found within."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a network (at the zones, where it is None): everywhere, or within a box in EPSG:4326.

    `tolerance_m` is how far apart ends may be drawn that should meet; connection points are attached within
    `reach_m`.
    """

    network: Network | None
    at: datetime
    tolerance_m: float
    reach_m: float
    box: Polygon | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """What statements may name; `area` is the box and a little more, `within` the box, both as EWKB."""
        return {
            "network": self.network.pk if self.network else None,
            "area": _ewkb(self.box, NEAR_DEGREES),
            "within": _ewkb(self.box, 0),
            "at": self.at,
            "tolerance_m": self.tolerance_m,
            "reach_m": self.reach_m,
        }


def _ewkb(box: Polygon | None, margin: float) -> str | None:
    if box is None:
        return None
    west, south, east, north = box.extent
    wider = Polygon.from_bbox((west - margin, south - margin, east + margin, north + margin))
    wider.srid = 4326
    return wider.hexewkb.decode()


Preparation = Callable[[Look], None]


@dataclass(frozen=True, slots=True)
class QualityCheck:
    """One kind of fault, found by one statement.

    The statement selects `key, subject_table, subject_id, subject_kind, subject_code, geom, repair, details`:
    one row per finding; `key` names it among those of the check, `geom` is its place (a point, EPSG:4326),
    `repair` the code of the repair to suggest or empty, `details` what `says` and `advice` tell (`%(other)s`,
    `%(distance)s` for `distance_m`). It may name the parameters of `Look`. With an `area` it finds at least
    what lies in the box; a check that is `whole` is left out then.

    Attributes:
        advice_near: the advice where the finding names another element that would mend it.
        prepares: run before the statement, once for all checks that share it: temporary tables.
        utilities: of the networks it is for; empty for all.
    """

    code: str
    name: Promise
    says: Promise
    advice: Promise
    statement: str
    scope: Scope = "network"
    whole: bool = False
    prepares: tuple[Preparation, ...] = ()
    utilities: frozenset[str] = field(default_factory=frozenset)
    advice_near: Promise | None = None

    def concerns(self, look: Look) -> bool:
        """Say whether this check belongs to a look."""
        if (self.scope == "zones") is not (look.network is None) or (self.whole and look.box):
            return False
        return look.network is None or not self.utilities or look.network.utility in self.utilities


_checks: dict[str, QualityCheck] = {}


def register_quality_check(check: QualityCheck) -> None:
    """Add a check, after those already there; the same code again replaces it."""
    _checks[check.code] = check


def quality_checks() -> tuple[QualityCheck, ...]:
    """Return every check, in the order in which they are told."""
    return tuple(_checks.values())


def quality_check(code: str) -> QualityCheck | None:
    """Return a check by its code; None where an app that is no longer installed had registered it."""
    return _checks.get(code)
