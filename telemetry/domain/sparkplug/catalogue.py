"""What a birth declared: metrics by name and by alias, and the values of later messages read with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from telemetry.domain.sparkplug.outcomes import Definition, Value
from telemetry.domain.sparkplug.payload import Metric, Payload
from telemetry.domain.sparkplug.values import NUMBERS, number, refusal

CONTROLS = ("Node Control/", "Device Control/")
BD_SEQ = "bdSeq"


@dataclass(slots=True)
class Found:
    """Hold what a message gave: values, and the names of what was refused, by reason."""

    values: list[Value] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)
    unknown: bool = False

    def refuse(self, reason: str, name: str) -> None:
        """Note a metric that cannot be used."""
        self.refused.setdefault(reason, []).append(name)


@dataclass(slots=True)
class Catalogue:
    """Hold the metrics of one birth; aliases count within the node, or within the device."""

    by_name: dict[str, Definition] = field(default_factory=dict)
    _by_alias: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, birth: Payload) -> Catalogue:
        """Read the catalogue out of a birth."""
        made = cls()
        for metric in birth.metrics:
            if not metric.name or _is_control(metric.name):
                continue
            text = "" if metric.value is None else str(metric.value)[:200]
            made.by_name[metric.name] = Definition(metric.name, metric.datatype or 0, metric.unit[:32], text)
            if metric.alias is not None:
                # A template's alias stands for the instance: its members come below that name.
                made._by_alias[metric.alias] = metric.name.removesuffix(metric.path)
        return made

    def read(self, payload: Payload, *, is_birth: bool = False) -> Found:
        """Return the values of a message.

        In a birth every value holds at the time of the birth too, whenever it was measured.
        """
        found = Found()
        for metric in payload.metrics:
            name = self._name_of(metric)
            if name is None or not (_is_control(name) or name in self.by_name):
                found.unknown = True
                found.refuse("unknown_alias" if name is None else "unknown_metric", name or str(metric.alias))
            elif not _is_control(name):
                self._read_metric(found, metric, name, payload.at_ms, is_birth)
        return found

    def _name_of(self, metric: Metric) -> str | None:
        if metric.name:
            return metric.name
        above = self._by_alias.get(metric.alias) if metric.alias is not None else None
        return above + metric.path if above is not None else None

    def _read_metric(
        self, found: Found, metric: Metric, name: str, sent_ms: int | None, is_birth: bool
    ) -> None:
        datatype = metric.datatype or self.by_name[name].datatype
        if datatype not in NUMBERS:
            if (reason := refusal(datatype)) and not is_birth:
                found.refuse(reason, name)
            return
        if metric.is_transient:
            return
        value = number(metric.value, datatype, metric.quality)
        at_ms = metric.at_ms if metric.at_ms is not None else sent_ms
        found.values.append(Value(name, at_ms, *value, metric.is_historical))
        if is_birth and sent_ms is not None and at_ms is not None and at_ms < sent_ms:
            found.values.append(Value(name, sent_ms, *value, metric.is_historical))


def _is_control(name: str) -> bool:
    return name == BD_SEQ or name.startswith(CONTROLS)
