"""Start, identify and end processes without ever touching somebody else's."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from ops.account import Account

#: Every process of one `scripts/up` or `scripts/services start` carries this variable: see `sweep`.
TOKEN_VARIABLE = "CHABAKA_SUPERVISOR"  # noqa: S105
#: Every process of one `scripts/test` carries this one, those of the platforms that its tests start too.
TESTS_VARIABLE = "CHABAKA_TESTS"
_PR_SET_PDEATHSIG = 1


def die_with_parent(signum: signal.Signals) -> Callable[[], None]:
    """Return a `preexec_fn` after which the kernel sends `signum` when the parent is gone."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def arm() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signum), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return arm


def spawn(
    command: Sequence[str],
    *,
    log: Path | IO[bytes],
    env: Mapping[str, str],
    account: Account | None = None,
    on_parent_death: signal.Signals | None = None,
    cwd: Path | str = "/",
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that the terminal's Ctrl-C does not reach it directly."""
    identity = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    with open(log, "ab") if isinstance(log, Path) else os.fdopen(os.dup(log.fileno()), "ab") as output:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            preexec_fn=die_with_parent(on_parent_death) if on_parent_death else None,
            **identity,  # type: ignore[call-overload]
        )


def identity(pid: int) -> str | None:
    """Return the pid with its start time, or None when no such process lives; a reused pid differs."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else f"{pid} {fields[19]}"


def write_pid(path: Path, pid: int) -> None:
    """Remember a process in a file."""
    path.write_text(f"{identity(pid) or ''}\n")


def read_pid(path: Path) -> int | None:
    """Return the pid a file remembers when that very process still lives."""
    try:
        remembered = path.read_text().strip()
    except FileNotFoundError:
        return None
    pid = int(remembered.split()[0]) if remembered else 0
    return pid if pid and identity(pid) == remembered else None


def stop(pid: int, *, first: signal.Signals, patience_s: float = 10.0) -> None:
    """End one process: `first`, then SIGKILL when patience runs out."""
    for signum, wait_s in ((first, patience_s), (signal.SIGKILL, 5.0)):
        try:
            os.kill(pid, signum)
        except ProcessLookupError:
            return
        if wait_until(lambda: _gone(pid), timeout_s=wait_s, every_s=0.05):
            return


def wait_until(condition: Callable[[], bool], *, timeout_s: float, every_s: float = 0.1) -> bool:
    """Return True as soon as the condition holds, False when the time is over."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(every_s)
    return True


def carrying(token: str) -> list[int]:
    """Return the processes whose environment carries this supervisor's token, the caller apart."""
    marks = {f"{variable}={token}".encode() for variable in (TOKEN_VARIABLE, TESTS_VARIABLE)}
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            environment = (entry / "environ").read_bytes()
        except OSError:
            continue
        if not marks.isdisjoint(environment.split(b"\0")):
            found.append(int(entry.name))
    return [pid for pid in found if identity(pid)]


def sweep(token: str) -> int:
    """Kill whatever a supervisor left behind, however it was orphaned; return how many there were."""
    leftovers = carrying(token)
    for pid in leftovers:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    return len(leftovers)


def _gone(pid: int) -> bool:
    try:
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return True
    except ChildProcessError:
        pass
    return identity(pid) is None
