"""Decide about findings: repair, ignore with a reason, take either back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.contrib.gis.geos import Polygon
from django.db import transaction
from django.utils.translation import gettext as _

from backend.core.errors import ChabakaError, InvalidInput, TransitionForbidden
from backend.core.models import User
from backend.core.services.transitions import apply_transition
from gis.attribution import attributed
from gis.domain.findings import FINDING, STANDING, FindingState
from gis.errors import RepairImpossible, RepairOutdated
from gis.models import FindingTransition, Network, QualityFinding
from gis.services.quality.checking import check_around, check_whole
from gis.services.quality.ledger import Ledger, undo
from gis.services.quality.repairs import REPAIRS, repairs_of

TOPIC = "gis.quality_finding_changed"
PART = 200
MOST_BOXES = 50
"""Places above which the box around all of them is checked again, once."""


@dataclass(frozen=True, slots=True)
class Decided:
    """How many findings were decided, and why the others were not: by id, in the reader's language."""

    done: int = 0
    refused: Mapping[int, str] = field(default_factory=dict)


@transaction.atomic
def repair_finding(
    *, finding: QualityFinding, actor: User, version: int | None = None, choice: str = "", repair: str = ""
) -> QualityFinding:
    """Make a repair, and check again what lies around it.

    Args:
        version: the version of the finding that the person saw.
        choice: the answer where the repair asks (`Repair.question`).
        repair: which of those offered (`repairs_of`); the one suggested, unless told.

    Raises:
        VersionConflict: someone decided in the meantime.
        TransitionForbidden: it is not open, or the role may not.
        RepairImpossible: there is no such repair (any more).
        InvalidInput: the choice is none.
    """
    with _locked(finding.network) as boxes:
        repaired = _repair(finding, actor, version, choice, boxes, repair)
    return repaired


@transaction.atomic
def repair_findings(*, findings: Iterable[QualityFinding], actor: User, repair: str = "") -> Decided:
    """Repair several open findings; one that is refused leaves the others, one repaired by another waits.

    `repair` names the repair to make of each; the one suggested for it, unless told.
    """
    refused: dict[int, str] = {}
    made: set[tuple[object, ...]] = set()
    done = 0
    for network, of_network in _by_network(findings).items():
        with _locked(network) as boxes:
            for finding in of_network:
                same = _what(finding, repair)
                if same in made:
                    continue
                try:
                    _refuse_of_several(finding, repair)
                    with transaction.atomic():
                        _repair(finding, actor, finding.version, "", boxes, repair)
                    done += 1
                    made.add(same)
                except ChabakaError as error:
                    refused[finding.pk] = error.detail
    return Decided(done, refused)


def repair_by_ids(*, finding_ids: Sequence[int], actor_id: int, repair: str = "") -> Decided:
    """Repair many findings for a person who may see them, a part at a time; each part is kept once made."""
    actor = User.objects.get(pk=actor_id)
    done = 0
    refused: dict[int, str] = {}
    for start in range(0, len(finding_ids), PART):
        ids = finding_ids[start : start + PART]
        chosen = QualityFinding.objects.visible_to(actor).select_related("network").filter(pk__in=ids)
        decided = repair_findings(findings=chosen, actor=actor, repair=repair)
        done, refused = done + decided.done, {**refused, **decided.refused}
    return Decided(done, refused)


@transaction.atomic
def ignore_findings(*, findings: Iterable[QualityFinding], actor: User, reason: str) -> Decided:
    """Set findings aside with a reason; they stay aside as long as they are found.

    Raises:
        InvalidInput: no reason is given.
    """
    if not reason.strip():
        raise InvalidInput(errors={"reason": [_("Say why.")]})
    refused: dict[int, str] = {}
    done = 0
    for finding in findings:
        try:
            with transaction.atomic():
                _decide(finding, FindingState.IGNORED, actor, finding.version, reason=reason)
            done += 1
        except TransitionForbidden as error:
            refused[finding.pk] = error.detail
    return Decided(done, refused)


