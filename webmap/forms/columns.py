"""Columns of a form that edits what a device file declares: how each is written and read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Kind = Literal["code", "text", "number", "whole", "numbers", "bits", "words", "minutes", "check", "absent"]
Choices = Iterable[tuple[Any, str | Promise]]
LONGEST_NAME = 500
_MOST_DIGITS = 20
_LEFT_TO_RIGHT = frozenset({"code", "number", "whole", "numbers", "bits", "words", "minutes"})
_BETWEEN = re.compile(r"[\s,;،؛]+")
_IN_WORDS = {
    "Field required": gettext_lazy("is missing"),
    "Input should be a valid integer": gettext_lazy("a whole number is needed"),
    "Input should be a valid number": gettext_lazy("a number is needed"),
    "Input should be a finite number": gettext_lazy("a number is needed"),
    "Input should be greater": gettext_lazy("is too small"),
    "Input should be less": gettext_lazy("is too large"),
    "Value error, the value ends beyond": gettext_lazy("the value ends beyond the last address"),
    "Value error, two sensors": gettext_lazy("two sensors have the same key"),
    "two sensors read": gettext_lazy("another sensor reads it already"),
    "Value error, a limit is needed": gettext_lazy("is missing"),
    "String should match": gettext_lazy("letters, digits, hyphens and underscores, 64 at most"),
    "String should have at least": gettext_lazy("is missing"),
    "String should have at most": gettext_lazy("is too long"),
    "Input should be '": gettext_lazy("choose one"),
}


def told_of(label: object, words: str) -> str:
    """Say what is wrong with a field, by its name."""
    return _("%(field)s: %(words)s") % {"field": label, "words": words}


def in_words(reason: str, range_words: str | Promise = "") -> str:
    """Say what is wrong in the reader's language, where it is one of the usual mistakes."""
    if range_words and reason.startswith(("Input should be greater", "Input should be less")):
        return str(range_words)
    return next((str(words) for start, words in _IN_WORDS.items() if reason.startswith(start)), reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One field of a row: `name` in the form, `path` in what is declared, `usual` where nothing is said.

    A value that is the usual one is left out of the declaration, unless `always`. `within` says in
    words which values are taken; `only` names the choices without which a field has nothing to say.
    """

    name: str
    label: str | Promise
    path: tuple[str, ...] = ()
    kind: Kind = "code"
    usual: Any = None
    always: bool = False
    most: int = 64
    choices: Callable[[], Choices] | None = None
    hint: str | Promise = ""
    within: str | Promise = ""
    lang: str = ""
    only: str = ""
    css: str = ""

    @property
    def place(self) -> tuple[str, ...]:
        """Return where it stands in what is declared."""
        return self.path or (self.name,)

    @property
    def is_ltr(self) -> bool:
        """Tell whether it is written from left to right in every language."""
        return self.kind in _LEFT_TO_RIGHT

    @property
    def is_box(self) -> bool:
        """Tell whether it is ticked rather than written."""
        return self.kind in {"check", "absent"}

    @property
    def placeholder(self) -> str | Promise:
        """Return what stands in an empty field: a blank too tells a style sheet that it is empty."""
        return self.hint or " "

    @property
    def is_long(self) -> bool:
        """Tell whether sentences are written into it."""
        return self.most > LONGEST_NAME

    @property
    def keyboard(self) -> str:
        """Return which keyboard a phone opens."""
        return {"number": "decimal", "minutes": "decimal", "whole": "numeric"}.get(self.kind, "")

    def text_of(self, holder: Mapping[str, Any]) -> str:
        """Write what is declared as people write it."""
        return _TEXT.get(self.kind, str)(self._value_of(holder))

    def lay(self, holder: dict[str, Any], text: str) -> None:
        """Set what someone wrote; what comes to the same is left as it is."""
        value = _VALUE.get(self.kind, str)(text) if text else self.usual
        before = self._value_of(holder)
        if value == before and not (self.always and before == self.usual):
            return
        inner = holder
        for step in self.place[:-1]:
            inner[step] = dict(found) if isinstance(found := inner.get(step), dict) else {}
            inner = inner[step]
        if value == self.usual and not self.always:
            inner.pop(self.place[-1], None)
        else:
            inner[self.place[-1]] = value

    def _value_of(self, holder: Any) -> Any:
        for step in self.place:
            holder = holder.get(step) if isinstance(holder, Mapping) else None
        value = self.usual if holder is None else holder
        return tuple(value) if self.kind == "numbers" and isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Cell:
    """One field as it is shown: what stands in it, what is wrong with it, who comes to it."""

    column: Column
    name: str
    id: str
    value: str
    index: int = 0
    errors: list[str] = field(default_factory=list)
    focus: bool = False

    @property
    def options(self) -> list[tuple[str, str | Promise, bool]]:
        """Return what may be chosen, with what stands in it even where that is none of them."""
        assert self.column.choices is not None
        known = [(str(code), name, str(code) == self.value) for code, name in self.column.choices()]
        return known if any(chosen for *_, chosen in known) else [(self.value, self.value, True), *known]


def clean(text: str) -> str:
    """Return what someone wrote without blanks around it, nor what no database holds."""
    return text.replace("\0", "").strip()


def number(text: str) -> Any:
    """Return a number as people write it, with a comma or a point; the text itself where it is none."""
    try:
        value = float(text.replace(",", ".").replace("٫", "."))
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


def _whole(text: str) -> Any:
    return int(text) if text.isdecimal() and len(text) < _MOST_DIGITS else text


def _bits(text: str) -> Any:
    """Return a number written in decimal, hexadecimal after 0x, or binary after 0b."""
    try:
        return int(text.replace(" ", ""), 0)
    except ValueError:
        return text


def _numbers(text: str) -> tuple[Any, ...]:
    return tuple(number(part) for part in _BETWEEN.split(text) if part)


def _words(text: str) -> dict[str, Any]:
    """Return words and their numbers, written `ok=192, fault=0`."""
    parts = (part.partition("=") for part in re.split("[,;،؛]", text) if part.strip())
    return {word.strip(): number(value.strip()) for word, _, value in parts}


def _minutes(text: str) -> Any:
    value = number(text)
    return value if isinstance(value, str) else value * 60


def _plain(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return "" if value is None else f"{value:.15g}" if is_number else str(value)


_VALUE: dict[str, Callable[[str], Any]] = {
    "text": lambda text: text.replace("\r\n", "\n"),
    "number": number, "whole": _whole, "numbers": _numbers, "bits": _bits, "words": _words,
    "minutes": _minutes, "check": bool, "absent": lambda text: False,
}  # fmt: skip
_TEXT: dict[str, Callable[[Any], str]] = {
    "code": _plain,
    "text": _plain,
    "number": _plain,
    "whole": _plain,
    "numbers": lambda value: ", ".join(map(_plain, value or ())),
    "bits": lambda value: f"0x{value:04X}" if isinstance(value, int) else _plain(value),
    "words": lambda value: ", ".join(f"{word}={_plain(number)}" for word, number in (value or {}).items()),
    "minutes": lambda value: _plain(value / 60 if isinstance(value, int | float) else value),
    "check": lambda value: "1" if value else "",
    "absent": lambda value: "" if value else "1",
}
