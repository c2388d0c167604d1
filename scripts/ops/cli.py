"""The commands of this folder and their help."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

from ops.errors import Stop

_COMMANDS = ("up", "down", "test", "lint", "bench", "services")
_INTERNAL = ("compose", "foreman", "install", "translations")


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status."""
    if not arguments or arguments[0] not in (*_COMMANDS, *_INTERNAL):
        print(f"Usage: scripts/{{{','.join(_COMMANDS)}}} …", file=sys.stderr)
        return 2
    command = importlib.import_module(f"ops.commands.{arguments[0]}")
    try:
        status: int = command.main(list(arguments[1:]))
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status
