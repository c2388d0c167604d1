"""ASGI entry point of the web process."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

from backend.core.body_limit import BodyLimit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")

application = BodyLimit(get_asgi_application())
