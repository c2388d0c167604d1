"""The operator of this installation."""

from __future__ import annotations

from backend.core.models import Organisation


def organisation() -> Organisation:
    """Return the operator, or an unnamed one before any was set up."""
    return Organisation.objects.first() or Organisation(name_fr="Chabaka", name_ar="شبكة")
