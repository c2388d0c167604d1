"""Figures said in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.formats import localize
from django.utils.translation import gettext as _


def coverage_in_words(rows: Sequence[Any]) -> str:
    """Say how much of the figures was measured, how much estimated, and that the rest is not counted as
    zero."""
    whole = list(rows[:-1])
    if not whole:
        return ""
    covered = sum(row.coverage for row in whole) / len(whole)
    estimated = sum(row.estimated for row in whole) / len(whole)
    missing = sum(row.value is None for row in whole)
    parts = [_("Meters were read for %(share)s %% of the time.") % {"share": localize(round(covered * 100))}]
    if round(estimated * 100):
        parts.append(
            _("%(share)s %% of the total is spread from longer readings or estimated.")
            % {"share": localize(round(estimated * 100))}
        )
    if missing:
        parts.append(
            _("Days without figures: %(n)s. They are left out, not counted as zero.") % {"n": missing}
        )
    elif covered < 0.995:
        parts.append(_("What was not read is left out, not counted as zero."))
    return " ".join(parts)
