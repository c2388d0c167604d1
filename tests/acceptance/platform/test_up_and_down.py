"""scripts/up and scripts/down as the person at the terminal meets them."""

from __future__ import annotations

import os
import pty
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ops import processes
from ops.paths import ROOT
from ops.rundir import free_port
from tests.factories.platform import open_folder

pytestmark = [pytest.mark.long, pytest.mark.timeout(420)]


class Checkout:
    """This checkout with a run directory and a port of its own."""

    def __init__(self, run_dir: Path) -> None:
        self.run_dir = run_dir
        self.port = free_port()
        kept = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
        own = {"CHABAKA_ENV": "demo", "CHABAKA_RUN_DIR": str(run_dir), "CHABAKA_PORT": str(self.port)}
        self.env = kept | own | {"TERM": "xterm"}
        self.env.pop(processes.TOKEN_VARIABLE, None)

    def run(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(ROOT / "scripts" / script), *arguments]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def database_url(self) -> str:
        lines = (self.run_dir / "services.env").read_text().splitlines()
        return next(line.partition("=")[2] for line in lines if line.startswith("DATABASE_URL="))

    def left_over(self) -> list[int]:
        """Return the processes that still carry the last run's token."""
        return processes.carrying((self.run_dir / "up.token").read_text())


class Terminal:
    """A terminal in which scripts/up runs in the foreground."""

    def __init__(self, checkout: Checkout) -> None:
        self.shown = ""
        self.pid, self._screen = pty.fork()
        if self.pid == 0:
            os.execve(ROOT / "scripts" / "up", ["scripts/up"], checkout.env)

    def read_until(self, text: str) -> None:
        while text not in self.shown:
            self.shown += os.read(self._screen, 4096).decode(errors="replace")

    def press_ctrl_c(self) -> None:
        os.write(self._screen, b"\x03")

    def drain(self) -> None:
        try:
            while part := os.read(self._screen, 4096):
                self.shown += part.decode(errors="replace")
        except OSError:
            return

    def close(self) -> None:
        os.close(self._screen)

    def status(self) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """One run directory for all, so that the town is loaded once."""
    return Checkout(open_folder(tmp_path_factory.mktemp("up")))


@pytest.fixture
def checkout(shared: Checkout) -> Iterator[Checkout]:
    """The shared run directory with nothing running, before and after."""
    yield shared
    shared.run("down")


def test_detached_it_is_ready_on_return_a_second_up_says_so_and_down_stops_it(checkout: Checkout) -> None:
    up = checkout.run("up", "--detach")
    assert up.returncode == 0, up.stdout + up.stderr
    assert checkout.is_ready()
    for role in ("citizen", "agent", "technician", "dispatcher", "supervisor", "analyst", "administrator"):
        assert role in up.stdout
    again = checkout.run("up", "--detach")
    assert again.returncode == 0
    assert "running already" in again.stdout
    down = checkout.run("down")
    assert down.returncode == 0
    assert checkout.left_over() == []
    assert not checkout.is_ready()


def test_ctrl_c_stops_everything_and_leaves_no_process(checkout: Checkout) -> None:
    terminal = Terminal(checkout)
    terminal.read_until("Chabaka is running at")
    assert checkout.is_ready()
    terminal.press_ctrl_c()
    terminal.drain()
    assert terminal.status() == 0
    assert checkout.left_over() == []


def test_closing_the_terminal_stops_everything(checkout: Checkout) -> None:
    terminal = Terminal(checkout)
    terminal.read_until("Chabaka is running at")
    terminal.close()
    terminal.status()
    assert checkout.left_over() == []


def test_a_killed_supervisor_leaves_no_process_and_the_next_up_works(checkout: Checkout) -> None:
    assert checkout.run("up", "--detach").returncode == 0
    supervisor = processes.read_pid(checkout.run_dir / "up.pid")
    assert supervisor is not None
    os.kill(supervisor, signal.SIGKILL)
    assert processes.wait_until(lambda: not checkout.left_over(), timeout_s=30)
    assert checkout.run("up", "--detach", "--no-simulator").returncode == 0
    assert checkout.is_ready()


@pytest.mark.parametrize("service", ["postgres", "redis", "mosquitto"])
def test_a_killed_service_is_started_again(checkout: Checkout, service: str) -> None:
    assert checkout.run("up", "--detach", "--no-simulator").returncode == 0
    killed = processes.read_pid(checkout.run_dir / f"{service}.pid")
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    file = checkout.run_dir / f"{service}.pid"
    assert processes.wait_until(lambda: processes.read_pid(file) not in (None, killed), timeout_s=30)
    assert processes.wait_until(checkout.is_ready, timeout_s=30)


def test_data_is_kept_between_runs_until_a_reset(checkout: Checkout) -> None:
    assert checkout.run("up", "--detach", "--no-simulator").returncode == 0
    with psycopg.connect(checkout.database_url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS value")
    checkout.run("down")
    assert checkout.run("up", "--detach", "--no-simulator").returncode == 0
    with psycopg.connect(checkout.database_url()) as connection:
        assert connection.execute("SELECT value FROM kept").fetchone() == (1,)
    reset = checkout.run("up", "--detach", "--no-simulator", "--reset")
    assert reset.returncode == 0, reset.stdout + reset.stderr
    assert checkout.is_ready()
    with psycopg.connect(checkout.database_url()) as connection:
        assert connection.execute("SELECT to_regclass('kept')").fetchone() == (None,)


def test_a_port_in_use_is_told_before_anything_starts(checkout: Checkout) -> None:
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", checkout.port))
        stranger.listen()
        up = checkout.run("up", "--detach")
    assert up.returncode == 1
    assert f"Port {checkout.port} is in use" in up.stdout + up.stderr
