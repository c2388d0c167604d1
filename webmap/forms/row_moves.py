"""What a button of a row does: move it, take it out, put it back, give it a limit. Nothing of it is saved."""

from __future__ import annotations

import re

from webmap.forms.sensor_rows import ROWS_TO_FILL, SensorRow, Shape, blank_row

TAKE = "take:"
_MOVE = re.compile(r"(up|down|remove|back|order|limit)-(\d{1,4})(?:-([A-D]{4}))?")


def is_move(action: str) -> bool:
    """Tell whether an action changes rows of the form, and nothing else."""
    return action in {"add", "look"} or action.startswith(TAKE) or _MOVE.fullmatch(action) is not None


def moved(rows: list[SensorRow], action: str) -> list[SensorRow]:
    """Return the rows after an action; one taken out stays in the form, where it can be put back."""
    found = _MOVE.fullmatch(action)
    number = int(found[2]) if found else -1
    if found is None or not 0 <= number < len(rows):
        return rows
    row, what = rows[number], found[1]
    if what in {"up", "down"}:
        _swap(rows, number, number + (1 if what == "down" else -1))
        row.focus = what
    elif what == "order":
        row.texts["order"] = found[3] or row.texts["order"]
        row.focus = "order"
    elif what == "limit":
        row.focus = f"limit-{len(row.limits)}-kind"
        row.limits.append({"kind": "high"})
    else:
        row.is_gone = what == "remove"
        row.focus = "back" if row.is_gone else "key"
    return rows


def with_rows_to_fill(shape: Shape, rows: list[SensorRow], action: str) -> list[SensorRow]:
    """Return the rows that say something, each at its place, and a few to fill in after them."""
    whole = [row for row in rows if not row.is_blank]
    filled = [*whole, *(blank_row(shape) for _ in range(ROWS_TO_FILL))]
    for place, row in enumerate(filled):
        row.place = place
    if action == "add":
        filled[len(whole)].focus = "key"
    return filled


def _swap(rows: list[SensorRow], number: int, other: int) -> None:
    if 0 <= other < len(rows) and not rows[other].is_blank:
        rows[number], rows[other] = rows[other], rows[number]
