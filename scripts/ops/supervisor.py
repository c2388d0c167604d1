"""Bring the platform up in order, keep it up, take it down whole."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import types
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ops import install, processes, welcome
from ops.console import Steps, run_quietly
from ops.errors import Stop
from ops.paths import PYTHON, ROOT
from ops.rundir import RunDir, port_is_free
from ops.services import ServiceSet
from ops.services.mosquitto import Mosquitto

_READY_WITHIN_S = 150.0
_GIVE_UP_AFTER_ENDS = 3
_EMPTY_DATABASE = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
    connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
"""


@dataclass(frozen=True)
class Options:
    """What `scripts/up` was asked for."""

    reset: bool = False
    simulator: bool = True


class Supervisor:
    """One running platform: services, then migrations and demo, then the Procfile."""

    def __init__(self, run: RunDir, options: Options, steps: Steps) -> None:
        self.run = run
        self.options = options
        self.steps = steps
        self.token = secrets.token_hex(8)
        self.services = ServiceSet(run)
        self.env = (
            install.environment() | self.services.environment() | {processes.TOKEN_VARIABLE: self.token}
        )
        self.log = run.log / "platform.log"
        self._foreman: subprocess.Popen[bytes] | None = None

    def supervise(self) -> int:
        """Run until a signal comes; return the exit status.

        Raises: Stop when something does not come up; everything is stopped by then.
        """
        with self._alone():
            for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(signum, _interrupt)
            try:
                self._bring_up()
                self.steps.say(welcome.block(self.run, self.env))
                (self.run.path / "up.ready").touch()
                self._watch()
            except KeyboardInterrupt:
                pass
            finally:
                self._take_down()
        return 0

    def _bring_up(self) -> None:
        if not port_is_free(int(self.env["CHABAKA_PORT"])):
            raise Stop(
                f"Port {self.env['CHABAKA_PORT']} is in use by another program. "
                "Choose another one: CHABAKA_PORT=8001 scripts/up"
            )
        if self.options.reset:
            self.run.forget_state()
            processes.write_pid(self.run.path / "up.pid", os.getpid())
        (self.run.path / "up.token").write_text(self.token)
        demo = self.env["CHABAKA_ENV"] != "production"
        with self.steps.step("Services"):
            self.services.stop()  # what an earlier `scripts/services start` left running
            if demo:
                self._open_device_accounts()
            self.services.start(token=self.token, supervised=True)
            self.services.write_environment()
        with self.steps.step("Database"):
            if self.options.reset and "DATABASE_URL" in self.services.given:
                self._empty_given_database(demo)
            self._manage("migrate", "--no-input", "--verbosity", "0")
        if demo:
            with self.steps.step("Demo town"):
                self._manage("load_demo")
        else:
            self._manage("collectstatic", "--no-input", "--verbosity", "0")
        with self.steps.step("Platform"):
            self._start_foreman(demo)
            self._await_ready()

    def _open_device_accounts(self) -> None:
        """Let the demo's devices make their passwords, and give those to a private broker."""
        if not (ROOT / "fixtures" / "field" / "credentials.py").exists():
            return
        make = [str(PYTHON), "-m", "fixtures.field.credentials", str(self.run.path)]
        run_quietly("device passwords", make, cwd=ROOT, env=self.env)
        passwords = json.loads((self.run.path / "mqtt" / "devices.json").read_text())
        for service in self.services.private:
            if isinstance(service, Mosquitto):
                service.set_accounts(passwords)

    def _empty_given_database(self, demo: bool) -> None:
        if not demo:
            raise Stop("--reset empties a database that DATABASE_URL names only in the demo.")
        run_quietly("emptying the database", [str(PYTHON), "-c", _EMPTY_DATABASE], env=self.env)

    def _manage(self, *arguments: str) -> None:
        run_quietly(
            f"manage.py {arguments[0]}", [str(PYTHON), "manage.py", *arguments], cwd=ROOT, env=self.env
        )

    def _start_foreman(self, demo: bool) -> None:
        without = [] if demo and self.options.simulator else ["field"]
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        self._foreman = processes.spawn(
            [str(PYTHON), str(ROOT / "scripts" / "run.py"), "foreman", *without],
            log=self.log,
            env=self.env,
            on_parent_death=signal.SIGTERM,
            cwd=ROOT,
        )

    def _await_ready(self) -> None:
        deadline = time.monotonic() + _READY_WITHIN_S
        while time.monotonic() < deadline:
            if is_ready(self.env["BASE_URL"]):
                return
            ended = self._foreman is None or self._foreman.poll() is not None
            if ended or self._ends("web") >= _GIVE_UP_AFTER_ENDS:
                break
            time.sleep(0.25)
        raise Stop(f"The platform did not become ready. The end of {self.log}:\n{self._log_tail()}")

    def _watch(self) -> None:
        """Wait for the end; say so when a process had to be started again."""
        with self.log.open() as log:
            log.seek(0, os.SEEK_END)
            while self._foreman is not None and self._foreman.poll() is None:
                for line in log:
                    if " ended (" in line:
                        self.steps.say(f"  ! {line.strip()}")
                self._revive_services()
                time.sleep(0.5)
        raise Stop(f"The platform's processes ended. The end of {self.log}:\n{self._log_tail()}")

    def _revive_services(self) -> None:
        for service in self.services.private:
            if service.pid is None:
                self.steps.say(f"  ! {service.name} ended, starting again")
                service.start(token=self.token, supervised=True)

    def _take_down(self) -> None:
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, signal.SIG_IGN)
        (self.run.path / "up.ready").unlink(missing_ok=True)
        with self.steps.step("Stopping"):
            if self._foreman is not None:
                processes.stop(self._foreman.pid, first=signal.SIGTERM, patience_s=25)
                self._foreman.wait()
            self.services.stop()
            processes.sweep(self.token)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the run directory's lock and its pid file."""
        with (self.run.path / "up.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Stop("Another scripts/up is running with this run directory.") from None
            processes.write_pid(self.run.path / "up.pid", os.getpid())
            try:
                yield
            finally:
                (self.run.path / "up.pid").unlink(missing_ok=True)

    def _ends(self, name: str) -> int:
        lines = self._log_text().splitlines()
        return sum(" ended (" in line and f" {name} " in line for line in lines)

    def _log_text(self) -> str:
        return self.log.read_text(errors="replace")

    def _log_tail(self) -> str:
        return "\n".join(f"    {line}" for line in self._log_text().splitlines()[-40:])


def is_ready(base_url: str) -> bool:
    """Ask `/readyz`."""
    try:
        with urllib.request.urlopen(f"{base_url}/readyz", timeout=5) as answer:  # noqa: S310 (our own address)
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _interrupt(signum: int, _frame: types.FrameType | None) -> None:
    if signum == signal.SIGHUP:
        # The terminal is gone: nothing more can be written to it.
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 (for the rest of this process)
    raise KeyboardInterrupt
