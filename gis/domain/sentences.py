"""What is said in English below the layers that know languages, for them to translate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def gettext_noop(text: str) -> str:
    """Mark a text for the catalogues of translations."""
    return text


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text of the catalogues, and the words that stand in it: `%(name)s`."""

    text: str
    words: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.words if self.words else self.text
