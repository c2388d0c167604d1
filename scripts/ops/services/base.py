"""What the three private services have in common."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from ops import processes
from ops.errors import Stop
from ops.paths import search_path
from ops.rundir import RunDir


class Service(ABC):
    """One private service: configured from its run directory, started, found again by pid, stopped."""

    name: ClassVar[str]
    variable: ClassVar[str]
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self, run: RunDir, *, fast: bool = False) -> None:
        self.run = run
        self.fast = fast
        self._child: subprocess.Popen[bytes] | None = None
        self.port = run.port(self.name, in_use=self.pid is not None)

    @property
    def pid(self) -> int | None:
        """The running process, or None."""
        return processes.read_pid(self.run.path / f"{self.name}.pid")

    @property
    def folder(self) -> Path:
        """Its state, closed to others."""
        return self.run.folder_for_service(self.name)

    @property
    def log(self) -> Path:
        """File with the service's own words."""
        return self.run.log / f"{self.name}.log"

    @property
    @abstractmethod
    def url(self) -> str:
        """Where the platform finds it, password included."""

    @abstractmethod
    def configure(self) -> list[str]:
        """Write the configuration and return the command that runs in the foreground."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Tell whether it answers."""

    def after_start(self) -> None:  # noqa: B027 (nothing to do for most)
        """Finish what needs a running service."""

    def start(self, *, token: str, supervised: bool) -> None:
        """Start and wait until it answers; a supervised service dies with the calling process.

        Raises: Stop when it ends early or stays silent, with the end of its log.
        """
        if self.pid is not None:
            return
        program, *arguments = self.configure()
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        self._child = child = processes.spawn(
            [shutil.which(program, path=search_path()) or program, *arguments],
            log=self.log,
            env={
                "PATH": search_path(),
                "LC_ALL": "C.UTF-8",
                processes.TOKEN_VARIABLE: token,
            },
            account=self.run.account,
            on_parent_death=self.stop_signal if supervised else None,
            cwd=self.folder,
        )
        processes.write_pid(self.run.path / f"{self.name}.pid", child.pid)
        processes.wait_until(lambda: child.poll() is not None or self.is_ready(), timeout_s=60, every_s=0.05)
        if child.poll() is not None or not self.is_ready():
            self.stop()
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
            raise Stop(f"{self.name} did not start:\n{tail}")
        self.after_start()

    def stop(self) -> None:
        """Stop it when it runs."""
        pid = self.pid
        if pid is not None:
            processes.stop(pid, first=self.stop_signal, patience_s=20)
        if self._child is not None:
            self._child.wait()
        (self.run.path / f"{self.name}.pid").unlink(missing_ok=True)

    def accepts_connections(self) -> bool:
        """Tell whether something listens on the service's port."""
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
