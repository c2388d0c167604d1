"""Find what French or Arabic readers would meet untranslated.

Each application's strings are extracted afresh into a copy of its catalogues; whatever comes out without a
translation, or with a guessed one, is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ops.paths import ROOT

APPLICATIONS = ("backend/core", "gis", "telemetry", "metering", "maintenance", "webmap", "fixtures")
LANGUAGES = ("fr", "ar")


def main(arguments: list[str]) -> int:
    """Print every string that lacks a translation; with `--write`, update the catalogues for translators."""
    write = "--write" in arguments
    faults = [fault for application in APPLICATIONS for fault in check(application, ROOT, write=write)]
    for fault in faults:
        print(fault)
    if faults:
        print(
            f"\n{len(faults)} to translate: scripts/lint --write-translations puts them into the .po files."
        )
    return 1 if faults else 0


def check(application: str, root: Path, *, write: bool = False) -> Iterator[str]:
    """Yield the faults of one application's catalogues as readable lines."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = _copy(application, root, Path(scratch))
        command = [
            sys.executable,
            "-m",
            "django",
            "makemessages",
            "--no-obsolete",
            "--no-wrap",
            "--add-location=file",
        ]
        _run([*command, *(f"--locale={language}" for language in LANGUAGES)], cwd=copy)
        for language in LANGUAGES:
            catalogue = Path("locale", language, "LC_MESSAGES", "django.po")
            if not (copy / catalogue).exists():
                continue
            for kind, option in (("missing", "--untranslated"), ("guessed", "--only-fuzzy")):
                for msgid in _messages(copy / catalogue, option):
                    yield f"{application} {language} {kind}: {msgid}"
            _run(["msgfmt", "--check-format", "-o", "/dev/null", str(catalogue)], cwd=copy)
            if write:
                (root / application / catalogue).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(copy / catalogue, root / application / catalogue)


def _copy(application: str, root: Path, scratch: Path) -> Path:
    """Copy what belongs to the application, without build products or installed packages."""
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z", "--", application],
        cwd=root,
        capture_output=True,
        check=True,
    ).stdout
    (scratch / application / "locale").mkdir(parents=True)
    for name in filter(None, listing.decode().split("\0")):
        if name.endswith((".py", ".html", ".txt", ".po")) and (root / name).exists():
            (scratch / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, scratch / name)
    return scratch / application


def _messages(catalogue: Path, option: str) -> list[str]:
    """Return the msgids of the entries that msgattrib selects."""
    selected = _run(["msgattrib", option, "--no-obsolete", "--no-wrap", str(catalogue)], cwd=catalogue.parent)
    entries = [entry.splitlines() for entry in selected.split("\n\n")]
    return [
        _msgid(lines)
        for lines in entries
        if not any(line == 'msgid ""' for line in lines[:1]) and _msgid(lines)
    ]


def _msgid(lines: list[str]) -> str:
    text, inside = "", False
    for line in lines:
        if line.startswith("msgid "):
            inside, line = True, line.removeprefix("msgid ")
        elif not line.startswith('"'):
            inside = False
        if inside:
            text += line[1:-1]
    return text


def _run(command: list[str], cwd: Path) -> str:
    # Without settings: makemessages then works on the folder it stands in.
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return done.stdout
