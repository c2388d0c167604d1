"""What must hold before an order is done: asked by the guards, and shown to the technician beforehand.

Conditions whose data belongs to another part of the platform (parts, safety permits, checklists) are
registered by that part.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from maintenance.models import WorkOrder

Condition = Callable[[WorkOrder], str | None]
"""Returns why not, or None."""

LATER = frozenset({"checklist_done", "parts_reconciled", "no_open_safety_permit"})
BEFORE_DONE = ("checklist_done", "photos_taken", "parts_reconciled", "no_open_safety_permit")

_registered: dict[str, Condition] = {}


def register_condition(name: str, condition: Condition) -> None:
    """Answer one of the `LATER` conditions.

    Raises:
        ValueError: the state table names no such condition.
    """
    if name not in LATER:
        raise ValueError(f"{name} is not a condition of work orders")
    _registered[name] = condition


def unregister_condition(name: str) -> None:
    """Forget the answer to a condition."""
    _registered.pop(name, None)


def why_not(name: str, order: WorkOrder) -> str | None:
    """Return what stands against a condition; one that nobody answers holds."""
    if name == "photos_taken":
        return _photos_taken(order)
    condition = _registered.get(name)
    return condition(order) if condition else None


def missing_before_done(order: WorkOrder) -> tuple[str, ...]:
    """List what still stands between an order and `work_done`."""
    return tuple(why for name in BEFORE_DONE if (why := why_not(name, order)))


def _photos_taken(order: WorkOrder) -> str | None:
    missing = order.photos_required - order.photos.count()
    return _("A photo of the work is needed first.") if missing > 0 else None
