"""The Celery application: tasks are idempotent, acknowledged late, and named explicitly.

Each app states what is due when in `SCHEDULE` of its `tasks` module; the beat process merges them.
"""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")

app = Celery("chabaka")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def schedules() -> dict[str, Any]:
    """Merge what the installed apps want done, and when."""
    from django.apps import apps

    merged: dict[str, Any] = {}
    for config in apps.get_app_configs():
        if config.name.partition(".")[0] != "django" and find_spec(f"{config.name}.tasks"):
            merged |= getattr(import_module(f"{config.name}.tasks"), "SCHEDULE", {})
    return merged


@app.on_after_finalize.connect
def plan_schedules(sender: Celery, **kwargs: Any) -> None:
    """Give the beat process its plan, once the apps are loaded."""
    from django.apps import apps

    if apps.ready:
        sender.conf.beat_schedule = schedules()


@signals.setup_logging.connect
def keep_djangos_logging(**kwargs: Any) -> None:
    """Connecting is enough: Celery then leaves logging as the settings made it."""
