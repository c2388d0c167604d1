"""What an SMS costs: its encoding and its number of segments (3GPP TS 23.038, TS 23.040)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "\f^{}\\[~]|€"
_SEPTETS = dict.fromkeys(_BASIC, 1) | dict.fromkeys(_EXTENDED, 2)


@dataclass(frozen=True, slots=True)
class SmsSize:
    """How a text travels: its encoding, its units (septets or UTF-16 units) and its segments."""

    encoding: Literal["gsm7", "ucs2"]
    units: int
    segments: int


def sms_size(text: str) -> SmsSize:
    """Measure a text. One letter outside the GSM alphabet (`ç`, any Arabic one) turns all of it into
    UCS-2."""
    if all(letter in _SEPTETS for letter in text):
        costs = [_SEPTETS[letter] for letter in text]
        return SmsSize("gsm7", sum(costs), _segments(costs, alone=160, joined=153))
    costs = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
    return SmsSize("ucs2", sum(costs), _segments(costs, alone=70, joined=67))


def _segments(costs: list[int], *, alone: int, joined: int) -> int:
    """Count segments; a letter of two units is never cut between two of them."""
    if sum(costs) <= alone:
        return 1
    segments, used = 1, 0
    for cost in costs:
        if used + cost > joined:
            segments, used = segments + 1, 0
        used += cost
    return segments
