"""Take corrections from the field, and decide about them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib.gis.geos import Point
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.models import User
from backend.core.services.transitions import apply_transition
from gis.domain.corrections import CORRECTION, FARTHEST_M, CorrectionState, checked
from gis.domain.placement import geodesic_length_m
from gis.models import ConnectionPoint, Correction, CorrectionTransition, Link, Node
from gis.queries.corrections import mapped, spot_of
from gis.queries.history import table_of
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
) -> Correction:
    """Keep what was found otherwise than mapped; the map stays as it is. Sent twice, it is kept once.

    Args:
        changes: field to value, as `gis.domain.corrections.fields_of` allows.
        photo: a JPEG that was cleaned before.
        client_id: given by the phone, the same whenever it sends this again.

    Raises:
        InvalidInput: a value cannot be, a place is too far, or nothing is said at all.
    """
    client_id = client_id or uuid4()
    if (known := Correction.objects.filter(client_id=client_id, author=author).first()) is not None:
        return known
    table = table_of(element)
    kind = getattr(element, "kind", "connection_point")
    sound, wrong = checked(table, kind, changes)
    place = sound.get("place")
    if place and _apart_m(place, spot_of(element)) > FARTHEST_M:
        raise InvalidInput(errors={"place": [_("This is more than 2 km away from where it is mapped.")]})
    if wrong:
        raise InvalidInput(errors={field: [_("This value cannot be.")] for field in wrong})
    seen = mapped(element, sound)
    sound = {field: value for field, value in sound.items() if value != seen[field]}
    if not sound and not note.strip() and photo is None:
        raise InvalidInput(errors={"note": [_("Say what is different: a value, a note or a photo.")]})
    correction = Correction(
        client_id=client_id,
        network=element.network,
        subject_table=table,
        subject_id=element.pk,
        subject_kind=kind,
        subject_code=element.code,
        changes=sound,
        seen={field: seen[field] for field in sound},
        note=note.strip()[:LONGEST_NOTE],
        geom=spot_of(element),
        author=author,
        made_at=made_at or clock.now(),
    )
    if photo is not None:
        correction.photo.save(f"{client_id}.jpg", ContentFile(photo), save=False)
    correction.save()
    return correction


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
        InvalidInput: the network cannot take the change.
    """
    decided = _decide(correction, CorrectionState.ACCEPTED, actor, version)
    changes = dict(correction.changes)
    if place := changes.pop("place", None):
        changes["geom"] = Point(place[0], place[1], srid=4326)
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


def _apart_m(place: list[float], spot: Any) -> float:
    return geodesic_length_m([(place[0], place[1]), spot.coords])
