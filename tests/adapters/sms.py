"""An SMS sender that keeps what it was given, and fails when told to."""

from __future__ import annotations

from typing import ClassVar

from backend.core.ports import SmsError


class InMemorySms:
    """The twin of a telephone operator; its box is shared, since senders are built for each message."""

    sent: ClassVar[list[dict[str, str]]] = []
    refusal: ClassVar[SmsError | None] = None

    @classmethod
    def reset(cls, refusal: SmsError | None = None) -> None:
        cls.sent, cls.refusal = [], refusal

    def send(self, *, phone: str, body: str, reference: str) -> str:
        if self.refusal:
            raise self.refusal
        self.sent.append({"phone": phone, "body": body, "reference": reference})
        return f"memory-{len(self.sent)}"
