"""Messages that translators find."""

from __future__ import annotations

from backend.core.errors import ChabakaError
from gis import errors


def test_every_error_message_is_marked_for_translation() -> None:
    own = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and kind.__module__ == "gis.errors"
    ]
    assert {kind.__doc__ for kind in own if issubclass(kind, ChabakaError)} == set(errors.MESSAGES)
