"""What someone writes of a device family: a form over its mapping, or the whole of it as YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from telemetry.domain.device_file import FamilyEntry
from telemetry.domain.device_reader import RowError, load_yaml, read_family
from telemetry.queries.alarm_rules import limit_faults
from webmap.forms import values
from webmap.forms.columns import Cell, Column, clean, in_words, told_of
from webmap.forms.mapping import lay_mapping, put
from webmap.forms.metrics import METRICS
from webmap.forms.registers import MAP, RHYTHM
from webmap.forms.row_errors import blame, plain, told
from webmap.forms.row_moves import is_move, moved, with_rows_to_fill
from webmap.forms.sensor_rows import SensorRow, Shape, by_key, row_of, rows_from

SHAPES: dict[str, Shape] = {"mqtt": values.VALUES, "modbus": MAP, "sparkplug": METRICS}
EXPECTED = Column(
    name="family_interval_s", path=("expected_interval_s",), label=_("Expected every (s)"), kind="number",
    hint=_("60 where nothing is said"),
)  # fmt: skip
OF_FAMILY = {"modbus": RHYTHM}
LONGEST_YAML = 200_000
_LOOKED_AT = frozenset({"save", "check"})
"""After these the person is led to the first fault."""


@dataclass(slots=True)
class Draft:
    """A family as someone has it before their eyes; `entry` is None while something is wrong."""

    code: str
    said: dict[str, Any]
    text: str = ""
    as_yaml: bool = False
    errors: list[str] = field(default_factory=list)
    rows: list[SensorRow] = field(default_factory=list)
    """Its sensors as rows, each with what is wrong in it, and a few to fill in."""
    entry: FamilyEntry | None = None
    wrong: dict[str, str] = field(default_factory=dict)
    """What is wrong with the family as a whole, by field."""

    @property
    def protocol(self) -> str:
        """Return how devices of the family are heard."""
        return str(self.said.get("protocol", "mqtt"))

    @property
    def cells(self) -> list[Cell]:
        """Return the fields of the family as a whole: how often its devices are heard."""
        found = ((column, self.wrong.get(column.name)) for column in self.fields)
        return [
            Cell(column, column.name, column.name, column.text_of(self.said), errors=[wrong] if wrong else [])
            for column, wrong in found
        ]

    @property
    def fields(self) -> tuple[Column, ...]:
        """Return what those fields are."""
        return OF_FAMILY.get(self.protocol, (EXPECTED,))

    def lay(self, sent: QueryDict) -> None:
        """Lay those fields over what is kept."""
        for column in self.fields:
            if column.name in sent:
                column.lay(self.said, clean(sent.get(column.name, "")))
        if not self.said.get("modbus", True):
            del self.said["modbus"]

    @property
    def shape(self) -> Shape:
        """Return which columns its rows have."""
        return SHAPES.get(self.protocol, values.VALUES)

    @property
    def places(self) -> dict[str, int]:
        """Return the place in the form of each sensor."""
        return {row.key: row.place for row in self.rows if row.counts}

    @property
    def mapping(self) -> dict[str, Any]:
        """Return the mapping as it is written so far."""
        found = self.said.get("mapping")
        return found if isinstance(found, dict) else {}

    @property
    def items_path(self) -> str:
        """Return where the items of a batch stand."""
        return str(self.mapping.get("items") or "")

    @property
    def ts(self) -> dict[str, Any]:
        """Return where and how the time is written."""
        ts = self.mapping.get("ts", "$.ts")
        return ts if isinstance(ts, dict) else {"path": "" if ts == "received" else ts}

    @property
    def is_timed_on_receipt(self) -> bool:
        """Tell whether the time of receipt stands for the device's."""
        return self.mapping.get("ts") == "received"

    @property
    def quality(self) -> dict[str, Any]:
        """Return where the quality stands, and its words as people write them."""
        quality = self.mapping.get("quality") or {}
        quality = quality if isinstance(quality, dict) else {"path": quality}
        words = ", ".join(f"{word}={code}" for word, code in (quality.get("words") or {}).items())
        return quality | {"written": words}


def draft_of(code: str, declaration: Mapping[str, Any]) -> Draft:
    """Return a family as it is kept."""
    draft = Draft(code, dict(declaration), written(declaration))
    return _checked(draft)


