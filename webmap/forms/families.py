"""What someone writes of a device family: a form over its mapping, or the whole of it as YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.http import QueryDict

from telemetry.domain.device_file import FamilyEntry
from telemetry.domain.device_reader import RowError, load_yaml, read_family
from webmap.forms import registers

ROWS_TO_FILL = 2
LONGEST_YAML = 200_000
_TEXTS = ("topic", "payload", "device", "items", "seq")
_PART = ("path", "unit", "unit_path", "decimal")


@dataclass(slots=True)
class Row:
    """One value: the sensor it belongs to, and where it stands in the message."""

    key: str = ""
    quantity: str = ""
    sensor_unit: str = ""
    path: str = ""
    unit: str = ""


@dataclass(slots=True)
class Draft:
    """A family as someone has it before their eyes; `entry` is None while something is wrong."""

    code: str
    said: dict[str, Any]
    text: str = ""
    as_yaml: bool = False
    errors: list[str] = field(default_factory=list)
    found: list[RowError] = field(default_factory=list)
    """What is wrong, and where, for the rows of a register map."""
    entry: FamilyEntry | None = None

    @property
    def protocol(self) -> str:
        """Return how devices of the family are heard."""
        return str(self.said.get("protocol", "mqtt"))

    @property
    def rhythm(self) -> dict[str, Any]:
        """Return how often and how Modbus devices of the family are asked."""
        found = self.said.get("modbus")
        return found if isinstance(found, dict) else {}

    @property
    def registers(self) -> list[registers.RegisterRow]:
        """Return the register map, each row with what is wrong in it, and a few rows to fill."""
        rows = registers.rows_of(self.said.get("sensors") or (), self.found)
        return [*rows, *(registers.RegisterRow() for _ in range(registers.ROWS_TO_FILL))]

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

    @property
    def rows(self) -> list[Row]:
        """Return the values and sensors, and a few rows to fill."""
        values = self.mapping.get("values") or {}
        sensors = {one.get("key", ""): one for one in self.said.get("sensors") or () if isinstance(one, dict)}
        found = []
        for key in dict.fromkeys([*sensors, *values]):
            value, sensor = values.get(key, {}), sensors.get(key, {})
            value = value if isinstance(value, dict) else {"path": value}
            quantity, unit = sensor.get("quantity", ""), sensor.get("unit", "")
            found.append(Row(str(key), quantity, unit, value.get("path", ""), value.get("unit") or ""))
        return [*found, *(Row() for _ in range(ROWS_TO_FILL))]


def draft_of(code: str, declaration: Mapping[str, Any]) -> Draft:
    """Return a family as it is kept."""
    draft = Draft(code, dict(declaration), written(declaration))
    return _checked(draft)


def draft_from(code: str, declaration: Mapping[str, Any], sent: QueryDict) -> Draft:
    """Return a family as someone sends it: the YAML whole, or the form laid over what is kept."""
    as_yaml = sent.get("mode") == "yaml"
    if not as_yaml:
        said = _laid_over(declaration, sent)
        return _checked(Draft(code, said, written(said)))
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


def _checked(draft: Draft) -> Draft:
    found = read_family(draft.code or "new", draft.said)
    if isinstance(found, FamilyEntry):
        draft.entry = found
    else:
        draft.found = found
        draft.errors += [_told(error, draft) for error in found]
    return draft


def _told(error: RowError, draft: Draft) -> str:
    if draft.protocol == "modbus" and not draft.as_yaml:
        return registers.told(error, draft.said.get("sensors") or ())
    return f"{error.where.partition(': ')[2]}: {registers.in_words(error)}".removeprefix(": ")


def _laid_over(declaration: Mapping[str, Any], sent: QueryDict) -> dict[str, Any]:
    """Lay the form over what is kept: what the form does not show stays."""
    said = {"protocol": "mqtt"} | dict(declaration)
    for name in ("name_fr", "name_ar"):
        _set(said, name, sent.get(name, "").strip())
    if said["protocol"] == "modbus":
        said["sensors"] = registers.map_from(sent, said.get("sensors") or ())
        _set(said, "modbus", registers.rhythm_from(sent, said.get("modbus")))
    if said["protocol"] != "mqtt":
        return said
    mapping = dict(said.get("mapping") or {})
    for name in _TEXTS:
        _set(mapping, name, sent.get(name, "").strip())
    _set_time(mapping, sent)
    _set_quality(mapping, sent)
    keys, columns = sent.getlist("key"), {name: sent.getlist(name) for name in ("quantity", "sensor_unit")}
    values, sensors = mapping.get("values") or {}, {s["key"]: s for s in said.get("sensors") or ()}
    mapping["values"], said["sensors"] = {}, []
    for number, key in enumerate(part.strip() for part in keys):
        if not key:
            continue
        quantity, unit = (columns[name][number].strip() for name in ("quantity", "sensor_unit"))
        if quantity or unit:
            said["sensors"].append(sensors.get(key, {}) | {"key": key, "quantity": quantity, "unit": unit})
        path, sent_unit = (sent.getlist(name)[number].strip() for name in ("path", "unit"))
        if path:
            before = values.get(key, {})
            value = dict(before) if isinstance(before, dict) else {}
            _set(value, "path", path)
            _set(value, "unit", sent_unit)
            mapping["values"][key] = value
    if not mapping["values"]:
        del mapping["values"]
    # Neither a topic nor a place for values: the family keeps to the platform's own format.
    _set(said, "mapping", mapping if mapping.keys() & {"topic", "values", "each"} else None)
    return said


def _set_time(mapping: dict[str, Any], sent: QueryDict) -> None:
    if sent.get("received"):
        mapping["ts"] = "received"
        return
    ts: dict[str, Any] = {}
    for name in ("path", "format", "zone"):
        _set(ts, name, sent.get(f"ts_{name}", "").strip())
    mapping["ts"] = ts if ts.get("path") else {"path": "$.ts"} | ts


def _set_quality(mapping: dict[str, Any], sent: QueryDict) -> None:
    quality: dict[str, Any] = {}
    _set(quality, "path", sent.get("quality_path", "").strip())
    words = {
        part.partition("=")[0].strip(): part.partition("=")[2].strip()
        for part in sent.get("quality_words", "").split(",")
        if "=" in part
    }
    _set(quality, "words", {word: int(code) if code.isdecimal() else code for word, code in words.items()})
    otherwise = sent.get("quality_otherwise", "")
    _set(quality, "otherwise", int(otherwise) if otherwise.isdecimal() else None)
    _set(mapping, "quality", quality if quality.get("path") else None)


def _set(holder: dict[str, Any], name: str, value: Any) -> None:
    if value in ("", None, {}):
        holder.pop(name, None)
    else:
        holder[name] = value
