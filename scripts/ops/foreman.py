"""Run the Procfile under honcho, starting again whatever ends on its own.

Runs with the virtual environment's Python (honcho lives there), as a child of `ops.supervisor`.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Collection
from typing import Any

from honcho import manager
from honcho.environ import parse_procfile
from honcho.process import Popen, Process

from ops.paths import PROCFILE, ROOT
from ops.processes import die_with_parent

#: How long a process may take to finish its work after SIGTERM.
manager.KILL_WAIT = 12
_LONGEST_PAUSE_S = 15.0
_HEALTHY_AFTER_S = 30.0

# Honcho hands its processes over by forking; newer Pythons would pickle them.
multiprocessing.set_start_method("fork", force=True)
_stopping = multiprocessing.Event()


class RestartingProcess(Process):
    """A process that is started again, later each time, until the foreman stops."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Made in the foreman, armed in the child that watches this process: a killed foreman leaves nobody.
        self._die_with_foreman = die_with_parent(signal.SIGKILL)
        self._asking = threading.Lock()
        self._asked: int | None = None

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        """Run, forward the output, and run again; honcho hears of the last end only."""
        self._events = events
        self._die_with_foreman()
        threading.Thread(target=self._stop_when_told, daemon=True).start()
        if ignore_signals:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        pause_s = 1.0
        while True:
            began = time.monotonic()
            status = self._run_once()
            if _stopping.is_set():
                break
            if time.monotonic() - began > _HEALTHY_AFTER_S:
                pause_s = 1.0
            self._send_message(f"ended ({_told(status)}), starting again in {pause_s:.0f} s\n".encode())
            if _stopping.wait(pause_s):
                break
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
        self._send_message({"returncode": status}, type="stop")

    def _run_once(self) -> int:
        arm = die_with_parent(signal.SIGTERM)
        self._child = Popen(f"exec {self.cmd}", env=self.env, cwd=self.cwd, preexec_fn=lambda: _as_leaf(arm))
        self._send_message({"pid": self._child.pid}, type="start")
        if _stopping.is_set():
            self._terminate()
        for line in iter(self._child.stdout.readline, b""):
            self._send_message(line)
        self._child.stdout.close()
        status: int = self._child.wait()
        return status

    def _stop_when_told(self) -> None:
        _stopping.wait()
        self._terminate()

    def _terminate(self) -> None:
        """Ask once, and not the whole group: Celery's children finish their task while it waits for them."""
        with self._asking:
            if self._child is not None and self._child.pid != self._asked and self._child.poll() is None:
                self._asked = self._child.pid
                self._child.terminate()


class Foreman(manager.Manager):
    """Honcho's manager with restarting processes, each told to stop alone, its children by itself."""

    def __init__(self) -> None:
        super().__init__()
        self._process_ctor = RestartingProcess

    def terminate(self) -> None:
        """Tell every process to stop, those being started too: honcho knows their pids only later."""
        self._terminating = True
        _stopping.set()


def main(arguments: list[str]) -> int:
    """Run every process of the Procfile except those named as arguments."""
    # A hang-up comes from the terminal; whoever supervises decides what it means.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    foreman = Foreman()
    for name, command in procfile_commands(without=arguments).items():
        foreman.add_process(name, command, env=dict(os.environ), cwd=str(ROOT))
    foreman.loop()
    return 0


def procfile_commands(without: Collection[str] = ()) -> dict[str, str]:
    """Return the Procfile as name to command."""
    processes: dict[str, str] = parse_procfile(PROCFILE.read_text()).processes
    return {name: command for name, command in processes.items() if name not in without}


def _as_leaf(arm: Any) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    arm()


def _told(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"exit {status}"
