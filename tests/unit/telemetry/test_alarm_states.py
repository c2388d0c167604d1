from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from telemetry.domain import alarm_states as states
from telemetry.domain.alarm_states import ALARM, after_condition, is_shelving_bounded, returned

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ROLES = ["citizen", "agent", "technician", "dispatcher", "supervisor", "analyst", "administrator", "system"]


def test_the_seven_states_of_the_standard_are_there() -> None:
    assert ALARM.states == {
        "normal", "active_unacknowledged", "active_acknowledged", "cleared_unacknowledged",
        "shelved", "suppressed", "out_of_service",
    }  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(ROLES), st.integers(0, 6)), max_size=60))
def test_no_path_leaves_the_table(steps: list[tuple[str, int]]) -> None:
    state = ALARM.initial
    for role, choice in steps:
        allowed = ALARM.allowed(state, frozenset({role}))
        if allowed:
            state = allowed[choice % len(allowed)]
        assert state in ALARM.states


@given(st.sampled_from(sorted(ALARM.states)))
def test_every_state_leads_back_to_normal(state: str) -> None:
    reached, frontier = {state}, [state]
    while frontier:
        for edge in ALARM.edges[frontier.pop()]:
            if edge.to not in reached:
                reached.add(edge.to)
                frontier.append(edge.to)
    assert "normal" in reached


@given(st.sampled_from(sorted(ALARM.states)), st.booleans())
def test_what_the_condition_causes_is_an_edge_of_the_platform(state: str, active: bool) -> None:
    to = after_condition(state, active=active)
    assert to is None or to in ALARM.allowed(state, frozenset({"system"}))


def test_under_shelving_the_condition_moves_nothing() -> None:
    for state in states.ASIDE:
        assert after_condition(state, active=True) is None
        assert after_condition(state, active=False) is None
        assert returned(active=True) in {edge.to for edge in ALARM.edges[state]}
        assert returned(active=False) in {edge.to for edge in ALARM.edges[state]}


def test_people_acknowledge_and_only_the_platform_raises_or_clears() -> None:
    operators = frozenset({"dispatcher", "supervisor"})
    assert "active_acknowledged" in ALARM.allowed("active_unacknowledged", operators)
    assert "cleared_unacknowledged" not in ALARM.allowed("active_unacknowledged", operators)
    assert "active_unacknowledged" not in ALARM.allowed("normal", operators)
    assert "normal" not in ALARM.allowed("active_acknowledged", operators)


def test_an_acknowledged_alarm_returns_to_normal_without_calling_again() -> None:
    assert after_condition("active_acknowledged", active=False) == "normal"


def test_whoever_sets_an_alarm_aside_gives_a_reason() -> None:
    edges = [edge for row in ALARM.edges.values() for edge in row if edge.to in states.ASIDE]
    assert edges
    assert all(edge.needs_reason for edge in edges)


def test_shelving_ends_within_a_day() -> None:
    assert is_shelving_bounded(NOW + timedelta(hours=24), now=NOW)
    assert not is_shelving_bounded(NOW + timedelta(hours=25), now=NOW)
    assert not is_shelving_bounded(NOW, now=NOW)
    assert not is_shelving_bounded(None, now=NOW)
