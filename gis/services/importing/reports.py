"""What an import says while it runs and when it is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gis.domain.refusals import Refusals
from gis.domain.rows import RowError
from gis.models import ImportRecord, Network
from gis.services.staging import Written

Progress = Callable[[str, int, int], None]
"""Told the step, what is done of it and how much there is.

Steps: `read`, `nodes`, `links`, `connection_points`, `zones`, `memberships`.
"""


@dataclass(frozen=True, slots=True)
class NetworkNames:
    fr: str
    ar: str


@dataclass(slots=True)
class Outcome:
    """What came of the rows of a file: counted, and by step new, changed, unchanged or kept as edited."""

    source_crs: str = ""
    placed_in: str | None = None
    kinds: dict[str, int] = field(default_factory=dict)
    length_m: float = 0.0
    errors: Refusals = field(default_factory=Refusals)
    warnings: Refusals = field(default_factory=Refusals)
    notes: Refusals = field(default_factory=Refusals)
    counts: dict[str, Written] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        return any(written.changed for written in self.counts.values())

    def count(self, step: str, written: Written) -> None:
        """Add what became of some rows of a step."""
        self.counts[step] = self.counts.get(step, Written()) + written


@dataclass(frozen=True, slots=True)
class Run:
    """What an import writes to, under which record, and whom it tells how far it is.

    A dry run leaves out what changes none of its counts: writing what nothing else in the file hangs on.
    """

    network: Network | None
    record: ImportRecord
    progress: Progress
    dry_run: bool = False

    @property
    def needed_network(self) -> Network:
        assert self.network is not None, "a file with elements is for a network"
        return self.network


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or in a dry run would do.

    `errors`, `warnings` and `notes` (what was done to fit a row in) name the first rows; `error_counts`,
    `warning_counts` and `note_counts` count all by reason.
    """

    network: str | None
    file_format: str
    source_crs: str
    placed_in: str | None
    kinds: Mapping[str, int]
    length_km: float
    errors: tuple[RowError, ...] = ()
    warnings: tuple[RowError, ...] = ()
    notes: tuple[RowError, ...] = ()
    error_counts: Mapping[str, int] = field(default_factory=dict)
    warning_counts: Mapping[str, int] = field(default_factory=dict)
    note_counts: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, Written] = field(default_factory=dict)
    record_id: int | None = None
    dry_run: bool = False
    seconds: float = 0.0

    @property
    def changed(self) -> bool:
        return any(written.changed for written in self.counts.values())


def report_of(
    outcome: Outcome,
    network: str | None,
    file_format: str,
    *,
    record_id: int | None,
    dry_run: bool,
    seconds: float,
) -> ImportReport:
    """Write down what came of an import."""
    return ImportReport(
        network=network,
        file_format=file_format,
        source_crs=outcome.source_crs,
        placed_in=outcome.placed_in,
        kinds=dict(outcome.kinds),
        length_km=round(outcome.length_m / 1000, 3),
        errors=tuple(outcome.errors.told),
        warnings=tuple(outcome.warnings.told),
        notes=tuple(outcome.notes.told),
        error_counts=dict(outcome.errors.counts),
        warning_counts=dict(outcome.warnings.counts),
        note_counts=dict(outcome.notes.counts),
        counts=outcome.counts,
        record_id=record_id,
        dry_run=dry_run,
        seconds=round(seconds, 2),
    )
