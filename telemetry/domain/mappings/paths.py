"""JSON paths (RFC 9535), compiled once; the plain ones are walked without the library."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from jsonpath import JSONPathEnvironment
from jsonpath.exceptions import JSONPathError
from jsonpath.selectors import IndexSelector, NameSelector

ROOT = "root:"
MAX_NODES = 10_000
_ENVIRONMENT = JSONPathEnvironment(strict=True)


class Node(NamedTuple):
    """Hold what a path found, and the name or number it has in what holds it."""

    name: str
    value: Any


class _Absent:
    def __bool__(self) -> bool:
        return False


ABSENT: Any = _Absent()
"""Says that a path finds nothing, which is not the same as finding null."""


class Path:
    """Find values in a document. A path begins at the item at hand, after `root:` at the whole message."""

    __slots__ = ("_query", "_steps", "from_root", "text")

    def __init__(self, text: str) -> None:
        """Compile a path.

        Raises:
            ValueError: it is no JSON path; says where.
        """
        self.text = text
        self.from_root = text.startswith(ROOT)
        try:
            self._query = _ENVIRONMENT.compile(text.removeprefix(ROOT))
        except (JSONPathError, RecursionError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ValueError(f"{text}: {reason}") from None
        self._steps = _plain_steps(self._query)

    def find(self, root: Any, item: Any) -> Any:
        """Return the first value found, or `ABSENT`."""
        document = root if self.from_root else item
        if self._steps is None:
            return next((node.value for node in self._nodes(document)), ABSENT)
        for step in self._steps:
            if type(document) is str:
                return ABSENT
            try:
                document = document[step]
            except (LookupError, TypeError):
                return ABSENT
        return document

    def all(self, root: Any, item: Any) -> Iterator[Node]:
        """Return what is found, at most `MAX_NODES`, in the order of the document."""
        document = root if self.from_root else item
        if self._steps is not None:
            value = self.find(root, item)
            if value is not ABSENT:
                yield Node(str(self._steps[-1]) if self._steps else "", value)
            return
        yield from self._nodes(document)

    def _nodes(self, document: Any) -> Iterator[Node]:
        if not isinstance(document, dict | list):
            return
        for number, found in enumerate(self._query.finditer(document)):
            if number >= MAX_NODES:
                return
            yield Node(str(found.parts[-1]) if found.parts else "", found.obj)


def _plain_steps(query: Any) -> tuple[str | int, ...] | None:
    """Return the names and numbers of a path that finds one value at most, or None."""
    if not hasattr(query, "segments") or not query.singular_query():
        return None
    steps: list[str | int] = []
    for segment in query.segments:
        (selector,) = segment.selectors
        if isinstance(selector, NameSelector):
            steps.append(selector.name)
        elif isinstance(selector, IndexSelector):
            steps.append(selector.index)
        else:
            return None
    return tuple(steps)
