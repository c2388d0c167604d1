"""Say in the language of the moment what the layers below say in English."""

from __future__ import annotations

from django.utils.translation import gettext

from gis.domain.sentences import Sentence


def translated(sentence: Sentence) -> str:
    """Return a sentence in the language of the moment; in English where no catalogue has it."""
    text = gettext(sentence.text) if sentence.text else ""
    return text % sentence.words if sentence.words else text
