"""Whom to tell at a connection point."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from backend.core import clock
from metering.models import ServiceAgreement


@dataclass(frozen=True, slots=True)
class ContactAt:
    """The person served at a connection point, and how to reach them."""

    connection_point_id: int
    full_name: str
    phone: str
    language: str
    consents_to_advice: bool


def contacts_of(connection_point_ids: Iterable[int], at: datetime | None = None) -> list[ContactAt]:
    """Return who is served at connection points at an instant (now, unless told), by point."""
    rows = ServiceAgreement.objects.valid_at(at or clock.now()).filter(
        connection_point_id__in=list(connection_point_ids)
    )
    columns = ("full_name", "phone", "language", "consents_to_advice")
    listed = rows.order_by("connection_point_id").values_list(
        "connection_point_id", *(f"contact__{name}" for name in columns)
    )
    return [ContactAt(*row) for row in listed]
