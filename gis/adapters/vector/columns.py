"""Read the values of a batch as a mapping declares them, and mark the rows in which they make no sense."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from gis.adapters.vector.layers import Batch
from gis.domain.checks import label
from gis.domain.mapping import METRES, Source
from gis.domain.refusals import Refusals
from gis.domain.rows import Reason, RowError

NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
CONTROLS = "[\x00-\x1f\x7f]+"
TRUE, FALSE = (
    ("true", "1", "yes", "y", "oui", "o", "vrai", "نعم"),
    ("false", "0", "no", "n", "non", "faux", "لا"),
)
BROKEN = object()
NULL = "\\u0000"
"""The one character that JSON can hold and PostgreSQL cannot."""
Mask = np.ndarray[Any, np.dtype[np.bool_]]


class Columns:
    """The values of one batch. `sound` is true for the rows that nothing was found wrong with."""

    def __init__(self, layer: str, batch: Batch, decimal: str = ".") -> None:
        self.layer, self.batch, self.decimal = layer, batch, decimal
        self.sound: Mask = np.ones(len(batch.rows), dtype=bool)
        self._refusals: list[tuple[Reason, Mask, pa.Array | None]] = []

    def __len__(self) -> int:
        return len(self.sound)

    def refuse(self, wrong: Mask, reason: Reason, details: pa.Array | None = None) -> None:
        """Mark rows as wrong, each for the first reason found."""
        wrong = wrong & self.sound
        if wrong.any():
            self.sound = self.sound & ~wrong
            self._refusals.append((reason, wrong, details))

    def tell(self, refusals: Refusals, kinds: pa.Array, codes: pa.Array) -> None:
        """Add what was refused to `refusals`, each row with its number in the file, its kind and its code."""
        for reason, wrong, details in self._refusals:
            refusals.note(reason, int(wrong.sum()), self.errors(reason, wrong, details, kinds, codes))

    def errors(
        self, reason: Reason, rows: Mask, details: pa.Array | None, kinds: pa.Array, codes: pa.Array
    ) -> Iterator[RowError]:
        """Name rows one by one, as far as they are asked for."""
        for place in np.flatnonzero(rows):
            named = label((kinds[place].as_py() or "", codes[place].as_py() or ""))
            row = f"{self.layer} {self.batch.numbers[place]}" + (f": {named}" if named else "")
            yield RowError(
                row, reason, str(details[place].as_py() or "")[:100] if details is not None else ""
            )

    def text(
        self,
        source: Source | None,
        *,
        longest: int,
        needed: Reason | None = None,
        among: Collection[str] | None = None,
        unknown: Reason = Reason.UNKNOWN_VALUE,
    ) -> pa.Array:
        """Read a column of words; null where there is none."""
        if source is None:
            return pa.nulls(len(self), pa.string())
        found = self._words(source)
        self.refuse(_true(pc.greater(pc.utf8_length(found), longest)), Reason.TOO_LONG, found)
        if needed:
            self.refuse(_true(pc.is_null(found)), needed)
        if among is not None:
            known = pc.is_in(found, pa.array(sorted(among), pa.string()))
            self.refuse(_true(pc.and_(pc.is_valid(found), pc.invert(known))), unknown, found)
        return found

    def number(
        self, source: Source | None, *, metres: float | None = None, negative: bool = True
    ) -> pa.Array:
        """Read a column of numbers; of lengths, in units of so many `metres`. Null where there is none."""
        if source is None:
            return pa.nulls(len(self), pa.float64())
        found = self._floats(source)
        if metres:
            found = pc.multiply(found, METRES[source.unit or _unit(metres)] / metres)
        self.refuse(_true(pc.invert(pc.is_finite(found))), Reason.NOT_A_NUMBER)
        if not negative:
            self.refuse(_true(pc.less(found, 0.0)), Reason.NEGATIVE, found)
        return found

    def truth(self, source: Source | None, default: pa.Array) -> pa.Array:
        """Read a column of yes and no, in several languages; what says nothing is as in `default`."""
        if source is None:
            return default
        found = pc.utf8_lower(self._words(source))
        yes, no = pc.is_in(found, pa.array(TRUE)), pc.is_in(found, pa.array(FALSE))
        said = pc.is_valid(found)
        self.refuse(_true(pc.and_(said, pc.invert(pc.or_(yes, no)))), Reason.UNKNOWN_VALUE, found)
        return pc.if_else(said, yes, default)

    def json(self, sources: Mapping[str, Source] | Source) -> pa.Array:
        """Read several columns into one of JSON objects, without what is empty; numbers stay numbers."""
        if isinstance(sources, Source):
            texts = self._parsed(sources, dict)
            return pa.array(["{}" if held is None else orjson.dumps(held).decode() for held in texts])
        if not sources:
            return pa.repeat("{}", len(self))
        columns = [self._as_given(source) for source in sources.values()]
        rows = zip(*columns, strict=True)
        return pa.array(
            [
                orjson.dumps({k: v for k, v in zip(sources, row, strict=True) if v is not None}).decode()
                for row in rows
            ]
        )

    def lists(self, source: Source, *, longest: int) -> pa.Array:
        """Read a column of JSON lists of words, none of them longer than so many characters."""
        lists = self._parsed(source, list)
        wrong = [any(not isinstance(word, str) for word in held or ()) for held in lists]
        self.refuse(np.array(wrong, dtype=bool), Reason.UNKNOWN_VALUE)
        words = [None if no else held for held, no in zip(lists, wrong, strict=True)]
        long = [any(len(word) > longest for word in held or ()) for held in words]
        self.refuse(np.array(long, dtype=bool), Reason.TOO_LONG)
        return pa.array(words, pa.list_(pa.string()))

    def _parsed(self, source: Source, shape: type) -> list[Any]:
        """Parse a column of JSON; what is of another shape, or holds what the database cannot, is refused."""
        texts = self._words(source)
        parsed = [_json(text, shape) for text in texts.to_pylist()]
        wrong = [held is BROKEN for held in parsed]
        self.refuse(np.array(wrong, dtype=bool), Reason.UNKNOWN_VALUE, texts)
        return [None if held is BROKEN else held for held in parsed]

    def _as_given(self, source: Source) -> list[Any]:
        plain = source.value is None and source.values is None and source.field is not None
        if plain and pa.types.is_floating(self.batch.rows.column(source.field).type):
            column = self.batch.rows.column(source.field)
            return pc.if_else(pc.is_finite(column), column, None).to_pylist()
        if plain and pa.types.is_integer(self.batch.rows.column(source.field).type):
            return self.batch.rows.column(source.field).to_pylist()
        return self._words(source).to_pylist()

    def _words(self, source: Source) -> pa.Array:
        if source.field is None:
            return pa.repeat(pa.scalar(source.value, pa.string()), len(self))
        found = _cleaned(_as_text(self.batch.rows.column(source.field)))
        if source.values is not None:
            words = pc.index_in(found, pa.array(list(source.values)))
            self.refuse(_true(pc.and_(pc.is_valid(found), pc.is_null(words))), Reason.UNKNOWN_VALUE, found)
            found = pa.array(list(source.values.values())).take(words)
        return found if source.default is None else pc.fill_null(found, source.default)

    def _floats(self, source: Source) -> pa.Array:
        if source.field and source.values is None:
            column = self.batch.rows.column(source.field)
            if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
                found = column.cast(pa.float64())
                return found if source.default is None else pc.fill_null(found, float(source.default))
        words = self._words(source)
        if self.decimal == ",":
            words = pc.replace_substring(words, ",", ".")
        readable = pc.match_substring_regex(words, NUMBER)
        self.refuse(_true(pc.invert(readable)), Reason.NOT_A_NUMBER, words)
        return pc.if_else(readable, words, None).cast(pa.float64())


def _json(text: str | None, shape: type) -> Any:
    if text is None:
        return None
    try:
        held = orjson.loads(text)
    except orjson.JSONDecodeError:
        return BROKEN
    return held if isinstance(held, shape) and NULL not in text else BROKEN


def _unit(metres: float) -> str:
    return next(name for name, size in METRES.items() if size == metres)


def _true(mask: pa.Array) -> Mask:
    """Turn an Arrow mask into numpy's; what is unknown is not so."""
    return pc.fill_null(mask, False).to_numpy(zero_copy_only=False)


def _as_text(column: pa.Array) -> pa.Array:
    """Write a column as text: whole numbers without a point, whatever their type."""
    if pa.types.is_floating(column.type):
        whole = pc.fill_null(pc.equal(pc.floor(column), column), True)
        if pc.all(pc.and_(whole, pc.less(pc.abs(pc.fill_null(column, 0)), 2.0**53))).as_py():
            column = column.cast(pa.int64())
    if pa.types.is_string(column.type):
        return column
    if pa.types.is_nested(column.type):
        return pa.array(
            [None if held is None else orjson.dumps(held).decode() for held in column.to_pylist()]
        )
    return column.cast(pa.string())


def _cleaned(column: pa.Array) -> pa.Array:
    """Trim, and take control characters for spaces; nothing left is null."""
    if pc.any(pc.match_substring_regex(column, CONTROLS)).as_py():
        column = pc.replace_substring_regex(column, CONTROLS, " ")
    column = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(column, ""), None, column)
