"""Read a file of registers: what is good is kept, what is not is told row by row."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.models import User
from metering.domain.rows import REQUIRED, MeterFacts, Reason, Register, read_row
from metering.models import Meter, ReadingImport, Source
from metering.services.storage import open_staging, stage, store_staged

CHUNK = 20_000
EXAMPLES = 100
"""How many refused rows are kept word for word."""
FAR_FUTURE = float("inf")

Progress = Callable[[int, int], None]
"""Called with bytes read and bytes in all."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file: counts of rows, refusals by reason, and the first refused rows."""

    rows: int = 0
    added: int = 0
    unchanged: int = 0
    conflicts: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    examples: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class _Tally:
    rows: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    examples: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, line: int, reason: Reason, row: dict[str, str | None]) -> None:
        self.refused[reason.value] += 1
        if len(self.examples) < EXAMPLES:
            cells = {name: (row.get(name) or "")[:80] for name in (*REQUIRED, "unit")}
            self.examples.append({"line": line, "reason": reason.value, **cells})


class _DryRun(Exception):  # noqa: N818 - it ends a rehearsal, nothing went wrong
    """Undo what the rehearsal wrote."""


def import_readings(
    *, path: Path, actor: User | None = None, dry_run: bool = False, progress: Progress | None = None
) -> ImportReport:
    """Import a CSV file of registers in one transaction; the same file twice changes nothing.

    Columns: `meter` (its code), `at` (RFC 3339 with an offset), `value` (the dial, with a decimal point) and,
    if wanted, `unit` (m3, m³, L, hL; kWh, Wh, MWh). UTF-8, comma or semicolon. The days that follow from new
    registers are marked stale; `consolidate` computes them.

    Args:
        path: the file; it is streamed.
        actor: who brought it.
        dry_run: tell what would happen, and change nothing.
        progress: told now and then how far reading is.

    Raises:
        InvalidInput: this is no such file at all; nothing was kept.
    """
    try:
        with transaction.atomic():
            report = _import(path, actor, progress)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return report


def _import(path: Path, actor: User | None, progress: Progress | None) -> ImportReport:
    batch = ReadingImport.objects.create(
        file_name=path.name[:255], file_sha256=_sha256(path), actor=actor, started_at=clock.now()
    )
    tally = _Tally()
    open_staging()
    registers = _good_rows(path, tally, progress)
    line = 0
    while chunk := list(islice(registers, CHUNK)):
        line += stage(chunk, line)
    stored = store_staged(source=Source.CSV, batch=batch)
    report = ImportReport(
        tally.rows, stored.added, stored.unchanged, stored.conflicts, dict(tally.refused), tally.examples
    )
    for name in ("rows", "added", "unchanged", "conflicts", "refused", "examples"):
        setattr(batch, name, getattr(report, name))
    batch.finished_at = clock.now()
    batch.save()
    return report


def _good_rows(path: Path, tally: _Tally, progress: Progress | None) -> Iterator[Register]:
    meters, now, size = known_meters(), clock.now().timestamp(), path.stat().st_size
    for line, row, position in _rows(path):
        tally.rows += 1
        found = read_row(row, meters, now)
        if isinstance(found, Reason):
            tally.refuse(line, found, row)
        else:
            yield found
        if progress and tally.rows % 5_000 == 0:
            progress(position, size)
    if progress:
        progress(size, size)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str | None], int]]:
    """Yield line number, cells by column and the position in bytes;

    say what is wrong with the file as such.
    """
    try:
        with path.open("rb") as raw:
            header = raw.readline(4096).decode("utf-8-sig")
            delimiter = ";" if header.count(";") > header.count(",") else ","
            names = [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter), [])]
            missing = [name for name in REQUIRED if name not in names]
            if missing:
                told = _("The first line must name the columns meter, at and value.")
                raise InvalidInput(errors={"columns": [told]})
            lines = (one.decode("utf-8") for one in raw)
            reader = csv.reader(lines, delimiter=delimiter)
            for cells in reader:
                if cells:
                    yield reader.line_num + 1, dict(zip(names, cells, strict=False)), raw.tell()
    except UnicodeDecodeError as error:
        raise InvalidInput(errors={"file": [_("The file is not text in UTF-8.")]}) from error
    except csv.Error as error:
        raise InvalidInput(
            errors={"file": [_("The file is not a table of comma-separated values.")]}
        ) from error


def known_meters() -> dict[str, MeterFacts]:
    """Return what rows are checked against, by meter code."""
    rows = Meter.objects.values_list("code", "id", "utility", "digits", "installed").iterator()
    return {
        code: MeterFacts(
            pk,
            utility,
            digits,
            installed.lower.timestamp() if installed.lower else -FAR_FUTURE,
            installed.upper.timestamp() if installed.upper else FAR_FUTURE,
        )
        for code, pk, utility, digits, installed in rows
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()
