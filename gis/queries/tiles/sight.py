"""What a person sees of a layer: how it is told apart in caches, and how SQL is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backend.core.queries.users import is_staff_member
from gis.models.scoping import zones_of
from gis.queries.search import Viewer
from gis.queries.tiles.layers import Layer


@dataclass(frozen=True, slots=True)
class Sight:
    """`zones`: ids and versions of those in which one sees, or None for everywhere; `coarse`: outlines."""

    zones: tuple[tuple[int, int], ...] | None
    coarse: bool = False

    @property
    def everywhere(self) -> bool:
        return self.zones is None

    @property
    def parameters(self) -> dict[str, Any]:
        """For SQL: `everywhere`, `zones` (ids), `coarse`."""
        ids = [pk for pk, _ in self.zones or ()]
        return {"everywhere": self.everywhere, "zones": ids, "coarse": self.coarse}


def sight_of(user: Viewer, layer: Layer) -> Sight:
    """Return what `user` sees of a layer: public ones everywhere, the others in the zones assigned."""
    if layer.is_public:
        return Sight(zones=None, coarse=not is_staff_member(user))
    return Sight(zones=zones_of(user))
