"""The only writers of networks and zones."""

from __future__ import annotations

from gis.domain.customers import DerivationRule
from gis.services.complements import ValvePlacement, add_elements, insert_valves
from gis.services.connection_points import add_connection_points, derive_connection_points
from gis.services.corrections import accept_correction, record_correction, refuse_correction
from gis.services.editing import edit_element
from gis.services.exporting import ExportReport, export_network
from gis.services.importing import ImportReport, NetworkNames, import_network
from gis.services.quality import (
    CheckReport,
    QualityCheck,
    check_networks,
    register_quality_check,
)
from gis.services.restoring import restore_element
from gis.services.search_words import refresh_search_words
from gis.services.states import set_link_state
from gis.services.undo_jobs import ask_undo, run_undo, undo_progress
from gis.services.undoing import UndoReport, undo_import
from gis.services.writing import Written
from gis.services.zones import (
    MembershipChanges,
    Neighbours,
    NewZone,
    Succession,
    ZoneChange,
    accept_proposal,
    add_zones,
    assign_jurisdiction,
    check_zones,
    close_zone,
    derive_memberships,
    describe_zone,
    dismiss_proposal,
    draw_zone,
    merge_zones,
    propose_zones,
    redraw_zone,
    remove_zones,
    split_zone,
)

__all__ = [
    "CheckReport",
    "DerivationRule",
    "ExportReport",
    "ImportReport",
    "MembershipChanges",
    "Neighbours",
    "NetworkNames",
    "NewZone",
    "QualityCheck",
    "Succession",
    "UndoReport",
    "ValvePlacement",
    "Written",
    "ZoneChange",
    "accept_correction",
    "accept_proposal",
    "add_connection_points",
    "add_elements",
    "add_zones",
    "ask_undo",
    "assign_jurisdiction",
    "check_networks",
    "check_zones",
    "close_zone",
    "derive_connection_points",
    "derive_memberships",
    "describe_zone",
    "dismiss_proposal",
    "draw_zone",
    "edit_element",
    "export_network",
    "import_network",
    "insert_valves",
    "merge_zones",
    "propose_zones",
    "record_correction",
    "redraw_zone",
    "refresh_search_words",
    "refuse_correction",
    "register_quality_check",
    "remove_zones",
    "restore_element",
    "run_undo",
    "set_link_state",
    "split_zone",
    "undo_import",
    "undo_progress",
]
