"""One value of a message, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from telemetry.domain.mappings.paths import Path
from telemetry.domain.mappings.spec import QualitySpec, ValueSpec
from telemetry.domain.payloads import MAX_MAGNITUDE
from telemetry.domain.quality import Quality

_QUALITIES = frozenset(int(quality) for quality in Quality)


@dataclass(frozen=True, slots=True)
class QualityReader:
    """Find the quality of an item or a value."""

    path: Path
    words: Mapping[str, int]
    otherwise: int | None

    @classmethod
    def of(cls, spec: QualitySpec | None) -> QualityReader | None:
        return cls(Path(spec.path), spec.words, spec.otherwise) if spec else None

    def read(self, root: Any, item: Any) -> int | None:
        """Return the quality, or None where it is not understood."""
        raw = self.path.find(root, item)
        if self.words:
            known = self.words.get(as_word(raw))
            return int(known) if known is not None else self.otherwise
        if type(raw) is int and raw in _QUALITIES:
            return raw
        return self.otherwise


@dataclass(frozen=True, slots=True)
class ValueReader:
    """Find one value and its number, in the unit the device sends."""

    path: Path
    unit: str | None
    unit_path: Path | None
    scale: float
    offset: float
    decimal: str | None
    words: Mapping[str, float]
    quality: QualityReader | None

    @classmethod
    def of(cls, spec: ValueSpec) -> ValueReader:
        unit_path = Path(spec.unit_path) if spec.unit_path else None
        quality = QualityReader.of(spec.quality)
        path = Path(spec.path)
        return cls(path, spec.unit, unit_path, spec.scale, spec.offset, spec.decimal, spec.words, quality)

    def number(self, raw: Any) -> float | None:
        """Return a raw value as a number, or None where it is none."""
        if self.words and (known := self.words.get(as_word(raw))) is not None:
            return known
        if self.decimal and isinstance(raw, str) and len(raw) < 40:
            try:
                raw = float(raw.strip().replace(self.decimal, "."))
            except ValueError:
                return None
        if type(raw) is not int and type(raw) is not float:
            return None
        value = raw * self.scale + self.offset
        return value if -MAX_MAGNITUDE <= value <= MAX_MAGNITUDE else None


def as_word(raw: Any) -> str:
    return str(raw).lower() if isinstance(raw, bool) else str(raw)
