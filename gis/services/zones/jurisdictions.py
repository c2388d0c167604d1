"""Say who answers for which zone."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from backend.core.errors import InvalidInput
from backend.core.models import User
from gis.models import Jurisdiction, Zone


@transaction.atomic
def assign_jurisdiction(*, user: User, zone_code: str | None = None) -> Jurisdiction:
    """Let a member of staff see and act in a zone, or everywhere when none is named.

    Raises:
        InvalidInput: there is no such zone.
    """
    zone = None
    if zone_code is not None and (zone := Zone.objects.filter(code=zone_code).first()) is None:
        raise InvalidInput(errors={"zone": [zone_code]})
    jurisdiction, _ = Jurisdiction.objects.get_or_create(user=user, zone=zone)
    return jurisdiction


def pass_jurisdictions(before: Iterable[Zone], after: Iterable[Zone]) -> None:
    """Let who answers for some zones answer for those that follow them as well."""
    people = set(Jurisdiction.objects.filter(zone__in=list(before)).values_list("user", flat=True))
    Jurisdiction.objects.bulk_create(
        [Jurisdiction(user_id=person, zone=zone) for person in people for zone in after],
        ignore_conflicts=True,
    )
