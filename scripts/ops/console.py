"""Progress that reads well in a terminal and in a log."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ops.errors import CommandFailed

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_HEARTBEAT_S = 15.0


class Steps:
    """Named steps, possibly several at once: one line each when done, a moving line meanwhile.

    Without a terminal the moving line becomes a heartbeat every 15 seconds, so that a log shows life too.
    """

    def __init__(self) -> None:
        self._active: dict[str, float] = {}
        self._lock = threading.Lock()
        self._terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        self._ticker: threading.Thread | None = None
        self._next_beat = float("inf")

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show a step while it runs, then how long it took."""
        began = time.monotonic()
        with self._lock:
            self._active[title] = began
            self._next_beat = min(self._next_beat, began + _HEARTBEAT_S)
            if self._ticker is None:
                self._ticker = threading.Thread(target=self._tick, daemon=True)
                self._ticker.start()
        try:
            yield
        except BaseException:
            self._finish("✗", title, began)
            raise
        self._finish("✓", title, began)

    def say(self, text: str) -> None:
        """Print a line of its own."""
        with self._lock:
            self._print(text)

    def _finish(self, mark: str, title: str, began: float) -> None:
        with self._lock:
            del self._active[title]
            self._print(f"  {mark} {title:<34}{time.monotonic() - began:6.1f} s")

    def _tick(self) -> None:
        frame = 0
        while True:
            time.sleep(0.15 if self._terminal else 1.0)
            with self._lock:
                now = time.monotonic()
                running = " · ".join(f"{title} {now - began:.0f} s" for title, began in self._active.items())
                if not running:
                    self._next_beat = float("inf")
                elif self._terminal:
                    frame += 1
                    self._write(f"\r\033[K  {_FRAMES[frame % len(_FRAMES)]} {running}"[: _columns() + 4])
                elif now >= self._next_beat:
                    self._next_beat = now + _HEARTBEAT_S
                    self._write(f"  … {running}\n")

    def _print(self, text: str) -> None:
        self._write(("\r\033[K" if self._terminal else "") + text + "\n")

    @staticmethod
    def _write(text: str) -> None:
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except (OSError, ValueError):
            return  # the terminal was closed; stopping cleanly matters more than saying so


def run_quietly(
    what: str, command: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> None:
    """Run a program without showing its output.

    Raises: CommandFailed with the end of the output when it fails.
    """
    with tempfile.TemporaryFile() as output:
        status = subprocess.run(
            list(command),
            cwd=cwd,
            env=None if env is None else dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
        if status:
            output.seek(0)
            raise CommandFailed(what, status, output.read().decode(errors="replace"))


def _columns() -> int:
    try:
        return os.get_terminal_size().columns or 100
    except OSError:
        return 100
