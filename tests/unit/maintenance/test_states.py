"""No path leaves the tables, whatever is asked by whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.domain.states import SYSTEM, StateTable
from maintenance import labels
from maintenance.domain.states import (
    ASSIGNEE,
    INCIDENT,
    INCIDENT_OPEN,
    ORDER,
    ORDER_OPEN,
    REPORT,
    REPORT_OPEN,
    REPORTER,
)

TABLES = [REPORT, INCIDENT, ORDER]
ROLES = ["citizen", "agent", "technician", "dispatcher", "supervisor", "analyst", "administrator"]
EVERYONE = frozenset([*ROLES, SYSTEM, REPORTER, ASSIGNEE])

REPORT_PAIRS = """
submitted>received received>triaged triaged>linked linked>in_progress in_progress>resolved resolved>closed
triaged>info_requested info_requested>triaged received>rejected triaged>rejected received>out_of_scope
triaged>out_of_scope received>duplicate triaged>duplicate resolved>reopen_requested closed>reopen_requested
reopen_requested>triaged reopen_requested>closed
"""
INCIDENT_PAIRS = """
suspected>confirmed confirmed>isolated isolated>repairing repairing>restored restored>closed
suspected>false_alarm confirmed>false_alarm suspected>merged confirmed>merged isolated>merged repairing>merged
"""
ORDER_PAIRS = """
draft>approved approved>planned planned>dispatched dispatched>accepted accepted>en_route en_route>on_site
on_site>work_done work_done>verified verified>closed dispatched>declined declined>planned on_site>paused
paused>on_site work_done>rework rework>on_site draft>cancelled approved>cancelled planned>cancelled
dispatched>cancelled declined>cancelled
accepted>cancelled en_route>cancelled on_site>cancelled paused>cancelled
"""


def pairs(table: StateTable) -> set[str]:
    return {f"{source}>{edge.to}" for source, edges in table.edges.items() for edge in edges}


@pytest.mark.parametrize(
    ("table", "expected"), [(REPORT, REPORT_PAIRS), (INCIDENT, INCIDENT_PAIRS), (ORDER, ORDER_PAIRS)]
)
def test_the_table_is_whole_and_holds_nothing_else(table: StateTable, expected: str) -> None:
    assert pairs(table) == set(expected.split())


@pytest.mark.parametrize(
    ("table", "names"),
    [(REPORT, labels.REPORT_STATES), (INCIDENT, labels.INCIDENT_STATES), (ORDER, labels.ORDER_STATES)],
)
def test_every_state_has_a_name_for_people(table: StateTable, names: dict[str, str]) -> None:
    assert set(names) == table.states


@pytest.mark.parametrize("table", TABLES)
def test_every_state_can_be_reached(table: StateTable) -> None:
    reached, edge_of_known = {table.initial}, {table.initial}
    while edge_of_known:
        edge_of_known = {e.to for s in edge_of_known for e in table.edges.get(s, ())} - reached
        reached |= edge_of_known
    assert reached == table.states


@given(
    st.sampled_from(TABLES),
    st.lists(st.text(max_size=12) | st.sampled_from(sorted(REPORT.states)), max_size=40),
)
def test_no_walk_leaves_the_closed_set(table: StateTable, asked: list[str]) -> None:
    state = table.initial
    for to in asked:
        if table.edge(state, to) is not None:
            state = to
        assert state in table.states


@given(st.data(), st.sampled_from(TABLES))
def test_a_walk_through_what_is_allowed_stays_inside_and_stops_only_at_the_end(
    data: st.DataObject, table: StateTable
) -> None:
    state = table.initial
    for _ in range(30):
        allowed = table.allowed(state, EVERYONE)
        assert (not allowed) == (state in table.finals)
        if not allowed:
            break
        state = data.draw(st.sampled_from(allowed))
        assert state in table.states


@given(st.sampled_from(TABLES), st.sets(st.sampled_from(ROLES)))
def test_what_roles_may_do_together_is_what_each_may_do(table: StateTable, roles: set[str]) -> None:
    for state in table.states:
        together = set(table.allowed(state, frozenset(roles)))
        assert together == {to for role in roles for to in table.allowed(state, frozenset({role}))}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("role", ["citizen", "analyst", "administrator", "technician"])
def test_a_role_without_part_in_it_moves_nothing(table: StateTable, role: str) -> None:
    assert not any(table.allowed(state, frozenset({role})) for state in table.states)


def test_only_the_reporter_asks_for_reopening_with_a_reason_and_in_time() -> None:
    for state in ("resolved", "closed"):
        edge = REPORT.edge(state, "reopen_requested")
        assert edge is not None
        assert edge.roles == {REPORTER}
        assert edge.needs_reason
        assert edge.guards == ("within_reopening_window",)


def test_a_duplicate_names_what_it_repeats() -> None:
    for state in ("received", "triaged"):
        edge = REPORT.edge(state, "duplicate")
        assert edge is not None
        assert edge.guards == ("duplicate_target",)


def test_work_done_asks_for_checklist_photos_parts_and_no_open_permit() -> None:
    edge = ORDER.edge("on_site", "work_done")
    assert edge is not None
    assert set(edge.guards) == {"checklist_done", "photos_taken", "parts_reconciled", "no_open_safety_permit"}


def test_verification_is_asked_of_someone_else_at_the_desk() -> None:
    edge = ORDER.edge("work_done", "verified")
    assert edge is not None
    assert edge.guards == ("verifier_is_not_the_technician",)
    assert ASSIGNEE not in edge.roles


def test_restored_needs_verified_work_and_quiet_alarms() -> None:
    edge = INCIDENT.edge("repairing", "restored")
    assert edge is not None
    assert set(edge.guards) == {"work_verified", "alarms_clear_or_reason"}


@pytest.mark.parametrize(
    ("table", "source", "to"),
    [
        (REPORT, "triaged", "rejected"),
        (REPORT, "received", "out_of_scope"),
        (REPORT, "triaged", "info_requested"),
        (INCIDENT, "suspected", "false_alarm"),
        (ORDER, "dispatched", "declined"),
        (ORDER, "on_site", "paused"),
        (ORDER, "accepted", "cancelled"),
        (ORDER, "work_done", "rework"),
    ],
)
def test_what_turns_people_away_needs_a_reason(table: StateTable, source: str, to: str) -> None:
    edge = table.edge(source, to)
    assert edge is not None
    assert edge.needs_reason


def test_the_open_sets_hold_only_states_of_their_table() -> None:
    assert REPORT.states > REPORT_OPEN
    assert INCIDENT.states > INCIDENT_OPEN
    assert ORDER.states > ORDER_OPEN
