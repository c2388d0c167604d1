"""Bring a checkout to the state its lock files describe; do nothing when it is already there."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from ops import packages
from ops.console import Steps, run_quietly
from ops.paths import BOOTSTRAP, FRONTEND, FRONTEND_OUTPUT, PYTHON, ROOT, STAMPS, VENV, search_path

SYSTEM_PYTHON = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
"""The Python that environments are made with: the same one also when called from within an environment."""


def prepare(steps: Steps, *, system: Iterable[packages.Requirement] = (), frontend: bool = False) -> None:
    """Install system packages, the Python environment, the front end and the translations, side by side.

    Raises: Stop when something cannot be installed, with what to do.
    """
    needed = packages.missing(system)
    if not VENV.exists():
        first = packages.missing([packages.PYTHON])
        packages.refuse_without_root([*first, *needed])
        packages.install(steps, "Python's own tools", first)
    packages.refuse_without_root(needed)
    with _one_at_a_time(), ThreadPoolExecutor(max_workers=2) as pool:
        jobs = [
            pool.submit(packages.install, steps, "System packages", needed),
            pool.submit(_language_environments, steps, frontend),
        ]
        for job in jobs:
            job.result()
        if shutil.which("msgfmt"):
            _compile_translations(steps)


def browser(steps: Steps) -> dict[str, str]:
    """Return the environment that names the browser to drive; where there is none, bring Playwright's own."""
    if found := packages.browser():
        return {"CHABAKA_BROWSER": found}
    command = [str(VENV / "bin" / "playwright"), "install", "chromium"]
    with steps.step("Browser"):
        run_quietly("playwright install", [*command, *(["--with-deps"] if os.geteuid() == 0 else [])])
    return {}


def environment() -> dict[str, str]:
    """Return the environment for programs of this checkout: its own Python and Node first."""
    env = dict(os.environ)
    # Compiled modules make every later start faster; some machines switch them off.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    env["VIRTUAL_ENV"] = str(VENV)
    env["PATH"] = f"{VENV / 'bin'}:{search_path()}"
    return env


def _language_environments(steps: Steps, frontend: bool) -> None:
    _python(steps)
    if frontend and (FRONTEND / "package-lock.json").exists():
        _node_modules(steps)
        _frontend(steps)


def _python(steps: Steps) -> None:
    # The environment's programs name its place; a security update of Python within a version changes nothing.
    place = _digest([], str(ROOT), SYSTEM_PYTHON, str(sys.version_info[:2]))
    state = _digest([ROOT / "requirements.lock"], place)
    if _is_current("python", state) and PYTHON.exists():
        return
    with steps.step("Python packages"):
        uv = _uv()
        if not PYTHON.exists() or not _is_current("place", place):
            run_quietly("uv venv", [uv, "venv", "--quiet", "--clear", "--python", SYSTEM_PYTHON, str(VENV)])
        sync = [
            uv,
            "pip",
            "sync",
            "--quiet",
            "--require-hashes",
            "--python",
            str(PYTHON),
            "requirements.lock",
        ]
        run_quietly("uv pip sync", sync, cwd=ROOT)
    _set_current("place", place)
    _set_current("python", state)


def _uv() -> str:
    """Return a private uv, of the version and hash that `scripts/bootstrap.lock` names."""
    lock = ROOT / "scripts" / "bootstrap.lock"
    uv, stamp, state = (
        BOOTSTRAP / "bin" / "uv",
        BOOTSTRAP / "stamp",
        _digest([lock], SYSTEM_PYTHON, str(sys.version_info[:2])),
    )
    if not uv.exists() or not stamp.exists() or stamp.read_text() != state:
        run_quietly("python -m venv", [SYSTEM_PYTHON, "-m", "venv", "--clear", str(BOOTSTRAP)])
        pip = [
            str(BOOTSTRAP / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        run_quietly("pip install uv", [*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(lock)])
        stamp.write_text(state)
    return str(uv)


def _node_modules(steps: Steps) -> None:
    state = _digest([FRONTEND / "package.json", FRONTEND / "package-lock.json", ROOT / "requirements.lock"])
    if _is_current("npm", state) and (FRONTEND / "node_modules").exists():
        return
    with steps.step("Front-end packages"):
        command = [str(VENV / "bin" / "npm"), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        run_quietly("npm ci", command, cwd=FRONTEND, env=environment())
    _set_current("npm", state)


def _frontend(steps: Steps) -> None:
    state = _digest(_frontend_sources())
    if _is_current("frontend", state) and FRONTEND_OUTPUT.exists():
        return
    with steps.step("Front end"):
        npm = str(VENV / "bin" / "npm")
        run_quietly("npm run build", [npm, "run", "build"], cwd=FRONTEND, env=environment())
    _set_current("frontend", state)


def _frontend_sources() -> list[Path]:
    """Return what the build reads: its own folder, and the templates whose class names it collects."""
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z", "--", "webmap", "*.html"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    names = (name for name in listing.decode().split("\0") if name)
    kept = (".html", ".ts", ".js", ".mjs", ".css", ".json", ".svg", ".py")
    return sorted({ROOT / name for name in names if name.endswith(kept)})


def _compile_translations(steps: Steps) -> None:
    catalogues = [po for po in ROOT.glob("*/**/LC_MESSAGES/*.po") if not _is_foreign(po)]
    stale = [po for po in catalogues if not _is_newer(po.with_suffix(".mo"), po)]
    if not stale:
        return
    with steps.step("Translations"):
        for po in stale:
            run_quietly(
                f"msgfmt {po.relative_to(ROOT)}", ["msgfmt", "-o", str(po.with_suffix(".mo")), str(po)]
            )


def _is_foreign(path: Path) -> bool:
    return bool({".venv", "node_modules", ".bootstrap", ".run"} & set(path.relative_to(ROOT).parts))


def _is_newer(product: Path, source: Path) -> bool:
    return product.exists() and product.stat().st_mtime_ns >= source.stat().st_mtime_ns


def _digest(files: Iterable[Path], *more: str) -> str:
    digest = hashlib.sha256("\0".join(more).encode())
    for file in files:
        digest.update(str(file.relative_to(ROOT)).encode())
        digest.update(file.read_bytes() if file.exists() else b"")
    return digest.hexdigest()


def _is_current(name: str, state: str) -> bool:
    stamp = STAMPS / name
    return stamp.exists() and stamp.read_text() == state


def _set_current(name: str, state: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(state)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let two commands in one checkout prepare it one after the other."""
    BOOTSTRAP.mkdir(exist_ok=True)
    with (BOOTSTRAP / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
