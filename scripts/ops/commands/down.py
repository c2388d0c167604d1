"""scripts/down: stop what scripts/up started."""

from __future__ import annotations

import argparse
import signal

from ops import processes
from ops.console import Steps
from ops.rundir import RunDir
from ops.services import ServiceSet


def main(arguments: list[str]) -> int:
    """Stop the platform of this run directory and whatever an earlier one left."""
    argparse.ArgumentParser(prog="scripts/down", description="Stop what scripts/up started.").parse_args(
        arguments
    )
    run = RunDir.locate()
    running = processes.read_pid(run.path / "up.pid") is not None
    if running:
        with Steps().step("Stopping"):
            take_down(run)
    else:
        take_down(run)
        print("Chabaka was not running.")
    return 0


def take_down(run: RunDir) -> None:
    """Ask the supervisor to stop; then see to it that nothing it started is left."""
    supervisor = processes.read_pid(run.path / "up.pid")
    if supervisor:
        processes.stop(supervisor, first=signal.SIGTERM, patience_s=60)
    ServiceSet(run).stop()
    try:
        processes.sweep((run.path / "up.token").read_text())
    except FileNotFoundError:
        return
