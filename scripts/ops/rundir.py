"""The run directory: state of private services, their ports and passwords, logs, and what outsiders read."""

from __future__ import annotations

import hashlib
import json
import os
import random
import secrets
import shutil
import socket
from collections.abc import Collection
from pathlib import Path

from ops.account import Account, can_enter, service_account
from ops.errors import Stop
from ops.paths import ROOT

#: Below the range from which the kernel takes ports for outgoing connections.
_PORTS = range(20_000, 32_000)
_ELSEWHERE = Path("/var/lib/chabaka")


class RunDir:
    """One run directory and the small facts kept in it."""

    def __init__(self, path: Path, account: Account | None) -> None:
        self.path = path
        self.account = account
        self.log.mkdir(parents=True, exist_ok=True)
        # Passed through by the services' account, listed by its owner alone.
        path.chmod(0o711)

    @classmethod
    def locate(cls) -> RunDir:
        """Return the run directory of this checkout or of CHABAKA_RUN_DIR, made when it is missing.

        Where the services' account cannot enter it, the directory stands under /var/lib/chabaka and the
        usual place becomes a link to it.
        """
        wanted = Path(os.environ.get("CHABAKA_RUN_DIR") or ROOT / ".run").absolute()
        account = service_account()
        path = wanted.resolve()
        if not can_enter(path, account):
            path = _elsewhere(wanted)
        path.mkdir(parents=True, exist_ok=True)
        return cls(path, account)

    @property
    def log(self) -> Path:
        """Folder of the logs."""
        return self.path / "log"

    def folder_for_service(self, name: str) -> Path:
        """Return the state folder of a service, owned by its account and closed to others."""
        folder = self.path / name
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            os.chown(folder, self.account.uid, self.account.gid)
        return folder

    def write(self, path: Path, text: str, *, for_service: bool = False) -> None:
        """Replace a file atomically, readable by its owner alone."""
        beside = path.with_name(f".{path.name}.new")
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        if for_service and self.account:
            os.chown(beside, self.account.uid, self.account.gid)
        beside.replace(path)

    def secret(self, name: str) -> str:
        """Return a random secret, the same for the life of this run directory."""
        kept = self._facts("secrets.json")
        if name not in kept:
            kept[name] = secrets.token_urlsafe(32)
            self.write(self.path / "secrets.json", json.dumps(kept, indent=2))
        return str(kept[name])

    def port(self, name: str, *, in_use: bool = False) -> int:
        """Return a service's loopback port: chosen free once, again only when somebody else took it since.

        `in_use` says that the service itself is listening there now.
        """
        kept = self._facts("ports.json")
        if name in kept and (in_use or port_is_free(int(kept[name]))):
            return int(kept[name])
        kept[name] = free_port(avoid={int(port) for port in kept.values()})
        self.write(self.path / "ports.json", json.dumps(kept, indent=2))
        return int(kept[name])

    def forget_state(self) -> None:
        """Remove all data; ports and passwords stay."""
        for entry in self.path.iterdir():
            if entry.name in {"ports.json", "secrets.json", "log", "up.lock"}:
                continue
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()

    def _facts(self, name: str) -> dict[str, str | int]:
        try:
            facts: dict[str, str | int] = json.loads((self.path / name).read_text())
        except FileNotFoundError:
            return {}
        return facts


def port_is_free(port: int) -> bool:
    """Tell whether nobody listens on a loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(avoid: Collection[int] = ()) -> int:
    """Return a loopback port that nobody listens on."""
    for port in random.sample(_PORTS, len(_PORTS)):
        if port not in avoid and port_is_free(port):
            return port
    raise Stop(f"No free port between {_PORTS.start} and {_PORTS.stop} on the loopback address.")


def _elsewhere(wanted: Path) -> Path:
    digest = hashlib.sha256(str(wanted).encode()).hexdigest()[:10]
    path = _ELSEWHERE / f"{wanted.parent.name or 'root'}-{digest}"
    _ELSEWHERE.mkdir(parents=True, exist_ok=True)
    _ELSEWHERE.chmod(0o711)
    if wanted.is_dir() and not wanted.is_symlink() and not path.exists():
        shutil.move(wanted, path)  # a checkout that was moved here with its data
    path.mkdir(exist_ok=True)
    if not wanted.exists() and wanted.parent.is_dir():
        wanted.unlink(missing_ok=True)
        wanted.symlink_to(path)
    return path
