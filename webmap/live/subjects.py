"""What each topic of the outbox is about, and the row that a screen shows for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from backend.core.models import User
from maintenance import queries as maintenance
from telemetry import queries as telemetry

Rows = Mapping[int, dict[str, Any]]

TOPICS = {
    "telemetry.alarm_changed": "alarm",
    "maintenance.incident_changed": "incident",
    "maintenance.report_changed": "report",
    "maintenance.order_changed": "order",
}


def rows_of(topic: str, user: User, ids: Collection[int] | None) -> Rows:
    """Return the rows of a topic's subjects that a person may see, by id; `ids` None means every open one."""
    return _READERS[topic](user, ids)


def _alarms(user: User, ids: Collection[int] | None) -> Rows:
    return {row["id"]: row for row in telemetry.alarm_rows(ids, user)}


def _incidents(user: User, ids: Collection[int] | None) -> Rows:
    found = maintenance.incidents(user).filter(pk__in=ids or ())
    return {row.pk: {"code": row.code, "state": row.state} for row in found}


def _reports(user: User, ids: Collection[int] | None) -> Rows:
    found = maintenance.reports(user).filter(pk__in=ids or ()).values_list("pk", "reference", "state")
    return {pk: {"reference": reference, "state": state} for pk, reference, state in found}


def _orders(user: User, ids: Collection[int] | None) -> Rows:
    found = maintenance.orders(user).filter(pk__in=ids or ())
    return {row.pk: {"code": row.code, "state": row.state} for row in found}


_READERS: dict[str, Callable[[User, Collection[int] | None], Rows]] = {
    "telemetry.alarm_changed": _alarms,
    "maintenance.incident_changed": _incidents,
    "maintenance.report_changed": _reports,
    "maintenance.order_changed": _orders,
}
