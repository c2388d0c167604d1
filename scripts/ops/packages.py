"""What the distribution must provide, found by what it does rather than by package name."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ops.console import Steps, run_quietly
from ops.errors import Stop
from ops.paths import search_path
from ops.services.postgres import binaries

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Requirement:
    """One thing needed: how to see that it is there, and the packages that bring it."""

    name: str
    packages: tuple[str, ...]
    present: Callable[[], bool]


def _program(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name, path=search_path()) is not None


def _can_make_environments() -> bool:
    probe = [sys.executable, "-c", "import ensurepip, venv"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


PYTHON = Requirement("python3-venv", ("python3-venv",), _can_make_environments)


def _reads_maps() -> bool:
    """Whether GDAL is there, as the library that Django uses and as the program that tests ask."""
    return all(map(ctypes.util.find_library, ("gdal", "geos_c"))) and _program("ogrinfo")()


LIBRARIES = (
    Requirement("gdal", ("gdal-bin",), _reads_maps),
    Requirement("gettext", ("gettext",), _program("msgfmt")),
)
_GIVEN_BY = {"postgresql": "DATABASE_URL", "redis": "REDIS_URL", "mosquitto": "MQTT_URL"}
SERVICES = (
    Requirement("postgresql", ("postgresql", "postgresql-postgis"), lambda: binaries() is not None),
    Requirement("redis", ("redis-server",), _program("redis-server")),
    Requirement("mosquitto", ("mosquitto",), _program("mosquitto")),
    *LIBRARIES,
)
TRANSLATION = Requirement("gettext", ("gettext",), _program("xgettext"))


def browser() -> str | None:
    """Return the browser that CHABAKA_BROWSER names, else the distribution's Chromium, if there is one."""
    names = (os.environ.get("CHABAKA_BROWSER", ""), *_BROWSERS)
    return next((found for name in names if (found := shutil.which(name))), None)


def for_services() -> list[Requirement]:
    """Return what the platform needs here, without the services that the environment already gives."""
    return [need for need in SERVICES if not os.environ.get(_GIVEN_BY.get(need.name, ""))]


def for_browser() -> list[Requirement]:
    """Return the browser package; none on Ubuntu, whose package is a snap (see `ops.install.browser`)."""
    if "ID=ubuntu" in Path("/etc/os-release").read_text().splitlines():
        return []
    return [Requirement("chromium", ("chromium",), lambda: browser() is not None)]


def for_long_tests() -> list[Requirement]:
    """Return what tests of minutes compare with: a Modbus client that is not ours."""
    return [Requirement("mbpoll", ("mbpoll",), _program("mbpoll"))]


def missing(requirements: Iterable[Requirement]) -> list[Requirement]:
    """Return the requirements that this machine does not meet."""
    return [requirement for requirement in requirements if not requirement.present()]


def refuse_without_root(lacking: Iterable[Requirement]) -> None:
    """Stop with the one line to type when something is missing and we may not install it."""
    names = _package_names(lacking)
    if names and os.geteuid() != 0:
        raise Stop(
            f"Some system packages are missing. Install them with:\n\n    sudo apt-get install {names}\n"
        )


def install(steps: Steps, title: str, lacking: list[Requirement]) -> None:
    """Install what is missing, without starting the services that packages bring."""
    if not lacking:
        return
    refuse_without_root(lacking)
    if not shutil.which("apt-get"):
        raise Stop(f"Please install: {_package_names(lacking)} (there is no apt-get here).")
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    apt = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "-qq", "-y"]
    with steps.step(title), _services_left_alone():
        run_quietly("apt-get update", [*apt, "update"], env=env)
        names = _package_names(lacking).split()
        run_quietly("apt-get install", [*apt, "install", "--no-install-recommends", *names], env=env)
    still = [requirement.name for requirement in lacking if not requirement.present()]
    if still:
        raise Stop(f"Still missing after apt-get install: {', '.join(still)}.")


@contextmanager
def _services_left_alone() -> Iterator[None]:
    """Keep new packages from starting servers of their own on the usual ports, now or at boot."""
    policy = Path("/usr/sbin/policy-rc.d")
    cluster = Path("/etc/postgresql-common/createcluster.conf")
    own_policy, own_cluster = not policy.exists(), not cluster.exists()
    already = {name for name in ("redis-server", "mosquitto", "postgresql") if _unit_exists(name)}
    if own_policy:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
    if own_cluster:
        cluster.parent.mkdir(parents=True, exist_ok=True)
        cluster.write_text("create_main_cluster = false\n")
    try:
        yield
    finally:
        if own_policy:
            policy.unlink(missing_ok=True)
        for name in ("redis-server", "mosquitto", "postgresql"):
            if name not in already and _unit_exists(name) and shutil.which("systemctl"):
                subprocess.run(["systemctl", "disable", name], capture_output=True, check=False)


def _unit_exists(name: str) -> bool:
    return any(
        Path(folder, f"{name}.service").exists()
        for folder in ("/lib/systemd/system", "/usr/lib/systemd/system")
    )


def _package_names(requirements: Iterable[Requirement]) -> str:
    return " ".join(dict.fromkeys(name for requirement in requirements for name in requirement.packages))
