"""What can go wrong with networks and zones. The docstring is the message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_noop

from backend.core.errors import ChabakaError, InvalidInput, NotFound
from gis.domain.crs_question import CrsQuestion


class UnreadableFile(InvalidInput):
    """This file cannot be read as a network of this format."""

    code = "unreadable_file"


class PlaceUnknown(InvalidInput):
    """The coordinates of this file cannot be understood."""

    code = "place_unknown"

    def __init__(self, *, errors: Mapping[str, Sequence[str]], question: CrsQuestion | None = None) -> None:
        super().__init__(errors=errors)
        self.question = question


class MappingRefused(InvalidInput):
    """What this mapping says of the file does not hold."""

    code = "mapping_refused"


class ImportInUse(ChabakaError):  # noqa: N818
    """This import cannot be undone: other things depend on what it brought."""

    status = 409
    code = "import_in_use"

    def __init__(self, *, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__(errors=errors)


class NoSuchImport(NotFound):
    """There is no such import."""

    code = "no_such_import"


class NoSuchExport(NotFound):
    """There is no such file of yours, or its day is over: ask for it again."""

    code = "no_such_export"


class ExportTooLarge(ChabakaError):  # noqa: N818
    """This network is too large to be written while you wait: ask for its file and take it away later."""

    status = 409
    code = "export_too_large"


class ImportJobMoved(ChabakaError):  # noqa: N818
    """This file has moved on meanwhile: look where it stands now."""

    status = 409
    code = "import_job_moved"


class ImportRefused(ChabakaError):  # noqa: N818
    """Some rows cannot be imported; nothing was written."""

    status = 400
    code = "import_refused"

    def __init__(self, detail: str | None = None, *, report: Any) -> None:
        super().__init__(detail)
        self.report = report


class Unexportable(InvalidInput):
    """This network cannot be written in this format."""

    code = "unexportable"


class UnknownElements(InvalidInput):
    """Some of the elements named do not exist in this network."""

    code = "unknown_elements"


class NoSuchElement(NotFound):
    """This network has no such element."""

    code = "no_such_element"


class EditedMeanwhile(ChabakaError):  # noqa: N818
    """Someone changed this since you began. Compare both versions, then save again."""

    status = 412
    code = "edited_meanwhile"

    def __init__(self, detail: str | None = None, *, element: Any, seen: int) -> None:
        super().__init__(detail, version=element.version)
        self.element = element
        self.seen = seen


class VersionNotTold(ChabakaError):  # noqa: N818
    """Say which version you edit, in the header If-Match."""

    status = 428
    code = "version_not_told"


class EndsElsewhere(InvalidInput):
    """A link runs between its nodes: move the nodes to move its ends."""

    code = "ends_elsewhere"


class NoSuchNetwork(NotFound):
    """There is no such network."""

    code = "no_such_network"


class NoSuchZone(NotFound):
    """There is no such zone."""

    code = "no_such_zone"


class NoSuchProposal(NotFound):
    """There is no such proposal, or it was decided."""

    code = "no_such_proposal"


class NoSuchCollection(NotFound):
    """There is no such collection."""

    code = "no_such_collection"


class NoSuchTile(NotFound):
    """There is no such tile."""

    code = "no_such_tile"


class NoSuchFinding(NotFound):
    """There is no such finding, or none you may see."""

    code = "no_such_finding"


class RepairImpossible(ChabakaError):  # noqa: N818
    """This repair is not possible: the elements are no longer what the check found."""

    status = 409
    code = "repair_impossible"


class StillInUse(RepairImpossible):
    """Something still hangs on the element that would go: move it to the other one first."""

    code = "still_in_use"


class RepairOutdated(RepairImpossible):
    """This repair cannot be undone: what it changed has changed again since."""

    code = "repair_outdated"


class RestoreImpossible(ChabakaError):  # noqa: N818
    """This element cannot be brought back as it was."""

    status = 409
    code = "restore_impossible"

    def __init__(self, *, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__(errors=errors)


MESSAGES = (
    gettext_noop("This file cannot be read as a network of this format."),
    gettext_noop("The coordinates of this file cannot be understood."),
    gettext_noop("There is no such import."),
    gettext_noop("This file has moved on meanwhile: look where it stands now."),
    gettext_noop("What this mapping says of the file does not hold."),
    gettext_noop("This import cannot be undone: other things depend on what it brought."),
    gettext_noop("Some rows cannot be imported; nothing was written."),
    gettext_noop("This network cannot be written in this format."),
    gettext_noop(
        "This network is too large to be written while you wait: ask for its file and take it away later."
    ),
    gettext_noop("There is no such file of yours, or its day is over: ask for it again."),
    gettext_noop("Some of the elements named do not exist in this network."),
    gettext_noop("This network has no such element."),
    gettext_noop("Someone changed this since you began. Compare both versions, then save again."),
    gettext_noop("Say which version you edit, in the header If-Match."),
    gettext_noop("A link runs between its nodes: move the nodes to move its ends."),
    gettext_noop("There is no such network."),
    gettext_noop("There is no such zone."),
    gettext_noop("There is no such proposal, or it was decided."),
    gettext_noop("There is no such collection."),
    gettext_noop("There is no such tile."),
    gettext_noop("There is no such finding, or none you may see."),
    gettext_noop("This repair is not possible: the elements are no longer what the check found."),
    gettext_noop("Something still hangs on the element that would go: move it to the other one first."),
    gettext_noop("This element cannot be brought back as it was."),
    gettext_noop("This repair cannot be undone: what it changed has changed again since."),
)
"""The docstrings above, where the translators' tools find them."""
