"""scripts/test: the suite on services and ports of its own, beside a running platform if need be."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import types
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from ops import install, packages, processes
from ops.account import service_account
from ops.console import Steps
from ops.paths import PYTHON, ROOT
from ops.rundir import RunDir, free_port
from ops.services import ServiceSet

PARTS = ("not browser and not processes", "processes and not browser", "browser")
"""What runs beside each other, as marks that tests/conftest.py sets."""
TO_TIDY_S = 30


def main(arguments: list[str]) -> int:
    """Install what is missing, run pytest with the arguments, remove the services again.

    Unless some tests are chosen, the parts of `PARTS` run beside each other, each on services of its own:
    what drives a browser or other processes mostly waits.
    """
    long_too = "--all" in arguments
    arguments = [argument for argument in arguments if argument != "--all"]
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    steps = Steps()
    compared = packages.for_long_tests() if long_too else []
    system = [*packages.for_services(), *packages.for_browser(), *compared]
    install.prepare(steps, system=system, frontend=True)
    browser = install.browser(steps)
    if _chooses(arguments):
        marks = [] if long_too or "-m" in arguments else ["-m", "not long"]
        with (
            _borrowed_services() or _own_services(steps) as env,
            _ending(_pytest([*marks, *arguments], env | browser)) as run,
        ):
            return run.wait()
    return _in_parts(steps, arguments, browser, "" if long_too else " and not long")


def _in_parts(steps: Steps, arguments: list[str], browser: dict[str, str], marks: str) -> int:
    """Run the parts beside each other; say what the others said once the first is done."""
    with ExitStack() as stack:
        environments = [stack.enter_context(_own_services(steps))]
        database = environments[0]["DATABASE_URL"]
        # Tables are made in a database of our own alone.
        ready = {} if os.environ.get("DATABASE_URL") else _with_tables(steps, environments[0])
        for number in range(1, len(PARTS)):
            given = {"DATABASE_URL": f"{database}_{number}"}
            environments.append(stack.enter_context(_own_services(steps, given)))
        told = [None, *(stack.enter_context(tempfile.TemporaryFile("w+")) for _ in PARTS[1:])]
        print("  Three parts run beside each other; the reports of two come last.", flush=True)
        runs = [
            stack.enter_context(
                _ending(_pytest(["-m", part + marks, *arguments], env | browser | ready, stdout=out))
            )
            for part, env, out in zip(PARTS, environments, told, strict=True)
        ]
        statuses = []
        for run, out in zip(runs, told, strict=True):
            statuses.append(run.wait())
            if out:
                out.seek(0)
                shutil.copyfileobj(out, sys.stdout)
        return next((status for status in statuses if status), 0)


@contextmanager
def _ending(run: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """End a run when this command is ended, and let it first stop what it started."""
    try:
        yield run
    except BaseException:
        run.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            run.wait(TO_TIDY_S)
        run.kill()
        raise


def _pytest(arguments: list[str], env: dict[str, str], **output: Any) -> subprocess.Popen[bytes]:
    # Of this run alone: pytest closes its usual folder to other accounts whenever any session starts.
    folder = f"--basetemp={Path(env['CHABAKA_RUN_DIR']) / 'pytest'}"
    command = [str(PYTHON), "-m", "pytest", folder, *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=env, **output)


def _borrowed_services() -> AbstractContextManager[dict[str, str]] | None:
    """Use running services whose addresses the shell took from `scripts/services env`."""
    if not os.environ.get("CHABAKA_RUN_DIR"):
        return None
    services = ServiceSet(RunDir.locate())
    if not all(
        os.environ.get(service.variable) == service.url and service.pid for service in services.private
    ):
        return None
    return nullcontext({**install.environment(), **_environment(services)})


def _with_tables(steps: Steps, env: dict[str, str]) -> dict[str, str]:
    """Make every table in the private database, once for all parts; return what lets tests copy it."""
    with steps.step("Tables for the tests"):
        command = [str(PYTHON), "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=env, check=True)
    return {"CHABAKA_TEST_TEMPLATE": env["DATABASE_URL"].rpartition("/")[2]}


@contextmanager
def _own_services(steps: Steps, given: dict[str, str] | None = None) -> Iterator[dict[str, str]]:
    """Run private services, but those given, in a new run directory; yield the environment for pytest."""
    folder = Path(tempfile.mkdtemp(prefix="chabaka-test-"))
    token = secrets.token_hex(8)
    services = None
    try:
        run = RunDir(folder, service_account())
        services = ServiceSet(run, fast=True, given=given)
        with steps.step("Services for the tests"):
            services.start(token=token, supervised=True)
        marks = dict.fromkeys((processes.TOKEN_VARIABLE, processes.TESTS_VARIABLE), token)
        yield {**install.environment(), **_environment(services), **marks}
    finally:
        if services:
            services.stop()
        processes.sweep(token)
        _unmount_below(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _unmount_below(folder: Path) -> None:
    """Give back the small disks of a run that was ended before it did so itself."""
    for line in Path("/proc/mounts").read_text().splitlines():
        if Path(line.split()[1]).is_relative_to(folder):
            subprocess.run(["umount", line.split()[1]], check=False)


def _environment(services: ServiceSet) -> dict[str, str]:
    port = str(free_port())
    own = {"CHABAKA_ENV": "test", "CHABAKA_PORT": port, "BASE_URL": f"http://127.0.0.1:{port}"}
    return services.environment() | own


def _chooses(arguments: list[str]) -> bool:
    """Say whether the arguments name some tests: paths, or words after -k or -m."""
    return any(argument in ("-k", "-m") or not argument.startswith("-") for argument in arguments)


def _interrupt(_signal: int, _frame: types.FrameType | None) -> None:
    raise KeyboardInterrupt
