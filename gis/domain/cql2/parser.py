"""Read CQL2 text: comparisons, LIKE, BETWEEN, IN, IS NULL, CASEI, S_… functions, AND, OR, NOT.

AND binds closer than OR, NOT closest of all. Arithmetic, arrays, temporal functions and functions of one's
own are not read.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from math import isfinite

from gis.domain.cql2.nodes import (
    And,
    Between,
    Box,
    Comparison,
    Folded,
    In,
    IsNull,
    Like,
    Literal,
    Node,
    Not,
    Or,
    Property,
    Spatial,
    Value,
    Wkt,
)
from gis.domain.cql2.tokens import MalformedFilter, Token, tokens

DEEPEST = 40
MOST_EXACT = 2**53
"""Whole numbers below it are kept as such."""
COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
SPATIAL = {
    f"S_{name.upper()}": name
    for name in ("intersects", "within", "contains", "disjoint", "touches", "crosses", "overlaps", "equals")
}


def parse(text: str) -> Node:
    """Return the tree of a filter.

    Raises:
        MalformedFilter: names the character from which it cannot be read.
    """
    reading = _Reading(tokens(text))
    tree = reading.condition()
    if reading.now.kind != "end":
        raise MalformedFilter(reading.now.position)
    return tree


class _Reading:
    """Recursive descent over the tokens."""

    def __init__(self, found: list[Token]) -> None:
        self.found = found
        self.at = 0
        self.depth = 0

    @property
    def now(self) -> Token:
        return self.found[self.at]

    def takes(self, word: str) -> bool:
        """Step over a keyword or sign if it is the next."""
        if not self.now.says(word):
            return False
        self.at += 1
        return True

    def expects(self, word: str) -> None:
        if not self.takes(word):
            raise MalformedFilter(self.now.position)

    def goes_deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise MalformedFilter(self.now.position)

    def condition(self) -> Node:
        self.goes_deeper()
        parts = self.several("OR", lambda: _joined(And, self.several("AND", self.negation)))
        self.depth -= 1
        return _joined(Or, parts)

    def several(self, word: str, read: Callable[[], Node]) -> list[Node]:
        parts = [read()]
        while self.takes(word):
            parts.append(read())
        return parts

    def negation(self) -> Node:
        if not self.takes("NOT"):
            return self.predicate()
        return Not(self.predicate())

    def predicate(self) -> Node:
        if self.takes("("):
            inner = self.condition()
            self.expects(")")
            return inner
        if self.now.text.upper() in SPATIAL and self.now.kind == "word":
            return self.spatial()
        value = self.value()
        if self.now.text in COMPARISONS:
            operator = self.now.text
            self.at += 1
            return Comparison(operator, value, self.value())
        if isinstance(value, Literal) and isinstance(value.value, bool):
            return value
        if self.takes("IS"):
            negated = self.takes("NOT")
            self.expects("NULL")
            return Not(IsNull(value)) if negated else IsNull(value)
        negated = self.takes("NOT")
        found = self.membership(value)
        return Not(found) if negated else found

    def membership(self, value: Node) -> Node:
        """Read what may stand after NOT: LIKE, BETWEEN, IN."""
        if self.takes("LIKE"):
            return Like(value, self.value())
        if self.takes("BETWEEN"):
            low = self.value()
            self.expects("AND")
            return Between(value, low, self.value())
        self.expects("IN")
        self.expects("(")
        options = self.several(",", self.value)
        self.expects(")")
        return In(value, tuple(options))

    def spatial(self) -> Node:
        operator = SPATIAL[self.now.text.upper()]
        self.at += 1
        self.expects("(")
        left = self.place()
        self.expects(",")
        right = self.place()
        self.expects(")")
        return Spatial(operator, left, right)

    def place(self) -> Node:
        token = self.now
        if token.kind == "wkt":
            self.at += 1
            return Wkt(token.text)
        if token.says("BBOX"):
            self.at += 1
            self.expects("(")
            numbers = self.several(",", self.value)
            self.expects(")")
            return _box(numbers, token.position)
        return self.value()

    def value(self) -> Node:
        token = self.now
        self.at += 1
        if token.kind == "number":
            return Literal(_number(token))
        if token.kind == "text":
            return Literal(token.text[1:-1].replace("''", "'"))
        if token.kind == "quoted":
            return Property(token.text[1:-1].replace('""', '"'))
        if token.kind != "word":
            raise MalformedFilter(token.position)
        return self.named(token)

    def named(self, token: Token) -> Node:
        """Read what begins with a word: TRUE, FALSE, CASEI(…), DATE(…), TIMESTAMP(…) or a property."""
        word = token.text.upper()
        if word in {"TRUE", "FALSE"}:
            return Literal(word == "TRUE")
        if word in {"CASEI", "DATE", "TIMESTAMP"} and self.takes("("):
            self.goes_deeper()
            inner = self.value()
            self.expects(")")
            self.depth -= 1
            return Folded(inner) if word == "CASEI" else Literal(_instant(word, inner, token.position))
        if word in {"AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL"}:
            raise MalformedFilter(token.position)
        return Property(token.text)


def _joined(kind: type[And] | type[Or], parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


def _number(token: Token) -> Value:
    value = float(token.text)
    if not isfinite(value):
        raise MalformedFilter(token.position)
    return int(value) if value.is_integer() and abs(value) < MOST_EXACT else value


def _box(numbers: list[Node], position: int) -> Box:
    values = [part.value for part in numbers if isinstance(part, Literal)]
    if len(values) != len(numbers) or len(values) not in {4, 6} or any(map(_is_no_number, values)):
        raise MalformedFilter(position)
    return Box(tuple(float(value) for value in values))  # type: ignore[arg-type]


def _is_no_number(value: Value) -> bool:
    return isinstance(value, bool) or not isinstance(value, int | float)


def _instant(word: str, inner: Node, position: int) -> Value:
    """Read the text within DATE('…') or TIMESTAMP('…'); a timestamp without a zone is UTC."""
    try:
        text = inner.value  # type: ignore[union-attr]
        if word == "DATE":
            return date.fromisoformat(text)  # type: ignore[arg-type]
        moment = datetime.fromisoformat(text)  # type: ignore[arg-type]
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (AttributeError, TypeError, ValueError):
        raise MalformedFilter(position) from None
