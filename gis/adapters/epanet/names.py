"""Names that EPANET can hold, and the controls that speak by them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from gis.domain.rows import Key

LONGEST_NAME = 31
UNFIT = re.compile(r'[\s;"]+')
NAMED = re.compile(r"\b(?:PUMP|VALVE|PIPE|LINK|TANK|JUNCTION|NODE|RESERVOIR)\s+(\S+)", re.IGNORECASE)


def named(keys: Iterable[Key], assumed: Counter[str]) -> dict[Key, str]:
    """Give every element a name of its own that EPANET can hold: its code wherever that will do."""
    keys = list(keys)
    shared = {code for code, times in Counter(code for _, code in keys).items() if times > 1}
    taken: set[str] = set()
    names = {}
    for kind, code in keys:
        name = UNFIT.sub("_", f"{kind}-{code}" if code in shared else code)
        if len(name) > LONGEST_NAME or name in taken:
            name = f"{name[: LONGEST_NAME - 8]}~{len(taken)}"
        if name != code:
            assumed["renamed"] += 1
        taken.add(name)
        names[kind, code] = name
    return names


def kept_controls(
    controls: Iterable[Mapping[str, Any]], there: Collection[str], assumed: Counter[str]
) -> list[dict[str, Any]]:
    """Keep the controls whose elements are still there by the names they had."""
    kept = []
    for control in controls:
        said = [control["condition"], *control["then_actions"], *(control.get("else_actions") or ())]
        if all(name in there for text in said for name in NAMED.findall(text)):
            kept.append(dict(control))
        else:
            assumed["control_left_out"] += 1
    return kept
