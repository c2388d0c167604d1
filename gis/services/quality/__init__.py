"""Find what is wrong with the networks, and mend it."""

from __future__ import annotations

from gis.services.quality import checks as _checks  # noqa: F401  registers the checks of this app
from gis.services.quality.checking import CheckReport, Found, check_networks
from gis.services.quality.deciding import (
    Decided,
    ignore_findings,
    reopen_finding,
    repair_by_ids,
    repair_finding,
    repair_findings,
)
from gis.services.quality.registry import (
    Look,
    QualityCheck,
    quality_check,
    quality_checks,
    register_quality_check,
)
from gis.services.quality.repairs import REPAIRS, Repair, choices_of, is_undoable, repairs_of
from gis.services.quality.telling import STATE_NAMES, advice, kind_name, sentence

__all__ = [
    "REPAIRS",
    "STATE_NAMES",
    "CheckReport",
    "Decided",
    "Found",
    "Look",
    "QualityCheck",
    "Repair",
    "advice",
    "check_networks",
    "choices_of",
    "ignore_findings",
    "is_undoable",
    "kind_name",
    "quality_check",
    "quality_checks",
    "register_quality_check",
    "reopen_finding",
    "repair_by_ids",
    "repair_finding",
    "repair_findings",
    "repairs_of",
    "sentence",
]
