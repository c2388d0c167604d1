"""Who may read which zone's figures: the public of zones large enough, staff of those they answer for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from backend.core.errors import NotFound
from backend.core.models import User
from gis import queries as gis

if TYPE_CHECKING:
    from gis.models import Zone

FEWEST_METERS = 10
"""Figures of fewer households would tell of each of them: they are not published."""

Reader = User | AnonymousUser | None
"""None is the public."""


def zone_for(code: str, reader: Reader) -> tuple[Zone, int]:
    """Return a zone and how many meters its figures must rest on for this reader.

    Raises:
        NotFound: there is no such zone.
    """
    zone = gis.zone_by_code(code)
    if zone is None:
        raise NotFound(_("There is no such zone."))
    return zone, 0 if answers_for(reader, zone) else FEWEST_METERS


def answers_for(reader: Reader, zone: Zone) -> bool:
    """Say whether a reader is staff who answers for the zone or some of it."""
    if reader is None or not reader.is_authenticated:
        return False
    return bool(zones_of(reader).filter(pk=zone.pk).exists())


def zones_of(reader: User) -> Any:
    """Return the zones in force that a member of staff answers for, wholly or in part; none for others."""
    return gis.public_zones().filter(gis.overlapping_jurisdiction(reader))


def too_small() -> NotFound:
    """Return the refusal for a zone whose figures are not published."""
    return NotFound(_("This zone has too few customers for its figures to be published."))
