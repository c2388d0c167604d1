"""scripts/up: from a bare checkout to a running platform."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time

from ops import install, packages, processes, welcome
from ops.commands.down import take_down
from ops.console import Steps
from ops.errors import Stop
from ops.paths import ROOT
from ops.rundir import RunDir
from ops.services import ServiceSet
from ops.supervisor import Options, Supervisor


def main(arguments: list[str]) -> int:
    """Install what is missing, then run in this terminal or detached."""
    asked = _parser().parse_args(arguments)
    steps = Steps()
    if asked.supervise:
        return Supervisor(RunDir.locate(), _options(asked), steps).supervise()
    steps.say("Chabaka")
    install.prepare(steps, system=packages.for_services(), frontend=True)
    run = RunDir.locate()
    if processes.read_pid(run.path / "up.pid"):
        if not asked.reset:
            print(welcome.block(run, ServiceSet(run).environment()))
            print("  It was running already. scripts/up --reset starts it again from an empty database.")
            return 0
        with steps.step("Stopping the running platform"):
            take_down(run)
    if asked.detach:
        return _detached(run, arguments)
    return Supervisor(run, _options(asked), steps).supervise()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/up", description="Install what is missing and run Chabaka with the demo town."
    )
    parser.add_argument(
        "--detach", action="store_true", help="return when it is ready; scripts/down stops it"
    )
    parser.add_argument("--reset", action="store_true", help="start from an empty database")
    parser.add_argument("--no-simulator", action="store_true", help="leave the simulated field out")
    parser.add_argument("--supervise", action="store_true", help=argparse.SUPPRESS)
    return parser


def _options(asked: argparse.Namespace) -> Options:
    return Options(reset=asked.reset, simulator=not asked.no_simulator)


def _detached(run: RunDir, arguments: list[str]) -> int:
    """Start a supervisor in a session of its own and follow its words until it is ready."""
    (run.path / "up.ready").unlink(missing_ok=True)
    log = run.log / "up.log"
    log.unlink(missing_ok=True)
    supervisor = processes.spawn(
        [sys.executable, str(ROOT / "scripts" / "run.py"), "up", "--supervise", *arguments],
        log=log,
        env=os.environ | {"CHABAKA_RUN_DIR": str(run.path)},
        cwd=ROOT,
    )
    try:
        return _follow(run, supervisor)
    except KeyboardInterrupt:
        processes.stop(supervisor.pid, first=signal.SIGTERM, patience_s=60)
        raise


def _follow(run: RunDir, supervisor: subprocess.Popen[bytes]) -> int:
    with (run.log / "up.log").open(errors="replace") as words:
        while True:
            ready, ended = (run.path / "up.ready").exists(), supervisor.poll() is not None
            sys.stdout.write(words.read())
            sys.stdout.flush()
            if ready:
                return 0
            if ended:
                raise Stop("The platform did not start.")
            time.sleep(0.2)
