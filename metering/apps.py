from __future__ import annotations

from django.apps import AppConfig


class MeteringConfig(AppConfig):
    name = "metering"

    def ready(self) -> None:
        """Give the messages of this app their words and follow what happens below."""
        from backend.core.services.messages import register_sms
        from metering import receivers  # noqa: F401
        from metering.services.advice import SMS
        from metering.texts import unusual_consumption

        register_sms(SMS, unusual_consumption)
