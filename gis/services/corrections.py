"""Take corrections from the field, and decide about them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.contrib.gis.geos import Point
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import IdempotencyMismatch, InvalidInput
from backend.core.models import User
from backend.core.services.transitions import apply_transition
from gis.domain.corrections import CORRECTION, FARTHEST_M, CorrectionState, checked
from gis.domain.placement import geodesic_length_m
from gis.models import ConnectionPoint, Correction, CorrectionTransition, Link, Node
from gis.models.scoping import areas_of
from gis.queries.corrections import kind_of, mapped, spot_of
from gis.queries.history import element_at_version, table_of
from gis.services.editing import edit_element

TOPIC = "gis.correction_changed"
LONGEST_NOTE = 2000


@transaction.atomic
def record_correction(
    *,
    element: Node | Link | ConnectionPoint,
    author: User,
    changes: Mapping[str, Any],
    note: str = "",
    photo: bytes | None = None,
    client_id: UUID | None = None,
    made_at: datetime | None = None,
    seen_version: int | None = None,
) -> Correction:
    """Keep what was found otherwise than mapped; the map stays as it is. Sent twice, it is kept once.

    Args:
        changes: field to value, as `gis.domain.corrections.fields_of` allows.
        photo: a JPEG that was cleaned before.
        client_id: given by the phone, the same whenever it sends this again.
        made_at: the phone's time; what lies in the future is taken as now.
        seen_version: the version of the element that the phone showed, which may be hours old.

    Raises:
        InvalidInput: a value cannot be, a place is too far, or nothing is said at all.
        IdempotencyMismatch: this `client_id` came before, with something else in it.
    """
    client_id = client_id or uuid4()
    if seen_version is not None and not 0 < seen_version <= element.version:
        seen_version = None
    digest = _digest(element, changes, note, photo)
    if (known := _known(client_id, author, digest)) is not None:
        return known
    sound, seen = _compared(element, changes, seen_version)
    if not sound and not note.strip() and photo is None:
        raise InvalidInput(errors={"note": [_("Say what is different: a value, a note or a photo.")]})
    now = clock.now()
    correction = Correction(
        client_id=client_id,
        network=element.network,
        subject_table=table_of(element),
        subject_id=element.pk,
        subject_kind=kind_of(element),
        subject_code=element.code,
        subject_version=seen_version,
        changes=sound,
        seen=seen,
        note=note.strip()[:LONGEST_NOTE],
        geom=spot_of(element),
        author=author,
        made_at=min(made_at or now, now),
        received_at=now,
        digest=digest,
    )
    return _kept(correction, photo)


@transaction.atomic
def accept_correction(
    *, correction: Correction, actor: User, version: int, element_version: int
) -> Correction:
    """Put what the field found into the network; what it replaces stays in the history.

    Args:
        version: of the correction, as the reviewer saw it.
        element_version: of the element, as the reviewer saw it beside the correction.

    Raises:
        VersionConflict: someone decided in the meantime.
        TransitionForbidden: it is decided, or the role may not.
        EditedMeanwhile: the element changed since the reviewer saw it.
        NoSuchElement: the element is there no more.
        InvalidInput: the network cannot take the change, or it lies outside what the reviewer answers for.
    """
    decided = _decide(correction, CorrectionState.ACCEPTED, actor, version)
    changes = dict(correction.changes)
    if place := changes.pop("place", None):
        changes["geom"] = _answered_for(actor, Point(place[0], place[1], srid=4326))
    edit_element(
        table=correction.subject_table,
        element_id=correction.subject_id,
        version=element_version,
        changes=changes,
        actor=actor,
        correction_id=correction.pk,
    )
    return decided


def refuse_correction(*, correction: Correction, actor: User, version: int, reason: str) -> Correction:
    """Leave the network as it is, and say why.

    Raises:
        VersionConflict: someone decided in the meantime.
        TransitionForbidden: it is decided, or the role may not.
        InvalidInput: there is no reason.
    """
    return _decide(correction, CorrectionState.REFUSED, actor, version, reason)


def _decide(correction: Correction, to: str, actor: User, version: int, reason: str = "") -> Correction:
    return apply_transition(
        instance=correction,
        table=CORRECTION,
        record=CorrectionTransition,
        to=to,
        actor=actor,
        topic=TOPIC,
        reason=reason,
        version=version,
    )


def _compared(
    element: Any, changes: Mapping[str, Any], seen_version: int | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the changes that say something else than the map said, and what it said."""
    sound, wrong = checked(table_of(element), kind_of(element), changes)
    place = sound.get("place")
    if place and _apart_m(place, spot_of(element)) > FARTHEST_M:
        raise InvalidInput(errors={"place": [_("This is more than 2 km away from where it is mapped.")]})
    if wrong:
        raise InvalidInput(errors={field: [_("This value cannot be.")] for field in wrong})
    shown = element if seen_version is None else element_at_version(element, seen_version)
    said = mapped(shown or element, sound)
    differing = {field: value for field, value in sound.items() if value != said[field]}
    return differing, {field: said[field] for field in differing}


def _kept(correction: Correction, photo: bytes | None) -> Correction:
    if photo is not None:
        correction.photo.save(f"{correction.client_id}.jpg", ContentFile(photo), save=False)
    try:
        with transaction.atomic():
            correction.save()
    except IntegrityError:
        # The same was sent at the same time, and came first.
        known = _known(correction.client_id, correction.author, correction.digest)
        if known is None:
            raise
        correction.photo.delete(save=False)
        return known
    return correction


def _known(client_id: UUID, author: User, digest: str) -> Correction | None:
    known = Correction.objects.filter(client_id=client_id).first()
    if known is not None and (known.author_id != author.pk or known.digest not in {"", digest}):
        raise IdempotencyMismatch
    return known


def _digest(element: Any, changes: Mapping[str, Any], note: str, photo: bytes | None) -> str:
    """Know again what was sent: the same values in whatever order, the same note, the same picture."""
    said = json.dumps([table_of(element), element.pk, dict(changes), note.strip()], sort_keys=True)
    return sha256(said.encode() + sha256(photo or b"").digest()).hexdigest()


def _answered_for(actor: User, place: Point) -> Point:
    areas = areas_of(actor)
    if areas is not None and not any(area.intersects(place) for area in areas):
        raise InvalidInput(errors={"place": [_("This lies outside what you answer for.")]})
    return place


def _apart_m(place: list[float], spot: Any) -> float:
    return geodesic_length_m([(place[0], place[1]), spot.coords])
