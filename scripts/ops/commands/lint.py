"""scripts/lint: every check that needs no running platform."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from ops import install, packages
from ops.console import Steps, run_quietly
from ops.errors import CommandFailed, Stop
from ops.paths import FRONTEND, PYTHON, ROOT, VENV

#: Nothing connects to it: these checks read code alone.
_NO_DATABASE = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "PYTHONWARNINGS": "ignore"}
_PRODUCTION = {
    "CHABAKA_ENV": "production",
    "CHABAKA_SECRET_KEY": "only-read-by-the-deployment-check-0123456789-abcdefghijklmnopqrstuvwxyz",
    "CHABAKA_ALLOWED_HOSTS": '["chabaka.example"]',
    **_NO_DATABASE,
}


@dataclass(frozen=True)
class Check:
    """One program to run, and what its success means."""

    title: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path = ROOT


def main(arguments: list[str]) -> int:
    """Run all checks, or those whose title holds one of the words given; report every failure."""
    parser = argparse.ArgumentParser(prog="scripts/lint", description=main.__doc__)
    parser.add_argument("words", nargs="*", help="for example: types translations")
    parser.add_argument(
        "--write-translations", action="store_true", help="put new strings into the .po files"
    )
    asked = parser.parse_args(arguments)
    words, steps = asked.words, Steps()
    install.prepare(steps, system=[*packages.LIBRARIES, packages.TRANSLATION], frontend=True)
    if asked.write_translations:
        command = [str(PYTHON), str(ROOT / "scripts" / "run.py"), "translations", "--write"]
        return subprocess.run(command, cwd=ROOT, env=install.environment(), check=False).returncode
    checks = [check for check in _checks() if not words or any(word in check.title for word in words)]
    if not checks:
        raise Stop(f"No check matches {' '.join(words)}.")
    with ThreadPoolExecutor(max_workers=2) as pool:
        failures = [failure for failure in pool.map(_runner(steps), checks) if failure]
    for failure in failures:
        print(f"\n{failure}", file=sys.stderr)
    return 1 if failures else 0


def _runner(steps: Steps) -> Callable[[Check], str | None]:
    def run(check: Check) -> str | None:
        try:
            with steps.step(check.title):
                run_quietly(
                    check.title, check.command, cwd=check.cwd, env={**install.environment(), **check.env}
                )
        except CommandFailed as failure:
            return str(failure)
        return None

    return run


def _checks() -> list[Check]:
    python, tool = str(PYTHON), str(VENV / "bin")
    own = [python, str(ROOT / "scripts" / "run.py")]
    manage = [python, "manage.py"]
    return [
        Check("types", [f"{tool}/mypy"], env={"CHABAKA_ENV": "test", **_NO_DATABASE}),
        Check("style", [f"{tool}/ruff", "check", "--no-fix", "."]),
        Check("format", [f"{tool}/ruff", "format", "--check", "."]),
        Check("import contracts", [f"{tool}/lint-imports", "--no-cache"]),
        Check("deployment", [*manage, "check", "--deploy", "--fail-level", "WARNING"], env=_PRODUCTION),
        Check(
            "migrations",
            [*manage, "makemigrations", "--check", "--dry-run"],
            env={"CHABAKA_ENV": "test", **_NO_DATABASE},
        ),
        Check("translations", [*own, "translations"]),
        Check("compose file", [*own, "compose"]),
        Check("shell scripts", ["bash", "-n", *_shell_scripts()]),
        *_frontend_checks(),
    ]


def _frontend_checks() -> list[Check]:
    if not (FRONTEND / "package.json").exists():
        return []
    npm = [str(VENV / "bin" / "npm"), "run", "--silent"]
    return [Check(f"front-end {name}", [*npm, name], cwd=FRONTEND) for name in ("lint", "typecheck", "test")]


def _shell_scripts() -> list[str]:
    listing = subprocess.run(
        ["git", "ls-files", "scripts", ".ci"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = [ROOT / name for name in listing.stdout.split()]
    return [
        str(path)
        for path in paths
        if path.suffix == ".sh" or path.read_bytes().startswith(b"#!/usr/bin/env bash")
    ]
