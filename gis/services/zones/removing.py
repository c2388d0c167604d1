"""Take back zones drawn by mistake, while nothing rests on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from backend.core.errors import InvalidInput
from gis.models import FormerOutline, Zone, ZoneMembership
from gis.services.zones.memberships import lock_memberships

OWN = frozenset({ZoneMembership, FormerOutline, Zone.predecessors.through})


@transaction.atomic
def remove_zones(*, codes: Sequence[str]) -> int:
    """Remove zones, with their memberships and former outlines; return how many.

    Raises:
        InvalidInput: zones outside the list, figures, people or reports rest on them.
    """
    lock_memberships()
    ids = list(Zone.objects.filter(code__in=codes).values_list("pk", flat=True))
    if resting := list(_resting_on(ids)):
        raise InvalidInput(errors={"zones": [_("Something rests on these zones: %s.") % ", ".join(resting)]})
    ZoneMembership.objects.filter(zone__in=ids).delete()
    Zone.objects.filter(pk__in=ids).update(parent=None)
    Zone.objects.filter(pk__in=ids).delete()
    return len(ids)


def _resting_on(ids: list[int]) -> Iterator[str]:
    """Name the models, of any app, that hold one of these zones."""
    for relation in Zone._meta.related_objects:
        model = relation.related_model
        if not isinstance(model, type) or model in OWN or relation.on_delete is None:
            continue
        rows = model._default_manager.filter(**{f"{relation.field.name}__in": ids})
        if model is Zone:
            rows = rows.exclude(pk__in=ids)
        if rows.exists():
            yield str(model._meta.verbose_name)
