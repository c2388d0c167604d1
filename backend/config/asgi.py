"""ASGI entry point of the web process."""

from __future__ import annotations

import os

import django
from django.conf import settings

from backend.core.body_limit import BodyLimit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
django.setup(set_prefix=False)

from backend.core.threads import ThreadedHandler  # noqa: E402
from backend.core.warming import warm_in_background  # noqa: E402

application = BodyLimit(ThreadedHandler())
if settings.READ_AHEAD:
    warm_in_background()
