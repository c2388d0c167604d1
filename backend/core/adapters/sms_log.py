"""An SMS sender that sends nothing: the demo shows its messages at /demo/sms/."""

from __future__ import annotations

import structlog

log = structlog.get_logger(__name__)


class LogSms:
    """Takes every message and notes that it did, without the number or the text."""

    def send(self, *, phone: str, body: str, reference: str) -> str:
        log.info("sms_logged", reference=reference, characters=len(body))
        return f"log-{reference}"
