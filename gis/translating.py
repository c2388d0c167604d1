"""Say in the language of the moment what the layers below say in English."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language_bidi, gettext

from gis.domain.sentences import Sentence

ISOLATED = str.maketrans("", "", "\u2068\u2069")


def translated(sentence: Sentence) -> str:
    """Return a sentence in the language of the moment; in English where no catalogue has it."""
    text = gettext(sentence.text) if sentence.text else ""
    words = {name: isolated(word) for name, word in sentence.words.items()}
    return text % words if words else text


def isolated(word: Any) -> str:
    """Let a code or a foreign word keep its own direction where people read from right to left."""
    return f"\u2068{word}\u2069" if get_language_bidi() and str(word) else str(word)


def unmarked(text: str) -> str:
    """Return a text without what `isolated` puts around words: for files."""
    return text.translate(ISOLATED)
