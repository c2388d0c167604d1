"""What can go wrong with networks and zones. The docstring is the message."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from backend.core.errors import ChabakaError, InvalidInput, NotFound


class UnreadableFile(InvalidInput):
    """This file cannot be read as a network of this format."""

    code = "unreadable_file"


class PlaceUnknown(InvalidInput):
    """The coordinates of this file cannot be understood."""

    code = "place_unknown"


class ImportRefused(ChabakaError):  # noqa: N818
    """Some rows cannot be imported; nothing was written."""

    status = 400
    code = "import_refused"

    def __init__(self, detail: str | None = None, *, report: Any) -> None:
        super().__init__(detail)
        self.report = report


class UnknownElements(InvalidInput):
    """Some of the elements named do not exist in this network."""

    code = "unknown_elements"


class NoSuchElement(NotFound):
    """This network has no such element."""

    code = "no_such_element"


class NoSuchNetwork(NotFound):
    """There is no such network."""

    code = "no_such_network"


class NoSuchTile(NotFound):
    """There is no such tile."""

    code = "no_such_tile"


MESSAGES = (
    gettext_noop("This file cannot be read as a network of this format."),
    gettext_noop("The coordinates of this file cannot be understood."),
    gettext_noop("Some rows cannot be imported; nothing was written."),
    gettext_noop("Some of the elements named do not exist in this network."),
    gettext_noop("This network has no such element."),
    gettext_noop("There is no such network."),
    gettext_noop("There is no such tile."),
)
"""The docstrings above, where the translators' tools find them."""
