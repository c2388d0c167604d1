"""Errors speak the person's language."""

from __future__ import annotations

import pytest
from django.utils import translation

from backend.core import errors


def every_error() -> list[type[errors.ChabakaError]]:
    found, queue = [], [errors.ChabakaError]
    while queue:
        error = queue.pop()
        if error.__module__ == errors.__name__:
            found.append(error)
        queue.extend(error.__subclasses__())
    return found


@pytest.mark.parametrize("error", every_error())
def test_each_message_is_listed_for_translation_and_translated(error: type[errors.ChabakaError]) -> None:
    message = (error.__doc__ or "").strip()
    assert message in errors.MESSAGES
    for language in ("fr", "ar"):
        with translation.override(language):
            assert translation.gettext(message) != message
