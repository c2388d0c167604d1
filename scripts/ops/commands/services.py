"""scripts/services: the private set on its own, for tests by hand and for other tools."""

from __future__ import annotations

import argparse
import csv
import os
import secrets
import shlex
import sys

from ops import packages, processes
from ops.console import Steps
from ops.errors import Stop
from ops.rundir import RunDir
from ops.services import ServiceSet
from ops.services.mosquitto import Mosquitto


def main(arguments: list[str]) -> int:
    """Carry out one action on the services of this run directory."""
    options = _parser().parse_args(arguments)
    steps = Steps()
    if options.action == "start":
        packages.install(steps, "System packages", packages.missing(packages.SERVICES))
    run = RunDir.locate()
    if options.action == "mqtt-accounts":
        return _mqtt_accounts(run, options.file)
    services = ServiceSet(run, fast=options.fast)
    if options.action == "start":
        services.start(token=secrets.token_hex(8), supervised=False)
        services.write_environment()
    if options.action in ("start", "env"):
        _print_environment(services)
    if options.action == "status":
        _print_status(services)
    if options.action == "stop":
        if processes.read_pid(run.path / "up.pid"):
            raise Stop("These services belong to a running scripts/up: stop it with scripts/down.")
        services.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/services",
        description="Private PostgreSQL, Redis and Mosquitto for one run directory "
        "(CHABAKA_RUN_DIR, default .run/). "
        'After `start`, `eval "$(scripts/services env)"` gives a shell their addresses.',
    )
    actions = parser.add_subparsers(dest="action", required=True)
    parser.set_defaults(fast=False)
    start = actions.add_parser("start", help="start what is not running and print the environment")
    start.add_argument("--fast", action="store_true", help="no fsync: for tests, data may be lost")
    actions.add_parser("stop", help="stop them; data stays")
    actions.add_parser("status", help="say which are running, where")
    actions.add_parser("env", help="print the environment as shell `export` lines")
    accounts = actions.add_parser(
        "mqtt-accounts",
        help="replace the devices' accounts by `device,password` lines; restarts the broker if they changed",
    )
    accounts.add_argument("file", nargs="?", default="-", help="CSV file; - or nothing: standard input")
    return parser


def _print_environment(services: ServiceSet) -> None:
    for name, value in services.environment().items():
        print(f"export {name}={shlex.quote(value)}")


def _print_status(services: ServiceSet) -> None:
    for service in services.private:
        state = f"running, pid {service.pid}, port {service.port}" if service.pid else "stopped"
        print(f"{service.name:<10} {state}")
    for variable in services.given:
        print(f"{variable:<10} given by the environment")


def _mqtt_accounts(run: RunDir, file: str) -> int:
    source = sys.stdin if file == "-" else open(file, newline="")  # noqa: SIM115 (closed with the process)
    rows = [row for row in csv.reader(source) if row]
    wrong = [row for row in rows if len(row) != 2 or not row[1]]
    if wrong:
        raise Stop(f"Each line must be device,password; {len(wrong)} are not.")
    broker = Mosquitto(run)
    if broker.set_accounts(dict(rows)) and broker.pid is not None:
        _restart(run, broker)
    return 0


def _restart(run: RunDir, broker: Mosquitto) -> None:
    """Start the broker again; sessions and queued messages are kept by its file."""
    if broker.pid is not None:
        processes.stop(broker.pid, first=broker.stop_signal, patience_s=20)
    if processes.read_pid(run.path / "up.pid") is None:
        token = os.environ.get(processes.TOKEN_VARIABLE) or secrets.token_hex(8)
        broker.start(token=token, supervised=False)
    elif not processes.wait_until(lambda: broker.pid is not None and broker.is_ready(), timeout_s=20):
        raise Stop("The running scripts/up did not start the broker again.")
