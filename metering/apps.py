from __future__ import annotations

from django.apps import AppConfig


class MeteringConfig(AppConfig):
    name = "metering"

    def ready(self) -> None:
        """Give messages their words and the quality queue its check, and follow what happens below."""
        from backend.core.services.messages import register_sms
        from gis.services import register_quality_check
        from metering import receivers  # noqa: F401
        from metering.services.advice import SMS
        from metering.services.quality import POINT_WITHOUT_METER
        from metering.texts import unusual_consumption

        register_sms(SMS, unusual_consumption)
        register_quality_check(POINT_WITHOUT_METER)
