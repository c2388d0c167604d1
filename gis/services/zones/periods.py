"""The periods of a zone: of which instant it may be changed, and the outlines it had."""

from __future__ import annotations

from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Max
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import InvalidInput, VersionConflict
from backend.core.models import User
from gis.errors import NoSuchZone
from gis.models import FormerOutline, Zone


def locked_zone(code: str, *, version: int | None = None) -> Zone:
    """Lock a zone for the rest of the transaction.

    Raises:
        NoSuchZone: there is none of this code.
        VersionConflict: it is no longer at the version the caller saw.
    """
    zone = Zone.objects.select_for_update(of=("self",)).select_related("parent").filter(code=code).first()
    if zone is None:
        raise NoSuchZone
    if version is not None and zone.version != version:
        raise VersionConflict(current=zone.code, version=zone.version, allowed=[])
    return zone


def drawn_since(zone: Zone) -> datetime | None:
    """Return since when a zone lies where it lies; None is always."""
    redrawn: datetime | None = zone.former_outlines.aggregate(last=Max(Upper("valid")))["last"]
    return redrawn or zone.valid.lower


def instant_of_change(zone: Zone, at: datetime | None) -> datetime:
    """Return the instant of a change of a zone, now unless told.

    Raises:
        InvalidInput: it is yet to come, or before the zone began, was last redrawn, or after it ended.
    """
    instant, since, until = at or clock.now(), drawn_since(zone), zone.valid.upper
    if instant > clock.now():
        raise InvalidInput(errors={"at": [_("A change cannot be dated in the future.")]})
    if since is not None and instant <= since:
        raise InvalidInput(errors={"at": [_("The zone was drawn as it is after that instant.")]})
    if until is not None and instant >= until:
        raise InvalidInput(errors={"at": [_("The zone had ended by then.")]})
    return instant


def keep_outline(zone: Zone, *, until: datetime, actor: User | None, reason: str = "") -> None:
    """Keep the present outline of a zone as its former one until an instant.

    An outline that would have lasted no time was never in force and is not kept.
    """
    since = drawn_since(zone)
    if since is None or since < until:
        FormerOutline.objects.create(
            zone=zone,
            geom=zone.geom,
            valid=DateTimeTZRange(since, until),
            reason=reason,
            redrawn_by=actor,
            redrawn_at=clock.now(),
        )