@transaction.atomic
def reopen_finding(
    *, finding: QualityFinding, actor: User, version: int | None = None, reason: str = ""
) -> QualityFinding:
    """Take a decision back: an ignored finding waits again, a repair is undone.

    Raises:
        VersionConflict: someone decided in the meantime.
        TransitionForbidden: nothing was decided, or the role may not.
        RepairOutdated: what the repair changed has changed again since, or it cannot be undone.
    """
    stands_anew = QualityFinding.objects.filter(
        check_code=finding.check_code, key=finding.key, state__in=STANDING
    ).exclude(pk=finding.pk)
    if stands_anew.exists():
        raise RepairOutdated
    if finding.state != FindingState.REPAIRED:
        return _decide(finding, FindingState.OPEN, actor, version, reason=reason)
    with _locked(finding.network) as boxes, attributed(user=actor.pk, finding_id=finding.pk):
        reopened = _decide(finding, FindingState.OPEN, actor, version, reason=reason, ledger=None)
        repair = REPAIRS.get(finding.repair)
        if repair is None or repair.lasting or finding.ledger is None:
            raise RepairOutdated
        if finding.network:
            boxes += undo(finding.ledger, finding.network)
        if repair.undo:
            repair.undo(finding.ledger, actor)
    return reopened


def _what(finding: QualityFinding, repair: str) -> tuple[object, ...]:
    """Tell repairs apart by what they do: an island and its end may suggest the same."""
    other = finding.details.get("other_table"), finding.details.get("other_id")
    return finding.subject_table, finding.subject_id, repair or finding.repair, *other


def _refuse_of_several(finding: QualityFinding, named: str) -> None:
    repair = REPAIRS.get(named or finding.repair)
    if repair and repair.question:
        raise RepairImpossible(str(repair.question))
    if repair and repair.claims and not named:
        raise RepairImpossible(
            _("This says what is on the ground: show findings of this kind alone to say it of several.")
        )


def _repair(
    finding: QualityFinding, actor: User, version: int | None, choice: str, boxes: list[Polygon], named: str
) -> QualityFinding:
    repair = REPAIRS.get(named or finding.repair)
    if repair is None or repair.code not in repairs_of(finding):
        raise RepairImpossible(_("Nothing repairs this by itself: follow the advice."))
    ledger = Ledger(actor=actor, choice=choice)
    repaired = _decide(finding, FindingState.REPAIRED, actor, version)
    with attributed(user=actor.pk, finding_id=finding.pk):
        repair.apply(finding, ledger)
    if finding.network:
        ledger.tell(finding.network)
    repaired.ledger, repaired.repair = ledger.as_json(), repair.code
    repaired.save(update_fields=["ledger", "repair"])
    boxes += ledger.boxes or [_around(finding)]
    return repaired


def _decide(
    finding: QualityFinding,
    to: FindingState,
    actor: User,
    version: int | None,
    *,
    reason: str = "",
    **also: object,
) -> QualityFinding:
    return apply_transition(
        instance=finding,
        table=FINDING,
        record=FindingTransition,
        to=to.value,
        actor=actor,
        topic=TOPIC,
        reason=reason,
        version=version,
        also=also,
    )


@contextmanager
def _locked(network: Network | None) -> Iterator[list[Polygon]]:
    """Hold a network against other writers; then check again around the boxes that were noted."""
    if network:
        Network.objects.select_for_update().get(pk=network.pk)
    boxes: list[Polygon] = []
    yield boxes
    check_around(network=network, boxes=boxes if len(boxes) <= MOST_BOXES else [_together(boxes)])
    if boxes and network:
        check_whole(network=network)


def _by_network(findings: Iterable[QualityFinding]) -> dict[Network | None, list[QualityFinding]]:
    """Sort findings by network, so that locks are taken in one order."""
    sorted_by: dict[Network | None, list[QualityFinding]] = {}
    for finding in sorted(findings, key=lambda one: (one.network_id or 0, one.pk)):
        sorted_by.setdefault(finding.network, []).append(finding)
    return sorted_by


def _around(finding: QualityFinding) -> Polygon:
    box = Polygon.from_bbox(finding.geom.extent)
    box.srid = 4326
    return box


def _together(boxes: list[Polygon]) -> Polygon:
    west, south, east, north = zip(*(box.extent for box in boxes), strict=True)
    box = Polygon.from_bbox((min(west), min(south), max(east), max(north)))
    box.srid = 4326
    return box
