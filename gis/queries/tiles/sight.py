"""What a person sees of a layer and in which state: how it is told apart in caches, and how SQL is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backend.core import clock
from backend.core.models import User
from backend.core.prepared import fetch
from backend.core.queries.users import is_staff_member
from gis.queries.search import Viewer
from gis.queries.tiles.layers import Layer, layer_version
from gis.statements import statement


@dataclass(frozen=True, slots=True)
class Sight:
    """`zones`: ids of those in which one sees, or None for everywhere; `coarse`: outlines.

    `version`: a word that is another after every change of what the layer shows or of what the zones enclose.
    """

    zones: tuple[int, ...] | None
    version: str
    coarse: bool = False

    @property
    def everywhere(self) -> bool:
        return self.zones is None

    @property
    def parameters(self) -> dict[str, Any]:
        """For SQL: `everywhere`, `zones` (ids), `coarse`."""
        return {"everywhere": self.everywhere, "zones": list(self.zones or ()), "coarse": self.coarse}


def sight_of(user: Viewer, layer: Layer) -> Sight:
    """Return what `user` sees of a layer now: public ones everywhere, the others in the zones assigned."""
    if layer.is_public:
        return Sight(None, layer_version(layer.name), coarse=not is_staff_member(user))
    if isinstance(user, User) and user.is_active and user.is_superuser:
        return Sight(None, layer_version(layer.name))
    if not isinstance(user, User) or not is_staff_member(user):
        return Sight((), "")
    values = {"user": user.pk, "layer": layer.name, "now": clock.now()}
    ((zones, version, drawn),) = fetch(statement(__file__, "sight"), values)
    return Sight(None, version) if 0 in zones else Sight(tuple(zones), f"{version} {drawn}")
