"""Everything that changes reports, incidents, work orders and crews."""

from __future__ import annotations

from backend.core.services.photos import CleanPhoto, clean_photo
from maintenance.queries.conditions import register_condition
from maintenance.services.cascade import follow_incident, follow_order, follow_report
from maintenance.services.catalogue import seed_categories, seed_skills
from maintenance.services.crew import ensure_shifts, ensure_technician
from maintenance.services.followup import answer_information, request_reopening
from maintenance.services.incidents import (
    link_alarm,
    link_report,
    open_incident,
    tell_restoration,
    unlink_member,
)
from maintenance.services.intake import check_submission, normalise_phone, submit_report
from maintenance.services.orders import add_order_note, add_order_photo, assign, create_order_from_incident
from maintenance.services.privacy import forget_reporters, moderate_report
from maintenance.services.proposals import (
    accept_proposal,
    consider_alarm,
    consider_report,
    dismiss_proposal,
    propose_incidents,
)
from maintenance.services.states import transition_incident, transition_order, transition_report
from maintenance.services.supply import refresh_groups

__all__ = [
    "CleanPhoto",
    "accept_proposal",
    "add_order_note",
    "add_order_photo",
    "answer_information",
    "assign",
    "check_submission",
    "clean_photo",
    "consider_alarm",
    "consider_report",
    "create_order_from_incident",
    "dismiss_proposal",
    "ensure_shifts",
    "ensure_technician",
    "follow_incident",
    "follow_order",
    "follow_report",
    "forget_reporters",
    "link_alarm",
    "link_report",
    "moderate_report",
    "normalise_phone",
    "open_incident",
    "propose_incidents",
    "refresh_groups",
    "register_condition",
    "request_reopening",
    "seed_categories",
    "seed_skills",
    "submit_report",
    "tell_restoration",
    "transition_incident",
    "transition_order",
    "transition_report",
    "unlink_member",
]
