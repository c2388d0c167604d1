"""How words are compared in the search: folded alike in French and Arabic, in Python as in the database.

`folded` is `gis_folded` of the database and `key` is `gis_key`; a test holds each pair together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import chain

_MARKS = re.compile("[\u0300-\u036f\u0621\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
_BETWEEN = re.compile("[\x01-\x2f\x3a-\x60\x7b-\xbf\u2000-\u206f\u060c\u061b\u061f\u066a-\u066d]+")
_ARTICLE = re.compile(r"^ال(?=.{3})")
_LETTERS = str.maketrans(
    "ةىٱیک٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹ø",
    "هيايك01234567890123456789o",
)
_APART = re.compile(r"[ \-_./\\:\t\n\r]")

NOISE = frozenset({"de", "du", "des", "la", "le", "les", "l", "d", "et", "n"})
"""French words that people leave out of an address, or put in."""
SHORT_FOR = {"bd": "boulevard", "bld": "boulevard", "bvd": "boulevard", "blvd": "boulevard", "rte": "route"}
"""Abbreviations that are no beginnings of what they stand for."""


def folded(text: str) -> str:
    """Return words in small letters without accents, vowel signs, tatweel or punctuation, one space apart.

    Forms of alef, hamza, ta marbuta and ya are one; digits of every script are 0 to 9.
    """
    plain = _MARKS.sub("", _lower(unicodedata.normalize("NFKD", text))).translate(_LETTERS)
    plain = plain.replace("œ", "oe").replace("æ", "ae")
    return _BETWEEN.sub(" ", plain).strip(" ")


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text as they are indexed: folded, the Arabic article taken off."""
    return tuple(_ARTICLE.sub("", word) for word in folded(text).split(" ") if word)


def asked_words(text: str) -> tuple[str, ...]:
    """Return the words of a question: those of `words_of` without noise, unless noise is all there is."""
    words = words_of(text)
    return tuple(word for word in words if word not in NOISE) or words


def key(code: str) -> str:
    """Return a code as codes are compared: small letters, nothing between them."""
    return _lower(_APART.sub("", code))


def padded(code: str, longest: int = 9) -> list[str]:
    """Return the keys a code may have with zeros before its number: `W 327` is `w00327` too."""
    match = re.fullmatch(r"([^\d]+?)0*(\d+)", key(code))
    if match is None or not match[1].isascii():
        return []
    letters, number = match.groups()
    return [f"{letters}{number.zfill(width)}" for width in range(len(number), longest + 1)]


def question(words: Sequence[str], near: Mapping[str, Sequence[str]] | None = None) -> str:
    """Return a tsquery that finds all the words: numbers whole, others by their beginning.

    With `near`, a word may be any of those near to it, whole; a word near to none is left out.
    """
    if near is None:
        return " & ".join(_beginning(word) for word in words)
    told = [[word] if is_number(word) else list(near.get(word, ())) for word in words]
    return " & ".join(f"({' | '.join(map(_quoted, either))})" for either in told if either)


def is_number(word: str) -> bool:
    """Say whether a word is a number, which has no spelling to get wrong."""
    return word.isdigit()


def spelt(words: Sequence[str]) -> list[str]:
    """Return the words that may be misspelt."""
    return [word for word in words if len(word) > 2 and not is_number(word)]


def together(*lists: Sequence[str]) -> list[str]:
    """Return all of several lists, each once."""
    return list(dict.fromkeys(chain(*lists)))


def _lower(text: str) -> str:
    """Return small letters, one by one as the database does: Python minds where in a word a Σ stands."""
    return "".join(map(str.lower, text))


def _beginning(word: str) -> str:
    if is_number(word):
        return _quoted(word)
    meant = SHORT_FOR.get(word)
    return f"({_quoted(word)}:* | {_quoted(meant)})" if meant else f"{_quoted(word)}:*"


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "''").replace("\\", "\\\\") + "'"
