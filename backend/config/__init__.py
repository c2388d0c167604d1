"""Settings, URLs, ASGI, Celery, and the wiring of ports to adapters."""

from backend.config.celery import app as celery_app

__all__ = ["celery_app"]
