"""The unprivileged account that private services run as when the caller is root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

NAME = "chabaka"


@dataclass(frozen=True)
class Account:
    """A system account, by number."""

    name: str
    uid: int
    gid: int


def service_account() -> Account | None:
    """Return the account for services, made on first use; None when the caller is not root."""
    if os.geteuid() != 0:
        return None
    return _lookup(NAME) or _create() or _lookup("postgres") or _lookup("nobody")


def can_enter(path: Path, account: Account | None) -> bool:
    """Tell whether the account may enter a directory (or the nearest parent that exists)."""
    existing = path
    while not existing.exists():
        existing = existing.parent
    if account is None:
        return os.access(existing, os.X_OK)
    # The kernel decides, as that account: modes, groups and access lists all count.
    probe = subprocess.run(
        ["/usr/bin/test", "-x", str(existing)],
        cwd="/",
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        check=False,
    )
    return probe.returncode == 0


def _lookup(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)


def _create() -> Account | None:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    try:
        subprocess.run([*command, "--shell", "/usr/sbin/nologin", NAME], check=False, capture_output=True)
    except FileNotFoundError:
        return None
    return _lookup(NAME)
