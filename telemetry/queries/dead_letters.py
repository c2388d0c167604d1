"""Read what could not be used: which letters wait, for which reasons, and one of them safely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Q, QuerySet, Sum

from gis.queries import within_jurisdiction
from telemetry.domain.mappings import TopicPattern
from telemetry.models import DeadLetter, DeviceFamily
from telemetry.models.scoping import Viewer

STATES = ("waiting", "refused", "replayed", "discarded", "all")
SHOWN_BYTES = 4096
_OF_STATE = {
    "waiting": Q(replayed_at=None, discarded_at=None),
    "refused": Q(replayed_at=None, discarded_at=None, outcome__in=["refused", "truncated"]),
    "replayed": Q(replayed_at__isnull=False),
    "discarded": Q(discarded_at__isnull=False),
    "all": Q(),
}


def visible_letters(user: Viewer) -> QuerySet[DeadLetter]:
    """Return the letters a person may see: those of devices in their area, and those of nobody's device."""
    theirs = within_jurisdiction(user, geom_field="device__geom")
    # Who sees everything is held by no condition, to which "or" would add one.
    return DeadLetter.objects.filter(Q(device=None) | theirs) if theirs else DeadLetter.objects.all()


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """Say which letters are asked for; empty means any. Without `among` it is all there are."""

    state: str = "waiting"
    reason: str = ""
    device: str = ""
    family: str = ""
    topic: str = ""
    since: datetime | None = None
    among: QuerySet[DeadLetter] | None = None

    def letters(self) -> QuerySet[DeadLetter]:
        """Return the letters, newest first."""
        among = DeadLetter.objects.all() if self.among is None else self.among
        found = among.filter(_OF_STATE.get(self.state, Q())).order_by("-pk")
        exact: Mapping[str, str] = {"reason": self.reason, "device__code": self.device}
        found = found.filter(**{name: value for name, value in exact.items() if value})
        if self.topic:
            found = found.filter(topic__icontains=self.topic)
        if self.since:
            found = found.filter(received_at__gte=self.since)
        return found.filter(topic__regex=_topics_of(self.family)) if self.family else found

    def reasons(self) -> list[tuple[str, int, int]]:
        """Count letters and their occurrences by reason, the most frequent first, whichever is chosen."""
        whole = replace(self, reason="")
        rows = whole.letters().order_by().values_list("reason")
        counted = rows.annotate(letters=Count("pk"), times=Sum("occurrences"))
        return list(counted.order_by("-times", "reason"))


def _topics_of(family: str) -> str:
    mapping = DeviceFamily.objects.filter(code=family).values_list("mapping", flat=True).first() or {}
    try:
        return TopicPattern.of(mapping.get("topic", "telemetry/{device}")).expression_text
    except ValueError:
        return "^$"


def letter(letter_id: int, user: Viewer) -> DeadLetter | None:
    """Return one letter that a person may see, with its device and who decided on it."""
    return visible_letters(user).select_related("device", "decided_by").filter(pk=letter_id).first()


def letters_for_preview(family: str, user: Viewer, limit: int = 30) -> list[DeadLetter]:
    """Return the newest letters that wait and that a person may see, those of the family's topics first."""
    among = visible_letters(user)
    fitting = list(LetterFilter(family=family, among=among).letters()[:limit]) if family else []
    others = LetterFilter(among=among).letters().exclude(pk__in=[one.pk for one in fitting])
    return [*fitting, *others[: limit - len(fitting)]]


def as_text(payload: bytes) -> str | None:
    """Return the beginning of a payload as text, control characters shown; None where it is no text."""
    try:
        text = payload[:SHOWN_BYTES].decode("utf-8", "strict" if len(payload) <= SHOWN_BYTES else "replace")
    except UnicodeDecodeError:
        return None
    if text.count("\ufffd") > 3:
        return None
    return "".join(char if char in "\n\t" or char.isprintable() else f"\\x{ord(char):02x}" for char in text)


def as_hex(payload: bytes) -> str:
    """Return the beginning of a payload in rows of 16 bytes: offset, bytes, characters."""
    rows = []
    for start in range(0, min(len(payload), SHOWN_BYTES // 4), 16):
        part = payload[start : start + 16]
        plain = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        rows.append(f"{start:06x}  {part.hex(' '):<47}  {plain}")
    return "\n".join(rows)
