"""Internal: install everything and start nothing; container images are built with it."""

from __future__ import annotations

from ops import install, packages
from ops.console import Steps


def main(_arguments: list[str]) -> int:
    """Install libraries, Python packages, the front end and the translations."""
    install.prepare(Steps(), system=packages.LIBRARIES, frontend=True)
    return 0
