"""What stops a command, told to the person who typed it."""

from __future__ import annotations


class Stop(Exception):  # noqa: N818 (it ends a command; it is no fault)
    """End the command with this message and exit status 1."""


class CommandFailed(Stop):
    """A program that a step ran ended with an error."""

    def __init__(self, what: str, status: int, output: str) -> None:
        lines = output.strip().splitlines()
        shown = lines if len(lines) <= 60 else [*lines[:20], "…", *lines[-40:]]
        tail = "\n".join(f"    {line}" for line in shown)
        super().__init__(f"{what} failed (exit {status})" + (f":\n{tail}" if tail else "."))
        self.status = status
