"""The repairs that draw nothing: they note on a node what a person knows of the ground."""

from __future__ import annotations

from gis.errors import RepairImpossible
from gis.models import Node, QualityFinding
from gis.services.quality.ledger import Ledger


def cap_end(finding: QualityFinding, ledger: Ledger) -> None:
    """Note that what ends at a node really ends there."""
    _mark(finding, ledger, "capped")


def set_apart(finding: QualityFinding, ledger: Ledger) -> None:
    """Note that an island stands apart from its network on purpose."""
    _mark(finding, ledger, "stands_apart")


def _mark(finding: QualityFinding, ledger: Ledger, name: str) -> None:
    node = Node.objects.select_for_update().filter(pk=finding.subject_id).first()
    if node is None:
        raise RepairImpossible
    ledger.change(node, attributes={**node.attributes, name: True})
