"""Cut the text of a filter into words, numbers, texts and signs."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 4000
GEOMETRIES = "POINT|LINESTRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|GEOMETRYCOLLECTION"
TOKEN = re.compile(
    rf"""(?:
        (?P<wkt>\b(?:{GEOMETRIES})\b\s*(?:Z\b\s*)?(?=\())
      | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<text>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")+")
      | (?P<word>[^\W\d][\w.:]*)
      | (?P<sign><>|<=|>=|[=<>(),])
    )""",
    re.VERBOSE | re.IGNORECASE,
)


class MalformedFilter(ValueError):  # noqa: N818
    """A filter that cannot be read, and at which character (from 1)."""

    def __init__(self, position: int) -> None:
        super().__init__(f"cannot be read from character {position}")
        self.position = position


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the filter; `kind` is the name of the group above, or `end`."""

    kind: str
    text: str
    position: int

    def says(self, word: str) -> bool:
        """Whether this is a keyword or sign; case does not count."""
        return self.kind in {"word", "sign"} and self.text.upper() == word


def tokens(text: str) -> list[Token]:
    """Cut a filter up; the last token is the end.

    Raises:
        MalformedFilter: too long, or something that begins no token.
    """
    if len(text) > LONGEST:
        raise MalformedFilter(LONGEST + 1)
    found, position = [], 0
    end = len(text.rstrip())
    while position < end:
        if text[position].isspace():
            position += 1
            continue
        match = TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise MalformedFilter(position + 1)
        start, position = position, match.end()
        if match.lastgroup == "wkt":
            position = _closing(text, position)
        found.append(Token(match.lastgroup, text[start:position], start + 1))
    return [*found, Token("end", "", end + 1)]


def _closing(text: str, opening: int) -> int:
    """Return where the parenthesis that opens at `opening` has been closed."""
    depth = 0
    for position in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        if depth == 0:
            return position + 1
    raise MalformedFilter(opening + 1)
