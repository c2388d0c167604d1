"""Turn `DATABASE_URL` into Django's database settings."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

NOTICE_SILENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""A database that vanished without a word (power, cable) is noticed within half a minute: seconds, and ms."""


def postgis_from_url(url: str, *, pool: bool) -> dict[str, Any]:
    """Return the settings of a PostGIS database from a `postgres://user:password@host:port/name` URL.

    Args:
        url: the address; any of `postgres`, `postgresql` and `postgis` as its scheme.
        pool: keep a pool of connections (the web process) rather than one per thread.

    Raises:
        ValueError: the scheme is another one or the name is missing.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql", "postgis"}:
        raise ValueError(f"DATABASE_URL must start with postgres://, not {parts.scheme}://")
    name = parts.path.lstrip("/")
    if not name:
        raise ValueError("DATABASE_URL must name a database")
    options: dict[str, Any] = dict(NOTICE_SILENCE)
    if pool:
        options["pool"] = {"min_size": 2, "max_size": 24, "timeout": 10}
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": unquote(name),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0 if pool else 60,
        "CONN_HEALTH_CHECKS": not pool,
        "OPTIONS": options,
    }
