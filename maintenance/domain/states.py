"""The three state machines of maintenance, whole: report, incident, work order.

Guards are named here and checked by `maintenance.services.guards`. Some of them (parts, safety permits,
checklists) get their data from later parts of the platform, which register their condition there.
"""

from __future__ import annotations

from datetime import timedelta

from backend.core.domain.states import SYSTEM, Edge, StateTable, who

AGENT, DISPATCHER, SUPERVISOR = "agent", "dispatcher", "supervisor"

REPORTER = "reporter"
"""Who filed a report, whatever other role they hold: a relation, not a role that is assigned."""

ASSIGNEE = "assignee"
"""The technician an order was given to."""

REOPENING_WINDOW = timedelta(days=14)

_DESK = who(DISPATCHER, SUPERVISOR)
_DESK_OR_SYSTEM = who(DISPATCHER, SUPERVISOR, SYSTEM)
_TRIAGE = who(AGENT, DISPATCHER, SUPERVISOR)
_CREW = who(ASSIGNEE)

_DISCARDED = (
    Edge("rejected", _TRIAGE, needs_reason=True),
    Edge("out_of_scope", _TRIAGE, needs_reason=True),
    Edge("duplicate", _TRIAGE, guards=("duplicate_target",)),
)

REPORT = StateTable(
    name="report",
    initial="submitted",
    edges={
        "submitted": (Edge("received", _TRIAGE | {SYSTEM}),),
        "received": (Edge("triaged", _TRIAGE | {SYSTEM}), *_DISCARDED),
        "triaged": (
            Edge("info_requested", _TRIAGE, needs_reason=True),
            Edge("linked", _DESK_OR_SYSTEM, guards=("member_of_incident",)),
            *_DISCARDED,
        ),
        "info_requested": (Edge("triaged", _TRIAGE | {REPORTER, SYSTEM}),),
        "linked": (Edge("in_progress", _DESK_OR_SYSTEM),),
        "in_progress": (Edge("resolved", _DESK_OR_SYSTEM),),
        "resolved": (
            Edge("closed", _DESK_OR_SYSTEM),
            Edge("reopen_requested", who(REPORTER), needs_reason=True, guards=("within_reopening_window",)),
        ),
        "closed": (
            Edge("reopen_requested", who(REPORTER), needs_reason=True, guards=("within_reopening_window",)),
        ),
        "reopen_requested": (Edge("triaged", _TRIAGE), Edge("closed", _TRIAGE, needs_reason=True)),
    },
    finals=frozenset({"rejected", "out_of_scope", "duplicate"}),
)

_MERGED = Edge("merged", _DESK, guards=("merge_target",))
_FALSE_ALARM = Edge("false_alarm", _DESK, needs_reason=True, guards=("no_order_under_way",))

INCIDENT = StateTable(
    name="incident",
    initial="suspected",
    edges={
        "suspected": (Edge("confirmed", _DESK), _FALSE_ALARM, _MERGED),
        "confirmed": (Edge("isolated", _DESK_OR_SYSTEM), _FALSE_ALARM, _MERGED),
        "isolated": (Edge("repairing", _DESK_OR_SYSTEM), _MERGED),
        "repairing": (Edge("restored", _DESK, guards=("work_verified", "alarms_clear_or_reason")), _MERGED),
        "restored": (Edge("closed", _DESK),),
    },
    finals=frozenset({"closed", "false_alarm", "merged"}),
)

_CANCELLED = Edge("cancelled", _DESK, needs_reason=True)
_DONE_GUARDS = ("checklist_done", "photos_taken", "parts_reconciled", "no_open_safety_permit")

ORDER = StateTable(
    name="work order",
    initial="draft",
    edges={
        "draft": (Edge("approved", _DESK), _CANCELLED),
        "approved": (Edge("planned", _DESK), _CANCELLED),
        "planned": (Edge("dispatched", _DESK, guards=("has_technician",)), _CANCELLED),
        "dispatched": (
            Edge("accepted", _CREW),
            Edge("declined", _CREW | _DESK, needs_reason=True),
            _CANCELLED,
        ),
        "declined": (Edge("planned", _DESK_OR_SYSTEM), _CANCELLED),
        "accepted": (Edge("en_route", _CREW), _CANCELLED),
        "en_route": (Edge("on_site", _CREW), _CANCELLED),
        "on_site": (
            Edge("work_done", _CREW, guards=_DONE_GUARDS),
            Edge("paused", _CREW, needs_reason=True),
            _CANCELLED,
        ),
        "paused": (Edge("on_site", _CREW), _CANCELLED),
        "work_done": (
            Edge("verified", _DESK, guards=("verifier_is_not_the_technician",)),
            Edge("rework", _DESK, needs_reason=True),
        ),
        "rework": (Edge("on_site", _CREW),),
        "verified": (Edge("closed", _DESK_OR_SYSTEM),),
    },
    finals=frozenset({"closed", "cancelled"}),
)

PAUSE_KINDS = ("parts", "access", "weather", "safety")

REPORT_OPEN = frozenset(
    {"submitted", "received", "triaged", "info_requested", "linked", "in_progress", "reopen_requested"}
)
REPORT_UNGROUPED = frozenset({"received", "triaged", "info_requested"})
"""Reports that may still become evidence of an incident."""

INCIDENT_OPEN = frozenset({"suspected", "confirmed", "isolated", "repairing", "restored"})
INCIDENT_RUNNING = INCIDENT_OPEN - {"restored"}
"""Incidents that take new evidence."""

ORDER_ASSIGNABLE = ("draft", "approved", "planned", "declined")
ORDER_UNDER_WAY = frozenset({"en_route", "on_site", "paused", "rework"})
ORDER_WITH_CREW = ORDER_UNDER_WAY | {"dispatched", "accepted"}
ORDER_VERIFIED = frozenset({"verified", "closed"})
ORDER_OPEN = ORDER.states - {"closed", "cancelled"}
