"""Everything the pages and the API read of reports, incidents and work orders."""

from __future__ import annotations

from maintenance.queries.complaints import ComplaintBucket, ZoneComplaints, zone_complaints
from maintenance.queries.conditions import missing_before_done
from maintenance.queries.details import (
    IncidentDetail,
    OrderDetail,
    ReportDetail,
    incident_detail,
    order_detail,
    report_detail,
)
from maintenance.queries.dispatch import (
    DispatchBoard,
    Suggestion,
    dispatch_board,
    my_orders,
    suggest_technicians,
    technicians_for,
)
from maintenance.queries.outages import PublicOutage, public_outages
from maintenance.queries.parts import order_photo_row
from maintenance.queries.proposals import EvidenceRow, ProposalRow, proposal_rows
from maintenance.queries.rows import (
    IncidentRow,
    OrderRow,
    ReportRow,
    incident_rows,
    order_rows,
    report_rows,
)
from maintenance.queries.scoped import (
    categories,
    incident,
    incidents,
    member,
    order,
    order_photo,
    orders,
    proposal,
    proposals,
    report,
    report_photo,
    reports,
)
from maintenance.queries.tracking import TrackedReport, TrackStep, track

__all__ = [
    "ComplaintBucket",
    "DispatchBoard",
    "EvidenceRow",
    "IncidentDetail",
    "IncidentRow",
    "OrderDetail",
    "OrderRow",
    "ProposalRow",
    "PublicOutage",
    "ReportDetail",
    "ReportRow",
    "Suggestion",
    "TrackStep",
    "TrackedReport",
    "ZoneComplaints",
    "categories",
    "dispatch_board",
    "incident",
    "incident_detail",
    "incident_rows",
    "incidents",
    "member",
    "missing_before_done",
    "my_orders",
    "order",
    "order_detail",
    "order_photo",
    "order_photo_row",
    "order_rows",
    "orders",
    "proposal",
    "proposal_rows",
    "proposals",
    "public_outages",
    "report",
    "report_detail",
    "report_photo",
    "report_rows",
    "reports",
    "suggest_technicians",
    "technicians_for",
    "track",
    "zone_complaints",
]
