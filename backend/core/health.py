"""Whether the process lives and whether it can serve."""

from __future__ import annotations

from collections.abc import Callable

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

Check = Callable[[], str | None]
"""Returns what is wrong, or None."""

_checks: dict[str, Check] = {}
_informational: set[str] = set()


def register_check(name: str, check: Check, *, informational: bool = False) -> None:
    """Add a condition that must hold before the platform takes traffic, or that is only told."""
    _checks[name] = check
    if informational:
        _informational.add(name)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Say that the process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether every service needed answers: 200, or 503 with what fails."""
    results = {name: _run(check) for name, check in _checks.items()}
    ready = all(result == "ok" for name, result in results.items() if name not in _informational)
    return JsonResponse(
        {"status": "ok" if ready else "unavailable", "checks": results}, status=200 if ready else 503
    )


def _run(check: Check) -> str:
    try:
        return check() or "ok"
    except Exception as error:
        return f"{type(error).__name__}"


def _database() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT postgis_lib_version()")
        return None if cursor.fetchone() else "no answer"


def _redis() -> str | None:
    cache.set("core:ready", 1, 10)
    return None if cache.get("core:ready") == 1 else "no answer"


def _migrations() -> str | None:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return "pending" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else None


register_check("database", _database)
register_check("redis", _redis)
register_check("migrations", _migrations)
