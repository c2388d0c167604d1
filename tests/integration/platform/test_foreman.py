"""The Procfile's processes: started again when they end, gone when they should be."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ops import processes
from ops.paths import ROOT

PROGRAM = """
import sys
from pathlib import Path
from ops import foreman
foreman.PROCFILE = Path(sys.argv[1])
foreman.main([])
"""


@dataclass(frozen=True)
class RunningForeman:
    """A foreman with two processes that write their pids."""

    process: subprocess.Popen[bytes]
    folder: Path
    token: str

    def pid_of(self, name: str) -> int | None:
        """Return the living process that last wrote this name."""
        try:
            pid = int((self.folder / name).read_text())
        except (FileNotFoundError, ValueError):
            return None
        return pid if processes.identity(pid) else None

    def wait_for_both(self) -> None:
        assert processes.wait_until(lambda: bool(self.pid_of("one") and self.pid_of("two")), timeout_s=15)

    def nothing_left_within(self, seconds: float) -> bool:
        return processes.wait_until(lambda: not processes.carrying(self.token), timeout_s=seconds)


@pytest.fixture
def foreman(tmp_path: Path) -> Iterator[RunningForeman]:
    waits = "sh -c 'echo $$ > %s; exec sleep 300'"
    lines = [f"{name}: {waits % (tmp_path / name)}\n" for name in ("one", "two")]
    (tmp_path / "Procfile").write_text("".join(lines))
    token = secrets.token_hex(8)
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "Procfile")],
        env=os.environ | {processes.TOKEN_VARIABLE: token, "PYTHONPATH": str(ROOT / "scripts")},
        stdout=subprocess.DEVNULL,
    )
    running = RunningForeman(process, tmp_path, token)
    yield running
    processes.sweep(token)
    process.wait()


def test_a_process_that_is_killed_is_started_again_and_the_other_stays(foreman: RunningForeman) -> None:
    foreman.wait_for_both()
    first, other = foreman.pid_of("one"), foreman.pid_of("two")
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert processes.wait_until(lambda: foreman.pid_of("one") not in (None, first), timeout_s=10)
    assert foreman.pid_of("two") == other


def test_sigterm_ends_every_process(foreman: RunningForeman) -> None:
    foreman.wait_for_both()
    foreman.process.send_signal(signal.SIGTERM)
    foreman.process.wait(timeout=15)
    assert foreman.nothing_left_within(1)


def test_sigterm_while_processes_are_being_started_ends_them_too(foreman: RunningForeman) -> None:
    assert processes.wait_until(lambda: foreman.pid_of("one") is not None, timeout_s=15, every_s=0.001)
    foreman.process.send_signal(signal.SIGTERM)
    foreman.process.wait(timeout=15)
    assert foreman.nothing_left_within(1)


def test_a_killed_foreman_takes_its_processes_along(foreman: RunningForeman) -> None:
    foreman.wait_for_both()
    foreman.process.kill()
    foreman.process.wait()
    assert foreman.nothing_left_within(5)


def test_the_sweep_ends_what_carries_the_token_and_nothing_else(foreman: RunningForeman) -> None:
    foreman.wait_for_both()
    with subprocess.Popen(["sleep", "300"], env={processes.TOKEN_VARIABLE: "another"}) as bystander:
        assert processes.sweep(foreman.token) >= 3
        assert foreman.nothing_left_within(5)
        assert bystander.poll() is None
        bystander.kill()
