"""Read the YAML in which devices are declared, and say what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from telemetry.domain.device_file import DeviceEntry, FamilyEntry, Key, fields_named_twice

_KEY: TypeAdapter[str] = TypeAdapter(Key)
FAMILY_ONLY = frozenset({"name_fr", "name_ar", "mapping"})
"""What a family says of itself and not of its devices."""


@dataclass(frozen=True, slots=True)
class RowError:
    """Say what is wrong and where: `devices[3] PL-n105: sensors.0.unit`."""

    where: str
    reason: str


@dataclass(slots=True)
class DeviceFile:
    """Hold what a file declares and what is wrong with it."""

    devices: list[DeviceEntry] = field(default_factory=list)
    families: dict[str, FamilyEntry] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)


def read_device_file(text: str, *, kept: Mapping[str, Mapping[str, Any]] | None = None) -> DeviceFile:
    """Read a device file. Never raises: what is wrong is in `errors`.

    `kept` holds families declared earlier, for devices that name one which the file does not declare.
    """
    found = DeviceFile()
    try:
        document = load_yaml(text)
    except yaml.YAMLError as error:
        found.errors.append(RowError("file", f"not YAML: {str(error).splitlines()[0]}"))
        return found
    if not isinstance(document, dict) or document.get("version") != 1:
        found.errors.append(RowError("file", "a mapping with version: 1 is expected"))
        return found
    if unknown := set(document) - {"version", "families", "devices"}:
        found.errors.append(RowError("file", f"unknown: {', '.join(sorted(map(str, unknown)))}"))
    families = document.get("families") or {}
    _read_families(found, families)
    for number, raw in enumerate(document.get("devices") or ()):
        _read_device(found, number, raw, families, kept or {})
    return found


def load_yaml(text: str) -> Any:
    """Return what a YAML text says, plain values only.

    Raises:
        YAMLError: it is no YAML.
    """
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def read_family(code: str, raw: Any) -> FamilyEntry | list[RowError]:
    """Return one declared family, or what is wrong with it."""
    where = f"families {code}"
    if not isinstance(raw, dict):
        return [RowError(where, f"family {code} is no mapping")]
    guessed = {"protocol": "modbus"} if _speaks_modbus(raw) else {}
    try:
        _KEY.validate_python(code)
        family = FamilyEntry.model_validate(guessed | raw)
    except ValidationError as error:
        return list(_row_errors(where, error))
    if twice := fields_named_twice(family.sensors):
        return [RowError(where, f"two sensors read {', '.join(twice)}")]
    return family


def _speaks_modbus(raw: dict[str, Any]) -> bool:
    sensors = raw.get("sensors") or ()
    return "modbus" in raw or any(isinstance(one, dict) and "modbus" in one for one in sensors)


def _read_families(found: DeviceFile, families: Any) -> None:
    if not isinstance(families, dict):
        found.errors.append(RowError("families", "a mapping is expected"))
        return
    for code, raw in families.items():
        family = read_family(str(code), raw)
        if isinstance(family, FamilyEntry):
            found.families[str(code)] = family
        else:
            found.errors.extend(family)


def _read_device(
    found: DeviceFile, number: int, raw: Any, families: Any, kept: Mapping[str, Mapping[str, Any]]
) -> None:
    where = f"devices[{number}]"
    if not isinstance(raw, dict):
        found.errors.append(RowError(where, "a mapping is expected"))
        return
    where = f"{where} {raw.get('code', '')}".strip()
    code = raw.get("family")
    declared = families.get(code) if isinstance(families, dict) else None
    family = declared if isinstance(declared, dict) else kept.get(str(code), {})
    if code in found.families:
        family = {"protocol": found.families[code].protocol} | dict(family)
    try:
        device = DeviceEntry.model_validate(_merged(family, raw))
    except ValidationError as error:
        found.errors.extend(_row_errors(where, error))
        return
    if any(device.code == other.code for other in found.devices):
        found.errors.append(RowError(where, "this code stands twice"))
        return
    found.devices.append(device)


def _merged(family: Mapping[str, Any], device: dict[str, Any]) -> dict[str, Any]:
    """Lay a device over its family; sensors are laid over each other by key. Duplicates are left to see."""
    common = {sensor.get("key"): sensor for sensor in family.get("sensors") or () if isinstance(sensor, dict)}
    own = device.get("sensors") or []
    laid = [common.get(s.get("key"), {}) | s if isinstance(s, dict) else s for s in own]
    named = {sensor.get("key") for sensor in own if isinstance(sensor, dict)}
    rest = [sensor for key, sensor in common.items() if key not in named]
    shared = {name: value for name, value in family.items() if name not in FAMILY_ONLY}
    return shared | device | _endpoint(shared, device) | {"sensors": [*rest, *laid]}


def _endpoint(family: Mapping[str, Any], device: dict[str, Any]) -> dict[str, Any]:
    """Lay a device's Modbus address over its family's rhythm and limits."""
    common, own = family.get("modbus"), device.get("modbus")
    return {"modbus": common | own} if isinstance(common, dict) and isinstance(own, dict) else {}


def _row_errors(where: str, error: ValidationError) -> Iterator[RowError]:
    for part in error.errors():
        path = ".".join(str(step) for step in part["loc"])
        yield RowError(f"{where}: {path}" if path else where, part["msg"])
