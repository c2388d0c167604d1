"""Private PostgreSQL with PostGIS."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

from ops.errors import CommandFailed, Stop
from ops.services.base import Service

_USER = "chabaka"
_DATABASE = "chabaka"

_SETTINGS = """\
# Written at every start. Sized for two cores beside the platform's own processes.
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 120
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
wal_compression = on
checkpoint_timeout = 15min
random_page_cost = 1.1
max_parallel_workers_per_gather = 1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_min_duration_statement = 2000
log_line_prefix = '%m [%p] '
"""
#: For tests alone: the data is thrown away at the end.
_FAST = """\
fsync = off
synchronous_commit = off
full_page_writes = off
"""


def binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL on this machine that has PostGIS."""
    debian = Path("/usr/lib/postgresql")
    versions = sorted(
        (p for p in debian.glob("*") if p.name.isdigit()), key=lambda p: int(p.name), reverse=True
    )
    for version in versions:
        extension = Path("/usr/share/postgresql") / version.name / "extension" / "postgis.control"
        if (version / "bin" / "postgres").exists() and extension.exists():
            return version / "bin"
    return _from_path()


class Postgres(Service):
    """A cluster of its own with one database and one superuser."""

    name = "postgres"
    variable = "DATABASE_URL"
    stop_signal = signal.SIGINT  # fast shutdown: roll back, disconnect, checkpoint, exit

    @property
    def url(self) -> str:
        """Return the platform's connection URL."""
        return f"postgres://{_USER}:{self.run.secret(self.name)}@127.0.0.1:{self.port}/{_DATABASE}"

    def configure(self) -> list[str]:
        """Make the cluster on first use; write its settings."""
        data = self.folder / "data"
        if not (data / "PG_VERSION").exists():
            self._initialise(data)
        settings = _SETTINGS + (_FAST if self.fast else "")
        self.run.write(data / "chabaka.conf", f"port = {self.port}\n{settings}", for_service=True)
        return [str(self._binary("postgres")), "-D", str(data)]

    def is_ready(self) -> bool:
        """Ask pg_isready."""
        command = [str(self._binary("pg_isready")), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return self.accepts_connections() and subprocess.run(command, check=False).returncode == 0

    def after_start(self) -> None:
        """Create the database on first use."""
        if _DATABASE not in self._psql("SELECT datname FROM pg_database").split():
            self._psql(f"CREATE DATABASE {_DATABASE}")

    def _initialise(self, data: Path) -> None:
        shutil.rmtree(data, ignore_errors=True)
        password_file = self.folder / "password"
        self.run.write(password_file, self.run.secret(self.name), for_service=True)
        options = [f"--username={_USER}", f"--pwfile={password_file}", "--auth=scram-sha-256", "--no-sync"]
        command = [
            str(self._binary("initdb")),
            "-D",
            str(data),
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            *options,
        ]
        account = self.run.account
        identity = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
        made = subprocess.run(
            command, cwd=self.folder, check=False, capture_output=True, text=True, **identity
        )  # type: ignore[call-overload]
        password_file.unlink()
        if made.returncode:
            shutil.rmtree(data, ignore_errors=True)
            raise CommandFailed("initdb", made.returncode, made.stdout + made.stderr)
        with (data / "postgresql.conf").open("a") as file:
            file.write("\ninclude = 'chabaka.conf'\n")

    def _psql(self, statement: str) -> str:
        command = [str(self._binary("psql")), "-X", "-A", "-t", "-h", "127.0.0.1", "-p", str(self.port)]
        asked = subprocess.run(
            [*command, "-U", _USER, "-d", "postgres", "-c", statement],
            env=os.environ | {"PGPASSWORD": self.run.secret(self.name)},
            check=False,
            capture_output=True,
            text=True,
        )
        if asked.returncode:
            raise CommandFailed("psql", asked.returncode, asked.stderr)
        return asked.stdout

    def _binary(self, name: str) -> Path:
        folder = binaries()
        if folder is None:
            raise Stop("PostgreSQL with PostGIS is not installed.")
        return folder / name


def _from_path() -> Path | None:
    config = shutil.which("pg_config")
    if not config or not shutil.which("postgres"):
        return None
    asked = subprocess.run([config, "--bindir", "--sharedir"], capture_output=True, text=True, check=False)
    folders = asked.stdout.split()
    if len(folders) != 2 or not (Path(folders[1]) / "extension" / "postgis.control").exists():
        return None
    return Path(folders[0])
