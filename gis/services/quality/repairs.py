"""Every repair by its code: what it is called, what it does, how it is undone, what it asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.core.models import User
from gis.models import QualityFinding
from gis.services.quality import marking, mending, merging, operating
from gis.services.quality.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Repair:
    """One way to mend a finding.

    Attributes:
        label: what the button says.
        undo: takes back what the ledger noted besides its rows.
        lasting: it cannot be undone.
        claims: it says what is on the ground; of several only when it was named.
        question: what is asked of the person, to be answered with one of `choices`; such a finding is
            repaired one by one.
    """

    code: str
    label: Promise
    apply: Callable[[QualityFinding, Ledger], None]
    undo: Callable[[Mapping[str, Any], User], None] | None = None
    lasting: bool = False
    claims: bool = False
    question: Promise | None = None


REPAIRS: Mapping[str, Repair] = {
    repair.code: repair
    for repair in (
        Repair("merge_node", _("Merge the two nodes"), mending.merge_node),
        Repair("join_link", _("Join it here"), mending.join_link),
        Repair("move_end", _("Draw the end to its node"), mending.move_end),
        Repair("remove_link", _("Remove this one"), mending.remove_link),
        Repair("cap_end", _("It ends here"), marking.cap_end, claims=True),
        Repair("separate_island", _("It stands apart on purpose"), marking.set_apart, claims=True),
        Repair("merge_point", _("Merge the two points"), merging.merge_point, merging.part_points),
        Repair(
            "extend_zone",
            _("Extend the zone"),
            operating.extend_zone,
            operating.restore_outline,
            claims=True,
        ),
        Repair("attach_point", _("Attach it"), mending.attach_point),
        Repair("join_zones", _("Make it a member"), operating.join_zones, lasting=True),
        Repair(
            "cut_overlap",
            _("Cut the overlap"),
            operating.cut_overlap,
            operating.restore_outline,
            question=_("Which zone gives way?"),
        ),
        Repair(
            "open_switch",
            _("Record it as open"),
            operating.open_switch,
            operating.close_switch,
            question=_("Which switch is open?"),
        ),
    )
}


def choices_of(finding: QualityFinding) -> list[str]:
    """Return the codes among which the repair of a finding asks to choose, the one suggested first."""
    if finding.repair == "cut_overlap":
        return [finding.subject_code, finding.details["other"]]
    return list(finding.details.get("choices", [])) if finding.repair else []


def repairs_of(finding: QualityFinding) -> list[str]:
    """Return the codes of the repairs that a finding offers, the one suggested first."""
    offered = [finding.repair, *finding.details.get("also", [])]
    return [code for code in dict.fromkeys(offered) if code in REPAIRS]


def is_undoable(finding: QualityFinding) -> bool:
    """Say whether the repair made can be taken back."""
    repair = REPAIRS.get(finding.repair)
    return finding.state == "repaired" and repair is not None and not repair.lasting
