"""Topic patterns of families: `+` one level, `#` the rest, `{device}` and `{key}` what a level says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import NamedTuple

NAMES = ("device", "key")
_LEVEL = re.compile(r"[^/+#{}\0]*(?:\{(?:device|key)\}[^/+#{}\0]*)?\Z")
_DEVICE = r"(?P<device>[A-Za-z0-9_-]{1,64})"
_KEY = r"(?P<key>[^/]{1,64})"
_ANYONE = "any-device"


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

    def speaks_for(self, other: TopicPattern) -> bool:
        """Tell whether who publishes by this pattern could be taken for any device of the other one.

        So it is where both take a topic and the level that names the other's device is anything here. That a
        device could be called as a word of the other topic is let pass.
        """
        mine, theirs = self.text.split("/"), other.text.split("/")
        own, named = _naming(mine), _naming(theirs)
        if named is None or not _meet(mine, theirs):
            return False
        if own is not None and own < len(theirs) and not {"+", "#", "{"} & set(theirs[own]):
            return False
        level = mine[named] if named < len(mine) else "#"
        return level in {"+", "#"} or ("{" in level and level != theirs[named])

    @property
    def takes_own_topics(self) -> bool:
        """Tell whether it takes what any device says in the platform's own format, or what it is asked."""
        place = self.place(f"telemetry/{_ANYONE}")
        speaks = place is not None and place.device not in {_ANYONE, "telemetry"}
        return speaks or self.place(f"telemetry/{_ANYONE}/command") is not None

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


def _naming(levels: list[str]) -> int | None:
    """Return the place of the level that names the device."""
    return next((place for place, level in enumerate(levels) if "{device}" in level), None)


def _meet(mine: list[str], theirs: list[str]) -> bool:
    """Tell whether there is a topic that both patterns take."""
    for one, other in zip_longest(mine, theirs):
        if "#" in (one, other):
            return True
        if one is None or other is None or not _same_level(one, other):
            return False
    return True


def _same_level(one: str, other: str) -> bool:
    if "{" not in one + other and "+" not in (one, other):
        return one == other
    (head, tail), (other_head, other_tail) = _ends(one), _ends(other)
    heads = head.startswith(other_head) or other_head.startswith(head)
    return heads and (tail.endswith(other_tail) or other_tail.endswith(tail))


def _ends(level: str) -> tuple[str, str]:
    """Return what a level begins and ends with."""
    if level == "+":
        return "", ""
    head, named, rest = level.partition("{")
    return (head, rest.partition("}")[2]) if named else (level, level)


def _plain(level: str) -> str:
    return re.escape(level).replace(r"\{device\}", "[A-Za-z0-9_-]{1,64}").replace(r"\{key\}", "[^/]{1,64}")


def _expression(level: str) -> str:
    if level == "+":
        return "[^/]*"
    if level == "#":
        return ".*"
    return re.escape(level).replace(r"\{device\}", _DEVICE).replace(r"\{key\}", _KEY)
