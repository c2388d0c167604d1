"""Topic patterns of families: `+` one level, `#` the rest, `{device}` and `{key}` what a level says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

NAMES = ("device", "key")
_LEVEL = re.compile(r"[^/+#{}\0]*(?:\{(?:device|key)\}[^/+#{}\0]*)?\Z")
_DEVICE = r"(?P<device>[A-Za-z0-9_-]{1,64})"
_KEY = r"(?P<key>[^/]{1,64})"


class Place(NamedTuple):
    """Hold what a topic says: the device it names and the key of the value, where the pattern has them."""

    device: str | None
    key: str | None


@dataclass(frozen=True, slots=True)
class TopicPattern:
    """Hold one pattern, ready to compare topics with."""

    text: str
    expression: re.Pattern[str] = field(compare=False)

    @classmethod
    def of(cls, text: str) -> TopicPattern:
        """Return the pattern.

        Raises:
            ValueError: it is no pattern a broker takes; says why.
        """
        levels = text.split("/")
        if not text or len(text) > 200:
            raise ValueError("a topic has 1 to 200 characters")
        if text.startswith(("$", "spBv1.0/")):
            raise ValueError("topics that begin with $ or spBv1.0 are not for mappings")
        for number, level in enumerate(levels):
            if level == "#" and number != len(levels) - 1:
                raise ValueError("# stands alone at the end")
            if level not in {"+", "#"} and not _LEVEL.match(level):
                raise ValueError(
                    f"{level!r}: a level is +, # at the end, or text with one {{device}} or {{key}}"
                )
        for name in NAMES:
            if text.count(f"{{{name}}}") > 1:
                raise ValueError(f"{{{name}}} stands once")
        if set(levels) <= {"+", "#"}:
            raise ValueError("a pattern that takes every topic of the broker is too wide")
        return cls(
            text, re.compile("/".join(map(_expression, levels)).replace("/.*", "(?:/.*)?") + r"\Z", re.S)
        )

    @property
    def names_device(self) -> bool:
        """Tell whether the topic says which device it is."""
        return "{device}" in self.text

    @property
    def names_key(self) -> bool:
        """Tell whether the topic says which value it is."""
        return "{key}" in self.text

    @property
    def subscription(self) -> str:
        """Return the filter a broker understands: levels with a name become `+`."""
        return "/".join("+" if "{" in level else level for level in self.text.split("/"))

    def place(self, topic: str) -> Place | None:
        """Return what a topic says, or None where it does not match."""
        found = self.expression.match(topic)
        if found is None:
            return None
        said = found.groupdict()
        return Place(said.get("device"), said.get("key"))

    @property
    def expression_text(self) -> str:
        """Return the pattern as a regular expression that PostgreSQL reads."""
        levels = (
            "[^/]*" if level == "+" else ".*" if level == "#" else _plain(level)
            for level in self.text.split("/")
        )
        return "^" + "/".join(levels).replace("/.*", "(/.*)?") + "$"

    def of_device(self, code: str) -> str:
        """Return the topics of one device: what it may publish on."""
        levels = self.text.replace("{device}", code).split("/")
        return "/".join("+" if "{" in level else level for level in levels)


def _plain(level: str) -> str:
    return re.escape(level).replace(r"\{device\}", "[A-Za-z0-9_-]{1,64}").replace(r"\{key\}", "[^/]{1,64}")


def _expression(level: str) -> str:
    if level == "+":
        return "[^/]*"
    if level == "#":
        return ".*"
    return re.escape(level).replace(r"\{device\}", _DEVICE).replace(r"\{key\}", _KEY)
