"""The sensors of a family as rows of a form, laid over what is kept; what is wrong is told at its field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from telemetry.queries.alarm_rules import KINDS
from telemetry.queries.sparkplug import QUANTITIES
from webmap.forms.columns import Cell, Column, clean, number
from webmap.forms.limits import LIMIT, LIMIT_COLUMNS, code_of, declared, limits_from

MOST_ROWS = 500
ROWS_TO_FILL = 2
STATE_OF = ("open", "closed", "active")

KEY = Column(name="key", label=_("Sensor"), always=True, usual="")
QUANTITY = Column(
    name="quantity", label=_("Quantity"), always=True, usual="", choices=lambda: (("", ""), *QUANTITIES)
)
UNIT = Column(name="unit", label=_("Unit"), always=True, usual="", most=16, css="unit")
_STATES = zip(
    STATE_OF,
    (
        pgettext_lazy("values of a state", "Open at"),
        pgettext_lazy("values of a state", "Closed at"),
        pgettext_lazy("values of a state", "Running at"),
    ),
    strict=True,
)
DETAILS = (
    Column(
        name="sensor_fr", path=("name_fr",), label=_("Name in French"), kind="text", usual="", most=120,
        lang="fr",
    ),
    Column(
        name="sensor_ar", path=("name_ar",), label=_("Name in Arabic"), kind="text", usual="", most=120,
        lang="ar",
    ),
    *(
        Column(
            name=f"{state}_at", path=("state_of", state), label=label, kind="numbers", usual=(), most=200,
            hint=_("values, such as 0, 2"), only="state",
        )
        for state, label in _STATES
    ),
    Column(name="valid_min", label=_("Valid from"), kind="number", hint=_("below it the value is bad")),
    Column(name="valid_max", label=_("Valid to"), kind="number", hint=_("above it the value is bad")),
    Column(name="expected_interval_s", label=_("Expected every (s)"), kind="number"),
    Column(name="deadband", label=_("Stored beyond a change of"), kind="number"),
    Column(name="heartbeat_s", label=_("Stored at least every (s)"), kind="number"),
    Column(name="cumulative", label=_("Counts up, as a meter does"), kind="check", usual=False),
    Column(name="off", path=("active",), label=_("Switched off"), kind="absent", usual=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """Say which columns the rows of a protocol have: those always seen, and those under each row.

    `faults` says what is wrong with a row beyond what a device file is checked for: by column, in words.
    """

    seen: tuple[Column, ...]
    under: tuple[Column, ...]
    faults: Callable[[Mapping[str, str]], dict[str, str]] = lambda texts: {}

    @property
    def columns(self) -> tuple[Column, ...]:
        """Return all of them."""
        return self.seen + self.under

    @property
    def width(self) -> int:
        """Return how many columns a table of it has, with the one for the buttons."""
        return len(self.seen) + 1


@dataclass(slots=True)
class SensorRow:
    """One sensor as someone writes it: `texts` by column; `was` is the key it is kept under.

    `focus` is what of it the person comes back to: a column, or a button.
    """

    shape: Shape
    texts: dict[str, str]
    limits: list[dict[str, Any]] = field(default_factory=list)
    was: str = ""
    is_gone: bool = False
    place: int = 0
    focus: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return the key of the sensor."""
        return self.texts["key"]

    @property
    def is_blank(self) -> bool:
        """Tell whether nobody wrote anything into it."""
        seen = ((self.texts[column.name], column.text_of({})) for column in self.shape.seen)
        return not self.was and all(text in ("", usual) for text, usual in seen)

    @property
    def counts(self) -> bool:
        """Tell whether it stands for a sensor."""
        return not (self.is_gone or self.is_blank)

    @property
    def cells(self) -> list[Cell]:
        """Return its fields that are always seen."""
        return [self._cell(column) for column in self.shape.seen]

    @property
    def details(self) -> list[Cell]:
        """Return its fields that are seldom needed."""
        return [self._cell(column) for column in self.shape.under]

    @property
    def said(self) -> list[Cell]:
        """Return those of them in which something stands."""
        return [cell for cell in self.details if cell.value != cell.column.text_of({})]

    @property
    def is_open(self) -> bool:
        """Tell whether what is seldom needed is to be seen now."""
        seen = {column.name for column in self.shape.seen} | {"", "up", "down", "remove", "back"}
        return bool((self.errors.keys() | {self.focus}) - seen)

    @property
    def other_errors(self) -> list[str]:
        """Return what is wrong with it and with no field of it alone."""
        return self.errors.get("", [])

    @property
    def limit_rows(self) -> list[tuple[str, list[Cell]]]:
        """Return the code and the fields of each of its limits."""
        return [(code_of(limit), self._limit_cells(n, limit)) for n, limit in enumerate(self.limits)]

    @property
    def limit_words(self) -> list[str]:
        """Return its limits in few words."""
        names = dict(KINDS)
        counted = [limit for limit in self.limits if not limit.get("gone")]
        return [f"{names.get(str(one.get('kind')), '')} {LIMIT.text_of(one)}".strip() for one in counted]

    def blame(self, column: str, words: str) -> None:
        """Say what is wrong in a field."""
        self.errors.setdefault(column, []).append(words)

    def declared(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        """Return the sensor as a device file holds it; what the form does not show stays as it is kept."""
        told = _with_states(kept)
        for column in self.shape.columns:
            column.lay(told, self.texts[column.name])
        states = {f"{value}": state for state in STATE_OF for value in told["state_of"].get(state, ())}
        del told["state_of"]
        alarms = declared(self.limits)
        told |= {"states": states} if states != _plain_states(kept) else {}
        told |= {"alarms": alarms} if alarms != list(kept.get("alarms") or ()) else {}
        return {name: value for name, value in told.items() if value or name not in {"states", "alarms"}}

    def _limit_cells(self, number: int, limit: Mapping[str, Any]) -> list[Cell]:
        return [
            Cell(
                column, f"limit_{column.name}-{self.place}", f"{at}-{self.place}", column.text_of(limit),
                number, self.errors.get(at, []), self.focus == at,
            )
            for column in LIMIT_COLUMNS
            if (at := f"limit-{number}-{column.name}")
        ]  # fmt: skip

    def _cell(self, column: Column) -> Cell:
        name, wrong = column.name, self.errors.get(column.name, [])
        return Cell(
            column, name, f"{name}-{self.place}", self.texts[name], self.place, wrong, self.focus == name
        )


def row_of(shape: Shape, sensor: Mapping[str, Any]) -> SensorRow:
    """Return a sensor that is declared, as a row."""
    told = _with_states(sensor)
    limits = [dict(one) for one in sensor.get("alarms") or () if isinstance(one, dict)]
    texts = {column.name: column.text_of(told) for column in shape.columns}
    return SensorRow(shape, texts, limits, str(sensor.get("key", "")))


def blank_row(shape: Shape, **texts: str) -> SensorRow:
    """Return a row to fill in."""
    return SensorRow(shape, {column.name: column.text_of({}) for column in shape.columns} | texts)


def rows_from(shape: Shape, sent: QueryDict, kept: Mapping[str, Mapping[str, Any]]) -> list[SensorRow]:
    """Return the rows as the form has them; columns that it does not show hold what is kept (by key)."""
    written = {c.name: sent.getlist(c.name)[:MOST_ROWS] for c in shape.columns if not c.is_box}
    written = {name: texts for name, texts in written.items() if texts}
    with_boxes = bool(sent.getlist(shape.under[0].name))
    names, gone = sent.getlist("was") or written.get("key", []), sent.getlist("gone")
    rows = []
    for place in range(min(map(len, (names, *written.values())))):
        row = row_of(shape, kept.get(names[place], {}))
        row.place, row.is_gone = place, place < len(gone) and gone[place] == "1"
        row.texts |= {name: clean(texts[place]) for name, texts in written.items()}
        if with_boxes:
            row.texts |= {
                c.name: "1" if str(place) in sent.getlist(c.name) else "" for c in shape.columns if c.is_box
            }
        row.limits = limits_from(sent, place, row.limits)
        rows.append(row)
    return rows


def by_key(sensors: Iterable[Any]) -> dict[str, Mapping[str, Any]]:
    """Return declared sensors by their keys."""
    return {str(one["key"]): one for one in sensors if isinstance(one, dict) and "key" in one}


def _with_states(sensor: Mapping[str, Any]) -> dict[str, Any]:
    """Return a sensor with the values of each state in place of the state of each value."""
    values: dict[str, list[Any]] = {state: [] for state in STATE_OF}
    for value, state in _plain_states(sensor).items():
        values.setdefault(state, []).append(number(value))
    return dict(sensor) | {"state_of": values}


def _plain_states(sensor: Mapping[str, Any]) -> dict[str, str]:
    states = sensor.get("states")
    return {str(number(str(v))): str(s) for v, s in states.items()} if isinstance(states, dict) else {}
