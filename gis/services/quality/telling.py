"""Say in the reader's language what is wrong at a place, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from gis.models import QualityFinding
from gis.models.networks import LINK_KINDS, NODE_KINDS
from gis.models.quality import FINDING_STATES
from gis.services.quality.registry import quality_check

STATE_NAMES = tuple(FINDING_STATES)
KINDS = dict([*NODE_KINDS, *LINK_KINDS])
ISOLATED = "\u2068{}\u2069"
"""Codes keep their own direction in a sentence of the other one (Unicode isolates)."""


def kind_name(kind: str) -> str:
    """Name a kind of element."""
    if kind == "connection_point":
        return _("Connection point")
    return _("Zone") if kind == "zone" else str(KINDS.get(kind, kind))


def sentence(finding: QualityFinding) -> str:
    """Say what is wrong."""
    check = quality_check(finding.check_code)
    return _begun(str(check.says) % _words(finding.details)) if check else finding.check_code


def advice(finding: QualityFinding) -> str:
    """Say what to do."""
    check = quality_check(finding.check_code)
    if check is None:
        return ""
    near = check.advice_near if finding.repair and finding.details.get("other_id") else None
    return _begun(str(near or check.advice) % _words(finding.details))


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _words(details: Mapping[str, Any]) -> Mapping[str, str]:
    return _Known(
        {name.removesuffix("_m").removesuffix("_m2"): _word(name, it) for name, it in details.items()}
    )


class _Known(dict[str, str]):
    """What a finding does not say is told by a dash."""

    def __missing__(self, name: str) -> str:
        return "—"


def _word(name: str, value: Any) -> str:
    if value is None:
        return "—"
    if name.endswith("_kind"):
        kind = kind_name(value)
        return kind[:1].lower() + kind[1:]
    if name.endswith("_m2"):
        return _("%(area)s m²") % {"area": number_format(round(value), force_grouping=True)}
    if name.endswith("_m"):
        decimals = 2 if value < 10 else 0
        return _("%(distance)s m") % {"distance": number_format(round(value, decimals), decimals)}
    if isinstance(value, int):
        return number_format(value, force_grouping=True)
    return ISOLATED.format(value)
