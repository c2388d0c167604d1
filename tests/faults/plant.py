"""A plant to break: services that keep what they confirm, and the platform's processes around them."""

from __future__ import annotations

import itertools
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psycopg

from ops import processes
from ops.account import service_account
from ops.rundir import RunDir
from ops.services.base import Service
from ops.services.mosquitto import Mosquitto
from ops.services.postgres import Postgres
from ops.services.redis import Redis

ROOT = Path(__file__).resolve().parents[2]
DISK_MB = 700


def wait_until(condition: Callable[[], Any], timeout_s: float = 90.0, *, every_s: float = 0.05) -> Any:
    """Return the first true answer of `condition`, or fail."""
    deadline = time.monotonic() + timeout_s
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"it did not happen within {timeout_s:g} s"
        time.sleep(every_s)
    return answer


def children(pid: int) -> list[int]:
    """Return the children of a process."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Process:
    """One of the platform's processes; `log` holds what it said since the plant began."""

    def __init__(self, name: str, command: list[str], env: dict[str, str], log: Path) -> None:
        self._command, self._env, self._log = command, env, log
        self.name = name
        log.touch()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def start(self) -> Process:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._env,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGKILL),
            )
        return self

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def said(self, text: str) -> int:
        """Count how often it said something."""
        return self._log.read_text(errors="replace").count(text)

    def start_and_hear(self, text: str) -> Process:
        """Start and wait until it says something (once more than before)."""
        before = self.said(text)
        self.start()
        wait_until(lambda: self.said(text) > before)
        return self

    def signal(self, number: signal.Signals) -> None:
        assert self._process
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it and its children as a power cut would."""
        if self._process is None:
            return
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def kill_child(self) -> bool:
        """Kill one of its child processes; tell whether there was one."""
        found = children(self.pid)
        for child in found[-1:]:
            os.kill(child, signal.SIGKILL)
        return bool(found)

    def resident_mb(self) -> float:
        """Return its memory."""
        assert self._process
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


class Plant:
    """PostgreSQL on a small disk of its own, Redis, Mosquitto, and what runs on them."""

    def __init__(self, folder: Path) -> None:
        self.token = secrets.token_hex(8)
        self.run = RunDir(folder, service_account())
        self._mounted = self._mount()
        self.postgres, self.redis, self.mosquitto = Postgres(self.run), Redis(self.run), Mosquitto(self.run)
        self._processes: list[Process] = []
        self._numbers = itertools.count()

    @property
    def services(self) -> tuple[Service, ...]:
        return self.postgres, self.redis, self.mosquitto

    @property
    def disk(self) -> Path:
        """Folder that is a file system of its own, holding nothing but the database."""
        assert self._mounted, "a disk of its own needs root and the right to mount"
        return self.run.path / "postgres"

    def start(self, devices: dict[str, Any], passwords: dict[str, str]) -> None:
        """Start the services, make the tables, bring in the devices."""
        self.mosquitto.set_accounts(passwords)
        for service in self.services:
            self.start_service(service)
        self._keep_little_journal()
        self.manage("migrate", "--verbosity", "0")
        file = self.run.path / "devices.json"
        file.write_text(json.dumps(devices))
        self.manage("import_devices", str(file))

    def start_service(self, service: Service) -> None:
        service.start(token=self.token, supervised=True)

    def kill_service(self, service: Service) -> None:
        """End a service as a power cut would."""
        pid = service.pid
        assert pid
        os.kill(pid, signal.SIGKILL)
        service.stop()

    def process(self, name: str, *command: str, **env: str) -> Process:
        """Describe a process of the platform, not started; ended with the plant at the latest."""
        log = self.run.log / f"{name}-{next(self._numbers)}.log"
        process = Process(name, [sys.executable, *command], self.environment() | env, log)
        self._processes.append(process)
        return process

    def ingester(self, *options: str, **env: str) -> Process:
        return self.process("ingest", "manage.py", "ingest_mqtt", *options, **env)

    def environment(self) -> dict[str, str]:
        own = {service.variable: service.url for service in self.services}
        run = {"CHABAKA_ENV": "test", "CHABAKA_RUN_DIR": str(self.run.path)}
        own |= run | {processes.TOKEN_VARIABLE: self.token}
        return os.environ | own

    def manage(self, *arguments: str) -> str:
        """Run a management command and return what it prints."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment(), capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database, on a connection of its own."""
        with psycopg.connect(self.postgres.url, autocommit=True, connect_timeout=5) as database:
            answer = database.execute(query, values)
            return answer.fetchall() if answer.description else []

    def count(self, devices: Iterable[str]) -> int:
        """Count the readings stored for these devices."""
        ((count,),) = self.ask(
            "SELECT count(*) FROM telemetry_reading WHERE sensor_id IN (SELECT sensor.id"
            " FROM telemetry_sensor AS sensor JOIN telemetry_device AS device ON device.id = device_id"
            " WHERE device.code = ANY(%s))",
            list(devices),
        )
        return int(count)

    def stored(self, devices: Iterable[str]) -> dict[tuple[str, int], list[float]]:
        """Return every value stored for these devices, by device and sequence number."""
        rows = self.ask(
            "SELECT device.code, reading.seq, array_agg(reading.value)"
            " FROM telemetry_reading AS reading JOIN telemetry_sensor AS sensor ON sensor.id = sensor_id"
            " JOIN telemetry_device AS device ON device.id = sensor.device_id"
            " WHERE device.code = ANY(%s) GROUP BY 1, 2",
            list(devices),
        )
        return {(code, seq): values for code, seq, values in rows}

    def end_processes(self) -> None:
        """End what tests started."""
        while self._processes:
            self._processes.pop().kill()

    def stop(self) -> None:
        self.end_processes()
        for service in reversed(self.services):
            service.stop()
        processes.sweep(self.token)
        if self._mounted:
            subprocess.run(["umount", str(self.disk)], check=True)

    def _keep_little_journal(self) -> None:
        """Let the database's own journal (2 GB by default) not fill its small disk."""
        for setting, value in (("min_wal_size", "32MB"), ("max_wal_size", "64MB")):
            self.ask(f"ALTER SYSTEM SET {setting} = '{value}'")
        self.ask("SELECT pg_reload_conf()")

    def _mount(self) -> bool:
        disk = self.run.folder_for_service("postgres")
        command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(disk)]
        mounted = os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0
        if mounted:
            disk.chmod(0o700)
        return mounted
