"""The limits of a sensor of a family, as fields below its row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from telemetry.domain.alarm_kinds import TIMED, WINDOWED
from telemetry.queries.alarm_rules import AGGREGATES, CLASSES, KINDS, SIDES
from webmap.forms.columns import Column, clean

MOST_LIMITS = 20
_OF_KINDS = {
    "limit": {code for code, _name in KINDS} - {"no_update"},
    "deadband": {code for code, _name in KINDS} - TIMED,
    "window": WINDOWED,
    "expression": {"expression"},
    "other": {"discrepancy", "expression"},
}
"""Which kinds of limits a field counts for."""
PRIORITIES = (
    (1, pgettext_lazy("priority", "1 · urgent")),
    (2, pgettext_lazy("priority", "2 · high")),
    (3, pgettext_lazy("priority", "3 · medium")),
    (4, pgettext_lazy("priority", "4 · low")),
)
_TEXT_LENGTH = 2000
LIMIT = Column(name="limit", label=_("Limit"), kind="number", only="limit")

LIMIT_COLUMNS = (
    Column(name="kind", label=_("What is watched"), always=True, usual="high", choices=lambda: KINDS),
    LIMIT,
    Column(name="deadband", label=_("Deadband"), kind="number", usual=0, only="deadband"),
    Column(name="priority", label=_("Priority"), kind="whole", usual=3, choices=lambda: PRIORITIES),
    Column(name="on_delay_s", label=_("On-delay, in seconds"), kind="number", usual=0),
    Column(name="off_delay_s", label=_("Off-delay, in seconds"), kind="number", usual=0),
    Column(
        name="window_min", path=("window_s",), label=_("Window, in minutes"), kind="minutes", only="window",
    ),
    Column(
        name="aggregate", label=_("Taken of the window"), usual="", choices=lambda: (("", "–"), *AGGREGATES),
        only="expression",
    ),
    Column(
        name="op", label=_("Abnormal when"), usual="gt", choices=lambda: SIDES, only="expression",
    ),
    Column(
        name="other", label=_("Compared with the device’s sensor named"), most=130, only="other"
    ),
    Column(name="alarm_class", label=_("Class"), usual="supply", choices=lambda: CLASSES),
    Column(
        name="response_fr", label=_("What to do, in French"), kind="text", usual="",
        most=_TEXT_LENGTH, lang="fr",
    ),
    Column(
        name="response_ar", label=_("What to do, in Arabic"), kind="text", usual="",
        most=_TEXT_LENGTH, lang="ar",
    ),
    Column(
        name="consequence_fr", label=_("What happens otherwise, in French"), kind="text", usual="",
        most=_TEXT_LENGTH, lang="fr",
    ),
    Column(
        name="consequence_ar", label=_("What happens otherwise, in Arabic"), kind="text", usual="",
        most=_TEXT_LENGTH, lang="ar",
    ),
    Column(name="off", path=("active",), label=_("Switched off"), kind="absent", usual=True),
    Column(name="gone", label=_("Take out"), kind="check", usual=False),
)  # fmt: skip


def limits_from(sent: QueryDict, place: int, kept: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the limits below the row at `place` as the form has them, laid over those kept."""
    kinds = sent.getlist(f"limit_kind-{place}")[:MOST_LIMITS]
    codes = sent.getlist(f"limit_was-{place}")
    if not codes:
        return [dict(one) for one in kept]
    before = {code_of(one): one for one in kept}
    found = []
    for number in range(min(len(kinds), len(codes))):
        limit = dict(before.get(codes[number], {}))
        for column in LIMIT_COLUMNS:
            counts = kinds[number] in _OF_KINDS.get(column.only, {kinds[number]})
            column.lay(limit, _text(sent, column, place, number) if counts else "")
        found.append(limit)
    return found


def declared(limits: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return limits as a device file holds them: without those taken out, each under a code of its own."""
    found: dict[str, dict[str, Any]] = {}
    for limit in limits:
        if limit.get("gone"):
            continue
        said = {name: value for name, value in limit.items() if name != "gone"}
        code = code_of(said)
        if code in found:
            said["code"] = code = next(c for n in range(2, 99) if (c := f"{code[:29]}_{n}") not in found)
        found[code] = said
    return list(found.values())


def code_of(limit: Mapping[str, Any]) -> str:
    """Return what tells a limit of a sensor from the others."""
    return str(limit.get("code") or limit.get("kind") or "")


def _text(sent: QueryDict, column: Column, place: int, number: int) -> str:
    texts = sent.getlist(f"limit_{column.name}-{place}")
    if column.is_box:
        return "1" if str(number) in texts else ""
    return clean(texts[number]) if number < len(texts) else ""
