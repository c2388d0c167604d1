"""The private set: PostgreSQL with PostGIS, Redis and Mosquitto on loopback, for one run directory."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping

from ops import processes
from ops.rundir import RunDir
from ops.services.base import Service
from ops.services.mosquitto import Mosquitto
from ops.services.postgres import Postgres
from ops.services.redis import Redis

__all__ = ["ServiceSet"]

_KINDS: tuple[type[Service], ...] = (Postgres, Redis, Mosquitto)


class ServiceSet:
    """Those services of the three whose URL the environment, or who asks, does not already give."""

    def __init__(self, run: RunDir, *, fast: bool = False, given: Mapping[str, str] | None = None) -> None:
        self.run = run
        known = {**os.environ, **(given or {})}
        # A URL that this very run directory gave out (`scripts/services env`) still means a private one.
        own = read_environment(run)
        self.private = [
            kind(run, fast=fast)
            for kind in _KINDS
            if known.get(kind.variable) in (None, "", own.get(kind.variable))
        ]
        self.given = {
            kind.variable: known[kind.variable]
            for kind in _KINDS
            if kind.name not in {service.name for service in self.private}
        }

    def start(self, *, token: str, supervised: bool) -> None:
        """Start what is private and not yet running."""
        for service in self.private:
            service.start(token=token, supervised=supervised)

    def stop(self) -> None:
        """Stop what is private, the last started first."""
        for service in reversed(self.private):
            service.stop()

    def environment(self) -> dict[str, str]:
        """Return what the platform's processes need to find the services and each other."""
        web_port = os.environ.get("CHABAKA_PORT") or "8000"
        return {
            "CHABAKA_ENV": os.environ.get("CHABAKA_ENV") or "demo",
            "CHABAKA_PORT": web_port,
            "CHABAKA_RUN_DIR": str(self.run.path),
            "CHABAKA_SECRET_KEY": os.environ.get("CHABAKA_SECRET_KEY") or self.run.secret("django"),
            "BASE_URL": os.environ.get("BASE_URL") or f"http://127.0.0.1:{web_port}",
            **self.given,
            **{service.variable: service.url for service in self.private},
            "MODBUS_URL": os.environ.get("MODBUS_URL") or f"tcp://127.0.0.1:{self._modbus_port()}",
        }

    def write_environment(self) -> None:
        """Write `services.env`: one NAME=value a line, for outsiders and for `source`."""
        lines = [f"{name}={shlex.quote(value)}\n" for name, value in self.environment().items()]
        self.run.write(self.run.path / "services.env", "".join(lines))

    def _modbus_port(self) -> int:
        # Whoever listens there now is the simulated field of this very run directory.
        return self.run.port("modbus", in_use=processes.read_pid(self.run.path / "up.pid") is not None)


def read_environment(run: RunDir) -> dict[str, str]:
    """Return what `services.env` of a run directory says; empty before the first start."""
    try:
        text = (run.path / "services.env").read_text()
    except FileNotFoundError:
        return {}
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {name: "".join(shlex.split(value)) for name, _, value in pairs}
