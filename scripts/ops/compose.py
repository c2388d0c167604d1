"""Check the compose files without docker: their form, and that they run what the Procfile runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from ops.foreman import procfile_commands
from ops.paths import ROOT

#: The keys of the Compose Specification that these files use.
_TOP = {"name", "include", "services", "volumes", "configs", "x-platform"}
_SERVICE = set(
    "build command configs depends_on environment healthcheck image init ports restart stop_grace_period "
    "volumes".split()
)


def main(_arguments: list[str]) -> int:
    """Print what is wrong with docker-compose.yml and what it includes."""
    found = faults(ROOT)
    for fault in found:
        print(fault)
    return 1 if found else 0


def faults(root: Path) -> list[str]:
    """Return everything wrong, in words."""
    compose = _read(root / "docker-compose.yml")
    included = [root / name for name in compose.get("include", [])]
    absent = [f"included file {path.name} does not exist" for path in included if not path.exists()]
    if absent:
        return absent
    parts = [compose, *(_read(path) for path in included)]
    known = {name for part in parts for name in part.get("services", {})}
    found = [fault for part in parts for fault in _form_faults(part, known)]
    return found + list(_procfile_faults(compose["services"], procfile_commands()))


def _form_faults(part: dict[str, Any], known: set[str]) -> Iterator[str]:
    for key in part.keys() - _TOP:
        yield f"unknown key {key}"
    for name, service in part.get("services", {}).items():
        for key in service.keys() - _SERVICE:
            yield f"{name}: unknown key {key}"
        if not service.keys() & {"image", "build"}:
            yield f"{name}: neither an image nor a build"
        for other in service.get("depends_on", {}):
            if other not in known:
                yield f"{name}: depends on {other}, which is no service"
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            if not source.startswith((".", "/")) and source not in part.get("volumes", {}):
                yield f"{name}: volume {source} is not declared"


def _procfile_faults(services: dict[str, Any], commands: dict[str, str]) -> Iterator[str]:
    for name in sorted(services.keys() ^ commands.keys()):
        yield f"{name}: stands in only one of docker-compose.yml and Procfile"
    for name in services.keys() & commands.keys():
        # Compose reads $ itself: $$ is the shell's.
        if _shell_command(services[name]).replace("$$", "$") != commands[name]:
            yield f"{name}: the command differs from the Procfile's"


def _shell_command(service: dict[str, Any]) -> str:
    match service.get("command"):
        case ["sh", "-c", str(command)]:
            return command.removeprefix("exec ")
        case _:
            return ""


def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(path.read_text())
    return document
