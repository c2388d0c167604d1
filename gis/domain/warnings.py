"""What a reader of a trace must know."""

from __future__ import annotations

from enum import StrEnum


class Warned(StrEnum):
    """What a reader of a trace must know."""

    LOOPED = "looped"
    NOT_SUPPLIED = "not_supplied"
    NO_BOUNDARY = "no_boundary"
    SKIPPED = "skipped_barriers"
    CONTAINS_SOURCE = "contains_source"
    TOO_LARGE = "too_large"
    NOTHING_COMMON = "nothing_common"
    NO_WAY = "no_way"
    STALE = "stale_area"
