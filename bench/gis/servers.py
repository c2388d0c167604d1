"""Web servers to measure: our own, as the Procfile starts it, and tipg in an environment of its own."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ops.rundir import free_port

ROOT = Path(__file__).resolve().parents[2]
TIPG = ("tipg==1.6.1", "uvicorn", "uvloop", "httptools")
PATIENCE_S = 90.0


@contextmanager
def platform(**settings: str) -> Iterator[str]:
    """Run one web process of this checkout on DATABASE_URL; yield its address. It reads nothing ahead."""
    env = os.environ | {"CHABAKA_PROCESS": "web", "CHABAKA_READ_AHEAD": "false"} | settings
    command = [sys.executable, "-m", "uvicorn", "backend.config.asgi:application", "--lifespan", "off"]
    with served([*command, "--no-access-log"], env, "/healthz") as (address, _):
        yield address


@contextmanager
def tipg(database: str, table: str, *, geometry: str, properties: list[str]) -> Iterator[str]:
    """Run one process of tipg on one table; yield its address. Its environment is made at the first call."""
    python = _environment("tipg", TIPG)
    shown = {"geomcol": geometry, "properties": properties}
    env = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database.replace("postgres://", "postgresql://", 1),
        "TIPG_DB_TABLES": json.dumps([f"public.{table}"]),
        "TIPG_DB_SPATIAL_EXTENT": "false",
        "TIPG_DB_DATETIME_EXTENT": "false",
        "TIPG_TABLE_CONFIG": json.dumps({f"public_{table}": shown}),
    }
    command = [str(python), "-m", "uvicorn", "tipg.main:app", "--no-access-log"]
    with served(command, env, "/healthz") as (address, _):
        yield address


def _environment(name: str, packages: tuple[str, ...]) -> Path:
    """Return the Python of a virtual environment in the run directory that holds `packages`."""
    folder = Path(os.environ["CHABAKA_RUN_DIR"]) / "bench" / name
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-qq", *packages], check=True)
    return python


@contextmanager
def served(command: list[str], env: Mapping[str, str], path: str) -> Iterator[tuple[str, int]]:
    """Run a server on a free port until it answers on a path; yield its address and process id."""
    port = free_port()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [*command, "--port", str(port)], cwd=ROOT, env=dict(env), stdout=log, stderr=log
        )
        try:
            if not _answers(port, path, process):
                log.seek(0)
                raise RuntimeError(f"{command[-2]} did not start: {log.read()[-2000:].decode()}")
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()
            process.wait(20)


def _answers(port: int, path: str, process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            if connection.getresponse().status < 500:
                return True
        except OSError:
            time.sleep(0.2)
    return False
