"""The district's database, and copies of it for what writes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bench.gis.district import generate
from bench.gis.district.loading import load

ROOT = Path(__file__).resolve().parents[2]
NAME = "chabaka_bench_district"


def district_database() -> str:
    """Return the address of a migrated database that holds the district, made at the first call (minutes)."""
    address = os.environ["DATABASE_URL"]
    with psycopg.connect(address, autocommit=True) as db:
        known = db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone()
        if known is None:
            db.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
    district = _named(address, NAME)
    migrate(district)
    with psycopg.connect(district) as db:
        loaded = db.execute("SELECT 1 FROM gis_network WHERE code = 'million'").fetchone()
    if loaded is None:
        print("Loading the district: some minutes, once.", file=sys.stderr)
        load(district, generate())
    return district


@contextmanager
def copied(address: str, name: str) -> Iterator[str]:
    """Copy a database under a name of its own on the same server, and drop the copy at the end.

    Nobody may be connected to the original meanwhile: close Django's own connections first.
    """
    source = urlsplit(address).path.strip("/")
    with _made(address, name, sql.SQL(" TEMPLATE {}").format(sql.Identifier(source))) as copy:
        yield copy


@contextmanager
def empty(address: str, name: str) -> Iterator[str]:
    """Make a migrated database without rows on the same server, and drop it at the end."""
    with _made(address, name, sql.SQL("")) as made:
        migrate(made)
        yield made


def migrate(address: str) -> None:
    """Bring a database to the schema of this checkout, in a process of its own."""
    env = os.environ | {"DATABASE_URL": address}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=env, check=True)


@contextmanager
def _made(address: str, name: str, source: sql.Composable) -> Iterator[str]:
    there, own = _named(address, "postgres"), sql.Identifier(name)
    with psycopg.connect(there, autocommit=True) as db:
        db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(own))
        db.execute(sql.SQL("CREATE DATABASE {}{}").format(own, source))
    try:
        yield _named(address, name)
    finally:
        with psycopg.connect(there, autocommit=True) as db:
            db.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(own))


def _named(address: str, name: str) -> str:
    return urlsplit(address)._replace(path=f"/{name}").geturl()
