"""scripts/bench: run one measurement by name, or list them."""

from __future__ import annotations

import argparse
import ast
import subprocess

from ops import install, packages
from ops.console import Steps
from ops.errors import Stop
from ops.paths import PYTHON, ROOT
from ops.rundir import RunDir
from ops.services import read_environment


def main(arguments: list[str]) -> int:
    """Run `python -m bench.NAME` with the environment of the run directory; more arguments go to it."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=main.__doc__)
    parser.add_argument("name", nargs="?")
    asked, more = parser.parse_known_args(arguments)
    benches = _benches()
    if asked.name is None:
        for name, summary in benches.items():
            print(f"{name:<12} {summary}")
        return 0
    if asked.name not in benches:
        raise Stop(f"No such measurement: {asked.name}. There are: {', '.join(benches) or 'none'}.")
    steps = Steps()
    install.prepare(steps, system=[*packages.for_services(), *packages.for_browser()], frontend=True)
    run = RunDir.locate()
    (run.path / "bench").mkdir(exist_ok=True)
    env = install.environment() | install.browser(steps) | read_environment(run)
    env["CHABAKA_RUN_DIR"] = str(run.path)
    env["PYTHONPATH"] = str(ROOT / "scripts")  # a measurement may start private services of its own
    command = [str(PYTHON), "-m", f"bench.{asked.name}", *more]
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


def _benches() -> dict[str, str]:
    """Return the measurements with the first line of what they say about themselves."""
    found = {}
    for entry in sorted((ROOT / "bench").iterdir()):
        module = entry / "__main__.py" if entry.is_dir() else entry
        if module.suffix != ".py" or entry.name.startswith("_") or not module.exists():
            continue
        found[entry.stem] = (ast.get_docstring(ast.parse(module.read_text())) or "").partition("\n")[0]
    return found