def new_draft(declaration: Mapping[str, Any]) -> Draft:
    """Return a family of which nothing is said yet."""
    draft = Draft("", dict(declaration))
    draft.rows = with_rows_to_fill(draft.shape, [], "")
    return draft


def draft_from(
    code: str, declaration: Mapping[str, Any], sent: QueryDict, taken: SensorRow | None = None
) -> Draft:
    """Return a family as someone sends it: the YAML whole, or the form laid over what is kept.

    `taken` is a row that comes on top of those of the form.
    """
    if sent.get("mode") != "yaml":
        said = {"protocol": "mqtt"} | dict(declaration)
        draft = Draft(code, said)
        _lay_form(draft, sent, [taken] if taken else [])
        draft.text = written(said)
        return _checked(draft, sent.get("action", ""))
    text = sent.get("yaml", "")[:LONGEST_YAML]
    draft = Draft(code, dict(declaration), text, as_yaml=True)
    try:
        said = load_yaml(text)
    except yaml.YAMLError as error:
        draft.errors.append(str(error).splitlines()[0])
        return draft
    draft.said = said if isinstance(said, dict) else {}
    return _checked(draft)


def written(declaration: Mapping[str, Any]) -> str:
    """Return a family as a device file holds it."""
    return yaml.safe_dump(dict(declaration), allow_unicode=True, sort_keys=False, width=100)


def _checked(draft: Draft, action: str = "") -> Draft:
    """Read the family as a device file would be, and tell what is wrong where it stands."""
    rows = draft.rows or [row_of(draft.shape, one) for one in _kept(draft.said).values()]
    draft.rows = with_rows_to_fill(draft.shape, rows, action)
    if is_move(action):
        return draft  # who is still writing is not told what is missing
    for row in draft.rows:
        for name, words in draft.shape.faults(row.texts).items() if row.counts else ():
            row.blame(name, words)
            label = next(column.label for column in draft.shape.columns if column.name == name)
            draft.errors.append(told(draft.rows, row, label, words))
    found = read_family(draft.code or "new", draft.said)
    if isinstance(found, FamilyEntry):
        draft.errors += [_told(draft, error) for error in _limit_errors(found)]
    else:
        draft.errors += [_told(draft, error) for error in found]
    if isinstance(found, FamilyEntry) and not draft.errors:
        draft.entry = found
    if action in _LOOKED_AT and (wrong := next((row for row in draft.rows if row.errors), None)):
        wrong.focus = next(iter(wrong.errors))
    return draft


def _limit_errors(family: FamilyEntry) -> list[RowError]:
    """Return what does not hang together in the limits of a family."""
    return [
        RowError(f"families: sensors.{number}.alarms.{place}.{field}", words)
        for number, sensor in enumerate(family.sensors)
        for place, limit in enumerate(sensor.alarms)
        for field, words in limit_faults(limit).items()
    ]


def _told(draft: Draft, error: RowError) -> str:
    if draft.as_yaml:
        return plain(error)
    for column in draft.fields:
        place = ".".join(column.place)
        if error.where.endswith(f": {place}") or error.reason.startswith(f"Value error, {place}: "):
            words = in_words(error.reason.removeprefix(f"Value error, {place}: "))
            draft.wrong[column.name] = words
            return told_of(column.label, words)
    return blame(draft.rows, error)


def _kept(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sensors of a family by key, those of MQTT with where they stand in the message."""
    sensors, mapping = said.get("sensors") or (), said.get("mapping")
    if said.get("protocol", "mqtt") != "mqtt":
        return dict(by_key(sensors))
    found = mapping.get("values") if isinstance(mapping, dict) else None
    return dict(values.joined(sensors, found if isinstance(found, dict) else {}))


def _lay_form(draft: Draft, sent: QueryDict, more: list[SensorRow]) -> None:
    """Lay the form over what is kept: what the form does not show stays."""
    said, kept = draft.said, _kept(draft.said)
    for name in ("name_fr", "name_ar"):
        put(said, name, clean(sent.get(name, "")))
    draft.lay(sent)
    rows = moved(rows_from(draft.shape, sent, kept), sent.get("action", ""))
    draft.rows = [*(row for row in rows if not row.is_blank), *more]
    sensors = [row.declared(kept.get(row.was, {})) for row in draft.rows if row.counts]
    if said["protocol"] == "mqtt":
        lay_mapping(said, sent, sensors)
        return
    said["sensors"] = sensors
